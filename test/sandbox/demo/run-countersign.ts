import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

const main = fileURLToPath(new URL('../../../dist/main.js', import.meta.url));

/** The built command line at work in a process of its own. */
export interface RunningCountersign {
  readonly process: ChildProcess;
  /** Everything printed so far, what went to the error stream included. */
  printed(): string;
  /** Resolves with the first match in what is printed; rejects when the process ends without it. */
  prints(phrase: RegExp): Promise<RegExpExecArray>;
  /** The exit code, or the name of the signal that ended it. */
  readonly ended: Promise<number | string | null>;
}

/** Starts `countersign` with some arguments, and what somebody types; the project must be built. */
export function runCountersign(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  typed: readonly string[] = [],
): RunningCountersign {
  return runProcess([process.execPath, main, ...args], { env, typed });
}

/** Starts any program that way. */
export function runProcess(
  [program = '', ...args]: readonly string[],
  {
    env = {},
    typed = [],
    cwd,
  }: {
    readonly env?: Readonly<Record<string, string>>;
    readonly typed?: readonly string[];
    readonly cwd?: string;
  },
): RunningCountersign {
  // Ours alone: the program would rightly point it out as a variable it does not read.
  const { COUNTERSIGN_TEST_POSTGRES: _ours, ...inherited } = process.env;
  const child = spawn(program, args, {
    stdio: 'pipe',
    env: { ...inherited, ...env },
    ...(cwd ? { cwd } : {}),
  });
  // Whoever reads no line may have ended before this is written.
  child.stdin.on('error', () => {});
  child.stdin.end(typed.map((line) => `${line}\n`).join(''));
  let text = '';
  const listeners = new Set<() => void>();
  const collect = (chunk: Buffer): void => {
    text += chunk.toString();
    for (const listener of [...listeners]) listener();
  };
  child.stdout.on('data', collect);
  child.stderr.on('data', collect);
  const ended = new Promise<number | string | null>((resolve) => {
    child.once('close', (code, signal) => resolve(code ?? signal));
  });
  return {
    process: child,
    ended,
    printed: () => text,
    prints: (phrase) =>
      new Promise((resolve, reject) => {
        const poll = (): void => {
          const match = phrase.exec(text);
          if (!match) return;
          listeners.delete(poll);
          resolve(match);
        };
        listeners.add(poll);
        void ended.then((code) => reject(new Error(`It ended (${code}) without ${phrase}:\n${text}`)));
        poll();
      }),
  };
}
