import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CertificationRequest } from '@peculiar/asn1-csr';
import { AsnConvert } from '@peculiar/asn1-schema';
import { type Finding, findingsOf } from '../../../../src/domain/findings.js';
import { describeDetail, describeKey, type RequestFacts } from '../../../../src/domain/request.js';
import { factsOf } from './facts-of.js';
import { type Openssl, openOpenssl, type Sketch } from './openssl.js';

let openssl: Openssl;
beforeAll(() => {
  openssl = openOpenssl();
});
afterAll(() => openssl.close());

const host = 'app.keyexample.com';
const asked = (sketch: Partial<Sketch> = {}) =>
  openssl.request({ key: 'prime256v1', subject: [`CN=${host}`], extensions: [], ...sketch });
const withNames = (names: string, sections: readonly string[] = []) =>
  asked({ extensions: [`subjectAltName=DNS:${host},${names}`], sections });
const found = (facts: RequestFacts): readonly Finding[] => findingsOf(facts, { zones: ['keyexample.com'] });
const kinds = (facts: RequestFacts) => found(facts).map(({ kind }) => kind);
const upn = 'otherName:1.3.6.1.4.1.311.20.2.3;UTF8:administrator@keyexample.com';

/** Changes the decoded bytes of a request. */
function changed(pem: string, change: (der: Buffer) => Uint8Array): string {
  const der = Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64');
  const body = Buffer.from(change(der)).toString('base64');
  return `-----BEGIN CERTIFICATE REQUEST-----\n${body}\n-----END CERTIFICATE REQUEST-----\n`;
}

describe('names in a signing request', () => {
  const ticket = [
    '[krb]',
    'realm=EXP:0,GeneralString:KEYEXAMPLE.COM',
    'name=EXP:1,SEQUENCE:principal',
    '[principal]',
    'type=EXP:0,INTEGER:1',
    'parts=EXP:1,SEQUENCE:parts',
    '[parts]',
    'one=GeneralString:administrator',
  ];
  it.each<[string, string, readonly string[], string, readonly string[]]>([
    [
      'a Kerberos name',
      'otherName:1.3.6.1.5.2.2;SEQUENCE:krb',
      ticket,
      'Kerberos administrator@KEYEXAMPLE.COM',
      ['login-identity'],
    ],
    ['a UPN', upn, [], 'UPN administrator@keyexample.com', ['login-identity']],
    ['a mail address', 'email:jo@keyexample.com', [], 'mail jo@keyexample.com', []],
    [
      'an address elsewhere',
      'URI:https://evil.example/a',
      [],
      'URI https://evil.example/a',
      ['outside-zones'],
    ],
    ['a registered id', 'RID:1.2.3.4', [], 'registered id 1.2.3.4', []],
    [
      'a directory name',
      'dirName:dir',
      ['[dir]', 'CN=Jo Smith', 'O=Key Example'],
      'directory name CN=Jo Smith, O=Key Example',
      [],
    ],
    [
      'a name of a type nobody knows',
      'otherName:1.2.3.4;UTF8:badge 1',
      [],
      'other name 1.2.3.4: badge 1',
      ['unreadable-name'],
    ],
    ['a blank in a host', 'DNS:evil.example x', [], 'evil.example x', ['odd-name', 'outside-zones']],
    ['a port behind a host', 'DNS:evil.example:443', [], 'evil.example:443', ['odd-name', 'outside-zones']],
  ])('are told with their kind: %s', async (_what, names, sections, text, findings) => {
    const facts = await factsOf({ CSR: withNames(names, sections) });
    expect(facts.names).toEqual([host, text]);
    expect(kinds(facts)).toEqual(findings);
  });

  it('are read from Microsoft’s attribute as well', async () => {
    const csr = changed(withNames(upn), (der) => {
      const request = AsnConvert.parse(der, CertificationRequest);
      for (const attribute of request.certificationRequestInfo.attributes)
        attribute.type = '1.3.6.1.4.1.311.2.1.14';
      return new Uint8Array(AsnConvert.serialize(request));
    });
    expect((await factsOf({ CSR: csr })).names).toEqual([host, 'UPN administrator@keyexample.com']);
  });

  it('are those of every extension that holds names, and that there are two is pointed out', async () => {
    const csr = changed(withNames('DNS:b.keyexample.com'), (der) => {
      const request = AsnConvert.parse(der, CertificationRequest);
      const { attributes } = request.certificationRequestInfo;
      attributes.push(...attributes);
      return new Uint8Array(AsnConvert.serialize(request));
    });
    const facts = await factsOf({ CSR: csr });
    expect(facts.names).toEqual([host, 'b.keyexample.com']);
    expect(kinds(facts)).toContain('doubled-extension');
  });

  it('with a letter of another script are pointed out letter by letter', async () => {
    const facts = await factsOf({ CSR: asked({ subject: ['CN=app.keyex\u0430mple.com'] }) });
    expect(found(facts)).toContainEqual({
      kind: 'mixed-script',
      names: ['app.keyex[U+0430]mple.com (app.xn--keyexmple-4yh.com)'],
    });
  });
});

