import { type Alert, composeAlert } from '../../domain/alerts/alert.js';
import type { FollowUp, FollowUpContent } from '../../domain/alerts/follow-up.js';
import type { Incident } from '../../domain/alerts/incident.js';
import { backendOf, type Context } from '../context.js';

/** Puts together the alert of an incident from what is remembered now. */
export async function showAlert(context: Context, incident: Incident): Promise<Alert> {
  return composeAlert(incident, {
    policy: context.policy.alerts,
    mute: await context.store.findMute(incident.key),
    takes: backendOf(context, incident.system)?.operations.changes ?? [],
    nowMs: context.now(),
  });
}

/** Puts together what is said in an alert's thread; undefined when there is nothing to say any more. */
export async function showFollowUp(
  context: Context,
  incident: Incident,
  followUp: FollowUp,
): Promise<FollowUpContent | undefined> {
  switch (followUp.kind) {
    case 'changes':
      return { kind: 'changes', incident, records: await context.store.listBatch(followUp.batchId) };
    case 'call': {
      const { route, mute } = await showAlert(context, incident);
      const isCalm = incident.state.kind === 'resolved' || incident.owner !== undefined || mute !== undefined;
      // The settings may name nobody any more.
      if (isCalm || route.mentions.length === 0) return undefined;
      return { kind: 'call', incident, mentions: route.mentions };
    }
    case 'more':
    case 'taken':
    case 'resolved':
      return { kind: followUp.kind, incident };
  }
}
