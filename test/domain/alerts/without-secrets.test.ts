import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { withoutSecrets } from '../../../src/domain/incident.js';

const jwt = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.c2lnbmF0dXJl';
const pem = '-----BEGIN PRIVATE KEY-----\nMIIEvQIBADANBg\n-----END PRIVATE KEY-----';

describe('an error message', () => {
  it.each<[string, string]>([
    ['password=hunter2', 'password=[removed]'],
    ['Password: "my long phrase" was refused', 'Password: [removed] was refused'],
    ['{"password":"ab\\"cd","user":"ana"}', '{"password":[removed],"user":"ana"}'],
    ["pwd='a b' user=ana", 'pwd=[removed] user=ana'],
    ['Password="cut off in the', 'Password=[removed]'],
    ['Server=db;Password=a,b)c;Database=pki', 'Server=db;Password=[removed];Database=pki'],
    ['(client_secret=abc, tries 3)', '(client_secret=[removed], tries 3)'],
    ['The password is hunter2.', 'The password is [removed]'],
    ['<Password>hunter2</Password>', '<Password>[removed]</Password>'],
    [
      '<wsse:Password Type="text">a b</wsse:Password>',
      '<wsse:Password Type="text">[removed]</wsse:Password>',
    ],
    ['api-key: k', 'api-key: [removed]'],
    ['AccountKey=abc==;x', 'AccountKey=[removed];x'],
    ['Authorization: Bearer abcdefgh', 'Authorization: Bearer [removed]'],
    ['Authorization: Basic dXNlcjpwYXNz', 'Authorization: Basic [removed]'],
    [`token ${jwt} has expired`, 'token [removed] has expired'],
    ['at https://ana:pa55@ca.example.com/x', 'at https://[removed]@ca.example.com/x'],
    [`Key was ${pem} here`, 'Key was [removed] here'],
    ['Key was -----BEGIN RSA PRIVATE KEY-----\nMIIEvQIB', 'Key was [removed]'],
    ['blob QWxhZGRpbjpvcGVuIHNlc2FtZQ1234567890abcdEFGH== end', 'blob [removed] end'],
  ])('loses the secret and keeps the rest: %s', (message, expected) => {
    expect(withoutSecrets(message)).toBe(expected);
  });

  it.each([
    'The RPC server is unavailable.',
    'The token is invalid or has expired.',
    'The password is required',
    'Basic authentication failed for KEYEXAMPLE\\rkim',
    'Mapping: WebServer, spinning up',
    'Certificate AB12CD34EF56AB78AB12CD34EF56AB78AB12CD34 expired',
    'POST https://ca.example.com/KeyfactorAPI/Enrollment answered 403',
  ])('that tells no secret is kept as it is: %s', (message) => {
    expect(withoutSecrets(message)).toBe(message);
  });

  it('never shows a secret that was planted in it', () => {
    const secret = fc
      .string({ unit: fc.constantFrom(...'abcXYZ0189-_+/=!#$%&*.,@'), minLength: 6, maxLength: 30 })
      // Ends of words are cut off a sentence's own commas and dots; quotes and blanks need quotes around them.
      .map((text) => `s3${text}Cr3t`);
    const runtime = fc.constantFrom<(text: string) => string>(
      (text) => `password=${text}`,
      (text) => `DB_PASSWORD: ${text}, and more`,
      (text) => `Server=x;Pwd=${text};Timeout=3`,
      (text) => `{"clientSecret": "${text}"}`,
      (text) => `client_secret='${text}'`,
      (text) => `The passphrase is ${text}`,
      (text) => `<secret>${text}</secret>`,
      (text) => `access token = ${text}`,
      (text) => `Cookie: ${text}`,
    );
    fc.assert(
      fc.property(secret, runtime, fc.lorem(), fc.lorem(), (text, plant, before, after) => {
        expect(withoutSecrets(`${before} ${plant(text)} ${after}`)).not.toContain(text);
      }),
    );
  });

  it('is not changed by being looked at twice', () => {
    const parts = fc.constantFrom(
      'password=',
      'hunter2',
      'token is',
      'x;',
      'Bearer abcdefgh',
      '<pin>',
      '"a b"',
      jwt,
    );
    fc.assert(
      fc.property(fc.array(parts, { maxLength: 8 }), (some) => {
        const once = withoutSecrets(some.join(' '));
        expect(withoutSecrets(once)).toBe(once);
      }),
    );
  });

  it.each(['a-', 'a/', 'pin', 'aB1', '<a', '://a:', 'eyJ', '-----BEGIN ', 'is ', '"\\'])(
    'is looked through at once, also a megabyte of %s',
    (piece) => {
      const startMs = performance.now();
      withoutSecrets(piece.repeat(1_000_000 / piece.length));
      expect(performance.now() - startMs).toBeLessThan(500);
    },
  );
});
