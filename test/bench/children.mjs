import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** Where every child leaves a profile of its processor time, if anywhere: `BENCH_PROFILE=/tmp/profiles`. */
const profiles = process.env.BENCH_PROFILE;

/** Starts a file of this folder, or of another, as a process of its own and gives what it says, message by message. */
export function startChild(file, folder = new URL('.', import.meta.url)) {
  const path = fileURLToPath(new URL(file, folder));
  const profiling = profiles ? ['--cpu-prof', '--cpu-prof-dir', profiles] : [];
  const child = spawn(process.execPath, ['--expose-gc', ...profiling, path], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  // A bench that breaks leaves no bot behind that works on.
  const killed = () => child.kill();
  process.once('exit', killed);
  const heard = [];
  const waiting = [];
  const fail = (error) => {
    for (const { reject } of waiting.splice(0)) reject(error);
  };
  child.on('message', (message) => {
    const next = waiting.shift();
    if (next) next.resolve(message);
    else heard.push(message);
  });
  child.once('exit', (code) => fail(new Error(`${file} ended with ${code}`)));
  return {
    pid: child.pid,
    say: (message) => child.send(message),
    hear: () =>
      heard.length > 0
        ? Promise.resolve(heard.shift())
        : new Promise((resolve, reject) => waiting.push({ resolve, reject })),
    async end() {
      process.off('exit', killed);
      child.removeAllListeners('exit');
      child.kill('SIGTERM');
      await once(child, 'close');
    },
  };
}
