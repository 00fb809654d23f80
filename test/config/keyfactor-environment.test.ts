import { rootCertificates } from 'node:tls';
import { describe, expect, it } from '@jest/globals';
import { aServer, goodEnv, load, problemAbout, someSettings } from './a-settings-file.js';

const { KEYFACTOR_AUTH_CLIENT_SECRET: _, ...slackEnv } = goodEnv;
const bare = someSettings({ keyfactor: [{ name: 'corp-pki' }] });

describe('the vendor’s variables', () => {
  it('describe a single server entirely', () => {
    const env = {
      ...slackEnv,
      KEYFACTOR_HOSTNAME: 'kf.example.com',
      KEYFACTOR_PORT: '8443',
      KEYFACTOR_API_PATH: 'Keyfactor/API',
      KEYFACTOR_CA_CERT: '/ca.pem',
      KEYFACTOR_CLIENT_TIMEOUT: '90',
      KEYFACTOR_AUTH_CLIENT_ID: 'bot',
      KEYFACTOR_AUTH_CLIENT_SECRET: 's',
      KEYFACTOR_AUTH_TOKEN_URL: 'https://idp.example.com/token',
      KEYFACTOR_AUTH_SCOPES: 'openid, profile',
      KEYFACTOR_AUTH_AUDIENCE: 'kf',
      KEYFACTOR_AUTH_CA_CERT: '/idp.pem',
    };
    const [pem = ''] = rootCertificates;
    const settings = load(bare, { env, files: { '/ca.pem': pem, '/idp.pem': pem } });
    expect(settings.warnings).toEqual([]);
    expect(settings.keyfactor[0]).toMatchObject({
      server: {
        hostname: 'kf.example.com',
        port: 8443,
        apiPath: 'Keyfactor/API',
        caCert: '/ca.pem',
        authCaCert: '/idp.pem',
        timeout: 90_000,
        auth: {
          kind: 'oauth',
          clientId: 'bot',
          tokenUrl: 'https://idp.example.com/token',
          scopes: ['openid', 'profile'],
          audience: 'kf',
        },
      },
      secrets: { clientSecret: 's' },
    });
  });

  it('tell how to sign in when the file does not', () => {
    const env = { ...slackEnv, KEYFACTOR_HOSTNAME: 'kf', KEYFACTOR_USERNAME: 'svc', KEYFACTOR_PASSWORD: 'p' };
    const settings = load(bare, { env: { ...env, KEYFACTOR_DOMAIN: 'CORP', KEYFACTOR_AUTH_SCOPES: 'x' } });
    expect(settings.keyfactor[0]?.server.auth).toEqual({ kind: 'basic', username: 'svc', domain: 'CORP' });
  });

  it('may not tell two ways to sign in', () => {
    const env = { ...slackEnv, KEYFACTOR_PASSWORD: 'p', KEYFACTOR_AUTH_ACCESS_TOKEN: 't' };
    const { found } = problemAbout('keyfactor[0].auth.kind', bare, { env });
    expect(found).toBe('variables for basic and token');
  });

  it('count less than the file', () => {
    const settings = load(someSettings(), { env: { ...goodEnv, KEYFACTOR_HOSTNAME: 'other.example.com' } });
    expect(settings.keyfactor[0]?.server.hostname).toBe('keyfactor.example.com');
  });

  it('are named when what they say is wrong', () => {
    const env = { ...goodEnv, KEYFACTOR_PORT: 'https' };
    const { expected, found } = problemAbout('KEYFACTOR_PORT (as keyfactor[0].port)', someSettings(), {
      env,
    });
    expect([expected, found]).toEqual(['a number', '"https"']);
  });

  it('are named when they could say what is missing', () => {
    const problem = problemAbout('keyfactor[0].hostname', bare, { env: slackEnv });
    expect(problem.expected).toContain('here or in KEYFACTOR_HOSTNAME');
  });

  it('carry the server’s name when there are several', () => {
    const keyfactor = [aServer, { name: 'lab', hostname: 'lab.example.com' }];
    const env = {
      ...slackEnv,
      KEYFACTOR_CORP_PKI_AUTH_CLIENT_SECRET: 'one',
      KEYFACTOR_LAB_USERNAME: 'svc',
      KEYFACTOR_LAB_PASSWORD: 'two',
    };
    const settings = load(someSettings({ keyfactor }), { env });
    expect(settings.keyfactor.map(({ secrets }) => secrets)).toEqual([
      { clientSecret: 'one' },
      { password: 'two' },
    ]);
  });

  it('are pointed out when nobody reads them', () => {
    const env = { ...goodEnv, KEYFACTOR_AUHT_AUDIENCE: 'kf' };
    expect(load(someSettings(), { env }).warnings).toEqual([
      'KEYFACTOR_AUHT_AUDIENCE: not read; did you mean KEYFACTOR_AUTH_AUDIENCE?',
    ]);
  });

  it('are pointed out when it cannot be told for which server they are', () => {
    const keyfactor = [aServer, { ...aServer, name: 'lab' }];
    const env = {
      ...goodEnv,
      KEYFACTOR_CORP_PKI_AUTH_CLIENT_SECRET: 'one',
      KEYFACTOR_LAB_AUTH_CLIENT_SECRET: 'two',
    };
    expect(load(someSettings({ keyfactor }), { env }).warnings).toContain(
      'KEYFACTOR_AUTH_CLIENT_SECRET: not read, because there are several servers; write KEYFACTOR_CORP_PKI_AUTH_CLIENT_SECRET and so on',
    );
  });

  it('cannot be mistaken for another server’s', () => {
    const keyfactor = [
      { ...aServer, name: 'corp' },
      { ...aServer, name: 'corp-auth' },
    ];
    const { found } = problemAbout('keyfactor[1].name', someSettings({ keyfactor }));
    expect(found).toBe('two servers with KEYFACTOR_CORP_AUTH_CA_CERT');
  });

  it.each([
    ['KEYFACTOR_SKIP_VERIFY', 'true'],
    ['KEYFACTOR_SKIP_VERIFY', '1'],
    ['NODE_TLS_REJECT_UNAUTHORIZED', '0'],
  ])('may not turn off the checking of certificates: %s=%s', (name, value) => {
    const problem = problemAbout(name, someSettings(), { env: { ...goodEnv, [name]: value } });
    expect(problem.expected).toContain('certificate');
  });

  it('may say that certificates are checked', () => {
    expect(load(someSettings(), { env: { ...goodEnv, KEYFACTOR_SKIP_VERIFY: 'false' } }).warnings).toEqual(
      [],
    );
  });
});

