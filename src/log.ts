import { type DestinationStream, pino } from 'pino';
import { BackendError, ChatError, ContractError } from './ports/errors.js';
import type { Log } from './ports/runtime.js';
import { defined } from './shared/language.js';
import { traceId } from './shared/trace.js';

/** Names of fields that may carry a secret, whatever a caller puts there. */
const secretNames = [
  'token',
  'authorization',
  'secret',
  'password',
  'responseUrl',
  'response_url',
  'clientSecret',
];

/**
 * Opens the log: JSON lines, secrets removed, each with the id of the work that wrote it.
 *
 * Errors are written by a serializer of our own, because an HTTP library's error carries the request it made,
 * and with it the credentials.
 */
export function createLog(
  options: { readonly level?: string; readonly to?: DestinationStream; readonly now?: () => number } = {},
): Log {
  const settings = {
    level: options.level ?? 'info',
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    mixin: () => defined({ trace: traceId() }),
    formatters: { level: (label: string) => ({ level: label }) },
    redact: { paths: secretNames.flatMap((name) => [name, `*.${name}`]), censor: '[redacted]' },
    serializers: { err: describeError },
  };
  return withoutRepetitions(
    options.to ? pino(settings, options.to) : pino(settings),
    options.now ?? Date.now,
  );
}

/** An outage is worth a line a minute, not one for every attempt. */
const repeatEveryMs = 60_000;

/** More warnings than these are not kept in mind at once; what was forgotten is written again. */
const mostRemembered = 1_000;

/** Writes the same warning about the same thing once a minute, with how often it came in between. */
function withoutRepetitions(log: Log, now: () => number): Log {
  const written = new Map<string, { readonly atMs: number; repeated: number }>();
  return {
    debug: (fields, sentence) => log.debug(fields, sentence),
    info: (fields, sentence) => log.info(fields, sentence),
    error: (fields, sentence) => log.error(fields, sentence),
    warn(fields, sentence) {
      const { err, attempts: _attempts, ...about } = fields;
      const key = JSON.stringify([sentence, about, err instanceof Error ? err.message : undefined]);
      const before = written.get(key);
      if (before && now() - before.atMs < repeatEveryMs) {
        before.repeated += 1;
        return;
      }
      if (written.size >= mostRemembered) written.clear();
      written.set(key, { atMs: now(), repeated: 0 });
      log.warn(before && before.repeated > 0 ? { ...fields, repeated: before.repeated } : fields, sentence);
    },
  };
}

/** Says what an error is, in fields that hold no request, no response and no secret. */
export function describeError(error: unknown): Record<string, unknown> {
  if (!(error instanceof Error)) return { message: String(error) };
  const known = error instanceof BackendError || error instanceof ChatError;
  const cause = error.cause instanceof Error ? describeCause(error.cause) : undefined;
  return {
    type: error.name,
    message: error.message,
    ...(known ? { code: error.code } : {}),
    ...(error instanceof BackendError ? { system: error.system, correlationId: error.correlationId } : {}),
    ...(error instanceof ContractError ? { system: error.system, paths: error.paths } : {}),
    ...(known || error instanceof ContractError ? {} : { stack: error.stack }),
    ...(cause ? { cause } : {}),
  };
}

function describeCause(cause: Error): string {
  const code = 'code' in cause && typeof cause.code === 'string' ? ` (${cause.code})` : '';
  return `${cause.name}${code}: ${cause.message}`;
}
