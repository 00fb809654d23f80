/** Where the bot writes what happened: named fields, then a sentence. Never whole objects, never a secret. */
export interface Log {
  debug(fields: LogFields, sentence: string): void;
  info(fields: LogFields, sentence: string): void;
  warn(fields: LogFields, sentence: string): void;
  error(fields: LogFields, sentence: string): void;
}

/** Named values of one log line. */
export type LogFields = Readonly<
  Record<string, string | number | boolean | undefined | readonly string[] | Error>
>;
