import { type AlertSubject, routeAlert } from '../../domain/alerts/alert-rules.js';
import { hasFailed } from '../../domain/alerts/failure.js';
import type { Instance } from '../../domain/instance.js';
import type { FailureReport } from '../../domain/reply.js';
import type { Context } from '../context.js';

/** Explains where the failure of a run is told, or would be; undefined while alerts are off. */
export async function explainAlerts(
  { store, policy, now }: Context,
  instance: Instance,
): Promise<FailureReport | undefined> {
  if (!policy.alerts.isOn) return undefined;
  const failure = hasFailed(instance) ? await store.findFailure(instance.ref) : undefined;
  const incident = failure && (await store.findIncident(failure.incidentId));
  const mute = incident && (await store.findMute(incident.key));
  const route = routeAlert(incident ?? subjectOf(instance), policy.alerts, now());
  const isMuted = mute !== undefined && mute.untilMs > now();
  return { hasFailed: hasFailed(instance), route, ...(isMuted ? { mute } : {}) };
}

/** A run that was not told of yet goes by what is known of it now. */
function subjectOf({ ref, definition, step, statusMessage }: Instance): AlertSubject {
  return {
    system: ref.system,
    definition,
    ...(step ? { step } : {}),
    messages: statusMessage === undefined ? [] : [{ text: statusMessage, count: 1 }],
  };
}
