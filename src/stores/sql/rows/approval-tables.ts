import type { Generated } from 'kysely';
import type { ApprovalState } from '../../../domain/approval-state.js';

/** A row of the approval table. */
export interface ApprovalTable {
  /** Counts up in the order in which approvals were put. */
  readonly number: Generated<number>;
  readonly id: string;
  readonly system: string;
  readonly instance_id: string;
  readonly step: string;
  readonly attempt: number;
  readonly version: number;
  readonly is_open: number;
  readonly state: ApprovalState['kind'];
  /** What the last reading of the instance came to, as its backend sums it up. */
  readonly fingerprint: string;
  readonly is_assigned: number;
  readonly body: string;
}

/** Outlives its approval, so that a code is never given out twice. */
export interface CodeTable {
  /** Counts up in the order in which codes were given out. */
  readonly number: Generated<number>;
  readonly code: string;
  readonly system: string;
  readonly instance_id: string;
  /** Set if the code came with an approval. */
  readonly approval_id: string | null;
}

/** A row of the vote table. */
export interface VoteTable {
  readonly number: Generated<number>;
  readonly approval_id: string;
  readonly person: string;
  readonly revision: number;
  readonly at_ms: number;
  readonly body: string;
}

/** A row of the click table. */
export interface ClickTable {
  readonly id: string;
  readonly at_ms: number;
  readonly response_url: string | null;
  /** Until when it is left to whoever took it; after that it is anybody's. */
  readonly taken_until_ms: Generated<number>;
  readonly body: string;
  readonly answer: string | null;
  readonly finished_at_ms: number | null;
}

/** A row of the dialog table. */
export interface DialogTable {
  readonly id: string;
  readonly at_ms: number;
  readonly body: string;
}

/** A row of the signal table. */
export interface SignalTable {
  readonly id: string;
  readonly approval_id: string;
  readonly system: string;
  readonly instance_id: string;
  readonly phase: string;
  readonly holder: string;
  readonly lease_until_ms: number;
  readonly claimed_at_ms: number;
  readonly body: string;
}

/** A row of the receipt table. */
export interface ReceiptTable {
  readonly code: string;
  readonly at_ms: number;
  readonly body: string;
}

/** A row of the suspension table. */
export interface SuspensionTable {
  readonly person: string;
  readonly body: string;
}

/** A row of the link table. */
export interface LinkTable {
  readonly id: string;
  readonly system: string;
  readonly person: string;
  /** What the system calls the person, in small letters. */
  readonly identity: string;
  readonly subject: string;
  readonly key_id: string;
  /** Locked by the bot's key; never in clear. */
  readonly token: string;
  readonly linked_at_ms: number;
  readonly body: string;
}

/** A row of the link request table. */
export interface LinkRequestTable {
  readonly id: string;
  readonly expires_at_ms: number;
  readonly body: string;
  readonly begun: string | null;
}