describe('a key and a signature', () => {
  it.each<[string, Partial<Sketch>, string, readonly string[]]>([
    ['a sound one', {}, 'EC P-256, SHA-256', []],
    ['a small curve', { key: 'secp112r1' }, 'EC secp112r1, SHA-256', ['weak-key']],
    ['a small one of RSA-PSS', { key: 'pss1024' }, 'RSA-PSS 1024, SHA-256', ['weak-key']],
    ['a small exponent', { key: 'rsa3' }, 'RSA 2048, SHA-256, exponent 3', []],
    ['a broken hash', { key: 'rsa2048', digest: 'md5' }, 'RSA 2048, MD5', ['weak-hash']],
    ['another curve of Edwards', { key: 'ed448' }, 'Ed448', []],
  ])('are told by name and size: %s', async (_what, sketch, text, findings) => {
    const facts = await factsOf({ CSR: asked(sketch) });
    expect(facts.key && describeKey(facts.key)).toBe(text);
    expect(facts.signature?.fits).toBe('yes');
    expect(kinds(facts)).toEqual(findings);
  });

  it('that do not belong together are pointed out', async () => {
    const csr = changed(asked({ key: 'rsa2048' }), (der) => {
      der[der.length - 1] = (der.at(-1) ?? 0) ^ 1;
      return der;
    });
    expect(kinds(await factsOf({ CSR: csr }))).toEqual(['signature-mismatch']);
  });
});

describe('what else a signing request asks for', () => {
  it.each<[string, string, string, readonly string[]]>([
    [
      'a CA certificate',
      'basicConstraints=critical,CA:TRUE',
      'Asks for a CA certificate (critical)',
      ['ca-certificate'],
    ],
    ['to sign certificates', 'keyUsage=keyCertSign', 'Key usage keyCertSign', ['ca-certificate']],
    [
      'a smartcard',
      'extendedKeyUsage=msSmartcardLogin,codeSigning',
      'Extended key usage smartcard logon, code signing',
      ['dangerous-usage'],
    ],
    [
      'enrollment for others',
      'extendedKeyUsage=1.3.6.1.4.1.311.20.2.1',
      'Extended key usage certificate request agent',
      ['dangerous-usage'],
    ],
    [
      'another template',
      '1.3.6.1.4.1.311.20.2=ASN1:BMPSTRING:SubCA',
      'Template in the request: SubCA',
      ['other-template'],
    ],
    [
      'what nobody knows',
      '1.2.3.4=critical,ASN1:UTF8String:own words',
      'Extension 1.2.3.4 (critical): own words',
      ['unknown-critical-extension'],
    ],
    ['a feature of TLS', 'tlsfeature=status_request', 'TLS feature: 5', []],
  ])('is told, and pointed out where it is dangerous: %s', async (_what, line, text, findings) => {
    const facts = await factsOf({ CSR: asked({ extensions: [line] }), Template: 'WebServer' });
    expect(facts.details?.map(describeDetail)).toEqual([text]);
    expect(kinds(facts)).toEqual(findings);
  });
});

describe('the text that holds a signing request', () => {
  it('may begin with what OpenSSL prints of it', async () => {
    const pem = asked();
    expect((await factsOf({ CSR: openssl.print(pem) + pem })).subject).toBe(`CN=${host}`);
  });

  it('is not read where it holds two', async () => {
    const facts = await factsOf({ CSR: asked() + asked() });
    expect(facts.unreadableRequest).toBe('the text holds 2 requests');
  });

  it('may stand beside what was read out of it', async () => {
    const facts = await factsOf({ CSR: { Raw: asked(), Parsed: 'Subject: CN=other' } });
    expect(facts.subject).toBe(`CN=${host}`);
  });

  it('may be long', async () => {
    const names = Array.from({ length: 3_000 }, (_, at) => `DNS:a-rather-long-name-${at}.keyexample.com`);
    const facts = await factsOf({ CSR: asked({ extensions: [`subjectAltName=${names.join(',')}`] }) });
    expect([facts.names.length, facts.notShown]).toEqual([2_000, 1_000]);
  });

  it.each([
    ['308006092a864886f70d010702a0803080020101', 'it is a PKCS #7 message'],
    [
      '30820a0006092a864886f70d010702a08209f0308209ec0201033100308209e006082b06010505070c02',
      'it is a CMC request (PKCS #7)',
    ],
  ])('is called what it is where it is none: %s', async (hex, reason) => {
    const facts = await factsOf({ CSR: Buffer.from(hex, 'hex').toString('base64') });
    expect(facts.unreadableRequest).toBe(reason);
  });
});

