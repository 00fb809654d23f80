/** What has been opened and is to be closed. */
export interface ClosingStack {
  push(close: () => Promise<void>): void;
  /** Closes what was opened, the last first. */
  close(): Promise<void>;
}

/** Creates a stack with nothing on it. */
export function createClosingStack(): ClosingStack {
  const closers: (() => Promise<void>)[] = [];
  return {
    push: (close) => void closers.push(close),
    async close() {
      for (let close = closers.pop(); close; close = closers.pop()) await close();
    },
  };
}
