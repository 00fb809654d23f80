import { connect } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { type Listener, openListener, openPublicListener } from '../../src/http/server.js';
import type { WebRoute } from '../../src/ports/chat.js';
import { keepLog } from '../support/kept-log.js';
import { aListener, slowRoute } from './a-listener.js';
import { sendRaw } from './raw-request.js';

const opened: Listener[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((listener) => listener.close()));
});

async function open(...routes: readonly WebRoute[]) {
  const all = await aListener(...routes);
  opened.push(all.listener);
  return all;
}

const refusals = ({ log }: Awaited<ReturnType<typeof aListener>>) =>
  log.lines.map(({ level, fields }) => [level, fields.status]);

describe('a listener', () => {
  it('hands headers, query and body to the route, letter by letter', async () => {
    const { ask } = await open();
    const response = await ask('/echo?a=1&b=%C3%A9&c', {
      method: 'POST',
      headers: { 'content-type': 'x/y' },
      body: '\ufeffé {',
    });
    const query = [
      ['a', '1'],
      ['b', 'é'],
      ['c', ''],
    ];
    expect(await response.json()).toEqual({ type: 'x/y', query, body: '\ufeffé {' });
    expect(response.headers.get('cache-control')).toBe('no-store');
  });

  it.each([
    ['/else', 404],
    ['/echo/', 404],
    ['/ECHO', 404],
    ['//echo', 404],
    ['/%65cho', 404],
    ['/echo?a=1&a=2', 400],
  ])('refuses a request for %s with %i', async (path, status) => {
    const stage = await open();
    const response = await stage.ask(path, { method: 'POST' });
    expect(response.status).toBe(status);
    expect(response.headers.get('connection')).toBe('close');
    expect(refusals(stage)).toEqual([['warn', status]]);
  });

  it('says which methods there are when it is asked by another', async () => {
    const handle = async () => ({ status: 204, body: '' });
    const { ask } = await open({ method: 'GET', path: '/echo', maxBodyBytes: 0, handle });
    const response = await ask('/echo', { method: 'DELETE' });
    expect([response.status, response.headers.get('allow')]).toEqual([405, 'POST, GET']);
    expect((await ask('/echo')).status).toBe(204);
  });

  it('takes a body as large as the route allows and not a byte more', async () => {
    const { say } = await open();
    expect((await say('x'.repeat(1_000))).status).toBe(200);
    expect((await say('x'.repeat(1_001))).status).toBe(413);
  });

  it('stops reading a body of unknown length where it becomes too large', async () => {
    const { port } = await open();
    const head = 'POST /echo HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n';
    const { status } = await sendRaw(
      port,
      head,
      `258\r\n${'x'.repeat(600)}\r\n`,
      `258\r\n${'x'.repeat(600)}\r\n`,
    );
    expect(status).toBe(413);
  });

  it('refuses a body that is not UTF-8', async () => {
    const { say } = await open();
    expect((await say(new Uint8Array([0x1f, 0x8b, 0xff]))).status).toBe(400);
  });

  it.each([
    ['throws', () => Promise.reject(new Error('secret detail'))],
    ['answers what cannot be sent', async () => ({ status: 200, headers: { x: 'a\nb' }, body: '' })],
    ['answers with no status', async () => ({ status: 7, body: '' })],
  ])('answers with 500 and a reference that is in the log when a route %s', async (_what, handle) => {
    const { ask, say, log } = await open({ method: 'GET', path: '/broken', maxBodyBytes: 0, handle });
    const response = await ask('/broken');
    expect([response.status, await response.text()]).toEqual([
      500,
      'Something went wrong in Countersign (reference id-1).\n',
    ]);
    expect(log.lines).toMatchObject([{ level: 'error', fields: { ref: 'id-1' } }]);
    expect((await say('')).status).toBe(200);
  });

  it.each([
    ['no HTTP at all', 'hello\r\n\r\n', 400],
    ['headers that do not end', 'GET /echo HTTP/1.1\r\nhost: x\r\n', 408],
    ['a body that does not end', 'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nab', 408],
    ['headers without end or measure', `GET /echo HTTP/1.1\r\nx: ${'x'.repeat(20_000)}\r\n\r\n`, 431],
    [
      'two lengths',
      'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab',
      400,
    ],
  ])('answers %s with a refusal and closes', async (_what, bytes, status) => {
    const stage = await open();
    expect((await sendRaw(stage.port, bytes)).status).toBe(status);
    expect(refusals(stage)).toEqual([['warn', status]]);
    expect((await stage.say('')).status).toBe(200);
  });

  it('gets over somebody who leaves half-way, with one line in the log', async () => {
    const stage = await open();
    const head = 'POST /echo HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\n\r\nab';
    const socket = connect({ host: '127.0.0.1', port: stage.port });
    const isOver = new Promise((resolve) => socket.resume().once('close', resolve));
    socket.end(head);
    await isOver;
    expect(refusals(stage)).toEqual([['warn', 400]]);
    expect((await stage.say('')).status).toBe(200);
  });

  it('never writes anything of a request to the log', async () => {
    const stage = await open();
    await stage.ask('/hidden-path?token=hidden', { method: 'PUT', headers: { x: 'hidden' }, body: 'hidden' });
    await sendRaw(stage.port, 'hidden\r\n\r\n');
    expect(stage.log.lines).toHaveLength(2);
    expect(JSON.stringify(stage.log.lines)).not.toContain('hidden');
  });
});

