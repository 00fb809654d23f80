import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';

/** A process of its own on the built store, whose lines can be read and which can be killed. */
export interface Child {
  readonly lines: AsyncIterable<string>;
  kill(): void;
  /** Resolves with the signal or exit code it ended with, once all it said was read. */
  readonly ended: Promise<NodeJS.Signals | number | null>;
}

/** Starts a script of the folder `children`; throws when the store was not built. */
export function spawnChild(script: URL, args: readonly string[], password = ''): Child {
  if (!existsSync(new URL('../../dist/stores/sqlite.js', import.meta.url))) {
    throw new Error('These tests need the built store: run "npm run build" first');
  }
  const child: ChildProcessByStdio<null, Readable, null> = spawn(
    process.execPath,
    [fileURLToPath(script), ...args],
    { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env, STORE_PASSWORD: password } },
  );
  return {
    lines: createInterface({ input: child.stdout }),
    kill: () => child.kill('SIGKILL'),
    ended: new Promise((resolve, reject) => {
      child.on('error', reject);
      child.on('close', (code, signal) => resolve(signal ?? code));
    }),
  };
}
