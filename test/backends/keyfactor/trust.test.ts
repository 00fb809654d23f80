import { webcrypto } from 'node:crypto';
import { createServer, type Server } from 'node:https';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import 'reflect-metadata';
import {
  BasicConstraintsExtension,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { HttpConnection } from '../../../src/backends/http/connection.js';
import { keyfactorDialect } from '../../../src/backends/keyfactor/client.js';

const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

let authority: string;
let server: Server;
let url: string;

beforeAll(async () => {
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: 'CN=localhost',
      keys,
      signingAlgorithm: algorithm,
      notBefore: new Date(Date.now() - 60_000),
      notAfter: new Date(Date.now() + 3_600_000),
      extensions: [
        new BasicConstraintsExtension(true, 1, true),
        new SubjectAlternativeNameExtension([
          { type: 'dns', value: 'localhost' },
          { type: 'ip', value: '127.0.0.1' },
        ]),
      ],
    },
    webcrypto,
  );
  authority = certificate.toString('pem');
  const pkcs8 = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', keys.privateKey)).toString('base64');
  const key = `-----BEGIN PRIVATE KEY-----\n${pkcs8}\n-----END PRIVATE KEY-----\n`;
  server = createServer({ key, cert: authority }, (_request, response) => response.end('fine'));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  url = `https://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/`;
});

afterAll(() => {
  server.closeAllConnections();
  server.close();
});

const connect = (caCert?: string) =>
  new HttpConnection({ profile: keyfactorDialect, caCert, timeoutMs: 2_000 });

const call = (method: 'GET' | 'POST', caCert?: string) => {
  const connection = connect(caCert);
  return connection.transport({ method, url, headers: {}, deadline: connection.deadline() });
};

describe('a server with a certificate of a private authority', () => {
  it('is trusted when the authority is given', async () => {
    expect(await call('GET', authority)).toMatchObject({ status: 200, body: 'fine' });
    expect(await call('POST', authority)).toMatchObject({ status: 200 });
    expect(await call('GET', authority.replaceAll('\n', '\\n'))).toMatchObject({ status: 200 });
  });

  it('is not trusted otherwise, and nothing is sent to it', async () => {
    await expect(call('POST')).rejects.toMatchObject({ kind: 'no-connection' });
  });

  it('needs an authority that can be read', () => {
    expect(() => connect('/nowhere/ca.pem')).toThrow('ENOENT');
    expect(() => connect('-----BEGIN PRIVATE KEY-----')).toThrow('no PEM certificate');
  });
});
