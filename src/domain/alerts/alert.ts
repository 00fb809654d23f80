import type { AlertPolicy } from './alert-rules.js';
import { type AlertRoute, routeAlert } from './alert-rules.js';
import type { Incident, Mute } from './incident.js';

/** What can be done on an alert. */
export type AlertAction = RecoveryAction | 'details' | 'mute' | 'unmute' | 'take';

/** What can be done to the runs of an alert that still stand failed. */
export type RecoveryAction = 'restart' | 'resume' | 'abort';

/** Everything an alert tells, in domain words; the chat decides how it looks. */
export interface Alert {
  readonly incident: Incident;
  readonly route: AlertRoute;
  readonly mute?: Mute;
  readonly actions: readonly AlertAction[];
}

/** Puts together what an alert tells now; `takes` are the changes its system takes. */
export function composeAlert(
  incident: Incident,
  context: {
    readonly policy: AlertPolicy;
    readonly mute: Mute | undefined;
    readonly takes: readonly string[];
    readonly nowMs: number;
  },
): Alert {
  const { policy, mute, takes, nowMs } = context;
  const isMuted = mute !== undefined && mute.untilMs > nowMs;
  return {
    incident,
    route: routeAlert(incident, policy, nowMs),
    ...(isMuted ? { mute } : {}),
    actions: actionsOn(incident, takes, isMuted),
  };
}

/** A restart makes sense only where something still stands failed; what is aborted cannot go on. */
function actionsOn(incident: Incident, takes: readonly string[], isMuted: boolean): readonly AlertAction[] {
  // The next failure of its kind would be kept quiet, too.
  if (incident.state.kind === 'resolved') return isMuted ? ['details', 'unmute'] : ['details'];
  const canGoOn = incident.failed > 0 && incident.kind === 'failed';
  const ways = (['restart', 'resume', 'abort'] as const).filter((way) => canGoOn && takes.includes(way));
  return [...ways, 'details', isMuted ? 'unmute' : 'mute', ...(incident.owner ? [] : (['take'] as const))];
}
