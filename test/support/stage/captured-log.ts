import { createLog } from '../../../src/log.js';
import type { Log } from '../../../src/ports/runtime.js';

/** The bot's own log, kept for looking at. */
export interface CapturedLog {
  readonly log: Log;
  /** Every line as written, which is what an operator would see. */
  readonly lines: readonly string[];
  /** Sentences of the error lines nobody has expected yet. */
  errors(): readonly string[];
  /** Says that an error line with this sentence is part of the story. */
  expectError(sentence: RegExp): void;
}

/** Opens a log that writes into memory. */
export function captureLog(): CapturedLog {
  const lines: string[] = [];
  const expected: RegExp[] = [];
  return {
    log: createLog({ level: 'debug', to: { write: (line: string) => void lines.push(line) } }),
    lines,
    errors: () =>
      lines
        .map((line) => JSON.parse(line) as { readonly level: string; readonly msg: string })
        .filter(({ level }) => level === 'error')
        .map(({ msg }) => msg)
        .filter((sentence) => !expected.some((one) => one.test(sentence))),
    expectError: (sentence) => void expected.push(sentence),
  };
}
