import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { findingsOf } from '../../../../src/domain/findings.js';
import type { RequestFacts } from '../../../../src/domain/request.js';
import { detailsModal } from '../../../../src/slack/blocks/card.js';
import { aCard } from '../../../slack/a-card.js';
import { anApproval, anInstance } from '../../../support/an-approval.js';
import { factsOf } from './facts-of.js';
import { keyKinds, type Openssl, openOpenssl, type Sketch } from './openssl.js';

/** How OpenSSL calls what is called otherwise here; everything else is compared as it stands. */
const otherNames: Readonly<Record<string, string>> = {
  'Digital Signature': 'digitalSignature',
  'Non Repudiation': 'nonRepudiation',
  'Key Encipherment': 'keyEncipherment',
  'Data Encipherment': 'dataEncipherment',
  'Key Agreement': 'keyAgreement',
  'Certificate Sign': 'keyCertSign',
  'CRL Sign': 'crlSign',
  'Encipher Only': 'encipherOnly',
  'Decipher Only': 'decipherOnly',
  'TLS Web Server Authentication': 'server authentication',
  'TLS Web Client Authentication': 'client authentication',
  'Code Signing': 'code signing',
  'E-mail Protection': 'e-mail protection',
  'Time Stamping': 'time stamping',
  'OCSP Signing': 'OCSP signing',
  'Any Extended Key Usage': 'any purpose',
  'Microsoft Smartcard Login': 'smartcard logon',
  'Microsoft Encrypted File System': 'encrypting file system',
  'CA:TRUE': 'Asks for a CA certificate',
  'CA:FALSE': 'Not a CA certificate',
  status_request: '5',
  status_request_v2: '17',
  rsaEncryption: 'RSA',
  dsaEncryption: 'DSA',
  rsassaPss: 'RSA-PSS',
  'id-ecPublicKey': 'EC',
  ED25519: 'Ed25519',
  ED448: 'Ed448',
  prime192v1: 'P-192',
  secp224r1: 'P-224',
  prime256v1: 'P-256',
  secp384r1: 'P-384',
  secp521r1: 'P-521',
  sect283k1: 'K-283',
};

/** OpenSSL tells the size of the group's order, which for one curve is not that of its field. */
const orders: Readonly<Record<string, string>> = { '281': '283' };

const plain = (text: string) => text.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');

/** Lists every value that OpenSSL prints of a request: names, extensions, key and algorithms. */
function printedBy(text: string): readonly string[] {
  const lines = text.split('\n');
  const first = (pattern: RegExp) => lines.flatMap((line) => pattern.exec(line)?.[1] ?? []).slice(0, 1);
  const subject = first(/^\s+Subject: (.*)$/).flatMap((name) =>
    name
      .split(/(?<!\\)[,+]/)
      .map((part) => part.replace(/^[^=]*=/, '').replace(/\\(.)/g, '$1'))
      .map(decoded),
  );
  return [
    ...subject,
    ...first(/Public Key Algorithm: (\S+)/),
    ...first(/Public-Key: \((\d+) bit/),
    // The usual one goes without saying.
    ...first(/^\s+Exponent: (\d+)/).filter((exponent) => exponent !== '65537'),
    ...first(/ASN1 OID: (\S+)/),
    ...first(/Signature Algorithm: (\S+)/).flatMap(signatureNames),
    ...first(/Hash Algorithm: (\S+)/),
    ...extensionValues(lines),
  ].filter((value) => plain(value) !== '');
}

/** A value of a type that OpenSSL does not know is printed as it is encoded, a text behind its tag and length. */
function decoded(value: string): string {
  const [, hex] = /^#0C..((?:..)*)$/i.exec(value) ?? [];
  return hex === undefined ? value : Buffer.from(hex, 'hex').toString('utf8');
}

function signatureNames(name: string): readonly string[] {
  if (name === 'rsassaPss' || /^ED/.test(name)) return [name];
  const hash = /(sha\d+(?:-\d+)?|md[245])/i.exec(name)?.[1] ?? name;
  return [hash, ...(/rsa/i.test(name) ? ['RSA'] : /ecdsa/i.test(name) ? ['ECDSA'] : [])];
}

const kindsBefore =
  /^\s*(DNS|IP Address|IP|email|URI|DirName|Registered ID|Policy|CPS|Explicit Text|User Notice|Full Name|CRL Issuer|CA Issuers - URI|OCSP - URI|pathlen|keyid|othername: ?[\w. ]+:|Require Explicit Policy|Inhibit Policy Mapping):?\s*/;

function extensionValues(lines: readonly string[]): readonly string[] {
  const start = lines.findIndex((line) => /Requested Extensions:|X509v3 extensions:/.test(line));
  const end = lines.findIndex((line) => /^\s{4}Signature Algorithm/.test(line));
  return lines
    .slice(start + 1, end)
    .filter((line) => /^ {20,}\S/.test(line) && start >= 0)
    .filter((line) => !/^\s*(Permitted|Excluded|Full Name|User Notice):?\s*$/.test(line))
    .flatMap((line) => line.trim().split(/, (?=\S)/))
    .map((value) => value.replace(kindsBefore, ''))
    .filter((value) => !value.includes('<unsupported>'));
}

/** Brings an address to the form in which it is compared. */
function address(value: string): string {
  if (!/^[0-9a-f:]+$/i.test(value) || value.split(':').length !== 8) return value;
  return new URL(`http://[${value}]`).hostname.slice(1, -1);
}

/** Gives all that people can read of a request: every page of its details. */
function shownOf(facts: RequestFacts): string {
  const card = aCard({
    approval: anApproval({ instance: anInstance({ facts }) }),
    findings: findingsOf(facts, { zones: [] }),
  });
  const message = { channel: 'C0PKI', ts: '1.0' };
  const texts: string[] = [];
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const modal = detailsModal(card, () => 'Command', { message, page });
    pages = Number(/\/(\d+)$/.exec(modal.title.text)?.[1] ?? 1);
    for (const block of modal.blocks as readonly { readonly text?: { readonly text: string } }[])
      texts.push(block.text?.text ?? '');
  }
  const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>' };
  return texts
    .join('\n')
    .replace(/&(amp|lt|gt);/g, (_whole, name: string) => entities[name] ?? '')
    .replace(/\[U\+([0-9A-F]+)\]/g, (_whole, code: string) =>
      String.fromCodePoint(Number.parseInt(code, 16)),
    );
}

