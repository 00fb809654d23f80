import { beforeAll, describe, expect, it } from '@jest/globals';
import { readSigningRequest } from '../../../../src/backends/keyfactor/facts.js';
import { bareBase64, createCertificate, createCsr } from '../../../../src/sandbox/keyfactor/samples.js';

let pem: string;

beforeAll(async () => {
  pem = await createCsr({ subject: 'CN=app.example.com', sans: { dns: ['a.example.com'] } });
});

describe('a signing request', () => {
  it.each<[string, (text: string) => string]>([
    ['PEM', (text) => text],
    ['PEM with Windows line ends', (text) => text.replaceAll('\n', '\r\n')],
    ['PEM with written-out line ends', (text) => text.trim().replaceAll('\n', '\\n')],
    ['PEM on one line', (text) => text.replaceAll('\n', ' ')],
    [
      'PEM with the older header',
      (text) => text.replaceAll('CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST'),
    ],
    ['PEM after a byte order mark', (text) => `\uFEFF${text}`],
    [
      'PEM with headers of its own',
      (text) => text.replace('-----\n', '-----\nComment: made by Jo\nX-Long: a\n b\n\n'),
    ],
    ['PEM in UTF-16', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le').toString('latin1')],
    ['PEM in base64', (text) => Buffer.from(text).toString('base64')],
    ['PEM in UTF-16 in base64', (text) => Buffer.from(`\uFEFF${text}`, 'utf16le').toString('base64')],
    ['bare base64', bareBase64],
    ['bare base64 in lines', (text) => bareBase64(text).replace(/(.{64})/g, '$1\n')],
    ['base64url', (text) => bareBase64(text).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')],
  ])('is read from %s', async (_form, change) => {
    expect(await readSigningRequest(change(pem))).toEqual({
      kind: 'read',
      request: {
        subject: 'CN=app.example.com',
        names: [{ kind: 'dns', value: 'a.example.com' }],
        key: {
          algorithm: 'RSA',
          sizeBits: 2048,
          exponent: '65537',
          hash: 'SHA-256',
          fingerprint: expect.stringMatching(/^SHA256:[\w+/]{43}$/),
        },
        signature: { algorithm: 'SHA-256 with RSA', hash: 'SHA-256', fits: 'yes' },
        details: [],
        digest: expect.stringMatching(/^[\w+/]{43}$/),
        encoded: bareBase64(pem),
      },
    });
  });

  it.each([
    ['rsa-1024', { algorithm: 'RSA', sizeBits: 1024, hash: 'SHA-256' }],
    ['ec-p384', { algorithm: 'EC', curve: 'P-384', hash: 'SHA-256' }],
  ] as const)('tells its key: %s', async (key, reported) => {
    const read = await readSigningRequest(await createCsr({ subject: 'CN=a', key }));
    expect(read).toMatchObject({ request: { key: reported, names: [] } });
  });

  it.each([
    ['', 'it is empty'],
    [42, 'it is not text'],
    ['no base64!', 'it is not base64'],
    ['QUJD', 'it is not a PKCS #10 request'],
    ['A'.repeat(1_100_000), 'it is too long'],
    ['-----BEGIN CERTIFICATE REQUEST-----\nQUJD', 'its PEM form is broken'],
    ['-----BEGIN CERTIFICATE REQUEST-----\n-----END CERTIFICATE REQUEST-----', 'it is not base64'],
  ])('that is %j cannot be read: %s', async (value, reason) => {
    expect(await readSigningRequest(value)).toEqual({ kind: 'unreadable', reason });
  });

  it('that is a certificate is called one', async () => {
    const notBefore = new Date('2026-01-01');
    const certificate = await createCertificate({
      subject: 'CN=a',
      notBefore,
      notAfter: new Date('2027-01-01'),
    });
    expect(await readSigningRequest(certificate)).toEqual({
      kind: 'unreadable',
      reason: 'it is a certificate',
    });
    expect(await readSigningRequest(bareBase64(certificate))).toMatchObject({ kind: 'unreadable' });
  });

  it('that is cut anywhere never breaks the reading', async () => {
    const whole = bareBase64(pem);
    for (let length = 0; length < whole.length; length += 37) {
      const read = await readSigningRequest(whole.slice(0, length));
      expect(read.kind).toBe('unreadable');
    }
  });
});
