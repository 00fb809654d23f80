import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const program = new URL('../../../dist/main.js', import.meta.url).pathname;
const turnedClock = new URL('./turned-clock.mjs', import.meta.url).href;

/** Real programs, each in a process of its own. */
export interface Programs {
  /** Starts whichever are not running. */
  startMissing(): void;
  /** Ends one as a power cut would. */
  kill(which: number): Promise<void>;
  /** Has one stand still for a while, as on a machine that is out of memory. */
  freeze(which: number, ms: number): Promise<void>;
  killAll(): Promise<void>;
  /** Sets the clocks of all so far ahead of the machine's, also of those that are started later. */
  setAhead(ms: number): void;
}

/**
 * Gets one program ready for each settings file; none is started yet, and it must have been built.
 *
 * `hasTurnedClock`: whether their clocks can be set; else they have the machine's.
 */
export function openPrograms(
  configs: readonly string[],
  env: NodeJS.ProcessEnv,
  { hasTurnedClock = false }: { readonly hasTurnedClock?: boolean } = {},
): Programs {
  if (!existsSync(program)) throw new Error('dist/main.js is missing: run npm run build first');
  const children = new Map<number, ChildProcess>();
  let aheadMs = 0;
  const kill = async (which: number) => {
    const child = children.get(which);
    children.delete(which);
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    // At once: whoever kills it before it hears an answer has no time to wait.
    child.kill('SIGKILL');
    await gone;
  };
  return {
    kill,
    startMissing() {
      for (const [which, config] of configs.entries()) {
        if (children.has(which)) continue;
        const clock = hasTurnedClock ? ['--import', turnedClock] : [];
        const args = [...clock, program, 'start', '--allow-loopback', '--config', config];
        // For whoever looks for the cause of a failure.
        const output = process.env.KILL_LOUD === undefined ? 'ignore' : 'inherit';
        const child = spawn(process.execPath, args, {
          env: { ...env, ...(hasTurnedClock ? { CLOCK_AHEAD_MS: String(aheadMs) } : {}) },
          stdio: [output, output, output, ...(hasTurnedClock ? (['ipc'] as const) : [])],
        });
        children.set(which, child);
      }
    },
    async freeze(which, ms) {
      const child = children.get(which);
      child?.kill('SIGSTOP');
      await pause(ms);
      child?.kill('SIGCONT');
    },
    async killAll() {
      for (const which of [...children.keys()]) await kill(which);
    },
    setAhead(ms) {
      aheadMs = ms;
      for (const child of children.values()) if (child.connected) child.send(ms);
    },
  };
}
