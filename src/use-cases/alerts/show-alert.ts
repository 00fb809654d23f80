import { type Alert, composeAlert, type FollowUp, type FollowUpContent } from '../../domain/alert.js';
import {
  type AlertSubject,
  activeMute,
  hasFailed,
  type Incident,
  routeAlert,
} from '../../domain/incident.js';
import type { Instance } from '../../domain/instance.js';
import type { Delivery } from '../../domain/notification.js';
import { isSamePerson, type Person } from '../../domain/person.js';
import type { FailureReport } from '../../domain/reply.js';
import { defined } from '../../shared/defined.js';
import { backendOf, type Context } from '../context.js';
import { notifyPerson } from '../notifications/notify.js';

/**
 * Tells whoever confirmed changes on an alert what became of them, when its thread cannot tell.
 *
 * Once, when all of them are over; a second call is the same message.
 */
export async function notifyBatchElsewhere(context: Context, { subject }: Delivery): Promise<void> {
  if (subject.kind !== 'follow-up' || subject.followUp.kind !== 'changes') return;
  const { batchId } = subject.followUp;
  const records = await context.store.listBatch(batchId);
  const [first] = records;
  if (!first || records.some(({ phase }) => phase !== 'over')) return;
  await notifyPerson(context, context.store, first.person, `batch:${batchId}`, { kind: 'batch', records });
}

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
  return { hasFailed: hasFailed(instance), route, ...defined({ mute: activeMute(mute, now()) }) };
}

/** A run that was not told of yet goes by what is known of it now. */
function subjectOf({ ref, definition, step, statusMessage }: Instance): AlertSubject {
  return {
    system: ref.system,
    definition,
    ...defined({ step }),
    messages: statusMessage === undefined ? [] : [{ text: statusMessage, count: 1 }],
  };
}

/** Gives the name by which people know somebody: the one in the settings, else the chat's. */
export function knownName({ policy }: Context, { id, name }: Pick<Person, 'id' | 'name'>): string {
  return policy.people.find((one) => isSamePerson(one.id, id))?.name ?? name;
}

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
