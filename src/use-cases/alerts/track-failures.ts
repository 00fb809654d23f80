import type { ChangeRecord } from '../../domain/change.js';
import {
  type Alert,
  type AlertSubject,
  activeMute,
  composeAlert,
  type Failure,
  type FollowUp,
  type FollowUpContent,
  followFailure,
  hasFailed,
  type Incident,
  type IncidentEvent,
  type IncidentNotification,
  incidentAfter,
  incidentKey,
  type NewFailure,
  newFailure,
  openIncident,
  routeAlert,
} from '../../domain/incident.js';
import { hasEnded, type Instance, type InstanceRef, refKey } from '../../domain/instance.js';
import type { Delivery } from '../../domain/notification.js';
import { isSamePerson, type Person } from '../../domain/person.js';
import type { FailureReport } from '../../domain/reply.js';
import { plainEntry } from '../../domain/report.js';
import type { Changes, Since, WorkflowBackend } from '../../ports/backend.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import type { Transaction } from '../../ports/store.js';
import { defined } from '../../shared/language.js';
import { backendOf, type Context, codeOfRun, unusedCode } from '../context.js';
import { notifyOperators, notifyPerson } from '../notifications/notify.js';

/** Everything that stands failed is looked at this often, whatever was told as changed. */
const fullPollEveryMs = 15 * 60_000;

const noMark = '';

/** Says from where on a system's changes are wanted; undefined while alerts are off. */
export async function sinceLastPoll(context: Context, system: string): Promise<Since | undefined> {
  const mark = (await context.store.getNote(markKey(system))) ?? noMark;
  if (!context.policy.alerts.isOn) {
    // What fails while alerts are off is nobody's news when they are on again.
    if (mark !== noMark) await context.store.putNote(markKey(system), noMark);
    return undefined;
  }
  const fullAtMs = Number((await context.store.getNote(fullKey(system))) ?? 0);
  return {
    ...(mark === noMark ? {} : { mark }),
    watched: await context.store.listWatchedRuns(system),
    isFull: context.now() - fullAtMs >= fullPollEveryMs,
  };
}

/**
 * Takes in what has changed on a system: failures become alerts, and what went on resolves them.
 *
 * All of it is remembered in one transaction with the place to go on from, so a crash neither loses nor repeats
 * anything. The very first look is silent: what failed before is nobody's news.
 */
export async function noteChanges(
  context: Context,
  backend: WorkflowBackend,
  seen: { readonly since: Since; readonly changes: Changes },
): Promise<void> {
  const { system } = backend;
  const { since, changes } = seen;
  if (changes.kind === 'not-permitted') return notifyNoAccess(context, system, changes.permission);
  const { instances, mark } = changes;
  const isFirst = since.mark === undefined;
  const candidates = await findNewFailures(context.store, oldestFirst(instances));
  const failures = isFirst ? [] : await describeFailures(context, backend, candidates);
  const snapshots = isFirst ? [] : await seeFailures(context, backend, { instances, isFull: since.isFull });
  await context.store.inTransaction(async (transaction) => {
    const touched = await followFailures(transaction, snapshots);
    if (isFirst) await rememberOld(context, transaction, instances.filter(hasFailed));
    else await notifyFailures(context, transaction, { backend, failures });
    await judgeIncidents(context, transaction, { system, touched });
    await watchNoLonger(transaction, since, instances);
    await transaction.putNote(markKey(system), mark);
    if (isFirst || since.isFull) await transaction.putNote(fullKey(system), String(context.now()));
  });
}

/** Lists begin with the latest; an alert names those that failed first. */
function oldestFirst(instances: readonly Instance[]): readonly Instance[] {
  const atMs = ({ modifiedAtMs }: Instance) => modifiedAtMs ?? Number.MAX_SAFE_INTEGER;
  return [...instances].sort((a, b) => atMs(a) - atMs(b));
}

async function rememberOld(
  context: Context,
  transaction: Transaction,
  failed: readonly Instance[],
): Promise<void> {
  for (const instance of failed) {
    // It may have been told before alerts were switched off for a while.
    if (await transaction.findFailure(instance.ref)) continue;
    const failedAtMs = instance.modifiedAtMs ?? context.now();
    await transaction.putFailure(newFailure({ instance, incidentId: '', failedAtMs, isOld: true }));
  }
}

async function watchNoLonger(
  transaction: Transaction,
  { watched }: Since,
  instances: readonly Instance[],
): Promise<void> {
  for (const ref of watched) {
    const found = instances.find((instance) => instance.ref.id === ref.id);
    if (found && hasEnded(found.status)) await transaction.unwatchRun(ref);
  }
}

