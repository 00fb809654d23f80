/** Tells the operator when a port is none; gives whether it can be used. */
export function isPort(port: number): boolean {
  if (Number.isInteger(port) && port >= 0 && port <= 65_535) return true;
  process.stderr.write('--port takes a number from 0 to 65535; 0 takes any free port.\n');
  return false;
}

/** npm may pass Ctrl-C on to a process that the terminal has told already. */
const echoMs = 1_000;

/** Waits for Ctrl-C; another one, unless it is an echo of the first, ends the process at once. */
export function untilStopSignal(now: () => number = Date.now): Promise<void> {
  const names = ['SIGINT', 'SIGTERM'] as const;
  return new Promise((resolve) => {
    let stoppedAtMs: number | undefined;
    const stopped = (name: NodeJS.Signals): void => {
      if (stoppedAtMs === undefined) {
        stoppedAtMs = now();
        resolve();
      } else if (now() - stoppedAtMs > echoMs) {
        for (const one of names) process.off(one, stopped);
        process.kill(process.pid, name);
      }
    };
    for (const name of names) process.on(name, stopped);
  });
}
