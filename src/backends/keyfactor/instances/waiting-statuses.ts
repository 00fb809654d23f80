import type { NoteRepository } from '../../../ports/store.js';
import { toStatus } from '../translate/status.js';
import type { InstanceRow } from '../wire/instance-wire.js';

/** Status values without a known name that mean waiting on this server. */
export interface WaitingStatuses {
  /** Learns from rows that wait for us, whatever their status is called. */
  learn(rows: readonly InstanceRow[]): Promise<void>;
  /** Tells whether a status, as the server writes it, means waiting. */
  isWaiting(raw: string | undefined): Promise<boolean>;
}

/** Creates the memory of such values; they are kept across restarts. */
export function createWaitingStatuses(
  system: string,
  notes: Pick<NoteRepository, 'getNote' | 'putNote'>,
): WaitingStatuses {
  const key = `keyfactor/${system}/waiting-statuses`;
  let loading: Promise<Set<string>> | undefined;

  async function load(): Promise<Set<string>> {
    const note = await notes.getNote(key);
    return new Set(note === undefined ? [] : note.split('\n'));
  }

  async function known(): Promise<Set<string>> {
    loading ??= load();
    try {
      return await loading;
    } catch (error) {
      loading = undefined;
      throw error;
    }
  }

  return {
    async learn(rows) {
      const values = await known();
      const fresh = rows
        .map(({ status }) => toStatus(status))
        .filter(({ kind, raw }) => kind === 'unknown' && raw !== '' && !values.has(raw));
      if (fresh.length === 0) return;
      for (const { raw } of fresh) values.add(raw);
      await notes.putNote(key, [...values].join('\n'));
    },
    async isWaiting(raw) {
      if (toStatus(raw).kind === 'suspended') return true;
      return raw !== undefined && (await known()).has(raw);
    },
  };
}