function notifyNoAccess(context: Context, system: string, permission: string): Promise<void> {
  const notice = { kind: 'alerts-off', system, permission } as const;
  return context.store.inTransaction((transaction) =>
    notifyOperators(context, transaction, `alerts-off:${system}:${permission}`, notice),
  );
}

function markKey(system: string): string {
  return `changes-mark/${system}`;
}

function fullKey(system: string): string {
  return `changes-full/${system}`;
}

/**
 * Picks those runs whose failure was not told before.
 *
 * A run that went on and failed again has failed anew. What an operator aborted through the bot has not failed,
 * nor has a failed run that was aborted since.
 */
async function findNewFailures(
  transaction: Transaction,
  instances: readonly Instance[],
): Promise<readonly Instance[]> {
  const fresh: Instance[] = [];
  for (const instance of instances.filter(hasFailed)) {
    const known = await transaction.findFailure(instance.ref);
    const isKnown = known?.instance.ref.id === instance.ref.id && !hasFailedAnew(known, instance);
    const removedAtMs = known ? undefined : await transaction.findRemoval('failure', refKey(instance.ref));
    if (removedAtMs !== undefined && (instance.modifiedAtMs ?? 0) < removedAtMs) continue;
    if (!isKnown && !(await wasAbortedHere(transaction, instance))) fresh.push(instance);
  }
  return fresh;
}

function hasFailedAnew(known: Failure, now: Instance): boolean {
  if (now.status.kind !== 'failed') return false;
  const wentOn = known.state === 'retrying' || known.state === 'recovered' || known.state === 'gone';
  if (wentOn || !known.isOld) return wentOn;
  return now.modifiedAtMs !== undefined && now.modifiedAtMs > known.failedAtMs;
}

async function wasAbortedHere(transaction: Transaction, { ref, status }: Instance): Promise<boolean> {
  if (status.kind !== 'aborted') return false;
  const changes = await transaction.listChangesOn(ref);
  return changes.some(({ change, outcome }) => {
    const isUndone = outcome !== undefined && outcome.kind !== 'done' && outcome.kind !== 'unknown';
    return (change.kind === 'abort' || change.kind === 'cancel') && !isUndone;
  });
}

/** How a run with an open failure, or the one it goes on as, was just found. */
interface FailureSnapshot {
  /** The run that failed; the one it goes on as may have a failure of its own. */
  readonly ref: InstanceRef;
  /** Absent when it cannot be read any more. */
  readonly instance: Instance | undefined;
  readonly successors: readonly InstanceRef[];
}

/** Runs not told as changed that a full look reads all the same. */
const mostReadings = 50;

/**
 * Finds out how the runs of open failures stand: from what was observed, and in a full look by reading the others.
 *
 * What cannot be reached is left as it was.
 */
async function seeFailures(
  context: Context,
  backend: WorkflowBackend,
  observed: { readonly instances: readonly Instance[]; readonly isFull: boolean },
): Promise<readonly FailureSnapshot[]> {
  const byId = new Map(observed.instances.map((instance) => [instance.ref.id, instance]));
  const snapshots: FailureSnapshot[] = [];
  let readings = 0;
  for (const { instance: failed, successor } of await context.store.listOpenFailures(backend.system)) {
    // A restarted run stays as it is; how it goes on is told by its successor.
    const last = successor ?? failed.ref;
    const reported = byId.get(last.id);
    // What was aborted stays so; reading it again and again would leave no time for the others.
    const isWanted = observed.isFull && failed.status.kind !== 'aborted' && readings < mostReadings;
    if (!reported && !isWanted) continue;
    if (!reported) readings += 1;
    try {
      const instance = reported ?? (await read(backend, last));
      const isReplaced = instance?.status.kind === 'canceled-for-restart';
      const successors = isReplaced ? ((await backend.operations.findSuccessors?.(instance)) ?? []) : [];
      snapshots.push({ ref: failed.ref, instance, successors });
      const [only] = successors;
      // What a run goes on as may have been told in the same look.
      const goesOn = only && successors.length === 1 ? byId.get(only.id) : undefined;
      if (goesOn) snapshots.push({ ref: failed.ref, instance: goesOn, successors: [] });
    } catch (error) {
      logAway(context, last, error, 'A failed run could not be read');
    }
  }
  return snapshots;
}

async function read(backend: WorkflowBackend, ref: InstanceRef): Promise<Instance | undefined> {
  const reading = await backend.getInstance(ref);
  return reading.kind === 'found' ? reading.instance : undefined;
}

/** Logs that a system did not answer; throws whatever else broke. */
function logAway({ log }: Context, { system, id }: InstanceRef, error: unknown, text: string): void {
  if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
  log.warn({ system, instance: id, err: error }, text);
}

