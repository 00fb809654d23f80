import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { type RunningCountersign, runCountersign } from './run-countersign.js';

const started: RunningCountersign[] = [];
/** Temporary files of the demo go here, so that what it leaves can be told from what others leave. */
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'demo-test-'));
});

afterEach(async () => {
  for (const one of started.splice(0)) {
    one.process.kill('SIGKILL');
    await one.ended;
  }
  rmSync(folder, { recursive: true });
});

function demo(...args: readonly string[]): RunningCountersign {
  const running = runCountersign(['demo', ...args], { TMPDIR: folder });
  started.push(running);
  return running;
}

describe('the demo', () => {
  it('plays its whole story and finds that all of it held', async () => {
    const check = demo('--check');
    const code = await check.ended;
    expect(check.printed()).not.toContain('✗');
    expect(check.printed()).toMatch(/✓ [\s\S]*(\d+) of \1 held/);
    expect(code).toBe(0);
  }, 300_000);

  it('gives one address with a page behind it, stays quiet, and cleans up after Ctrl-C', async () => {
    const running = demo('--port', '0');
    const [url] = await running.prints(/http:\/\/127\.0\.0\.1:\d+/);
    await running.prints(/Ctrl-C/);
    expect(await (await fetch(url)).text()).toContain('<title>Simulated workspace</title>');
    expect(readdirSync(folder)).toHaveLength(1);
    running.process.kill('SIGINT');
    running.process.kill('SIGINT');
    expect(await running.ended).toBe(0);
    expect(running.printed().match(/http:\/\/\S+/g)).toEqual([url]);
    expect(running.printed()).toMatch(/Ctrl-C ends everything\.\s+Stopping…\s+$/);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('says so when the port is taken, and takes another one', async () => {
    const other = createServer();
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => {
        const address = other.address();
        resolve(typeof address === 'object' && address !== null ? address.port : 0);
      });
    });
    const running = demo('--port', String(port));
    await running.prints(new RegExp(`Port ${port} is taken`));
    const [url] = await running.prints(/http:\/\/127\.0\.0\.1:\d+/);
    other.close();
    expect(url).not.toContain(`:${port}`);
    running.process.kill('SIGINT');
    expect(await running.ended).toBe(0);
  });

  it.each(['web', '99999', '1.5'])('refuses port %s with a sentence', async (port) => {
    const refused = demo('--port', port);
    expect(await refused.ended).toBe(2);
    expect(refused.printed()).toMatch(/--port takes a number/);
  });
});
