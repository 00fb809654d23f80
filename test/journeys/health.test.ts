import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { startBot } from '../../src/bot.js';
import { realRuntime } from '../../src/cli/start.js';
import { load, someSettings } from '../config/a-settings-file.js';
import { captureLog } from '../support/stage/captured-log.js';
import { finish } from '../support/stage/finish.js';
import { openStage, type Stage, transports } from '../support/stage/open-stage.js';

const ask = (stage: Stage, path: string) => fetch(`http://127.0.0.1:${stage.bot().operationsPort}${path}`);

/** Says whether the bot is ready, and what is missing. */
async function readiness(stage: Stage) {
  const response = await ask(stage, '/readyz');
  const { checks } = (await response.json()) as {
    readonly checks: readonly { readonly name: string; readonly ok: boolean; readonly detail: string }[];
  };
  const missing = checks.filter(({ ok }) => !ok).map(({ name, detail }) => `${name}: ${detail}`);
  return { status: response.status, missing };
}

describe.each(transports)('the health of a bot over %s', (transport) => {
  it('is bad until Command has answered, and again when it has not for three looks', async () => {
    const stage = await openStage(transport);
    expect(await readiness(stage)).toEqual({ status: 503, missing: ['system:corp: never answered'] });
    await stage.observe();
    expect(await readiness(stage)).toEqual({ status: 200, missing: [] });
    stage.command.fail({ method: 'GET', path: '/Workflow', fault: 'http-500', times: 100 });
    await stage.observeAfter(15_000);
    await stage.observeAfter(15_000);
    expect(await readiness(stage)).toEqual({ status: 200, missing: [] });
    await stage.observeAfter(15_000);
    expect(await readiness(stage)).toEqual({ status: 503, missing: ['system:corp: answered 45 s ago'] });
    expect((await ask(stage, '/healthz')).status).toBe(200);
    stage.command.clearFaults();
    await stage.observe();
    expect((await readiness(stage)).status).toBe(200);
    await finish(stage, { posts: { ops: 2 }, signals: [] });
  });

  it('cannot be asked for any more once the bot has stopped', async () => {
    const stage = await openStage(transport);
    await stage.close();
    await expect(ask(stage, '/healthz')).rejects.toThrow();
  });
});

describe('a bot whose port for probes is taken', () => {
  it('does not start, names the setting, and leaves the store to the next', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    const address = other.address();
    const port = typeof address === 'object' ? address?.port : undefined;
    const folder = mkdtempSync(join(tmpdir(), 'countersign-'));
    const settings = load(someSettings({ operations: { port }, store: join(folder, 'countersign.db') }));
    const start = () => startBot(settings, realRuntime(captureLog().log));
    await expect(start()).rejects.toThrow(`set operations.port to a free one`);
    await expect(start()).rejects.toThrow(`port ${port}: another program has that port`);
    other.close();
    rmSync(folder, { recursive: true, force: true });
  });
});
