import type { PlainGroup } from './canonical.js';
import { entryOf, type LedgerHead, type LedgerRecord } from './chain.js';

/** What a `key` record says: from which head on another key seals, of its own chain or of one it names. */
export interface TakenOver {
  /** The chain, where the record stands in that of the bot. */
  readonly of?: string;
  /** The head that is taken over; absent in records of older versions. */
  readonly head?: Pick<LedgerHead, 'number' | 'mac'>;
  /** The first of the records without a seal that somebody accepted; absent where nothing was out of order. */
  readonly acceptedFrom?: number;
}

/** Writes what is taken over as the note of a `key` record. */
export function takeOverNote(about: {
  readonly head: LedgerHead;
  readonly now: string;
  readonly of?: string;
  readonly acceptedFrom?: number;
}): PlainGroup {
  const { head, now, of, acceptedFrom } = about;
  return { before: head.keyId, now, of, number: head.number, mac: head.mac, acceptedFrom };
}

/** Reads what a `key` record takes over; absent for any other record. */
export function takenOverBy(record: LedgerRecord): TakenOver | undefined {
  if (record.kind !== 'key') return undefined;
  const { note = {} } = entryOf(record);
  const { of, number, mac, acceptedFrom } = note;
  return {
    ...(typeof of === 'string' ? { of } : {}),
    ...(typeof number === 'number' && typeof mac === 'string' ? { head: { number, mac } } : {}),
    ...(typeof acceptedFrom === 'number' ? { acceptedFrom } : {}),
  };
}
