import { fingerprintOfRow } from '../translate/fingerprint.js';
import type { InstanceRow } from '../wire/instance-wire.js';
import { markMs } from './mark.js';

/** Clocks of servers that share a database may differ by so much, and so late may a change show in a list. */
const overlapMs = 180_000;

/** Knows what the looks before this one have shown. */
export interface UnchangedListCheck {
  /** Begins a look; says from where on to look, given the mark to go on from, in epoch milliseconds. */
  begin(mark: string): number;
  /** Takes in all that the look found; tells whether nothing of it is new since the look before. */
  isUnchanged(poll: {
    readonly since: string | undefined;
    readonly rows: readonly InstanceRow[];
    readonly mark: string;
  }): boolean;
}

/** Creates that knowledge, which is lost with a restart. */
export function createUnchangedListCheck(now: () => number): UnchangedListCheck {
  let beganAtMs = 0;
  let last: Poll | undefined;

  return {
    begin(mark) {
      beganAtMs = now();
      // What shows late has shown by now, so a storm that is over is not read again for ever.
      const isOver = last?.mark === mark && last.beganAtMs - last.newsAtMs > overlapMs;
      const sinceMark = markMs(mark) - (isOver ? 0 : overlapMs);
      // A mark from a clock that ran ahead would hide everything; our own clock only ever widens the look.
      const fromMs = Math.min(sinceMark, (last?.beganAtMs ?? beganAtMs) - overlapMs);
      // Whole seconds, because a server may cut fractions off what it shows.
      return Math.floor(fromMs / 1000) * 1000;
    },
    isUnchanged({ since, rows, mark }) {
      const before = last?.mark === since ? last : undefined;
      const isUnchanged = before !== undefined && rows.every((row) => isKnown(row, before));
      last = {
        mark,
        beganAtMs,
        newsAtMs: isUnchanged ? before.newsAtMs : now(),
        fingerprints: new Map(rows.map((row) => [row.id, fingerprintOfRow(row)])),
      };
      return isUnchanged;
    },
  };
}

interface Poll {
  readonly mark: string;
  readonly beganAtMs: number;
  /** When something new was last seen. */
  readonly newsAtMs: number;
  readonly fingerprints: ReadonlyMap<string, string>;
}

function isKnown(row: InstanceRow, { fingerprints }: Poll): boolean {
  return row.lastmodified !== undefined && fingerprints.get(row.id) === fingerprintOfRow(row);
}
