import type { Generated } from 'kysely';

/** A row of the delivery table. */
export interface DeliveryTable {
  readonly number: Generated<number>;
  readonly subject: string;
  readonly target: string;
  /** Set for a card, absent for a notice. */
  readonly approval_id: string | null;
  readonly notice_body: string | null;
  /** Set for an alert, and with a notice body for what is said in its thread. */
  readonly incident_id: string | null;
  readonly target_body: string;
  readonly is_adopted: number;
  readonly status: 'pending' | 'done';
  readonly priority: number;
  readonly wanted_version: number;
  readonly shown_version: number;
  /** Since when the wanted version is wanted: the due time to fall back to once a claim is over. */
  readonly wanted_at_ms: number;
  readonly due_at_ms: number;
  readonly attempts: number;
  readonly claim: string | null;
  readonly may_have_posted: number;
  readonly channel: string | null;
  readonly ts: string | null;
  readonly last_error: string | null;
  readonly given_up_at_ms: number | null;
}

/** A row of the lane table. */
export interface RateLimitTable {
  readonly name: string;
  /** When the lane would be as rested as it can be: a turn moves it on by one step of the pace. */
  readonly rested_at_ms: number;
  readonly blocked_until_ms: number;
}
