import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { keyfactorServer } from '../../../src/backends/keyfactor/settings.js';

const least = { name: 'corp-pki', hostname: 'kf.example.com', auth: { kind: 'token' } };

describe('the settings of a Command server', () => {
  it('fills in the defaults', () => {
    expect(keyfactorServer.parse(least)).toMatchObject({
      apiPath: 'KeyfactorAPI',
      scheme: 'https',
      timeout: 60_000,
      signalTimeout: 60_000,
      signalBody: 'auto',
      pageSize: 100,
      apiVersion: { instances: '1', definitions: 'auto' },
    });
  });

  it('drops the port that some front ends reject, and slashes around the path', () => {
    const server = keyfactorServer.parse({
      ...least,
      hostname: 'kf.example.com:443',
      apiPath: '/Keyfactor/API/',
    });
    expect([server.hostname, server.apiPath]).toEqual(['kf.example.com', 'Keyfactor/API']);
  });

  it.each([
    [{ hostname: 'https://kf.example.com' }, 'leave out the scheme'],
    [{ hostname: 'kf.example.com/KeyfactorAPI' }, 'leave out the path'],
    [{ hostname: 'kf example' }, 'write a host name'],
    [{ scheme: 'http' }, 'http is only for a server on this machine'],
    [{ hostname: 'kf.example.com:8443', port: 8443 }, 'already has a port'],
    [{ portalUrl: 'kf.example.com' }, 'write an https address'],
    [{ name: 'Corp PKI' }, 'lower-case letters'],
    [{ auth: { kind: 'oauth', tokenUrl: 'http://idp.example.com/t', clientId: 'x' } }, 'full https address'],
  ])('refuses %j with a hint', (change, hint) => {
    const result = keyfactorServer.safeParse({ ...least, ...change });
    expect(result.error?.issues.map(({ message }) => message).join('; ')).toContain(hint);
  });

  it('takes plain http from this machine only', () => {
    expect(keyfactorServer.safeParse({ ...least, hostname: '127.0.0.1:8080', scheme: 'http' }).success).toBe(
      true,
    );
  });

  it('can be written as a JSON schema', () => {
    expect(() => z.toJSONSchema(keyfactorServer, { io: 'input' })).not.toThrow();
  });
});