describe('certificate authorities', () => {
  const [pem = ''] = rootCertificates;
  const withCa = (caCert: string) => someSettings({ keyfactor: [{ ...aServer, caCert }] });

  it.each([
    ['that are not there', {}, '/ca.pem: no such file'],
    ['in a file without a certificate', { '/ca.pem': 'see the wiki' }, '/ca.pem: no certificate in PEM form'],
    [
      'in the binary form',
      { '/ca.pem': new Uint8Array([0x30, 0x82, 0xff]) },
      '/ca.pem: no certificate in PEM form',
    ],
    [
      'of which one is cut short',
      { '/ca.pem': `${pem}\n${pem.slice(0, 400)}\n-----END CERTIFICATE-----` },
      '/ca.pem: certificate 2 of 2 cannot be read',
    ],
  ])('%s are a problem of the settings, with its line', (_what, files, found) => {
    const problem = problemAbout('keyfactor[0].caCert', withCa('/ca.pem'), { files });
    expect(problem.found).toBe(found);
    expect(problem.line).toBeGreaterThan(1);
  });

  it('from the environment are looked at too', () => {
    const env = { ...goodEnv, KEYFACTOR_AUTH_CA_CERT: '/idp.pem' };
    const path = 'KEYFACTOR_AUTH_CA_CERT (as keyfactor[0].authCaCert)';
    expect(problemAbout(path, someSettings(), { env }).found).toBe('/idp.pem: no such file');
  });

  it('may be PEM text, in one line as well', () => {
    expect(load(withCa(pem)).warnings).toEqual([]);
    expect(load(withCa(pem.replaceAll('\n', '\\n'))).warnings).toEqual([]);
    expect(problemAbout('keyfactor[0].caCert', withCa(pem.replace('MII', '!!!'))).found).toMatch(/PEM text/);
  });
});
