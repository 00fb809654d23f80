import type { Generated } from 'kysely';

/** A row of the incident table. */
export interface IncidentTable {
  /** Counts up in the order in which incidents began. */
  readonly number: Generated<number>;
  readonly id: string;
  readonly system: string;
  readonly key: string;
  readonly version: number;
  readonly is_open: number;
  readonly body: string;
}

/** A row of the failure table. */
export interface FailureTable {
  readonly number: Generated<number>;
  readonly system: string;
  readonly instance_id: string;
  readonly successor_id: string | null;
  readonly incident_id: string;
  readonly is_open: number;
  readonly body: string;
}

/** A row of the mute table. */
export interface MuteTable {
  readonly key: string;
  readonly until_ms: number;
  readonly body: string;
}

/** A row of the watched run table. */
export interface WatchedRunTable {
  readonly system: string;
  readonly instance_id: string;
  readonly since_ms: number;
}

/** A row of the change table. */
export interface ChangeTable {
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
}