describe('what stands beside a signing request', () => {
  it.each<[string, unknown, readonly string[]]>([
    [
      'attributes',
      { AdditionalAttributes: { SAN: 'dns=evil.example&upn=administrator@keyexample.com' } },
      ['evil.example', 'UPN administrator@keyexample.com'],
    ],
    [
      'a list of attributes',
      { AdditionalAttributes: [{ Key: 'SAN', Value: 'dns=evil.example' }] },
      ['evil.example'],
    ],
    [
      'a directory name',
      { SANs: 'dns=a.keyexample.com&dirname=CN=Jo Smith,O=Key Example,E=jo@x&rid=1.2.3' },
      ['a.keyexample.com', 'directory name CN=Jo Smith,O=Key Example,E=jo@x', 'registered id 1.2.3'],
    ],
    [
      'lists by kind',
      {
        SANs: {
          dns: ['a.keyexample.com'],
          upn: ['jo@keyexample.com'],
          ip4: ['10.0.0.1'],
          rfc822: ['jo@x.y'],
        },
      },
      ['a.keyexample.com', 'UPN jo@keyexample.com', '10.0.0.1', 'mail jo@x.y'],
    ],
    ['types', { SANs: [{ Type: 'upn', Value: 'jo@keyexample.com' }] }, ['UPN jo@keyexample.com']],
    ['a UPN as another name', { SANs: 'othername:UPN::jo@keyexample.com' }, ['UPN jo@keyexample.com']],
  ])('gives names with their kind: %s', async (_what, data, names) => {
    expect((await factsOf(data)).names).toEqual(names);
  });

  it('is opened however deep, and what is too deep is counted', async () => {
    const facts = await factsOf({
      Custom: { Owner: { Team: 'Web' }, Tags: ['a', 'b'], Deep: { a: { b: { c: { d: { e: { f: 1 } } } } } } },
    });
    expect(facts.others).toEqual([
      { label: 'Custom Owner Team', value: 'Web' },
      { label: 'Custom Tags', value: 'a' },
      { label: 'Custom Tags', value: 'b' },
    ]);
    expect(facts.notShown).toBe(1);
  });

  it('keeps secrets, whatever the form in which they are nested', async () => {
    const facts = await factsOf({
      Custom: [
        { Label: 'Password', Text: 'hunter2' },
        { Key: 'Pfx Password', Value: 'hunter2' },
        { Credentials: { User: 'jo', Word: 'hunter2' } },
      ],
    });
    expect(JSON.stringify(facts)).not.toContain('hunter2');
    expect(facts.notShown).toBe(1);
  });

  it.each([
    [{ KeyType: 'ECC', KeyLength: 192 }, 'ECC 192'],
    [{ KeyAlgorithm: 'ECDSA', Curve: 'P-192' }, 'ECDSA P-192'],
    [{ KeyAlgorithm: 'ECC', Curve: '1.2.840.10045.3.1.1' }, 'ECC P-192'],
  ])('asks for a weak key: %j', async (data, text) => {
    const facts = await factsOf(data);
    expect(facts.key && describeKey(facts.key)).toBe(text);
    expect(kinds(facts)).toEqual(['weak-key']);
  });

  it('names another subject', async () => {
    expect(kinds(await factsOf({ CSR: asked(), Subject: 'CN=evil.example' }))).toEqual(['other-subject']);
  });
});

describe('the certificate that is replaced', () => {
  it('is compared by the kinds of its names', async () => {
    const mail = {
      key: 'prime256v1',
      subject: ['CN=Jo'],
      extensions: ['subjectAltName=email:administrator@keyexample.com'],
    };
    const csr = asked({ subject: ['CN=Jo'], extensions: [`subjectAltName=${upn}`] });
    const facts = await factsOf({ CSR: csr, CertificateToBeRenewed: openssl.certificate(mail) });
    expect(found(facts)).toContainEqual({ kind: 'adds-names', names: ['UPN administrator@keyexample.com'] });
  });

  it.each<[unknown, string]>([
    [{ Thumbprint: 'AABB', Id: 7 }, 'only told as Thumbprint AABB, Id 7'],
    ['QUJD', 'it is not a certificate'],
  ])('is told to be unreadable, and why: %j', async (renewed, why) => {
    const facts = await factsOf({ CSR: asked(), CertificateToBeRenewed: renewed });
    expect(found(facts)).toEqual([{ kind: 'unreadable-replaced', why }]);
  });

  it('is read as far as it can be, and a name in it that cannot be is said', async () => {
    const extensions = ['2.5.29.17=DER:30:0d:a5:0b:a1:09:0c:07:50:61:72:74:6e:65:72'];
    const partner = { key: 'prime256v1', subject: ['CN=Partner'], extensions };
    const facts = await factsOf({ CSR: asked(), CertificateToBeRenewed: openssl.certificate(partner) });
    expect(facts.replaces).toMatchObject({ subject: 'CN=Partner' });
    expect(found(facts)).toContainEqual({
      kind: 'unreadable-replaced',
      why: 'one of its names is in a form nobody here reads: other name EDI party: Partner',
    });
  });
});