/** Lists what OpenSSL prints of a file and people are not shown. */
function missingIn(printed: readonly string[], shown: string): readonly string[] {
  const told = plain(shown);
  return printed.filter((value) => {
    const word = otherNames[value] ?? orders[value] ?? address(value);
    return !told.includes(plain(word));
  });
}

/** Numbers that look like chance and are the same at each run. */
function createDice(seed: number): <T>(from: readonly T[]) => T {
  let state = seed;
  return (from) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return from[Math.floor((state / 2 ** 32) * from.length)] as (typeof from)[number];
  };
}

const subjects = [
  ['CN=app.keyexample.com'],
  ['C=DE', 'O=Key Example GmbH', 'OU=Plant 7', 'CN=app.keyexample.com'],
  ['CN=Jo Smith', 'emailAddress=jo@keyexample.com', 'serialNumber=4711'],
  ['O=Größe & Söhne', 'CN=büro.keyexample.com'],
  ['DC=com', 'DC=keyexample', 'CN=Jo, Smith'],
  ['CN=one.keyexample.com', 'CN=two.keyexample.com', 'title=Dr', '1.2.3.4.5=own'],
];
const names = [
  'DNS:app.keyexample.com',
  'DNS:*.keyexample.com',
  'DNS:xn--bro-hoa.keyexample.com',
  'DNS:evil.example x',
  'IP:10.1.2.3',
  'IP:2001:db8::7',
  'email:jo@keyexample.com',
  'URI:https://keyexample.com/path?x=1',
  'URI:spiffe://keyexample.com/app',
  'RID:1.2.3.4',
  'otherName:1.3.6.1.4.1.311.20.2.3;UTF8:administrator@keyexample.com',
  'otherName:1.3.6.1.4.1.99999.1;UTF8:badge 1',
  'otherName:1.3.6.1.5.5.7.8.9;UTF8:jö@keyexample.com',
  'dirName:directory',
];
const extensions = [
  'basicConstraints=CA:TRUE',
  'basicConstraints=critical,CA:TRUE,pathlen:3',
  'basicConstraints=CA:FALSE',
  'keyUsage=critical,digitalSignature,keyEncipherment',
  'keyUsage=keyCertSign,cRLSign,nonRepudiation',
  'keyUsage=keyAgreement,dataEncipherment,decipherOnly',
  'extendedKeyUsage=serverAuth,clientAuth',
  'extendedKeyUsage=codeSigning,emailProtection,timeStamping,OCSPSigning',
  'extendedKeyUsage=anyExtendedKeyUsage,1.3.6.1.4.1.311.20.2.2',
  'extendedKeyUsage=1.2.3.4.5.99',
  'certificatePolicies=1.2.3.4,2.23.140.1.2.1',
  'certificatePolicies=@policy',
  'nameConstraints=permitted;DNS:keyexample.com,excluded;email:evil.example',
  'nameConstraints=critical,permitted;IP:10.0.0.0/255.0.0.0',
  'tlsfeature=status_request',
  'subjectKeyIdentifier=hash',
  'crlDistributionPoints=URI:http://keyexample.com/a.crl',
  'authorityInfoAccess=OCSP;URI:http://ocsp.keyexample.com/,caIssuers;URI:http://keyexample.com/ca.cer',
  'nsComment="made for a test"',
  '1.3.6.1.4.1.311.20.2=ASN1:BMPSTRING:SubCA',
  '1.2.3.4.5.7=ASN1:UTF8String:own words',
  '1.2.3.4.5.8=critical,ASN1:UTF8String:critical words',
  'inhibitAnyPolicy=2',
  'policyConstraints=requireExplicitPolicy:3',
];
const sections = [
  '[directory]',
  'C=DE',
  'CN=Jo Directory',
  '[policy]',
  'policyIdentifier=1.3.5.8',
  'CPS.1=http://keyexample.com/cps',
  'userNotice.1=@notice',
  '[notice]',
  'explicitText=Only for tests',
];

