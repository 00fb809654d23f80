import { type Failure, isFailureOver } from './failure.js';
import type { Incident } from './incident.js';

/**
 * Says where an incident stands, given all its failures as they are now.
 *
 * It is over when every run has come to rest, or has failed again in another way and is told there; or when none
 * was heard of for a set time. Returns the incident itself when nothing has changed.
 */
export function judgeIncident(
  incident: Incident,
  failures: readonly Failure[],
  at: { readonly nowMs: number; readonly quietAfterMs: number; readonly by: readonly string[] },
): Incident {
  if (incident.state.kind === 'resolved') return incident;
  const { nowMs, quietAfterMs, by } = at;
  const unresolved = failures.filter((one) => !isFailureOver(one)).length;
  const failed = failures.filter(({ state }) => state === 'failed').length;
  const isAsBefore = unresolved === incident.unresolved && failed === incident.failed;
  const next = isAsBefore ? incident : { ...incident, unresolved, failed };
  if (unresolved === 0) {
    // A run that went on and failed for another reason belongs to the incident of that reason.
    const isRecovered = failures.length > 0 && failures.every(({ state }) => state === 'recovered');
    const how = { kind: isRecovered ? 'recovered' : 'dealt-with', by } as const;
    return { ...next, state: { kind: 'resolved', atMs: nowMs, how } };
  }
  if (nowMs - incident.heardAtMs < quietAfterMs) return next;
  return { ...next, state: { kind: 'resolved', atMs: nowMs, how: { kind: 'quiet' } } };
}