/** Takes down what has become of failures; returns the incidents it concerns. */
async function followFailures(
  transaction: Transaction,
  snapshots: readonly FailureSnapshot[],
): Promise<ReadonlySet<string>> {
  const touched = new Set<string>();
  for (const snapshot of snapshots) {
    const failure = await transaction.findFailure(snapshot.ref);
    if (!failure) continue;
    const next = followFailure(failure, snapshot.instance, snapshot.successors);
    if (next === failure || (next.state === failure.state && next.successor === failure.successor)) continue;
    await transaction.putFailure(next);
    touched.add(failure.incidentId);
  }
  return touched;
}

/** Of a storm not every run is asked who brought it back. */
const mostRequested = 20;

/** Ends incidents of a system that are over: all their runs came to rest, or none has failed so for long. */
async function judgeIncidents(
  context: Context,
  transaction: Transaction,
  about: { readonly system: string; readonly touched: ReadonlySet<string> },
): Promise<void> {
  const nowMs = context.now();
  const { quietAfterMs } = context.policy.alerts;
  for (const incident of await transaction.listOpenIncidents(about.system)) {
    const isQuiet = nowMs - incident.heardAtMs >= quietAfterMs;
    if (!isQuiet && !about.touched.has(incident.id)) continue;
    const failures = await transaction.listFailures(incident.id);
    const by = await whoHelped(context, transaction, failures);
    const saved = await advanceIncident(context, transaction, incident, {
      kind: 'followed',
      failures,
      by,
      quietAfterMs,
      nowMs,
    });
    if (saved?.state.kind !== 'resolved') continue;
    const { id, system, code, state, firstAtMs } = saved;
    const took = state.how.kind === 'quiet' ? {} : { tookMs: Math.max(0, state.atMs - firstAtMs) };
    const entry = { id, atMs: state.atMs, name: system, how: state.how.kind, ...took };
    await transaction.putReportEntry(plainEntry('recovery', entry));
    context.log.info({ system, incident: code, how: state.how.kind }, 'Workflows that failed are over');
  }
}

/** Names the people whose changes brought runs back, each once: of each run, whoever helped last. */
async function whoHelped(
  context: Context,
  transaction: Transaction,
  failures: readonly Failure[],
): Promise<readonly string[]> {
  const names = new Set<string>();
  for (const { instance } of failures.slice(0, mostRequested)) {
    const help = (await transaction.listChangesOn(instance.ref)).find(hasHelped);
    if (!help) continue;
    const { name } = (await transaction.recallPerson(help.person)) ?? { name: help.person.userId };
    names.add(knownName(context, { id: help.person, name }));
  }
  return [...names];
}

/** What was not sent, or of which nobody knows whether it arrived, is credited to nobody. */
function hasHelped({ change, phase, outcome }: ChangeRecord): boolean {
  const isHelp = change.kind === 'restart' || change.kind === 'resume' || change.kind === 'abort';
  return isHelp && (phase === 'following' || outcome?.kind === 'done');
}

/** What of one kind failed, while an observation is taken in. */
interface Kind {
  readonly incident: Incident;
  readonly isNew: boolean;
  /** Those the incident does not count yet. */
  readonly more: NewFailure[];
}

/** Folds failures into incidents, in one transaction with what was observed, and makes their alerts wanted. */
async function notifyFailures(
  context: Context,
  transaction: Transaction,
  reported: { readonly backend: WorkflowBackend; readonly failures: readonly Described[] },
): Promise<void> {
  const kinds = new Map<string, Kind>();
  for (const described of reported.failures) {
    const { instance } = described;
    const key = incidentKey(instance);
    const failure = await describeFailure(context, transaction, reported.backend, instance);
    const before = kinds.get(key) ?? (await findKind(transaction, key));
    const kind = before ?? {
      incident: await begin(context, transaction, failure, described),
      isNew: true,
      more: [],
    };
    if (before) kind.more.push(failure);
    kinds.set(key, kind);
    const { failedAtMs } = failure;
    const incidentId = kind.incident.id;
    await transaction.putFailure(newFailure({ instance, incidentId, failedAtMs, isOld: false }));
  }
  for (const kind of kinds.values()) await announce(context, transaction, kind);
}

async function findKind(transaction: Transaction, key: string): Promise<Kind | undefined> {
  const incident = await transaction.findOpenIncident(key);
  return incident && { incident, isNew: false, more: [] };
}

async function describeFailure(
  context: Context,
  transaction: Transaction,
  backend: WorkflowBackend,
  instance: Instance,
): Promise<NewFailure> {
  return {
    instance,
    code: await codeOfRun(transaction, context, instance.ref),
    failedAtMs: instance.modifiedAtMs ?? context.now(),
    seenAtMs: context.now(),
    ...defined({ link: backend.linkTo(instance) }),
  };
}

