import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type Finding, findingsOf } from '../../../../src/domain/findings.js';
import { describeKey } from '../../../../src/domain/request.js';
import { der, part, requestWith } from './der.js';
import { factsOf } from './facts-of.js';
import { type Openssl, openOpenssl } from './openssl.js';

const csr = requestWith([]);
const bytes = Buffer.from(csr.replace(/-----[^-]+-----|\s/g, ''), 'base64');
const kinds = (found: readonly Finding[]) => found.map(({ kind }) => kind);
async function read(data: unknown) {
  const facts = await factsOf(data);
  return { ...facts, kinds: kinds(findingsOf(facts, { zones: [] })) };
}

describe('a signing request', () => {
  it.each<[string, object]>([
    ['under another name', { CertificateSigningRequest: csr }],
    ['under a name nobody knows', { Anything: csr }],
    ['alone in a list', { CSR: [csr] }],
    ['as value of an object', { CSR: { Value: csr, Other: 1 } }],
    ['as JSON', { CSR: JSON.stringify({ Raw: csr }) }],
    ['in hexadecimal digits', { CSR: bytes.toString('hex') }],
    ['after a text that speaks of its beginning', { CSR: `behind -----BEGIN it stands\n${csr}` }],
    ['beside what was read out of it', { CSR: { Parsed: 'Subject' }, 'CSR:Raw': csr }],
    ['told twice', { CSR: csr, RawCSR: bytes.toString('base64') }],
  ])('is read %s', async (_form, data) => {
    const facts = await read(data);
    expect([facts.subject, facts.unreadableRequest]).toEqual(['CN=app.keyexample.com', undefined]);
  });

  it.each<[string, object, string]>([
    ['in another form', { CSR: { Bytes: [48] } }, 'it is in a form nobody here knows'],
    [
      'beside another',
      { CSR: csr, RawCSR: requestWith([der.seq(der.oid('1.2.3'), der.set())]) },
      'the data holds 2 requests that differ',
    ],
    ['beside one that cannot be read', { CSR: csr, RawCSR: 'QUJD' }, 'it is not a PKCS #10 request'],
  ])('is pointed out %s', async (_what, data, why) => {
    const facts = await read(data);
    expect(facts.unreadableRequest).toBe(why);
    expect(facts.kinds).toContain('unreadable-request');
  });
});

describe('the subject beside a signing request', () => {
  const own = requestWith([], {
    subject: der.seq(
      part('2.5.4.6', der.utf8('DE')),
      part('2.5.4.10', der.utf8('Key, Example + Co "x"')),
      part('2.5.4.3', der.utf8('app.keyexample.com')),
      part('1.2.840.113549.1.9.1', der.ia5('jo@keyexample.com')),
      part('2.5.4.97', der.utf8('N1')),
    ),
  });
  it.each<[unknown]>([
    ['CN=app.keyexample.com,O="Key, Example + Co \\"x\\"",C=de,E=jo@keyexample.com,2.5.4.97=N1'],
    ['emailAddress=jo@keyexample.com, CN=APP.keyexample.com, O=Key\\, Example \\+ Co \\"x\\"'],
    ['O=Key\\2C Example \\2B Co \\22x\\22;CN=app.keyexample.com'],
    ['/C=DE/O=Key, Example + Co "x"/CN=app.keyexample.com'],
    ['organizationIdentifier=N1 , CN = app.keyexample.com'],
    ['app.keyexample.com'],
    [{ CN: 'app.keyexample.com', Organization: 'Key, Example + Co "x"' }],
  ])('is no finding where it says the same: %j', async (subject) => {
    expect((await read({ CSR: own, Subject: subject })).kinds).toEqual([]);
  });

  it.each<[object, string]>([
    [{ Subject: 'CN=app.keyexample.com, CN=evil.example' }, 'CN=app.keyexample.com, CN=evil.example'],
    [{ Subject: { CommonName: 'evil.example' } }, 'CommonName=evil.example'],
    [{ Subject: ['CN=evil.example'] }, 'CN=evil.example'],
    [{ Subject: 'C=DE', DN: 'CN=evil.example' }, 'CN=evil.example'],
    [{ Subject: 'C=DE', CN: 'evil.example' }, 'CN=evil.example'],
    [{ Subject: 'O=Key' }, 'O=Key'],
  ])('is a finding where it says something else: %j', async (data, subject) => {
    const facts = await read({ CSR: own, ...data });
    expect(findingsOf(facts, { zones: [] })).toEqual([{ kind: 'other-subject', subject }]);
  });
});

