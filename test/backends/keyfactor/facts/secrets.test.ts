import 'reflect-metadata';
import { generateKeyPairSync, webcrypto } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { ChallengePasswordAttribute, Pkcs10CertificateRequestGenerator } from '@peculiar/x509';
import fc from 'fast-check';
import { bareBase64, createCsr } from '../../../../src/sandbox/keyfactor/samples.js';
import { factsOf } from './facts-of.js';

const pem = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({
  type: 'pkcs8',
  format: 'pem',
});

describe('what may be a secret', () => {
  it.each([
    'PfxPassword',
    'pfx password',
    'Pass_Phrase',
    'Pwd',
    'ClientSecret',
    'PFX',
    'Pkcs12Blob',
    'PrivateKey',
    'ApiKey',
    'AccessToken',
    'Challenge',
    'ConnectionString',
    'KeyMaterial',
  ])('is left out by its name: %s', async (key) => {
    const facts = await factsOf({ [key]: 'hunter2', Metadata: { [key]: 'hunter2' } });
    expect(facts.others).toEqual([]);
  });

  it.each([
    ['a private key', pem],
    ['a private key on one line', String(pem).replaceAll('\n', '\\n')],
    ['a long encoded value', 'QUJD'.repeat(60)],
    ['a long encoded value in groups', `${'QUJD'.repeat(16)} `.repeat(4)],
    ['a long encoded value in lines', `${'QUJD'.repeat(16)}\r\n`.repeat(4)],
    ['a PKCS #12 file', Buffer.from([0x30, 0x82, 9, 0x9a, 2, 1, 3, 0x30, 0x82, 9]).toString('base64')],
    ['a token', 'eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln'],
    ['a header', 'Bearer abcdef123456'],
    ['an address with a password', 'https://user:hunter2@example.com/x'],
    ['a setting within text', 'server=a;password=hunter2'],
    ['JSON with a secret', '{"clientSecret":"hunter2"}'],
  ])('is left out by what it looks like: %s', async (_what, value) => {
    expect((await factsOf({ Remark: value, AdditionalAttributes: { Remark: value } })).others).toEqual([]);
  });

  it('is not what merely speaks of keys', async () => {
    const facts = await factsOf({ KeyRetention: 'Indefinite', Metadata: { Owner: 'Platform team' } });
    expect(facts.others).toEqual([
      { label: 'KeyRetention', value: 'Indefinite' },
      { label: 'Owner', value: 'Platform team' },
    ]);
  });
});

describe('values of any kind', () => {
  it('are cut, cleaned and limited in number', async () => {
    const many = Object.fromEntries(Array.from({ length: 60 }, (_, index) => [`Field ${index}`, index]));
    const facts = await factsOf({ Note: `a\u0000b\n${'word '.repeat(100)}`, ...many });
    expect(facts.others).toHaveLength(40);
    expect(facts.others[0]?.value).toMatch(/^a b( word){100}$/);
  });

  it('never break the reading', async () => {
    const key = fc.oneof(
      fc.constantFrom(
        'CSR',
        'SANs',
        'Subject',
        'Template',
        'CA',
        'code',
        'CertificateToBeRenewed',
        'Metadata',
      ),
      fc.constantFrom('__proto__', 'constructor', 'toString', 'KeyType', 'InitiatingUserName'),
      fc.string(),
    );
    await fc.assert(
      fc.asyncProperty(
        fc.dictionary(key, fc.jsonValue({ maxDepth: 4 })),
        fc.jsonValue(),
        async (bag, other) => {
          const wire: unknown = JSON.parse(JSON.stringify(bag));
          const facts = await factsOf(wire, { initial: other, type: 'Revocation' });
          expect(facts.others.length).toBeLessThanOrEqual(41);
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    ['much text', { CSR: 'A'.repeat(100_000), SANs: 'a,'.repeat(50_000), Subject: 'CN='.repeat(30_000) }],
    ['slow text', { Remark: `${'a'.repeat(50_000)}:${'/'.repeat(50_000)}`, SANs: ' '.repeat(100_000) }],
    ['many keys', Object.fromEntries(Array.from({ length: 10_000 }, (_, at) => [`k${at}`, 'x']))],
    ['deep values', { SANs: JSON.parse(`${'['.repeat(5_000)}${']'.repeat(5_000)}`) }],
  ])('never hold up everybody else: %s', async (_what, bag) => {
    const before = process.cpuUsage();
    await factsOf(bag);
    // What goes wrong here takes minutes; how fast it is, the benchmarks say.
    expect(process.cpuUsage(before).user).toBeLessThan(5_000_000);
  });
});

describe('a signing request that is kept', () => {
  it('is the whole one where nothing in it is a secret, and none where a password is', async () => {
    const open = await createCsr({ subject: 'CN=open', key: 'ec-p256' });
    expect((await factsOf({ CSR: open })).signingRequest).toBe(bareBase64(open));
    const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const secret = await Pkcs10CertificateRequestGenerator.create(
      {
        name: 'CN=secret',
        keys,
        signingAlgorithm: algorithm,
        attributes: [new ChallengePasswordAttribute('sesame')],
      },
      webcrypto,
    );
    const facts = await factsOf({ CSR: secret.toString('pem') });
    expect(facts).toMatchObject({ subject: 'CN=secret' });
    expect(facts.signingRequest).toBeUndefined();
  });
});
