import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from '@jest/globals';
import { reload as reloadByCommand } from '../../src/cli/reload.js';
import type { Listener, OperationsOptions } from '../../src/http/server.js';
import { fileHeader, openOperationsListener, reloadHeader } from '../../src/http/server.js';
import { keepLog } from '../support/kept-log.js';

const store = { name: 'store', isOk: true, detail: 'writable' };

describe('the operations listener', () => {
  let listener: Listener | undefined;
  const log = keepLog();
  afterEach(() => listener?.close());

  async function ask(path: string, options: Partial<OperationsOptions> = {}): Promise<Response> {
    const at = { host: '127.0.0.1', port: 0, log, newId: () => 'id-1' };
    listener = await openOperationsListener(at, { checks: async () => [store], ...options });
    return fetch(`http://127.0.0.1:${listener.port}${path}`);
  }

  it('says that the process turns, whatever is missing', async () => {
    const checks = async () => [{ ...store, isOk: false }];
    const response = await ask('/healthz', { checks });
    expect([response.status, await response.json()]).toEqual([200, { status: 'ok' }]);
  });

  it('says that the bot is ready when nothing is missing', async () => {
    const response = await ask('/readyz');
    expect([response.status, await response.json()]).toEqual([
      200,
      { status: 'ready', checks: [{ name: 'store', ok: true, detail: 'writable' }] },
    ]);
  });

  it('says what is missing, and does not log that as a refusal', async () => {
    const chat = { name: 'chat', isOk: false, detail: 'not connected' };
    const response = await ask('/readyz', { checks: async () => [store, chat] });
    expect([response.status, await response.json()]).toEqual([
      503,
      {
        status: 'not-ready',
        checks: [
          { name: 'store', ok: true, detail: 'writable' },
          { name: 'chat', ok: false, detail: 'not connected' },
        ],
      },
    ]);
    expect(log.lines).toEqual([]);
  });

  it('tells metrics where there are any', async () => {
    const metrics = async () => ({ contentType: 'text/plain; version=0.0.4', text: 'up 1\n' });
    const response = await ask('/metrics', { metrics });
    expect(response.headers.get('content-type')).toBe('text/plain; version=0.0.4');
    expect(await response.text()).toBe('up 1\n');
  });

  it('has no address for metrics where there are none', async () => {
    expect((await ask('/metrics')).status).toBe(404);
  });

  describe('asked to load the settings anew', () => {
    const confirmed: boolean[] = [];
    const reload = async ({ isConfirmed }: { readonly isConfirmed: boolean }) => {
      confirmed.push(isConfirmed);
      return { kind: 'unchanged' };
    };

    /** Sends what a program on this machine can send, whatever a browser would let a page send. */
    async function post(headers: Readonly<Record<string, string>>): Promise<number | undefined> {
      await ask('/healthz', { reload });
      confirmed.length = 0;
      const sent = request({ port: listener?.port, method: 'POST', path: '/reload', headers });
      sent.end();
      const [response] = (await once(sent, 'response')) as [IncomingMessage];
      response.resume();
      return response.statusCode;
    }

    it('does so for whoever is on this machine, and tells apart what was confirmed', async () => {
      expect(await post({ [reloadHeader]: 'ask' })).toBe(200);
      expect(confirmed).toEqual([false]);
      expect(await post({ [reloadHeader]: 'confirm' })).toBe(200);
      expect(confirmed).toEqual([true]);
    });

    it.each<[what: string, headers: Readonly<Record<string, string>>]>([
      ['a page that calls this machine by another name', { host: 'evil.example:9464' }],
      ['a page in a browser', { origin: 'http://127.0.0.1:9464' }],
      ['a proxy on this machine', { 'x-forwarded-for': '203.0.113.9' }],
      ['a proxy that says so in the standard way', { forwarded: 'for=203.0.113.9' }],
    ])('refuses %s', async (_what, headers) => {
      expect(await post({ [reloadHeader]: 'confirm', ...headers })).toBe(403);
      expect(confirmed).toEqual([]);
    });

    it('refuses where another file is meant than the one the bot reads, and names that', async () => {
      const file = '/etc/countersign/countersign.yml';
      await ask('/healthz', { reload, settingsFile: file });
      confirmed.length = 0;
      const headers = { [reloadHeader]: 'ask', [fileHeader]: encodeURIComponent('/home/ana/other.yml') };
      const other = await fetch(`http://127.0.0.1:${listener?.port}/reload`, { method: 'POST', headers });
      expect([other.status, await other.text()]).toEqual([409, expect.stringContaining(file)]);
      expect(confirmed).toEqual([]);
    });

    it('is asked by somebody who has none of the secrets', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'countersign-'));
      const file = join(folder, 'ü.yml');
      await ask('/healthz', { reload, settingsFile: file });
      confirmed.length = 0;
      writeFileSync(file, `operations: { port: ${listener?.port} }\nkeyfactor: of no interest here\n`);
      expect(await reloadByCommand({ file, env: {}, isConfirmed: true })).toBe(0);
      expect(confirmed).toEqual([true]);
      rmSync(folder, { recursive: true });
    });

    it('refuses a request without the header no page can send', async () => {
      expect(await post({})).toBe(400);
      expect(confirmed).toEqual([]);
    });
  });
});
