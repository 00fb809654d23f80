import type { Generated, Kysely } from 'kysely';
import type { ReportEntry } from '../../domain/report.js';

export { readBody } from './bodies.js';

/** The database, or one transaction on it. */
export type Db = Kysely<Tables>;

/**
 * Every table and its columns.
 *
 * Times are epoch milliseconds, flags are 0 or 1, bodies are JSON; `number` counts rows up as they are added.
 */
export interface Tables {
  readonly approvals: {
    /** Counts up in the order in which approvals were put. */
    readonly number: Generated<number>;
    readonly id: string;
    readonly system: string;
    readonly instance_id: string;
    readonly step: string;
    readonly attempt: number;
    readonly version: number;
    readonly is_open: number;
    readonly state: string;
    /** What the last reading of the instance came to, as its backend sums it up. */
    readonly fingerprint: string;
    readonly is_assigned: number;
    readonly body: string;
    /** When to look whether somebody has to be reminded; null when there is nothing left to say. */
    readonly remind_at_ms: Generated<number | null>;
    /** What was said while nobody decided, as a JSON list. */
    readonly reminded: Generated<string>;
    /** Whether a rule is to approve it by itself. */
    readonly is_planned: Generated<number>;
  };
  /** Outlives its approval, so that a code is never given out twice. */
  readonly codes: {
    /** Counts up in the order in which codes were given out. */
    readonly number: Generated<number>;
    readonly code: string;
    readonly system: string;
    readonly instance_id: string;
    /** Set if the code came with an approval. */
    readonly approval_id: string | null;
  };
  readonly votes: {
    readonly number: Generated<number>;
    readonly approval_id: string;
    readonly person: string;
    readonly revision: number;
    readonly at_ms: number;
    readonly body: string;
  };
  readonly clicks: {
    readonly id: string;
    readonly at_ms: number;
    readonly response_url: string | null;
    /** What stood before the person, until the click is finished. */
    readonly shown: string | null;
    /** Until when it is left to whoever took it; after that it is anybody's. */
    readonly taken_until_ms: Generated<number>;
    /** The approval in which it takes a vote or a decision back; null of any other click. */
    readonly calls_off: string | null;
    readonly body: string;
    readonly answer: string | null;
    readonly finished_at_ms: number | null;
  };
  readonly dialogs: {
    readonly id: string;
    readonly at_ms: number;
    readonly body: string;
  };
  readonly signals: {
    readonly id: string;
    readonly approval_id: string;
    readonly system: string;
    readonly instance_id: string;
    readonly phase: string;
    readonly holder: string;
    readonly lease_until_ms: number;
    readonly claimed_at_ms: number;
    readonly body: string;
  };
  readonly changes: {
    readonly id: string;
    readonly person: string;
    readonly system: string;
    /** Equal for two changes that ask for the same thing. */
    readonly twin_key: string;
    readonly phase: string;
    /** Set if it is about a run that is there already. */
    readonly instance_id: string | null;
    readonly batch_id: string | null;
    readonly batch_place: number | null;
    readonly proposed_at_ms: number;
    readonly confirmed_at_ms: number | null;
    readonly response_url: string | null;
    readonly body: string;
  };
  readonly deliveries: {
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
    /** When a card that is shown is checked next; a day after it was last wanted unless told. */
    readonly check_due_at_ms: number | null;
    /** Since when a card that was shown is not found. */
    readonly not_found_at_ms: number | null;
    /** How often a card that was gone was put up anew. */
    readonly renewals: Generated<number>;
    readonly is_digest: Generated<number>;
    /** Set for good once its reader's own preferences have it wait, or have left it out. */
    readonly held_at_ms: number | null;
    /** Id of the work that wanted it last. */
    readonly trace: string | null;
  };
  readonly lanes: {
    readonly name: string;
    /** When the lane would be as rested as it can be: a turn moves it on by one step of the pace. */
    readonly rested_at_ms: number;
    readonly blocked_until_ms: number;
  };
  readonly people: {
    readonly id: string;
    readonly seen_at_ms: number;
    readonly body: string;
  };
  readonly incidents: {
    /** Counts up in the order in which incidents began. */
    readonly number: Generated<number>;
    readonly id: string;
    readonly system: string;
    readonly key: string;
    readonly version: number;
    readonly is_open: number;
    readonly body: string;
  };
  readonly failures: {
    readonly number: Generated<number>;
    readonly system: string;
    readonly instance_id: string;
    readonly successor_id: string | null;
    readonly incident_id: string;
    readonly is_open: number;
    readonly body: string;
  };
  readonly mutes: {
    readonly key: string;
    readonly until_ms: number;
    readonly body: string;
  };
  readonly watched_runs: {
    readonly system: string;
    readonly instance_id: string;
    readonly since_ms: number;
  };
  readonly notes: {
    readonly key: string;
    readonly value: string;
  };
  /** How many decisions a rule has made by itself on a day, in UTC. */
  readonly rule_decisions: {
    readonly rule: string;
    readonly day: string;
    readonly count: number;
  };
  readonly receipts: {
    readonly code: string;
    readonly at_ms: number;
    readonly body: string;
  };
  readonly suspensions: {
    readonly person: string;
    readonly body: string;
  };
  readonly absences: {
    readonly id: string;
    readonly person: string;
    readonly delegate: string | null;
    /** Null for every rule. */
    readonly rule: string | null;
    readonly since_ms: number;
    readonly until_ms: number;
    /** Null while it stands. */
    readonly ended_at_ms: number | null;
    readonly ended_why: string | null;
    readonly body: string;
  };
  /** How people want their direct messages; nothing of those who have chosen nothing. */
  readonly preferences: {
    readonly person: string;
    /** The last day, by the person's own clock, whose summary is done with. */
    readonly summary_day: string | null;
    readonly body: string;
  };
  /** One row for each person who has opened their Home. */
  readonly homes: {
    readonly person: string;
    readonly opened_at_ms: number;
    readonly wanted_version: number;
    readonly shown_version: number;
    readonly due_at_ms: number;
    /** Until when it is left to whoever draws it; 0 while nobody does. */
    readonly drawn_until_ms: number;
    readonly published_at_ms: number | null;
    readonly page: number;
    readonly view_id: string | null;
    readonly view_hash: string | null;
    readonly body: string;
  };
  /** One row for each run that waited, or was missed, in shadow mode. */
  readonly shadow_records: {
    readonly id: string;
    readonly at_ms: number;
    readonly body: string;
  };
  /** What reports count; names nobody. */
  readonly report_entries: {
    readonly id: string;
    readonly at_ms: number;
    readonly kind: ReportEntry['kind'];
    /** The rule, the reason, the kind of reminder, or the system. */
    readonly name: string;
    readonly how: string;
    /** Kinds, separated by spaces. */
    readonly findings: string;
    readonly is_late: number;
    readonly took_s: number | null;
  };
  readonly links: {
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
  };
  readonly link_requests: {
    readonly id: string;
    readonly expires_at_ms: number;
    readonly body: string;
    readonly begun: string | null;
  };
  /** Rows are added and never changed; retention removes none but the first ones of a chain. */
  readonly ledger: {
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
  };
  /** What decisions were made on, each under the hash its record in the ledger holds. */
  readonly evidence: {
    readonly sha256: string;
    /** Compressed, in base64. */
    readonly body: string;
  };
  /** One row for each chain: whoever adds to it waits here for the one before. */
  readonly ledger_heads: {
    readonly system: string;
    readonly number: number;
    readonly mac: string;
    readonly key_id: string;
  };
  /** What was removed by retention, by hashes of its ids: slim, and kept for good so that none is taken twice. */
  readonly used_keys: {
    readonly key: string;
    /** When it was removed. */
    readonly at_ms: number;
  };
  readonly bot_lease: {
    readonly name: string;
    readonly holder: string;
    readonly until_ms: number;
  };
  readonly leases: {
    readonly name: string;
    readonly holder: string;
    /** Grows whenever the lease goes to somebody else. */
    readonly fence: number;
    readonly until_ms: number;
  };
}
