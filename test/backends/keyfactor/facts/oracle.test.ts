import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Card } from '../../../../src/domain/card.js';
import { findingsOf } from '../../../../src/domain/findings.js';
import { isShownWhole, type RequestFacts } from '../../../../src/domain/request.js';
import { approvalCard, detailsModal } from '../../../../src/slack/blocks/card.js';
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
  'ipsec Internet Key Exchange': 'IPsec IKE',
  'PKINIT Client Auth': 'Kerberos client authentication',
  'Microsoft Trust List Signing': 'certificate trust list signing',
  '1.3.6.1.4.1.311.20.2.1': 'certificate request agent',
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

/** Brings texts to the form in which they are compared: words and numbers, one blank between. */
const plain = (text: string) =>
  ` ${text
    .toLowerCase()
    .replace(/[^\p{L}\p{N}*]+/gu, ' ')
    .trim()} `;

/** What OpenSSL prints of one extension. */
interface PrintedExtension {
  readonly name: string;
  readonly isCritical: boolean;
  readonly lines: readonly string[];
}

/** What OpenSSL prints of a request or certificate, by where people must find it. */
interface Printed {
  readonly subject: readonly string[];
  readonly issuer: readonly string[];
  readonly key: readonly string[];
  readonly signature: readonly string[];
  /** Each with its kind in front, as people are shown it. */
  readonly names: readonly string[];
  readonly extensions: readonly PrintedExtension[];
  readonly attributes: readonly string[];
}

