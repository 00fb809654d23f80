import { LogLevel } from '@slack/bolt';
import type { Log } from '../../../ports/log.js';
import { cutText } from '../../../shared/cut-text.js';

/** The logger Slack's libraries want. */
export interface BoltLogger {
  debug(...parts: unknown[]): void;
  info(...parts: unknown[]): void;
  warn(...parts: unknown[]): void;
  error(...parts: unknown[]): void;
  setLevel(level: LogLevel): void;
  getLevel(): LogLevel;
  setName(name: string): void;
}

const secrets = [/x(?:ox[a-z]|app)-[\w-]+/g, /\bwss?:\/\/\S+/g, /https?:\/\/hooks\.slack\.com\/\S+/g];

/**
 * Lets Slack's libraries write to our log.
 *
 * Their debug lines hold whole payloads and are dropped; of the others only sentences and the messages of
 * errors are kept, shortened and without tokens.
 */
export function createBoltLog(log: Log): BoltLogger {
  const write =
    (level: 'info' | 'warn' | 'error') =>
    (...parts: unknown[]): void => {
      const sentence = parts.flatMap(readable).join(' ');
      if (sentence !== '') log[level]({ from: 'slack' }, cutText(withoutSecrets(sentence), 300));
    };
  return {
    debug: () => {},
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  };
}

function readable(part: unknown): readonly string[] {
  if (typeof part === 'string') return [part];
  return part instanceof Error ? [`${part.name}: ${part.message}`] : [];
}

function withoutSecrets(sentence: string): string {
  return secrets.reduce((text, secret) => text.replace(secret, '[redacted]'), sentence);
}
