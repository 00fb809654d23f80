import { createHash } from 'node:crypto';

/** Names new things the way Slack does, the same names in every run. */
export interface Ids {
  /** A new id such as `C0A1B2C3D4`, with the given first letters. */
  next(prefix: string): string;
  /** A new unguessable-looking secret of 24 hexadecimal digits. */
  secret(): string;
  /** The next message timestamp: seconds and microseconds, never the same twice, never going back. */
  nextTs(): string;
}

/** Creates a source of ids; equal seeds and clocks give equal ids. */
export function createIds(options: { readonly seed: string; readonly now: () => number }): Ids {
  let count = 0;
  let lastMicros = 0;
  const digest = () => {
    count += 1;
    return createHash('sha256').update(`${options.seed}:${count}`).digest('hex');
  };
  return {
    next: (prefix) => `${prefix}0${digest().slice(0, 9).toUpperCase()}`,
    secret: () => digest().slice(0, 24),
    nextTs() {
      lastMicros = Math.max(Math.floor(options.now()) * 1000, lastMicros + 1);
      const seconds = Math.floor(lastMicros / 1_000_000);
      return `${seconds}.${String(lastMicros % 1_000_000).padStart(6, '0')}`;
    },
  };
}