describe('a listener that stops', () => {
  it('lets what is under way be answered, and takes nothing new', async () => {
    const { route, begun, answer: response } = slowRoute();
    const { ask, listener } = await open(route);
    const underWay = ask('/slow');
    await begun;
    listener.stopAccepting();
    const closed = listener.close();
    await expect(ask('/slow')).rejects.toThrow();
    response('late but whole');
    expect(await (await underWay).text()).toBe('late but whole');
    await closed;
  });

  it('answers a request with 503 that comes on a connection that was open before', async () => {
    const { route, begun, answer: response } = slowRoute();
    const { listener, port } = await open(route);
    const get = (connection: string) => `GET /slow HTTP/1.1\r\nhost: x\r\nconnection: ${connection}\r\n\r\n`;
    const late = begun.then(() => {
      listener.stopAccepting();
      return get('close');
    });
    const both = sendRaw(port, get('keep-alive'), late);
    await late;
    response('first');
    const statuses = [...(await both).text.matchAll(/HTTP\/1\.1 (\d+)/g)].map((match) => match[1]);
    expect(statuses).toEqual(['200', '503']);
  });

  it('gives its port back', async () => {
    const { listener, port, log } = await open();
    await listener.close();
    const next = await openListener({
      setting: 'http',
      host: '127.0.0.1',
      port,
      routes: () => [],
      log,
      newId: () => '',
    });
    expect(next.port).toBe(port);
    await next.close();
  });
});

describe('a listener that cannot be opened', () => {
  it('names the setting when another program has the port', async () => {
    const { port } = await open();
    const at = {
      host: '127.0.0.1',
      port,
      log: keepLog(),
      newId: () => '',
      routes: () => [],
      setting: 'operations',
    };
    await expect(openListener(at)).rejects.toThrow(
      `Cannot listen on 127.0.0.1, port ${port}: another program has that port. Stop it, or set operations.port to a free one.`,
    );
  });

  it('names the setting when the address is not of this machine', async () => {
    const at = {
      host: '192.0.2.1',
      port: 0,
      log: keepLog(),
      newId: () => '',
      routes: () => [],
      setting: 'http',
    };
    await expect(openListener(at)).rejects.toThrow(/Set http\.host to one it has/);
  });
});

describe('the public listener', () => {
  it('is not opened when nobody answers there', async () => {
    const listener = await openPublicListener(
      { host: '127.0.0.1', port: 0, log: keepLog(), newId: () => '' },
      () => [],
    );
    expect(listener.port).toBeUndefined();
    listener.stopAccepting();
    await listener.close();
  });
});
