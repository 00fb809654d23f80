import type { Log, LogFields } from '../../../src/ports/runtime.js';

/** One line of the log. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: LogFields;
  readonly sentence: string;
}

/** A log that keeps its lines. */
export interface KeptLog {
  readonly log: Log;
  readonly lines: readonly LogLine[];
  /** Sentences of one level. */
  sentences(level: LogLine['level']): readonly string[];
}

/** Opens an empty log. */
export function keepLog(): KeptLog {
  const lines: LogLine[] = [];
  const at = (level: LogLine['level']) => (fields: LogFields, sentence: string) =>
    void lines.push({ level, fields, sentence });
  return {
    log: { debug: at('debug'), info: at('info'), warn: at('warn'), error: at('error') },
    lines,
    sentences: (level) => lines.filter((line) => line.level === level).map(({ sentence }) => sentence),
  };
}
