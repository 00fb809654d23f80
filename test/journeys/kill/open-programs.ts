import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';

const program = new URL('../../../dist/main.js', import.meta.url).pathname;

/** Real programs, each in a process of its own. */
export interface Programs {
  /** Starts whichever are not running. */
  startMissing(): void;
  /** Ends one as a power cut would. */
  kill(which: number): Promise<void>;
  /** Has one stand still for a while, as on a machine that is out of memory. */
  freeze(which: number, ms: number): Promise<void>;
  killAll(): Promise<void>;
}

/** Gets one program ready for each settings file; none is started yet, and it must have been built. */
export function openPrograms(configs: readonly string[], env: NodeJS.ProcessEnv): Programs {
  if (!existsSync(program)) throw new Error('dist/main.js is missing: run npm run build first');
  const children = new Map<number, ChildProcess>();
  const kill = async (which: number) => {
    const child = children.get(which);
    children.delete(which);
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const gone = once(child, 'exit');
    child.kill('SIGKILL');
    await gone;
  };
  return {
    kill,
    startMissing() {
      for (const [which, config] of configs.entries()) {
        if (children.has(which)) continue;
        const child = spawn(process.execPath, [program, 'start', '--allow-loopback', '--config', config], {
          env,
          // For whoever looks for the cause of a failure.
          stdio: process.env.KILL_LOUD === undefined ? 'ignore' : 'inherit',
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
  };
}