function sketches(count: number): readonly Sketch[] {
  const roll = createDice(20_261_129);
  const several = (from: readonly string[], most: number) => [
    ...new Set(Array.from({ length: roll([...Array(most + 1).keys()]) }, () => roll(from))),
  ];
  return Array.from({ length: count }, (_, index) => {
    const alternative = several(names, 6);
    const chosen = new Map(several(extensions, 6).map((line) => [line.split('=')[0], line]));
    return {
      key: Object.keys(keyKinds)[index % Object.keys(keyKinds).length] ?? '',
      subject: roll(subjects),
      extensions: [
        ...(alternative.length > 0 ? [`subjectAltName=${alternative.join(',')}`] : []),
        ...chosen.values(),
      ],
      sections,
      digest: roll(['sha256', 'sha384', 'sha512', 'sha1']),
    };
  });
}

describe('a signing request', () => {
  let openssl: Openssl;
  beforeAll(() => {
    openssl = openOpenssl();
  });
  afterAll(() => openssl.close());

  it('is shown as whole as OpenSSL prints it, whatever it holds, and nothing of it is only counted', async () => {
    const missing = [];
    for (const sketch of sketches(220)) {
      const pem = openssl.request(sketch);
      const shown = shownOf(await factsOf({ CSR: pem }));
      const lost = missingIn(printedBy(openssl.print(pem)), shown);
      const counted = shown.match(/not shown/g) ?? [];
      if (lost.length + counted.length > 0)
        missing.push({ lost, counted, sketch: [sketch.key, ...sketch.extensions] });
    }
    expect(missing).toEqual([]);
  }, 240_000);

  it('counts values without text over 200 bytes, one line a kind, and shows 1,000 names by name', async () => {
    const names = Array.from({ length: 1_200 }, (_, at) => `host-${at}.keyexample.com`);
    const pem = openssl.request({
      key: 'prime256v1',
      subject: ['CN=app.keyexample.com'],
      extensions: [
        `subjectAltName=${names.map((name) => `DNS:${name}`).join(',')}`,
        `1.2.3.4.5=DER:04:82:01:2c${':ff'.repeat(300)}`,
        `1.2.3.4.6=DER:04:81:c8${':ff'.repeat(200)}`,
      ],
    });
    const shown = shownOf(await factsOf({ CSR: pem }));
    expect(names.slice(0, 1_000).filter((name) => !shown.includes(name))).toEqual([]);
    expect(shown.match(/\d+ value.*not shown.*/g)).toEqual(['1 value not shown (304 bytes)']);
    expect(shown).toContain('ff'.repeat(200));
  });

  it('that replaces a certificate shows its names, key and algorithms as whole as OpenSSL prints them', async () => {
    const csr = openssl.request({ key: 'prime256v1', subject: ['CN=new'], extensions: [] });
    const missing = [];
    for (const sketch of sketches(60)) {
      const extensions = sketch.extensions.filter((line) => line.startsWith('subjectAltName'));
      const pem = openssl.certificate({ ...sketch, extensions });
      const shown = shownOf(await factsOf({ CSR: csr, CertificateToBeRenewed: pem }));
      const lost = missingIn(printedBy(openssl.print(pem)), shown);
      if (lost.length > 0) missing.push({ lost, sketch: [sketch.key, ...extensions] });
    }
    expect(missing).toEqual([]);
  }, 120_000);
});
