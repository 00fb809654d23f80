import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { causeOf } from '../../../src/domain/incident.js';

describe('the same trouble, told twice', () => {
  it.each<[string, string, string]>([
    [
      'ids',
      'Instance 3f0c7a52-6f0e-4d0a-9a53-0c5a7b1f2d11 died',
      'Instance 11111111-2222-3333-4444-555555555555 died',
    ],
    [
      'ids without dashes',
      'Run 3f0c7a526f0e4d0a9a530c5a7b1f2d11 died',
      'Run 111111112222333344445555555555ab died',
    ],
    ['numbers', 'Request 4711 was denied after 3 tries', 'Request 9 was denied after 12 tries'],
    ['amounts', 'Took 1.5 s of 30,000 ms', 'Took 22.75 s of 9 ms'],
    ['names in quotes', 'Template "WebServer" not found', 'Template "Code signing" not found'],
    ['names in apostrophes', "Key 'alpha beta' is in use", "Key 'gamma' is in use"],
    ['hosts', 'app.example.com did not answer', 'db-02.corp.example.org:8443 did not answer'],
    ['wildcard names', 'No proof for *.example.com', 'No proof for www.shop.example.net'],
    ['addresses', 'Could not connect to 10.0.0.1:443', 'Could not connect to 192.168.13.250:8443'],
    ['long addresses', 'Could not connect to 2001:db8::1', 'Could not connect to fe80::a:b:c:dead'],
    ['web addresses', 'POST https://ca.example.com/a?b=1 failed', 'POST http://other.example.com/c/d failed'],
    ['e-mail addresses', 'No mail to ana.ruiz@example.com', 'No mail to li+pki@corp.example.org'],
    ['accounts', 'KEYEXAMPLE\\rkim may not enroll', 'OTHER\\svc-pki$ may not enroll'],
    ['paths', 'Cannot write /var/lib/pki/a.pem today', 'Cannot write /tmp/b today'],
    ['paths on Windows', 'Cannot write C:\\certs\\a.pfx today', 'Cannot write D:\\x\\y\\b.pfx today'],
    ['subjects', 'CN=app1,OU=Web,O=Example is revoked', 'CN=John Smith, OU=Users, DC=example is revoked'],
    ['subjects of one part', 'CN=app1 is revoked', 'CN=b2 is revoked'],
    ['thumbprints', 'Certificate AB12CD34EF56AB78 expired', 'Certificate 0011223344556677 expired'],
    ['thumbprints with colons', 'Key ab:cd:ef:12:34:56:78 lost', 'Key 01:23:45:67:89:ab:cd:ef lost'],
    ['random names', 'Order aZ81kkQpWm20xTTv44 is stuck', 'Order q0q0q0q0q0q0q0q0q0q0q is stuck'],
    ['times', 'Timed out at 2026-01-15T12:00:00.123Z', 'Timed out at 2025-12-31T23:59:59Z'],
    ['times of the clock', 'Timed out at 1/2/2026 3:04:05 PM', 'Timed out at 12/31/2025 11:59:59 AM'],
    ['days', 'Expired on Thu, 15 Jan 2026', 'Expired on 3 Dec 2025'],
    ['days, month first', 'Expired on January 15, 2026', 'Expired on Dec 3, 2025'],
    ['addresses of memory', 'Fault at 0x7ffdeadbeef', 'Fault at 0x10'],
    ['letters and blanks', 'The  RPC server\r\nis unavailable.', 'the rpc server is unavailable.'],
    ['lists', 'Not issued: a.example.com', 'Not issued: a.example.com, b.example.com, c.example.com'],
  ])('has the same cause whatever the %s', (_, one, other) => {
    expect(causeOf(one)).toBe(causeOf(other));
    expect(causeOf(one).length).toBeGreaterThan(5);
  });
});

describe('different trouble', () => {
  it.each<[string, string, string]>([
    ['plain words', 'The RPC server is unavailable.', 'Access is denied.'],
    ['words after a name in quotes', '"a" is revoked', '"a" is expired'],
    ['words after a subject', 'CN=app1 is revoked', 'CN=app1 is expired'],
    ['words after a host', 'app.example.com is unknown', 'app.example.com refused'],
    ['error codes of Windows', 'Failed: 0x800706BA', 'Failed: 0x80070005'],
    ['answers of HTTP', 'Enrollment failed: HTTP 403', 'Enrollment failed: HTTP 500'],
    ['answers of HTTP with its version', 'HTTP/1.1 403', 'HTTP/1.1 502'],
    ['error codes', 'Ended with error code 12', 'Ended with error code 5'],
    ['kinds of exception', 'System.TimeoutException: failed', 'System.IO.IOException: failed'],
    ['something and nothing', 'Access is denied.', ''],
  ])('has different causes, told apart by %s', (_, one, other) => {
    expect(causeOf(one)).not.toBe(causeOf(other));
  });
});

describe('a cause', () => {
  it('of no message is that of an empty one', () => {
    expect(causeOf(undefined)).toBe('');
    expect(causeOf('  \n ')).toBe('');
  });

  it('names no secret', () => {
    expect(causeOf('Login failed, password=Hunter2x')).not.toContain('hunter');
  });

  it('stays the cause when its own words are read again', () => {
    const text = fc.constantFrom(
      'failed',
      'at',
      '4711',
      'app.example.com',
      '"x"',
      'CN=a,O=b',
      'HTTP 500',
      'T1:00',
    );
    fc.assert(
      fc.property(fc.array(text, { maxLength: 8 }), (parts) => {
        expect(causeOf(causeOf(parts.join(' ')))).toBe(causeOf(parts.join(' ')));
      }),
    );
  });

  it('is short, whatever the message', () => {
    fc.assert(fc.property(fc.string({ maxLength: 2_000 }), (text) => causeOf(text).length <= 200));
  });

  it.each([
    ['dashes', 'a-'],
    ['dots', 'a.'],
    ['slashes', '/a'],
    ['colons', 'ab:'],
    ['quotes', '“'],
    ['equal signs', 'CN='],
    ['subjects', 'CN=a,'],
    ['at signs', 'a@'],
    ['digits', '1a'],
    ['backslashes', 'A\\'],
    ['days', 'mon '],
  ])('is found at once in a megabyte of %s', (_, piece) => {
    const startMs = performance.now();
    causeOf(piece.repeat(1_000_000 / piece.length));
    expect(performance.now() - startMs).toBeLessThan(500);
  });
});