function readPrinted(text: string): Printed {
  const lines = text.split('\n');
  const first = (pattern: RegExp) => lines.flatMap((line) => pattern.exec(line)?.[1] ?? []).slice(0, 1);
  const extensions = readExtensions(lines);
  const isNames = ({ name }: PrintedExtension) => name === 'X509v3 Subject Alternative Name';
  return {
    subject: first(/^\s+Subject: (.*)$/).flatMap(partsOf),
    issuer: first(/^\s+Issuer: (.*)$/).flatMap(partsOf),
    key: [
      ...first(/Public Key Algorithm: (\S+)/),
      ...first(/Public-Key: \((\d+) bit/),
      ...first(/^\s+Exponent: (\d+)/).map((exponent) => `exponent ${exponent}`),
      ...first(/ASN1 OID: (\S+)/),
      ...first(/(Field Type): /).map(() => 'explicit parameters'),
      ...first(/^\s+Hash Algorithm: SHA2-(\d+)/).map((bits) => `only with SHA-${bits}`),
    ].map((value) => otherNames[value] ?? orders[value] ?? value),
    signature: [
      ...first(/^ {4}Signature Algorithm: (\S+)/).flatMap(signatureNames),
      ...first(/^ {8}Hash Algorithm: (\S+)/).map(hashName),
      ...first(/^ {8}Mask Algorithm: mgf1 with (\S+)/).map(hashName),
    ],
    names: extensions.filter(isNames).flatMap(({ lines: [line = ''] }) => splitNames(line).map(nameText)),
    extensions,
    attributes: lines
      .flatMap((line) => /^ {12}(?!challenge)[A-Za-z]+ *:(.+)$/.exec(line)?.[1] ?? [])
      .filter((value) => !/^[0-9a-f]{2}(:|$)/.test(value)),
  };
}

/** Lists the parts of a distinguished name, each with the word that stands before it here. */
function partsOf(name: string): readonly string[] {
  const types: Readonly<Record<string, string>> = { emailAddress: 'E', serialNumber: '2.5.4.5', title: 'T' };
  return name.split(/(?<!\\)[,+]/).map((part) => {
    const [, type = '', value = ''] = /^([^=]*)=(.*)$/.exec(part) ?? [];
    return `${types[type] ?? type}=${decoded(value.replace(/\\(.)/g, '$1'))}`;
  });
}

/** A value of a type that OpenSSL does not know is printed as it is encoded, a text behind its tag and length. */
function decoded(value: string): string {
  const [, hex] = /^#0C..((?:..)*)$/i.exec(value) ?? [];
  return hex === undefined ? value : Buffer.from(hex, 'hex').toString('utf8');
}

function signatureNames(name: string): readonly string[] {
  if (name === 'rsassaPss') return ['RSA-PSS'];
  if (/^ED/.test(name)) return [name];
  const family = [/ecdsa/i, /dsa/i, /rsa/i].find((pattern) => pattern.test(name)) ?? /$/;
  return [hashName(name), family.exec(name)?.[0] ?? name];
}

function hashName(name: string): string {
  const [, kind = '', bits = ''] = /(sha3-|sha|md)(\d+)/i.exec(name.replace('SHA2-', 'SHA')) ?? [];
  return kind === '' ? name : `${kind}${/md|-/i.test(kind) ? '' : '-'}${bits}`;
}

const namesBefore: Readonly<Record<string, string>> = {
  'IP Address': '',
  IP: '',
  DNS: '',
  email: 'mail',
  URI: 'URI',
  DirName: 'directory name',
  'Registered ID': 'registered id',
  'othername: UPN:': 'UPN',
  'othername: SmtpUTF8Mailbox:': 'mail',
  'othername: 1.3.6.1.5.2.2:': 'Kerberos',
};

function splitNames(line: string): readonly string[] {
  return line
    .trim()
    .split(/, (?=(?:DNS|IP Address|email|URI|DirName|Registered ID|othername|X400Name|EdiPartyName):)/);
}

/** Writes a name the way people are shown it; of one that OpenSSL cannot print, as much as it prints. */
function nameText(printed: string): string {
  const [, kind = '', value = ''] = /^(othername: ?[^:]+:|[^:]+):(.*)$/s.exec(printed) ?? [];
  const text = value === '<unsupported>' ? '' : address(value);
  const word = namesBefore[kind] ?? kind.replace('othername:', 'other name');
  return plain(`${word} ${text}`);
}

/** Brings an address to the form in which it is compared. */
function address(value: string): string {
  if (!/^[0-9a-f:]+$/i.test(value) || value.split(':').length !== 8) return value;
  return new URL(`http://[${value}]`).hostname.slice(1, -1);
}

function readExtensions(lines: readonly string[]): readonly PrintedExtension[] {
  const start = lines.findIndex((line) => /Requested Extensions:|X509v3 extensions:/.test(line));
  if (start < 0) return [];
  const indent = /^ */.exec(lines[start] ?? '')?.[0].length ?? 0;
  const extensions: { name: string; isCritical: boolean; lines: string[] }[] = [];
  for (const line of lines.slice(start + 1)) {
    if (/^ {4}Signature Algorithm/.test(line)) break;
    const [, blanks = '', name = '', rest] = /^( *)(\S.*?): ?(critical)?\s*$/.exec(line) ?? [];
    if (blanks.length === indent + 4) extensions.push({ name, isCritical: rest !== undefined, lines: [] });
    else extensions.at(-1)?.lines.push(line);
  }
  return extensions;
}

/** How extensions are called here where OpenSSL calls them otherwise. */
const extensionsHere: Readonly<Record<string, string>> = {
  '1.3.6.1.4.1.311.20.2': 'Template in the request',
  '1.3.6.1.4.1.311.21.7': 'Template in the request',
  '1.3.6.1.4.1.311.25.2': 'Security identifier',
  'Netscape Cert Type': 'Netscape certificate type',
  'sbgp-ipAddrBlock': 'IP address blocks',
  'sbgp-autonomousSysNum': 'autonomous system numbers',
};

const labels =
  /^\s*(Policy|CPS|Explicit Text|Organization|Numbers|CA Issuers - URI|OCSP - URI|CA Repository - URI|keyid|serial|Path Length Constraint|Policy Language|Require Explicit Policy|Inhibit Policy Mapping|pathlen):\s*/;
const titles =
  /^\s*(Permitted|Excluded|Full Name|User Notice|CRL Issuer|IPv4|IPv6|Autonomous System Numbers|Reasons):\s*$/;

/** Lists what people must find of an extension's content, on the line that is told of it. */
function valuesOf({ name, lines }: PrintedExtension): readonly string[] {
  const isRaw = /^\d+(\.\d+)+$/.test(name);
  // The bytes of a content OpenSSL does not know are printed as letters and dots.
  if (isRaw) {
    const text = lines
      .map((line) => line.trim())
      .join('')
      .replace(name.endsWith('.20.2') ? /\./g : /^$/, '');
    return text.match(/[A-Za-z][A-Za-z ]{3,}/g) ?? [];
  }
  return lines
    .flatMap((line) => (titles.test(line) ? [] : [line.replace(/ +(Reasons|CRL Issuer):$/, '').trim()]))
    .flatMap((line) => (/DirName/.test(line) ? [line] : line.split(/, (?=\S)/)))
    .filter((line) => line !== '')
    .map((line) => line.replace(labels, '').replace(/^0(?=\d$)/, ''))
    .map((line) => (/^([0-9A-F]{2}:)+[0-9A-F]{2}$/.test(line) ? line.replaceAll(':', '') : line))
    .map((line) => {
      const [, kind = '', value = ''] = /^(DNS|IP|email|URI|DirName):(.*)$/.exec(line) ?? [];
      const isName = kind !== '' && name === 'X509v3 Name Constraints';
      return isName ? nameText(line) : kind === '' ? (otherNames[line] ?? line) : value;
    });
}

/** Finds what is told of an extension, and says what of it is not; nothing may be called critical that is not. */
function missingOf(extension: PrintedExtension, told: readonly string[]): readonly string[] {
  const { name, isCritical } = extension;
  if (name === 'X509v3 Subject Alternative Name') {
    const isTold = told.includes(' sans critical ');
    return isTold === isCritical ? [] : [`${name}: critical`];
  }
  const isAuthority = /CA:TRUE/.test(extension.lines.join());
  const here = plain(
    name === 'X509v3 Basic Constraints'
      ? `${isAuthority ? 'Asks for' : 'Not'} a CA certificate`
      : /^\d/.test(name)
        ? (extensionsHere[name] ?? `Extension ${name}`)
        : (extensionsHere[name] ?? name.replace('X509v3 ', '')),
  );
  const values = valuesOf(extension).filter((value) => !/^CA:/.test(value));
  // Two extensions may be told by the same words; what is missing is missing in each of their lines.
  const missing = told
    .filter((one) => one.startsWith(here))
    .map((line) => [
      ...(line.startsWith(`${here}critical `) === isCritical ? [] : [`${name}: critical`]),
      ...values.filter((value) => !line.includes(plain(value))).map((value) => `${name}: ${value}`),
    ]);
  return missing.find((one) => one.length === 0) ?? missing[0] ?? [name];
}

/** What people can read of a request, line by line under the title of its group. */
type Shown = ReadonlyMap<string, readonly string[]>;

function cardOf(facts: RequestFacts): Card {
  return aCard({
    approval: anApproval({ instance: anInstance({ facts }) }),
    findings: findingsOf(facts, { zones: [] }),
  });
}

/** Gives every page of the details. */
function detailsOf(facts: RequestFacts): Shown {
  const card = cardOf(facts);
  const message = { channel: 'C0PKI', ts: '1.0' };
  const groups = new Map<string, string[]>();
  let group: string[] = [];
  for (let page = 1, pages = 1; page <= pages; page += 1) {
    const modal = detailsModal(card, () => 'Command', { message, page });
    pages = Number(/\/(\d+)$/.exec(modal.title.text)?.[1] ?? 1);
    for (const line of textsIn(modal.blocks).flatMap((text) => text.split('\n'))) {
      const [, title] = /^\*([^*]+)\*$/.exec(line) ?? [];
      if (title === undefined) group.push(readable(line));
      else {
        group = [];
        groups.set(title.replace(/ \(\d+\)$/, ''), group);
      }
    }
  }
  return groups;
}

function textsIn(blocks: unknown): readonly string[] {
  return (blocks as readonly { readonly text?: { readonly text: string } }[]).flatMap(
    ({ text }) => text?.text ?? [],
  );
}

/** Takes a line of Slack's for what people read. */
function readable(line: string): string {
  const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>' };
  return line
    .replace(/^\*([^*]+)\*/, '$1')
    .replace(/&(amp|lt|gt);/g, (_whole, name: string) => entities[name] ?? '')
    .replace(/\[U\+([0-9A-F]+)\]/g, (_whole, code: string) =>
      String.fromCodePoint(Number.parseInt(code, 16)),
    );
}

/** Lists what OpenSSL prints of a file and people are not shown in the place where it belongs. */
function missingIn(
  printed: Printed,
  { main, names, fingerprint }: { main: readonly string[]; names: readonly string[]; fingerprint: string },
): readonly string[] {
  const told = main.map(plain);
  const within = (label: string, values: readonly string[]) => {
    const line = told.find((one) => one.startsWith(` ${label} `)) ?? '';
    return values.filter((value) => !line.includes(plain(value))).map((value) => `${label}: ${value}`);
  };
  const shownNames = names.map(plain);
  const isShownName = (name: string) => shownNames.some((one) => one === name || one.startsWith(name));
  return [
    ...within('subject', printed.subject),
    ...within('ca', printed.issuer),
    ...within('key', [...printed.key, fingerprint]),
    ...within('signature', printed.signature),
    ...printed.names.filter((name) => !isShownName(name)),
    ...(new Set(printed.names).size === new Set(shownNames).size ? [] : ['as many names']),
    ...printed.extensions.flatMap((extension) => missingOf(extension, told)),
    ...printed.attributes.filter((value) => !told.some((one) => one.includes(plain(value)))),
  ];
}

/** Lists what OpenSSL prints of a request that is to be seen whole on its card, and is not. */
function missingOnCard(printed: Printed, facts: RequestFacts): readonly string[] {
  const texts = textsIn(approvalCard(cardOf(facts), () => 'Command').blocks).map(readable);
  const told = texts.flatMap((text) => text.split('\n')).map(plain);
  const all = told.join('');
  // The size of a named curve, the usual exponent and what a key is restricted to stand in the details.
  const isInDetails = (value: string) =>
    value === 'exponent 65537' ||
    value.startsWith('only ') ||
    (/^\d+$/.test(value) && facts.key?.curve !== undefined);
  const key = printed.key.filter((value) => !isInDetails(value));
  return [
    ...[...printed.names, ...key].filter((value) => !all.includes(plain(value))),
    ...printed.extensions.flatMap((extension) => missingOf(extension, told)),
  ];
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
  ['O=Key Example', 'CN=many.keyexample.com', '+serialNumber=12', '+OU=Plant 8'],
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
  'otherName:1.3.6.1.4.1.99999.2;BMPSTRING:badge 2',
  'otherName:1.3.6.1.4.1.99999.3;INTEGER:5',
  'otherName:1.3.6.1.5.2.2;SEQUENCE:kerberos',
  'dirName:directory',
];
const extensions = [
  'basicConstraints=CA:TRUE',
  'basicConstraints=critical,CA:TRUE,pathlen:3',
  'basicConstraints=CA:FALSE',
  'basicConstraints=critical,CA:FALSE',
  'keyUsage=critical,digitalSignature,keyEncipherment',
  'keyUsage=keyCertSign,cRLSign,nonRepudiation',
  'keyUsage=keyAgreement,dataEncipherment,decipherOnly',
  'extendedKeyUsage=serverAuth,clientAuth',
  'extendedKeyUsage=codeSigning,emailProtection,timeStamping,OCSPSigning',
  'extendedKeyUsage=anyExtendedKeyUsage,1.3.6.1.4.1.311.20.2.2',
  'extendedKeyUsage=1.2.3.4.5.99',
  'extendedKeyUsage=critical,ipsecIKE,msSGC,nsSGC,1.3.6.1.5.2.3.4,msCTLSign,1.3.6.1.4.1.311.20.2.1',
  'certificatePolicies=1.2.3.4,2.23.140.1.2.1',
  'certificatePolicies=@policy',
  'nameConstraints=permitted;DNS:keyexample.com,excluded;email:evil.example',
  'nameConstraints=critical,permitted;IP:10.0.0.0/255.0.0.0',
  'tlsfeature=status_request',
  'subjectKeyIdentifier=hash',
  'crlDistributionPoints=URI:http://keyexample.com/a.crl',
  'authorityInfoAccess=OCSP;URI:http://ocsp.keyexample.com/,caIssuers;URI:http://keyexample.com/ca.cer',
  'crlDistributionPoints=points',
  'freshestCRL=URI:http://keyexample.com/delta.crl',
  'policyMappings=1.2.3:1.2.4',
  'issuerAltName=DNS:issuer.keyexample.com',
  'subjectInfoAccess=caRepository;URI:http://keyexample.com/repository',
  'proxyCertInfo=critical,language:1.2.3.99,pathlen:3',
  'noCheck=ignored',
  'sbgp-autonomousSysNum=critical,AS:65000',
  'nsBaseUrl=http://keyexample.com/base',
  'nsComment="made for a test"',
  '1.3.6.1.4.1.311.25.2=ASN1:UTF8String:S-1-5-21-1-2-3-500',
  '1.3.6.1.4.1.311.21.7=ASN1:SEQUENCE:template',
  '1.3.6.1.4.1.311.20.2=ASN1:BMPSTRING:SubCA',
  '1.2.3.4.6.7=ASN1:UTF8String:own words',
  '1.2.3.4.6.8=critical,ASN1:UTF8String:critical words',
  'inhibitAnyPolicy=critical,2',
  'policyConstraints=critical,requireExplicitPolicy:3,inhibitPolicyMapping:1',
];
const sections = [
  '[kerberos]',
  'realm=EXP:0,GeneralString:KEYEXAMPLE.COM',
  'name=EXP:1,SEQUENCE:principal',
  '[principal]',
  'type=EXP:0,INTEGER:1',
  'parts=EXP:1,SEQUENCE:part',
  '[part]',
  'first=GeneralString:administrator',
  '[points]',
  'fullname=URI:http://keyexample.com/b.crl',
  'CRLissuer=dirName:directory',
  '[template]',
  'type=OID:1.3.6.1.4.1.311.21.8.1',
  'major=INTEGER:100',
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
    const key = Object.keys(keyKinds)[index % Object.keys(keyKinds).length] ?? '';
    const others = /^(rsa|pss|dsa)/.test(key) ? 'sha1' : 'sha3-256';
    const digest = key === 'pssOnly' ? 'sha512' : roll(['sha256', 'sha384', 'sha512', 'sha1', others]);
    return {
      key,
      subject: roll(subjects),
      extensions: [
        ...(alternative.length > 0
          ? [`subjectAltName=${roll(['', 'critical,'])}${alternative.join(',')}`]
          : []),
        ...chosen.values(),
      ],
      sections,
      digest,
      attributes: roll([[], [], ['unstructuredName=Form 7', 'challengePassword=sesame']]),
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
      const printed = readPrinted(openssl.print(pem));
      const facts = await factsOf({ CSR: pem });
      const details = detailsOf(facts);
      const main = details.get('Request') ?? [];
      const names = details.get('SANs') ?? [];
      const lost = missingIn(printed, { main, names, fingerprint: openssl.fingerprint(pem) });
      const lostOnCard = isShownWhole(facts) ? missingOnCard(printed, facts) : [];
      const counted = [...details.values()].flat().filter((line) => /not shown|sesame/.test(line));
      if (lost.length + lostOnCard.length + counted.length > 0)
        missing.push({
          lost,
          lostOnCard,
          counted,
          sketch: [sketch.key, sketch.digest, ...sketch.extensions],
        });
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
    const shown = [...detailsOf(await factsOf({ CSR: pem })).values()].flat().join('\n');
    expect(names.slice(0, 1_000).filter((name) => !shown.includes(name))).toEqual([]);
    expect(shown.match(/\d+ value.*not shown.*/g)).toEqual(['1 value not shown (304 bytes)']);
    expect(shown).toContain('ff'.repeat(200));
  });

  it('that replaces a certificate shows all of that as whole as OpenSSL prints it, too', async () => {
    const csr = openssl.request({ key: 'prime256v1', subject: ['CN=new'], extensions: [] });
    const missing = [];
    for (const sketch of sketches(120)) {
      const pem = openssl.certificate(sketch);
      const details = detailsOf(await factsOf({ CSR: csr, CertificateToBeRenewed: pem }));
      const main = details.get('Replaces') ?? [];
      const names = main.flatMap((line) => /^SANs (.*)$/.exec(line)?.[1]?.match(/`[^`]*`/g) ?? []);
      const lost = missingIn(readPrinted(openssl.print(pem)), {
        main,
        names,
        fingerprint: openssl.fingerprint(pem),
      });
      const counted = main.filter((line) => line.includes('not shown'));
      if (lost.length + counted.length > 0)
        missing.push({ lost, counted, sketch: [sketch.key, sketch.digest, ...sketch.extensions] });
    }
    expect(missing).toEqual([]);
  }, 120_000);
});
