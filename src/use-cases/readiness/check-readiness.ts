import type { CheckReadiness, ReadinessCheck } from '../../ports/readiness.js';
import type { NoteRepository } from '../../ports/store.js';
import { withTimeout } from '../../shared/with-timeout.js';
import type { ResponseTime, ResponseTimes } from './answer-times.js';

/** What readiness depends on. */
export interface Needs {
  readonly store: NoteRepository;
  readonly isChatConnected: () => boolean;
  readonly systems: readonly string[];
  readonly responseTimes: ResponseTimes;
  /** Epoch milliseconds. */
  readonly now: () => number;
  /** How long the store may take, in milliseconds. */
  readonly storeTimeoutMs?: number;
}

/** One look may be under way and one may have met a passing trouble. */
const pollsWithoutResponse = 3;
const noteKey = 'readiness';

/**
 * Makes the check of everything the bot needs: that the store takes a note, that clicks can come in from the
 * chat, and that each system answered one of the last three looks.
 */
export function createReadinessCheck(needs: Needs): CheckReadiness {
  const { isChatConnected, systems, responseTimes, now } = needs;
  return async () => {
    const isConnected = isChatConnected();
    return [
      await checkStore(needs),
      { name: 'chat', isOk: isConnected, detail: isConnected ? 'connected' : 'not connected' },
      ...systems.map((system) => checkSystem(system, responseTimes.of(system), now())),
    ];
  };
}

async function checkStore({ store, now, storeTimeoutMs = 2_000 }: Needs): Promise<ReadinessCheck> {
  const writing = store.putNote(noteKey, String(now())).then(
    () => 'writable',
    (error: unknown) => `not writable: ${error instanceof Error ? error.message : String(error)}`,
  );
  const detail = await withTimeout(writing, storeTimeoutMs, `no answer within ${storeTimeoutMs} ms`);
  return { name: 'store', isOk: detail === 'writable', detail };
}

function checkSystem(system: string, time: ResponseTime, nowMs: number): ReadinessCheck {
  const { respondedAtMs, pollsSince } = time;
  const ago = respondedAtMs === undefined ? undefined : Math.round((nowMs - respondedAtMs) / 1_000);
  return {
    name: `system:${system}`,
    isOk: ago !== undefined && pollsSince < pollsWithoutResponse,
    detail: ago === undefined ? 'never answered' : `answered ${ago} s ago`,
  };
}
