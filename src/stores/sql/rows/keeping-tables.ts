/** A row of the person table. */
export interface PersonTable {
  readonly id: string;
  readonly seen_at_ms: number;
  readonly body: string;
}

/** A row of the note table. */
export interface NoteTable {
  readonly key: string;
  readonly value: string;
}

/** Rows are added and never changed or removed. */
export interface LedgerTable {
  readonly system: string;
  readonly number: number;
  readonly at_ms: number;
  readonly kind: string;
  readonly instance_id: string | null;
  readonly person: string | null;
  readonly body: string;
  readonly previous: string;
  readonly mac: string;
  readonly key_id: string;
}

/** One row for each chain: whoever adds to it waits here for the one before. */
export interface LedgerHeadTable {
  readonly system: string;
  readonly number: number;
  readonly mac: string;
  readonly key_id: string;
}

/** A row of the bot lease table. */
export interface BotLeaseTable {
  readonly name: string;
  readonly holder: string;
  readonly until_ms: number;
}

/** A row of the lease table. */
export interface LeaseTable {
  readonly name: string;
  readonly holder: string;
  /** Grows whenever the lease goes to somebody else. */
  readonly fence: number;
  readonly until_ms: number;
}
