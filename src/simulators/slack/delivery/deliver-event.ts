import { setTimeout as pause } from 'node:timers/promises';
import type { AckResult, Envelope } from './deliver.js';

/**
 * Delivers an event and repeats it while nobody acknowledges it, waiting before each repetition.
 *
 * Resolves with the last result; `stopped` ends the waiting early.
 */
export async function deliverEvent(options: {
  readonly envelope: Envelope;
  readonly deliver: (envelope: Envelope) => Promise<AckResult>;
  readonly retryDelaysMs: readonly number[];
  readonly stopped: AbortSignal;
}): Promise<AckResult> {
  let result = await options.deliver(options.envelope);
  for (const [at, delayMs] of options.retryDelaysMs.entries()) {
    if (result.kind === 'acked' || options.stopped.aborted) return result;
    const reason = reasonOf(result);
    const isOver = await pause(delayMs, false, { signal: options.stopped }).catch(() => true);
    if (isOver) return result;
    result = await options.deliver({ ...options.envelope, retry: { attempt: at + 1, reason } });
  }
  return result;
}

function reasonOf(result: AckResult): string {
  if (result.kind === 'acked') return '';
  if (result.reason === 'http-error') return 'http_error';
  return result.reason === 'timeout' ? 'http_timeout' : 'connection_failed';
}