async function begin(
  context: Context,
  transaction: Transaction,
  failure: NewFailure,
  { lastGoodStep }: Described,
): Promise<Incident> {
  const code = await unusedCode(transaction, context);
  const incident = openIncident(failure, { id: context.newId(), code, ...defined({ lastGoodStep }) });
  await transaction.addIncident(incident);
  return incident;
}

/** What nobody wants to hear is kept and counted, and posted by the first failure after the mute is over. */
async function announce(context: Context, transaction: Transaction, kind: Kind): Promise<void> {
  const { incident, isNew, more: failures } = kind;
  const nowMs = context.now();
  const { alerts: policy } = context.policy;
  const saved = await advanceIncident(context, transaction, incident, {
    kind: 'failed',
    failures,
    policy,
    nowMs,
  });
  if (!saved) return;
  const { system, code, count, key } = saved;
  if (isNew) {
    const { id, firstAtMs: atMs } = saved;
    await transaction.putReportEntry(plainEntry('failure', { id, atMs, name: system }));
  }
  const isMuted = activeMute(await transaction.findMute(key), nowMs) !== undefined;
  context.log.info(
    { system, incident: code, count, isMuted },
    isNew ? 'Workflows fail' : 'Workflows keep failing',
  );
}

/**
 * Takes an incident the step an event calls for, with all that must be shown for it; its alert is made due.
 *
 * Undefined, with nothing saved, where the event changes nothing.
 */
export async function advanceIncident(
  context: Pick<Context, 'now'>,
  transaction: Transaction,
  incident: Incident,
  event: IncidentEvent,
): Promise<Incident | undefined> {
  const { id, key } = incident;
  const nowMs = context.now();
  const mute = await transaction.findMute(key);
  const step = incidentAfter({ incident, mute }, event);
  if (!step) return undefined;
  if (step.mute !== mute) await (step.mute ? transaction.putMute(step.mute) : transaction.removeMute(key));
  const saved = await transaction.saveIncident(step.incident, nowMs);
  for (const notification of step.notifications) {
    if (notification.kind === 'alert') await wantAlerts(transaction, id, { ...notification, nowMs });
    else await transaction.wantFollowUp(id, notification.followUp.kind, notification.followUp, nowMs);
  }
  return saved;
}

/** Only the first alert of an incident calls people. */
async function wantAlerts(
  transaction: Transaction,
  incidentId: string,
  wanted: Extract<IncidentNotification, { kind: 'alert' }> & { readonly nowMs: number },
): Promise<void> {
  const { channels, callAtMs, nowMs } = wanted;
  let isFirst = true;
  for (const channel of channels) {
    const target = { kind: 'channel', channel } as const;
    if ((await transaction.alertMessage(incidentId, target)) !== 'none') isFirst = false;
    await transaction.addAlert(incidentId, target, nowMs);
  }
  if (isFirst && callAtMs !== undefined)
    await transaction.wantFollowUp(incidentId, 'call', { kind: 'call' }, callAtMs);
}

/** What an alert says of a failed run besides what a list shows. */
interface Described {
  readonly instance: Instance;
  readonly lastGoodStep?: string;
}

/** Of each kind of failure one run is read in full; a storm of many kinds reads no more than these. */
const mostReadInFull = 10;

/**
 * Reads the first failed run of each kind in full, for who started it and how far it came.
 *
 * What cannot be read is told as the list shows it.
 */
async function describeFailures(
  context: Context,
  backend: WorkflowBackend,
  failed: readonly Instance[],
): Promise<readonly Described[]> {
  const seen = new Set<string>();
  const described: Described[] = [];
  for (const instance of failed) {
    const key = incidentKey(instance);
    const isFirst = !seen.has(key) && seen.size < mostReadInFull;
    if (isFirst) seen.add(key);
    described.push(isFirst ? await readInFull(context, backend, instance) : { instance });
  }
  return described;
}

async function readInFull(context: Context, backend: WorkflowBackend, listed: Instance): Promise<Described> {
  try {
    const whole = await read(backend, listed.ref);
    if (!whole) return { instance: listed };
    const lastGoodStep = await backend.lastGoodStep?.(whole);
    // The list's own words make the kind of failure; only what it leaves out is taken over.
    return { instance: { ...listed, facts: whole.facts }, ...defined({ lastGoodStep }) };
  } catch (error) {
    logAway(context, listed.ref, error, 'A failed run could not be read in full');
    return { instance: listed };
  }
}

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
    isShadow: context.policy.shadow !== undefined,
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
