/** Creates the changes of a simulator, whose name is told when something never comes. */
export function createChanges(simulator: string) {
  const listeners = new Set<() => void>();
  return {
    /** To be called after anything changed or any request was answered. */
    notify(): void {
      for (const listener of listeners) listener();
    },
    /** Waits until a condition holds, looking again after every change and request; 5 s unless told. */
    waitFor(holds: () => boolean, limitMs = 5000): Promise<void> {
      return new Promise((resolve, reject) => {
        const settle = (end: () => void): void => {
          listeners.delete(poll);
          clearTimeout(timer);
          end();
        };
        const poll = (): void => {
          if (holds()) settle(resolve);
        };
        const timer = setTimeout(() => {
          const waited = `The ${simulator} simulator waited ${limitMs} ms in vain for: ${holds.toString()}`;
          settle(() => reject(new Error(waited)));
        }, limitMs);
        listeners.add(poll);
        poll();
      });
    },
  };
}
