import { afterEach, describe, expect, it } from '@jest/globals';
import type { Listener, OperationsOptions } from '../../src/http/server.js';
import { openOperationsListener } from '../../src/http/server.js';
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
});
