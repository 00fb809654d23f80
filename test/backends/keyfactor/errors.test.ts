import { once } from 'node:events';
import { createServer } from 'node:net';
import { describe, expect, it } from '@jest/globals';
import { HttpClient } from '../../../src/backends/http/client.js';
import type { HttpResponse } from '../../../src/backends/http/connection.js';
import {
  HttpConnection,
  type RequestInfo,
  transportFailureFrom,
} from '../../../src/backends/http/connection.js';
import { keyfactorDialect, saysNothingThere } from '../../../src/backends/keyfactor/client.js';

const response = (
  status: number,
  body = '',
  headers: Readonly<Record<string, string>> = {},
): HttpResponse => ({
  status,
  body,
  headers,
});

const client = new HttpClient({
  dialect: keyfactorDialect,
  connection: new HttpConnection({ profile: keyfactorDialect, timeoutMs: 1_000 }),
  baseUrl: 'https://kf.example.com',
  credentials: undefined,
  log: { debug() {}, info() {}, warn() {}, error() {} },
});
const errorFromResponse = (answer: HttpResponse, request: RequestInfo) => client.unexpected(answer, request);

describe('an answer without content', () => {
  it.each([
    ['announced', 'Content-Length: 5\r\n'],
    ['announced on a connection that is closed', 'Content-Length: 5\r\nConnection: close\r\n'],
    ['in chunks', 'Transfer-Encoding: chunked\r\n'],
    ['without a word', ''],
  ])('is a 204 though bytes stand behind it: %s', async (_how, headers) => {
    const server = createServer((socket) => {
      socket.once('data', () => socket.end(`HTTP/1.1 204 No Content\r\nX-Id: 7\r\n${headers}\r\nhello`));
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    const port = typeof address === 'object' ? address?.port : 0;
    const connection = new HttpConnection({ profile: keyfactorDialect, timeoutMs: 1_000 });
    for (const method of ['POST', 'GET'] as const) {
      const url = `http://127.0.0.1:${port}/`;
      const answer = await connection.transport({
        method,
        url,
        headers: {},
        deadline: connection.deadline(),
      });
      expect(answer).toMatchObject({ status: 204, body: '', headers: { 'x-id': '7' } });
    }
    server.close();
  });
});

describe('an answer that was not expected', () => {
  it.each([
    [400, 'GET', 'rejected', false, 'no'],
    [302, 'POST', 'rejected', false, 'no'],
    [401, 'POST', 'sign-in', false, 'no'],
    [403, 'POST', 'forbidden', false, 'no'],
    [404, 'POST', 'not-found', false, 'no'],
    [408, 'POST', 'timeout', true, 'unknown'],
    [429, 'POST', 'throttled', true, 'no'],
    [500, 'GET', 'server-error', true, 'no'],
    [500, 'POST', 'server-error', true, 'unknown'],
    [503, 'POST', 'server-error', true, 'unknown'],
  ] as const)('%d to a %s is %s', (status, method, code, retryable, applied) => {
    const error = errorFromResponse(response(status), { system: 'corp', method, path: '/x' });
    expect(error).toMatchObject({ code, retryable, applied, system: 'corp', correlationId: undefined });
  });

  it('is told in the words of the server, with its code and its log id', () => {
    const body = '{"ErrorCode":"0xA0110008","Message":"Invalid sort field: X."}';
    const error = errorFromResponse(response(400, body, { 'x-keyfactor-correlation-id': 'c0ffee' }), {
      system: 'corp',
      method: 'GET',
      path: '/x',
    });
    expect(error.message).toBe('GET /x was answered 400 (0xA0110008 Invalid sort field: X.)');
    expect(error.correlationId).toBe('c0ffee');
  });

  it.each([
    'Bearer abc.def.ghi',
    'Basic Q09SUFxhOnNlc2FtZS1vcGVu',
    'the token eyJhbGciOiJub25lIn0.eyJzdWIiOiJzZXNhbWUtb3BlbiJ9.c2VzYW1l',
    'password=sesame-open',
    'client_secret: "sesame-open"',
  ])('never repeats a credential: %s', (said) => {
    const error = errorFromResponse(response(400, JSON.stringify({ Message: `Bad ${said}` })), {
      system: 'corp',
      method: 'GET',
      path: '/x',
    });
    for (const part of ['sesame', 'Q09SU', 'eyJ', 'abc.def']) expect(error.message).not.toContain(part);
  });
});

describe('an answer says that nothing is there', () => {
  const json = { 'content-type': 'application/json; charset=utf-8' };
  it.each([
    [404, '{"ErrorCode":"0x1","Message":"No such instance."}', json, true],
    [404, '{"type":"about:blank","title":"Not Found"}', { 'content-type': 'application/problem+json' }, true],
    [404, '', json, true],
    [404, '', {}, false],
    [404, '<html>404</html>', { 'content-type': 'text/html' }, false],
    [403, '{"Message":"Forbidden"}', json, true],
    [403, '', {}, true],
    [403, '<html>Blocked</html>', { 'content-type': 'text/html' }, false],
    [400, '{"Message":"Bad"}', json, false],
    [200, '{}', json, false],
  ])('%d %j', (status, body, headers, says) => {
    expect(saysNothingThere(response(status, body, headers))).toBe(says);
  });
});

describe('a call without an answer', () => {
  const thrown = (fields: object) => Object.assign(new Error('secret config'), fields);
  it.each([
    [{ code: 'ECONNREFUSED' }, 'no-connection'],
    [{ code: 'ENOTFOUND' }, 'no-connection'],
    [{ code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' }, 'no-connection'],
    [{ code: 'ERR_TLS_CERT_ALTNAME_INVALID' }, 'no-connection'],
    [{ code: 'ETIMEDOUT', cause: thrown({ code: 'ETIMEDOUT', syscall: 'connect' }) }, 'no-connection'],
    [{ code: 'ECONNRESET' }, 'connection-lost'],
    [{ code: 'EPIPE' }, 'connection-lost'],
    [{ code: 'ETIMEDOUT', cause: thrown({ syscall: 'read' }) }, 'connection-lost'],
    [{ code: 'ERR_BAD_RESPONSE' }, 'too-large'],
    [{}, 'connection-lost'],
  ])('%j is %s', (fields, kind) => {
    const failure = transportFailureFrom(thrown(fields), false);
    expect(failure.kind).toBe(kind);
    expect(failure.message).not.toContain('secret');
    expect(failure.cause).toBeUndefined();
  });

  it('in time is that, whatever the library calls it', () => {
    expect(transportFailureFrom(thrown({ code: 'ERR_CANCELED' }), true).kind).toBe('timeout');
  });
});
