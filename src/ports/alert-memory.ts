import type { Failure } from '../domain/alerts/failure.js';
import type { FollowUp } from '../domain/alerts/follow-up.js';
import type { Incident, IncidentKey, Mute } from '../domain/alerts/incident.js';
import type { ChangeRecord } from '../domain/change-record.js';
import type { InstanceRef } from '../domain/instance.js';
import type { Target } from '../domain/rules.js';

/** Failures, and the incidents they were folded into. */
export interface FailureRepository {
  /** Adds a failure, or replaces what was known of that run's. */
  putFailure(failure: Failure): Promise<void>;
  /** Gives the failure of a run, or the one that goes on as that run. */
  findFailure(ref: InstanceRef): Promise<Failure | undefined>;
  /** Lists the failures of an incident, oldest first. */
  listFailures(incidentId: string): Promise<readonly Failure[]>;
  /** Lists failures of a system of which something is still to be expected; none that are old. */
  listOpenFailures(system: string): Promise<readonly Failure[]>;
}

/** Incidents and what is said about them. */
export interface IncidentRepository {
  /** Adds an incident. Throws if its short code was ever given out. */
  addIncident(incident: Incident): Promise<void>;
  findIncident(id: string): Promise<Incident | undefined>;
  /** Gives the open incident of a key. */
  findOpenIncident(key: IncidentKey): Promise<Incident | undefined>;
  listOpenIncidents(system: string): Promise<readonly Incident[]>;
  /**
   * Saves a changed incident under the next version and makes its alerts due.
   *
   * Returns what was saved. Throws `ChangedMeanwhile` if its version is not the stored one.
   */
  saveIncident(incident: Incident, nowMs: number): Promise<Incident>;
  /** Makes an incident's alert wanted in a channel; a second call for the same place does nothing. */
  addAlert(incidentId: string, target: Target, nowMs: number): Promise<void>;
  /**
   * Makes a follow-up wanted in the thread of each of an incident's alerts, not before a time.
   *
   * The key is the incident's own: a second one with the same key makes the first one due again.
   */
  wantFollowUp(incidentId: string, key: string, followUp: FollowUp, dueAtMs: number): Promise<void>;
  putMute(mute: Mute): Promise<void>;
  /** Gives the mute of a key, also when it is over. */
  findMute(key: IncidentKey): Promise<Mute | undefined>;
  /** Ends a mute; nothing happens if there is none. */
  removeMute(key: IncidentKey): Promise<void>;
}

/** Runs to be looked at on systems that list nothing. */
export interface WatchRepository {
  /** Watches a run from now on; a second call for the same run does nothing. */
  watchRun(ref: InstanceRef, sinceMs: number): Promise<void>;
  listWatchedRuns(system: string): Promise<readonly InstanceRef[]>;
  /** Watches a run no longer. */
  unwatchRun(ref: InstanceRef): Promise<void>;
}

/** Changes that were asked for together. */
export interface BatchRepository {
  /** Lists the changes of a batch, in the order in which they were proposed. */
  listBatch(batchId: string): Promise<readonly ChangeRecord[]>;
  /** Lists changes about a run that were confirmed, the latest first. */
  listChangesOn(ref: InstanceRef): Promise<readonly ChangeRecord[]>;
}
