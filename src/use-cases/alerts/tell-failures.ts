import { routeAlert } from '../../domain/alerts/alert-rules.js';
import { type NewFailure, openIncident, raise } from '../../domain/alerts/fold-failures.js';
import { type Incident, incidentKey } from '../../domain/alerts/incident.js';
import type { WorkflowBackend } from '../../ports/backend.js';
import type { Transaction } from '../../ports/store.js';
import type { Context } from '../context.js';
import { codeOfRun, unusedCode } from '../short-codes.js';
import type { Described } from './describe-failures.js';

/** How one kind of failure stands while an observation is taken in. */
interface Folded {
  readonly incident: Incident;
  readonly isNew: boolean;
}

/** Folds failures into incidents, in one transaction with what was observed, and makes their alerts wanted. */
export async function notifyFailures(
  context: Context,
  transaction: Transaction,
  reported: { readonly backend: WorkflowBackend; readonly failures: readonly Described[] },
): Promise<void> {
  const folded = new Map<string, Folded>();
  for (const described of reported.failures) {
    const { instance } = described;
    const key = incidentKey(instance);
    const before = folded.get(key) ?? (await openOne(transaction, key));
    const failure = await newFailure(context, transaction, { ...reported, described });
    const next: Folded = before
      ? { ...before, incident: raise(before.incident, failure) }
      : { incident: await begin(context, transaction, failure, described), isNew: true };
    folded.set(key, next);
    const { failedAtMs } = failure;
    const { id: incidentId } = next.incident;
    await transaction.putFailure({ instance, incidentId, state: 'failed', failedAtMs, isOld: false });
  }
  for (const one of folded.values()) await announce(context, transaction, one);
}

async function openOne(transaction: Transaction, key: string): Promise<Folded | undefined> {
  const incident = await transaction.findOpenIncident(key);
  return incident && { incident, isNew: false };
}

async function newFailure(
  context: Context,
  transaction: Transaction,
  { backend, described }: { readonly backend: WorkflowBackend; readonly described: Described },
): Promise<NewFailure> {
  const { instance } = described;
  const link = backend.linkTo(instance);
  return {
    instance,
    code: await codeOfRun(transaction, context, instance.ref),
    failedAtMs: instance.modifiedAtMs ?? context.now(),
    seenAtMs: context.now(),
    ...(link === undefined ? {} : { link }),
  };
}

async function begin(
  context: Context,
  transaction: Transaction,
  failure: NewFailure,
  { lastGoodStep }: Described,
): Promise<Incident> {
  const code = await unusedCode(transaction, context);
  const incident = openIncident(failure, {
    id: context.newId(),
    code,
    ...(lastGoodStep === undefined ? {} : { lastGoodStep }),
  });
  await transaction.addIncident(incident);
  return incident;
}

/** What nobody wants to hear is kept and counted, and posted by the first failure after the mute is over. */
async function announce(
  context: Context,
  transaction: Transaction,
  { incident, isNew }: Folded,
): Promise<void> {
  const nowMs = context.now();
  const saved = await transaction.saveIncident(incident, nowMs);
  const mute = await transaction.findMute(saved.key);
  const { system, code, count } = saved;
  const isMuted = mute !== undefined && mute.untilMs > nowMs;
  context.log.info(
    { system, incident: code, count, isMuted },
    isNew ? 'Workflows fail' : 'Workflows go on failing',
  );
  if (isMuted) return;
  const route = routeAlert(saved, context.policy.alerts, nowMs);
  const isFirst = await wantAlerts(transaction, saved, { channels: route.channels, nowMs });
  if (saved.count > 1) await transaction.wantFollowUp(saved.id, 'more', { kind: 'more' }, nowMs);
  if (isFirst && route.quietUntilMs !== undefined && route.mentions.length > 0) {
    await transaction.wantFollowUp(saved.id, 'call', { kind: 'call' }, route.quietUntilMs);
  }
}

/** Returns true when nobody was told of the incident before. */
async function wantAlerts(
  transaction: Transaction,
  { id }: Incident,
  { channels, nowMs }: { readonly channels: readonly string[]; readonly nowMs: number },
): Promise<boolean> {
  const known: boolean[] = [];
  for (const channel of channels) {
    const target = { kind: 'channel', channel } as const;
    known.push((await transaction.alertMessage(id, target)) !== 'none');
    await transaction.addAlert(id, target, nowMs);
  }
  return !known.includes(true);
}
