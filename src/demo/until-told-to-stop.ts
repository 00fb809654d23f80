/** npm may pass Ctrl-C on to a process that the terminal has told already. */
const echoMs = 1_000;

/** Waits for Ctrl-C; another one, unless it is an echo of the first, ends the process at once. */
export function untilToldToStop(now: () => number = Date.now): Promise<void> {
  const names = ['SIGINT', 'SIGTERM'] as const;
  return new Promise((resolve) => {
    let toldAtMs: number | undefined;
    const told = (name: NodeJS.Signals): void => {
      if (toldAtMs === undefined) {
        toldAtMs = now();
        resolve();
      } else if (now() - toldAtMs > echoMs) {
        for (const one of names) process.off(one, told);
        process.kill(process.pid, name);
      }
    };
    for (const name of names) process.on(name, told);
  });
}
