import type { Log, LogFields } from '../../src/ports/runtime.js';

/** One line of the log. */
export interface LogLine {
  readonly level: 'debug' | 'info' | 'warn' | 'error';
  readonly fields: Readonly<Record<string, unknown>>;
  readonly sentence: string;
}

/** A log that keeps its lines. */
export interface KeptLog extends Log {
  readonly lines: readonly LogLine[];
  /** Sentences of one level. */
  sentences(level: LogLine['level']): readonly string[];
}

/** Opens an empty log, which keeps fields as they are unless it is told how to read them. */
export function keepLog(read = (fields: LogFields): LogLine['fields'] => fields): KeptLog {
  const lines: LogLine[] = [];
  const at = (level: LogLine['level']) => (fields: LogFields, sentence: string) =>
    void lines.push({ level, fields: read(fields), sentence });
  return {
    lines,
    sentences: (level) => lines.filter((line) => line.level === level).map(({ sentence }) => sentence),
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
  };
}