describe('names beside a signing request', () => {
  it.each<[unknown, readonly string[]]>([
    ['san:dns=a.b&upn=jo@x', ['a.b', 'UPN jo@x']],
    ['subjectAltName=DNS:a.b, DNS:c.d', ['a.b', 'c.d']],
    ['DNS.1 = a.b\nDNS.2 = c.d', ['a.b', 'c.d']],
    ['Other Name:Principal Name=jo@x', ['UPN jo@x']],
    ['othername: UPN::jo@x', ['UPN jo@x']],
    ['othername:1.2.3.4;UTF8:badge', ['other name 1.2.3.4: badge']],
    [
      [
        { Type: 0, Value: 'x' },
        { Type: 1, Value: 'jo@x' },
        { Type: 7, Value: '10.0.0.1' },
        { Type: 100, Value: 'jo@x' },
      ],
      ['other name of unknown form: x', 'mail jo@x', '10.0.0.1', 'UPN jo@x'],
    ],
    [[{ SANType: 'upn', SANValue: 'jo@x' }], ['UPN jo@x']],
    [{ a: { b: { c: { d: { e: { dns: ['deep.x'] } } } } } }, ['deep.x']],
    [
      JSON.parse(`${'['.repeat(20)}"deep.x"${']'.repeat(20)}`),
      ['other name of unknown form: nested too deep'],
    ],
    [
      ['UPN=Jo@x', 'UPN=jo@x'],
      ['UPN Jo@x', 'UPN jo@x'],
    ],
  ])('are read with their kind: %j', async (names, texts) => {
    expect((await read({ SANs: names })).names).toEqual(texts);
  });

  it('are those of both keys where two keys differ in their spelling only', async () => {
    expect((await read({ SAN: 'dns=a.b', S_A_N: 'dns=evil.example' })).names).toEqual([
      'a.b',
      'evil.example',
    ]);
  });

  it.each<[unknown]>([
    ['{"SAN":"dns=evil.example","Password":"hunter2"}'],
    ['SAN:dns=evil.example\nPassword:hunter2'],
    ['SAN:dns=evil.example'],
    [['SAN=dns=evil.example', '{"Key":"PfxPassword","Value":"hunter2"}']],
    [[{ AttributeName: 'SAN', AttributeValue: 'dns=evil.example' }]],
    [{ SubjectAltName2: 'dns=evil.example', PrivateKey: 'hunter2' }],
    [{ Inner: '{"Deeper":{"SAN":["dns=evil.example"]}}' }],
  ])('are found in additional attributes of any form, without their secrets: %j', async (attributes) => {
    const facts = await read({ AdditionalAttributes: attributes });
    expect(facts.names).toEqual(['evil.example']);
    expect(JSON.stringify(facts)).not.toContain('hunter2');
  });

  it('are found in attributes of another name, too', async () => {
    const data = {
      RequestAttributes: 'CertificateTemplate:SubCA\nSAN:dns=evil.example',
      Template: 'WebServer',
    };
    const facts = await read(data);
    expect([facts.names, facts.kinds]).toEqual([['evil.example'], ['other-template']]);
  });
});

describe('values beside a signing request', () => {
  it.each<[object, string]>([
    [{ KeyType: 'RSA', KeyLength: '1024 bits' }, 'RSA 1024'],
    [{ KeyType: 'ECDSA', KeyLength: 'P-192' }, 'ECDSA P-192'],
    [{ PrimaryKeyAlgorithm: 'RSA', PrimaryKeyLength: 1024 }, 'RSA 1024'],
    [{ KeyType: { Name: 'RSA', Length: 1024 } }, 'RSA 1024'],
  ])('ask for a weak key: %j', async (data, text) => {
    const facts = await read(data);
    expect([facts.key && describeKey(facts.key), facts.kinds]).toEqual([text, ['weak-key']]);
  });

  it.each<[object, string]>([
    [{ ValidityPeriod: 2, ValidityPeriodUnits: 'Years' }, '2 Years'],
    [{ ValidityPeriod: 'Years', ValidityPeriodUnits: '50' }, '50 Years'],
    [
      { Validity: '1 year', AdditionalAttributes: { ValidityPeriod: 'Years', ValidityPeriodUnits: 50 } },
      '1 year; 50 Years',
    ],
  ])('tell for how long: %j', async (data, text) => {
    expect((await read(data)).validity).toBe(text);
  });
});

describe('the certificate that is replaced', () => {
  let openssl: Openssl;
  beforeAll(() => {
    openssl = openOpenssl();
  });
  afterAll(() => openssl.close());

  it.each<[string, (pem: string) => unknown]>([
    ['in a list', (pem) => [pem]],
    ['as JSON', (pem) => JSON.stringify({ Thumbprint: 'AA', RawData: pem })],
    ['with its older header', (pem) => pem.replaceAll('CERTIFICATE', 'X509 CERTIFICATE')],
    [
      'in hexadecimal digits',
      (pem) => Buffer.from(pem.replace(/-----[^-]+-----|\s/g, ''), 'base64').toString('hex'),
    ],
  ])('is read %s', async (_form, change) => {
    const pem = openssl.certificate({ key: 'prime256v1', subject: ['CN=old'], extensions: [] });
    expect((await read({ CSR: csr, CertificateToBeRenewed: change(pem) })).replaces?.subject).toBe('CN=old');
  });

  it.each<[object, string]>([
    [{ CertificateToBeRenewed: 7 }, 'only told as 7'],
    [{ CertificateToBeRenewed: 'AA'.repeat(20) }, `only told as ${'AA'.repeat(20)}`],
    [{ CertificateToBeRenewed: '{"Thumbprint":"AA"}' }, 'only told as Thumbprint AA'],
    [{ RenewalCertificateId: 7 }, 'only told as RenewalCertificateId 7'],
    [{ CertificateToBeRenewed: {} }, 'it is in a form nobody here knows'],
    [
      { CertificateToBeRenewed: '-----BEGIN PRIVATE KEY-----\nMIIB\n-----END PRIVATE KEY-----' },
      'it is a private key',
    ],
  ])('is pointed out where it cannot be read: %j', async (data, why) => {
    const facts = await read({ CSR: csr, ...data });
    expect(facts.replacesUnreadable).toBe(why);
    expect(facts.kinds).toEqual(['unreadable-replaced']);
  });
});
