import { whereaboutsOf } from '../../domain/approval.js';
import {
  activityIdOf,
  approvalDecidedBy,
  type Change,
  type ChangeEvent,
  type ChangeNotification,
  type ChangeOutcome,
  type ChangeRecord,
  type ChangeStep,
  canDecide,
  changeAfter,
  isAllowed,
  isProposalFresh,
  type MayRun,
  mayRun,
  newProposal,
  type OpenApproval,
  readStart,
  type StartableWorkflow,
  startableCalled,
  startableNamed,
  systemOfChange,
  type WithheldOutcome,
} from '../../domain/change.js';
import { type CommandLine, missingIn } from '../../domain/commands.js';
import type { Instance, InstanceRef } from '../../domain/instance.js';
import { priorities } from '../../domain/notification.js';
import { isSamePerson, type Person } from '../../domain/person.js';
import { actingIdentitiesOf, isRequestedBy } from '../../domain/policy.js';
import type { CommonReply, StartOption } from '../../domain/reply.js';
import type { ChangeResult, WorkflowBackend } from '../../ports/backend.js';
import type { Asker } from '../../ports/chat.js';
import { BackendError, ChatError, ContractError, faultOf } from '../../ports/errors.js';
import { replicaPrefix, type Transaction } from '../../ports/store.js';
import { asError, assertNever, defined } from '../../shared/language.js';
import { type CommandWork, type Context, lookUpPerson } from '../context.js';
import { wasFrozen } from '../leases.js';
import { recordChange } from '../ledger/record.js';
import { accessForChange, invite, type OwnAccess } from '../links/account-linking.js';
import { notifyPerson } from '../notifications/notify.js';
import { checkRules } from '../rules.js';
import { codeFor, findRun, rowOf, targetOf, withApprovalFacts } from './find-run.js';
import { findCopy, unsupported } from './queries.js';

/** A command that changes one run. */
type ChangingLine = Extract<CommandLine, { verb: Exclude<Change['kind'], 'execute'> }>;

type ExecuteLine = Extract<CommandLine, { verb: 'execute' }>;

/** Shows what a change to a run would do, and to which run; nothing happens before it is confirmed. */
export async function proposeChange(work: CommandWork, line: ChangingLine): Promise<CommonReply> {
  const missing = missingIn(line).join(', ');
  if (missing !== '') return { kind: 'usage', verb: line.verb, problem: { kind: 'missing', what: missing } };
  const found = await findRun(work, line.verb, line.ref ?? '');
  if (found.kind === 'reply') return found.reply;
  const { instance } = found;
  const { context, person } = work;
  const may = mayRun(person, line.verb, targetOf(instance), context.policy.operators);
  if (may.kind !== 'yes') return { kind: 'not-allowed', verb: line.verb, why: may };
  const backend = context.backends.get(instance.ref.system);
  if (!backend?.operations.changes.includes(line.verb))
    return unsupported(backend, line.verb, instance.ref.system);
  const why =
    line.verb === 'cancel' ? await whyNotCancel(context, context.store, person, instance) : undefined;
  if (why) return { kind: 'not-allowed', verb: line.verb, why };
  const about = { change: changeOf(line, instance), definition: instance.definition.name };
  const approval = await findOpenApproval(context.store, about, work.asker);
  if (approval) {
    const activity = about.change.kind === 'alert' ? { activityId: about.change.activityId } : {};
    return { kind: 'approval-open', instance: instance.ref, ...activity, approval };
  }
  const wrong = (await wrongVersion(backend, line, instance)) ?? (await unlinked(work, backend));
  if (wrong) return wrong;
  const isFine = isAllowed(line.verb, instance);
  const { code } = await rowOf(context, instance);
  const record = await propose(work, {
    ...about,
    title: instance.title,
    code,
    ...defined({ shownStep: instance.step?.uniqueName }),
    isOverride: !isFine,
  });
  return { kind: 'proposal', record, now: instance, isAllowed: isFine };
}

/** Says why somebody cannot cancel a run: it is not theirs, or a decision about it is on its way. */
async function whyNotCancel(
  context: Context,
  transaction: Pick<Transaction, 'listUnsettledSignals'>,
  person: Person,
  instance: Instance,
): Promise<Extract<MayRun, { kind: 'not-requester' | 'being-decided' }> | undefined> {
  const requested = await withApprovalFacts(context, instance);
  if (!isRequestedBy(person, requested, context.policy)) return { kind: 'not-requester' };
  return (await isSignalUnderWay(transaction, instance.ref)) ? { kind: 'being-decided' } : undefined;
}

async function isSignalUnderWay(
  transaction: Pick<Transaction, 'listUnsettledSignals'>,
  { system, id }: InstanceRef,
): Promise<boolean> {
  const unsettled = await transaction.listUnsettledSignals(system);
  return unsettled.some(({ instance }) => instance.id === id);
}

/** Says which versions there are where a restart asks for another; absent where that is fine or cannot be told. */
async function wrongVersion(
  { operations }: WorkflowBackend,
  line: ChangingLine,
  instance: Instance,
): Promise<CommonReply | undefined> {
  if (line.verb !== 'restart' || line.version === undefined) return undefined;
  const { version } = line;
  const latest = await operations.latestVersion?.(instance);
  if (latest === undefined || (version >= 1 && version <= latest)) return undefined;
  const expected = latest === 1 ? 'version 1, the only one there is' : `a version from 1 to ${latest}`;
  return { kind: 'bad-value', verb: 'restart', name: 'version', typed: String(version), expected };
}

/** Invites whoever has yet to link the account by which their changes reach a system; absent where all is well. */
async function unlinked(
  { context, person }: CommandWork,
  backend: WorkflowBackend | undefined,
): Promise<CommonReply | undefined> {
  if (!backend?.changesAsPerson) return undefined;
  const { system, label } = backend;
  if (await context.store.findLink(system, person.id)) return undefined;
  const requestId = await invite(context, context.store, { system, person: person.id });
  return { kind: 'link', system, label, requestId, isNeeded: true };
}

function changeOf(line: ChangingLine, { ref: instance, status }: Instance): Change {
  switch (line.verb) {
    case 'restart':
      return { kind: 'restart', instance, ...defined({ version: line.version }) };
    case 'resume':
      return { kind: 'resume', instance, afterError: status.kind === 'failed' };
    case 'alert':
      return {
        kind: 'alert',
        instance,
        activityId: activityIdOf(line.activityId ?? ''),
        output: line.output ?? '',
        ...defined({ status: line.status, data: line.data }),
      };
    default:
      return { kind: line.verb, instance };
  }
}

/**
 * Shows which workflow would be started with which values, after checking them.
 *
 * Of workflows the asker may not start only one that was named exactly is spoken of.
 */
export async function proposeExecution(work: CommandWork, line: ExecuteLine): Promise<CommonReply> {
  const { context, person } = work;
  const typed = line.workflow?.trim() ?? '';
  if (typed === '') return { kind: 'usage', verb: 'execute', problem: { kind: 'missing', what: 'workflow' } };
  const wanted = { workflow: typed, ...defined({ system: line.system }) };
  const named = startableNamed(startablesFor(context, person), wanted);
  switch (named.kind) {
    case 'one':
      return proposeStart(work, line, named.startable);
    case 'several':
      return { kind: 'bad-value', name: 'workflow', typed, expected: 'a name that only one workflow has' };
    case 'none':
      return whyNone(work, typed);
    default:
      return assertNever(named);
  }
}

async function proposeStart(
  work: CommandWork,
  line: ExecuteLine,
  startable: StartableWorkflow,
): Promise<CommonReply> {
  const read = readStart(line.values, startable);
  if (read.kind === 'bad-value') return read;
  const { system, definition } = startable;
  const missing = await unlinked(work, work.context.backends.get(system));
  if (missing) return missing;
  const change: Change = { ...read, kind: 'execute', system, definition };
  const record = await propose(work, { change, title: definition, definition, isOverride: false });
  return { kind: 'proposal', record, isAllowed: true, ...defined({ note: startable.note }) };
}

function whyNone({ context, person }: CommandWork, typed: string): CommonReply {
  const { startables, operators } = context.policy;
  const startable = startableCalled(startables, typed);
  if (!startable) return { kind: 'not-found', typed, silent: [] };
  const may = mayRun(person, 'execute', startable, operators);
  return may.kind === 'yes'
    ? unsupported(context.backends.get(startable.system), 'execute', startable.system)
    : { kind: 'not-allowed', verb: 'execute', why: may };
}

/** Writes a proposal down, so that it can be confirmed. */
async function propose(
  { context, asker }: CommandWork,
  what: Pick<ChangeRecord, 'change' | 'title' | 'definition' | 'isOverride' | 'code' | 'shownStep'>,
): Promise<ChangeRecord> {
  const { person } = asker;
  const record = newProposal({
    ...what,
    id: context.newId(),
    person,
    replicaId: context.replicaId,
    proposedAtMs: context.now(),
    ...placeOf(asker),
  });
  await context.store.addChange(record);
  const {
    id: change,
    change: { kind: verb },
  } = record;
  const system = systemOfChange(record.change);
  context.log.info({ system, change, verb, person: person.userId }, 'A change was proposed');
  return record;
}

/** Offers the workflows the asker may start, by the name of their system and then their own. */
export async function listStartOptions(context: Context, asker: Asker): Promise<readonly StartOption[]> {
  const person = await lookUpPerson(context, asker.person);
  const nameOf = ({ startable: { definition, title = definition } }: StartOption) => title;
  return startablesFor(context, person)
    .map((startable) => ({
      startable,
      label: context.backends.get(startable.system)?.label ?? startable.system,
    }))
    .sort((a, b) => a.label.localeCompare(b.label) || nameOf(a).localeCompare(nameOf(b)));
}

/**
 * Tells whether the workflow to start has yet to be chosen, or lacks a value, from the settings alone: nobody is asked.
 *
 * Counts only what the rules let somebody of that name start, and, named exactly, what they do not.
 */
export function isStartOpen(context: Context, { workflow, values }: ExecuteLine, asker: Asker): boolean {
  if (workflow === undefined) return true;
  // The chat is not asked here what they are; whatever comes of it asks again.
  const groups = context.policy.operators.flatMap((rule) => rule.groups ?? []);
  const named = { id: asker.person, name: '', membership: 'member', groups } as const;
  const found = startableNamed(startablesFor(context, named), { workflow });
  if (found.kind === 'none') return !startableCalled(context.policy.startables, workflow);
  if (found.kind === 'several') return true;
  const read = readStart(values, found.startable);
  return read.kind === 'bad-value' && read.typed === '';
}

/** Lists the workflows somebody may start, of systems that start any. */
function startablesFor(context: Context, person: Person): readonly StartableWorkflow[] {
  return context.policy.startables.filter(
    (startable) =>
      context.backends.get(startable.system)?.operations.changes.includes('execute') &&
      mayRun(person, 'execute', startable, context.policy.operators).kind === 'yes',
  );
}

type Confirmation = 'confirmed' | 'repeated' | 'unknown';

/** Slack shows "operation timed out" although a command worked; people then repeat it at once. */
const twinWindowMs = 10_000;

/**
 * Writes down that a proposal was confirmed.
 *
 * Only whoever it was shown to can; once. The same change by the same person a moment ago counts as this one:
 * the person is answered with what became of it, unless they have taken it back since.
 */
export async function confirmChange(context: Context, changeId: string, asker: Asker): Promise<Confirmation> {
  try {
    return await context.store.inTransaction((transaction) => confirm(context, transaction, changeId, asker));
  } catch (error) {
    // The store may have been lost just after it had written: then it is confirmed, whatever became of the answer.
    const record = await context.store.findChange(changeId);
    if (record?.phase !== 'confirmed' || !isSamePerson(record.person, asker.person)) throw error;
    context.log.warn(
      { change: changeId, err: asError(error) },
      'A confirmation was stored; its reply could not be sent',
    );
    return 'confirmed';
  }
}

async function confirm(
  context: Context,
  transaction: Transaction,
  changeId: string,
  asker: Asker,
): Promise<Confirmation> {
  const record = await transaction.findChange(changeId);
  if (!record || !isSamePerson(record.person, asker.person)) return 'unknown';
  if (record.phase !== 'proposed') return 'repeated';
  if (context.policy.shadow) return 'unknown';
  await checkRules(context, transaction);
  const { replicaId } = context;
  const atMs = context.now();
  if (!isProposalFresh(record, atMs)) return 'unknown';
  const place = placeOf(asker);
  const twin = await transaction.findTwin(record, atMs - twinWindowMs);
  const isTwin = twin !== undefined && !(await isUndone(transaction, twin));
  const event: ChangeEvent = isTwin
    ? { kind: 'repeated', twin, place }
    : { kind: 'confirmed', atMs, replicaId, place };
  const step = await advanceChange(context, transaction, record, event);
  return step?.change.phase === 'confirmed' ? 'confirmed' : 'repeated';
}

/** Tells whether the same person has confirmed the way back after a change. */
async function isUndone(transaction: Transaction, twin: ChangeRecord): Promise<boolean> {
  const sinceMs = (twin.confirmedAtMs ?? 0) + 1;
  for (const change of waysBack(twin.change)) {
    if (await transaction.findTwin({ ...twin, change }, sinceMs)) return true;
  }
  return false;
}

function waysBack(change: Change): readonly Change[] {
  if (change.kind === 'resume') return [{ kind: 'pause', instance: change.instance }];
  if (change.kind !== 'pause') return [];
  const { instance } = change;
  return [true, false].map((afterError) => ({ kind: 'resume', instance, afterError }));
}

function placeOf({ channel, responseUrl }: Pick<ChangeRecord, 'channel' | 'responseUrl'>) {
  return defined({ channel, responseUrl });
}

/**
 * Drops a proposal, so that it can never be confirmed, and tells how it stands now.
 *
 * What was confirmed before is not undone by that. Absent for anybody but whoever was asked.
 */
export async function cancelChange(
  context: Context,
  changeId: string,
  asker: Asker,
): Promise<ChangeRecord | undefined> {
  return context.store.inTransaction(async (transaction) => {
    const record = await transaction.findChange(changeId);
    if (!record || !isSamePerson(record.person, asker.person)) return undefined;
    const step = await advanceChange(context, transaction, record, { kind: 'canceled' });
    if (step) return step.change;
    const now = (await transaction.findChange(changeId)) ?? record;
    return now.sameAs === undefined ? now : ((await transaction.findChange(now.sameAs)) ?? now);
  });
}

/**
 * Carries out a confirmed change: checks the person and the run afresh, sends it once, and looks what it did.
 *
 * Safe to call again: only a confirmed change is sent, and the step to sending is taken once, in the store,
 * before the request leaves.
 */
export async function carryOutChange(context: Context, changeId: string): Promise<void> {
  const record = await context.store.findChange(changeId);
  if (!record) return;
  if (record.phase !== 'confirmed') return notifyChange(context, record);
  const backend = context.backends.get(systemOfChange(record.change));
  // Its system may have been taken out of the settings since it was confirmed.
  if (!backend) return withhold(context, changeId, { kind: 'not-sent' });
  const checked = await check(context, backend, record);
  if (checked.kind !== 'go') return withhold(context, changeId, checked);
  const { replicaId } = context;
  const nowMs = context.now();
  const deadlineMs = nowMs + backend.operations.changeTimeoutMs;
  // Both in one transaction, so that of a change and an approval that come at once one sees the other.
  const marked = await advance(context, changeId, async (transaction, change) => {
    await checkRules(context, transaction);
    if (change.change.kind === 'cancel' && (await isSignalUnderWay(transaction, change.change.instance)))
      return { kind: 'withheld', outcome: { kind: 'not-allowed', why: { kind: 'being-decided' } } };
    const approval = await findOpenApproval(transaction, change, change);
    return approval
      ? { kind: 'withheld', outcome: { kind: 'approval-open', approval } }
      : { kind: 'sending', deadlineMs, replicaId };
  });
  if (marked?.phase !== 'sending') return;
  const result: ChangeEvent = wasFrozen(context, nowMs)
    ? { kind: 'undelivered', outcome: { kind: 'not-sent' } }
    : await send(context, backend, marked, checked);
  const taken = await advance(context, changeId, result);
  if (taken?.phase === 'following') await watchChange(context, backend, taken, { isFirst: true });
}

async function withhold(context: Context, changeId: string, outcome: WithheldOutcome): Promise<void> {
  await advance(context, changeId, { kind: 'withheld', outcome });
}

/** A change that may go out, and its run as just read. */
interface Cleared {
  readonly kind: 'go';
  readonly person: Person;
  readonly before: Instance | undefined;
  readonly access: Exclude<OwnAccess, { kind: 'not-linked' }>;
}

async function check(
  context: Context,
  backend: WorkflowBackend,
  record: ChangeRecord,
): Promise<Cleared | WithheldOutcome> {
  try {
    const person = await lookUpPerson(context, record.person);
    const { change, definition } = record;
    const target = { system: backend.system, definition };
    const may = mayRun(person, change.kind, target, context.policy.operators);
    if (may.kind !== 'yes') return { kind: 'not-allowed', why: may };
    const access = await accessForChange(context, backend, person.id);
    if (access.kind === 'not-linked') return access;
    const now = await whyNotNow(backend, record);
    if (change.kind === 'cancel') {
      const before = now && !('kind' in now) ? now : undefined;
      const why = before && (await whyNotCancel(context, context.store, person, before));
      if (why) return { kind: 'not-allowed', why };
    }
    return now && 'kind' in now ? now : { kind: 'go', person, before: now, access };
  } catch (error) {
    if (error instanceof ChatError) return { kind: 'person-not-checked' };
    if (isAway(error)) return { kind: 'unreachable', fault: faultOf(error) };
    throw error;
  }
}

/** Reads the run afresh: since the proposal was shown it may have ended, or been approved and gone a step on. */
async function whyNotNow(
  backend: WorkflowBackend,
  { change, isOverride, shownStep }: ChangeRecord,
): Promise<WithheldOutcome | Instance | undefined> {
  if (change.kind === 'execute') return undefined;
  const reading = await backend.getInstance(change.instance);
  if (reading.kind === 'not-visible') return { kind: 'not-found' };
  const { step } = reading.instance;
  const isElsewhere = shownStep !== undefined && step !== undefined && step.uniqueName !== shownStep;
  if (!isElsewhere && (isOverride || isAllowed(change.kind, reading.instance))) return reading.instance;
  return { kind: 'moved-meanwhile', now: whereaboutsOf(reading.instance) };
}

/**
 * Finds the open approval a change would answer or go around past its approvers, and where its card is; absent if there is
 * none.
 *
 * Nobody's operator rule allows that: how many must agree, and who must not, is said by the approver rules.
 */
async function findOpenApproval(
  transaction: Transaction,
  about: Pick<ChangeRecord, 'change' | 'definition'>,
  { person, channel }: Pick<ChangeRecord, 'person' | 'channel'>,
): Promise<OpenApproval | undefined> {
  if (!canDecide(about.change)) return undefined;
  const open = await transaction.listOpenApprovals(systemOfChange(about.change));
  const approval = approvalDecidedBy(open, about);
  if (!approval) return undefined;
  const { id, code, inbound: reported } = approval;
  const copy = await findCopy({ store: transaction }, id, { person, ...defined({ channel }) });
  const isActivityKnown = about.change.kind === 'restart' || reported?.activityId !== undefined;
  return { code, isActivityKnown, ...defined({ channel: copy?.channel }) };
}

/** Sends a change, once, and says what came of it. */
async function send(
  context: Context,
  backend: WorkflowBackend,
  { id, change }: ChangeRecord,
  { person, before, access }: Cleared,
): Promise<ChangeEvent> {
  const own = access.kind === 'access' ? access : undefined;
  const [identity = own?.username] = actingIdentitiesOf(person, backend.system, context.policy);
  try {
    const result = await backend.operations.change?.(change, defined({ identity, as: own?.access }));
    if (!result) return { kind: 'refused', outcome: { kind: 'refused', reason: 'bad-request' } };
    if (result.kind === 'refused') {
      const outcome = await afterNo(backend, result, before);
      if (own && result.reason === 'sign-in') context.linking?.forgetAccess(backend.system, person.id);
      return { kind: 'refused', outcome: own ? asOwn(outcome) : outcome };
    }
    const { started } = result;
    // Where a system lists nothing, a failure of what was started would go unseen.
    if (started) await context.store.watchRun(started, context.now());
    return { kind: 'taken', ...defined({ started }) };
  } catch (error) {
    if (!isAway(error)) throw error;
    const isUnsent = error instanceof BackendError && error.applied === 'no';
    context.log.warn(
      { system: backend.system, change: id, err: error },
      isUnsent ? 'A change could not be sent' : 'The outcome of a change is not known',
    );
    return isUnsent
      ? { kind: 'undelivered', outcome: { kind: 'unreachable', fault: faultOf(error) } }
      : { kind: 'unanswered' };
  }
}

type AfterNo = Extract<ChangeOutcome, { kind: 'refused' | 'unknown' }>;

/** Says of a no to a person's own account that it was about theirs. */
function asOwn(outcome: AfterNo): AfterNo {
  const own = (reason: string) => (['no-permission', 'sign-in'].includes(reason) ? `own-${reason}` : reason);
  if (outcome.kind === 'refused') return { ...outcome, reason: own(outcome.reason) };
  const { refused } = outcome;
  return refused ? { ...outcome, refused: { ...refused, reason: own(refused.reason) } } : outcome;
}

/**
 * Tells what a no comes to: a refusal only if the run stands as it did before.
 *
 * Nothing has reached the system without a sign-in or a call, and of a workflow to start there is no run to look at.
 */
async function afterNo(
  backend: WorkflowBackend,
  result: Extract<ChangeResult, { kind: 'refused' }>,
  before: Instance | undefined,
): Promise<AfterNo> {
  const { reason, said } = result;
  if (!before || reason === 'sign-in' || reason === 'not-sendable') return result;
  const refused = { reason, ...defined({ said }) };
  try {
    const reading = await backend.getInstance(before.ref);
    if (reading.kind === 'not-visible') return { kind: 'unknown', refused };
    const { instance } = reading;
    const isAsBefore =
      instance.status.raw === before.status.raw && instance.step?.uniqueName === before.step?.uniqueName;
    return isAsBefore ? result : { kind: 'unknown', refused, now: whereaboutsOf(instance) };
  } catch (error) {
    if (!isAway(error)) throw error;
    return { kind: 'unknown', refused };
  }
}

function isAway(error: unknown): error is BackendError | ContractError {
  return error instanceof BackendError || error instanceof ContractError;
}

/** A run that has not come to rest after this long is told as it stands. */
const watchForMs = 24 * 60 * 60_000;

/**
 * Looks what a change did, and tells its person once the run has come to rest.
 *
 * A restarted run is followed to its new id; an executed one to where it waits or ends. The first look also
 * says so when the run is still under way, since people wait for an answer.
 */
async function watchChange(
  context: Context,
  backend: WorkflowBackend,
  record: ChangeRecord,
  { isFirst }: { readonly isFirst: boolean },
): Promise<void> {
  try {
    const { outcome: seen, isAtRest } = await see(backend, record);
    const startedCode = seen.started && (await codeFor(context, seen.started));
    const outcome = { ...seen, ...defined({ startedCode }) };
    const isLate = context.now() - (record.confirmedAtMs ?? 0) > watchForMs;
    await advance(context, record.id, { kind: 'seen', outcome, isAtRest: isAtRest || isLate, isFirst });
  } catch (error) {
    if (!isAway(error)) throw error;
    context.log.warn(
      { system: backend.system, change: record.id, err: error },
      'The effect of a change cannot be read yet',
    );
    if (isFirst) await notifyChange(context, record);
  }
}

type Seen = Pick<Extract<ChangeEvent, { kind: 'seen' }>, 'outcome' | 'isAtRest'>;

async function see(backend: WorkflowBackend, { change, started }: ChangeRecord): Promise<Seen> {
  if (change.kind === 'execute') return started ? seeRun(backend, started, started) : atRest({});
  if (change.kind !== 'restart') {
    const { outcome } = await seeRun(backend, change.instance, started);
    return { outcome, isAtRest: true };
  }
  if (started) return seeRun(backend, started, started);
  const reading = await backend.getInstance(change.instance);
  if (reading.kind === 'not-visible') return atRest({});
  const successors = (await backend.operations.findSuccessors?.(reading.instance)) ?? [];
  const [only] = successors;
  if (successors.length === 1 && only) return seeRun(backend, only, only);
  return atRest({ now: whereaboutsOf(reading.instance), candidates: successors.length });
}

function atRest(seen: Omit<Seen['outcome'], 'kind'>): Seen {
  return { outcome: { kind: 'done', ...seen }, isAtRest: true };
}

/** A run is at rest when it waits, is paused or has ended. */
async function seeRun(
  backend: WorkflowBackend,
  ref: InstanceRef,
  started: InstanceRef | undefined,
): Promise<Seen> {
  const reading = await backend.getInstance(ref);
  if (reading.kind === 'not-visible') return atRest(defined({ started }));
  const { instance } = reading;
  return {
    outcome: { kind: 'done', now: whereaboutsOf(instance), ...defined({ started }) },
    isAtRest: instance.status.kind !== 'running',
  };
}

/**
 * Ends changes of systems that were taken out of the settings, and tells their people: nobody looks there any
 * more.
 */
export async function retireChanges(context: Context): Promise<void> {
  const { store, backends, log } = context;
  const strangers = (await store.listOpenChanges()).filter(
    ({ change }) => !backends.has(systemOfChange(change)),
  );
  for (const { id } of strangers) await advance(context, id, { kind: 'retired' });
  if (strangers.length > 0) {
    log.warn(
      { changes: strangers.length },
      'Changes of systems that are no longer in the settings were ended',
    );
  }
}

/** So long a change is left to the replica that confirmed it. */
const leftForMs = 20_000;

/** A wish older than this may not be what the person wants any more. */
const freshForMs = 2 * 60_000;

/** More than one change of a batch takes, also where its system is slow. */
const mostForOneMs = 60_000;

/**
 * Takes up every change of a system that is not over: follows those under way, and settles what a crash left.
 *
 * What an earlier run confirmed and never sent is sent while it is fresh; whatever is not fresh any more is said
 * not to have been sent, also when carrying it out broke in this run. What may have been sent is never sent again.
 */
export async function settleChanges(context: Context, backend: WorkflowBackend): Promise<void> {
  const nowMs = context.now();
  const others = await otherReplicas(context, nowMs);
  for (const record of await context.store.listOpenChanges()) {
    if (systemOfChange(record.change) !== backend.system) continue;
    if (record.phase === 'following') await watchChange(context, backend, record, { isFirst: false });
    if (record.phase === 'sending' && nowMs >= (record.deadlineMs ?? 0))
      await advance(context, record.id, { kind: 'unanswered' });
    if (record.phase !== 'confirmed') continue;
    const ageMs = nowMs - (record.confirmedAtMs ?? 0);
    const isFresh = ageMs < freshForMs + waitsForMs(context, record, others);
    if (isFresh && isLeft(context, record, { ageMs, others })) await carryOutChange(context, record.id);
    if (!isFresh) await withhold(context, record.id, { kind: 'not-sent' });
  }
}

/**
 * While it is fresh, this run of the bot is still at its own; that of another run is taken up, at once where that
 * one must be over.
 */
function isLeft(
  { store, replicaId }: Context,
  record: ChangeRecord,
  { ageMs, others }: { readonly ageMs: number; readonly others: ReadonlySet<string> },
): boolean {
  if (record.replicaId === replicaId) return false;
  // Of several changes confirmed together the last may wait long, and still be somebody's.
  const isWorkedOn = record.batch !== undefined && others.has(record.replicaId);
  return !isWorkedOn && (!store.isShared || ageMs >= leftForMs);
}

/** Of several changes confirmed together each waits for those before it, while whoever confirmed them is at them. */
function waitsForMs({ replicaId }: Context, record: ChangeRecord, others: ReadonlySet<string>): number {
  const isWorkedOn = record.replicaId === replicaId || others.has(record.replicaId);
  return isWorkedOn ? (record.batch?.place ?? 0) * mostForOneMs : 0;
}

/** Names the replicas that are at work on the store besides this one. */
async function otherReplicas({ store, replicaId }: Context, nowMs: number): Promise<ReadonlySet<string>> {
  if (!store.isShared) return new Set();
  const all = await store.listLeaseReplicaIds(replicaPrefix, nowMs);
  return new Set(all.filter((one) => one !== replicaId));
}

/**
 * Takes a change the step an event calls for, with its record and all that must be shown for it.
 *
 * Undefined, with nothing saved, where the event finds it in another phase: somebody else was faster. A reply that
 * is due is the caller's, after the transaction.
 */
export async function advanceChange(
  context: Context,
  transaction: Transaction,
  change: ChangeRecord,
  event: ChangeEvent,
): Promise<ChangeStep | undefined> {
  const step = changeAfter(change, event);
  if (!step || !(await transaction.saveChange(step.change, change.phase))) return undefined;
  if (step.change.phase !== change.phase) await recordChange(context, transaction, step.change);
  for (const notification of step.notifications) await makeDue(context, transaction, notification);
  return step;
}

async function makeDue(
  context: Context,
  transaction: Transaction,
  notification: ChangeNotification,
): Promise<void> {
  switch (notification.kind) {
    case 'reply':
      return;
    case 'thread':
      return wantThread(context, transaction, notification.batch);
    case 'cards':
      for (const approval of await transaction.listOpenApprovals(notification.system)) {
        if (approval.inbound?.activityId !== notification.activityId) continue;
        await transaction.saveApproval(approval, priorities.progress, context.now());
      }
      return;
    default:
      return assertNever(notification);
  }
}

/** Takes a change a step in a transaction of its own, and tells its person; the event may go by what is stored. */
async function advance(
  context: Context,
  changeId: string,
  event: ChangeEvent | ((transaction: Transaction, change: ChangeRecord) => Promise<ChangeEvent>),
): Promise<ChangeRecord | undefined> {
  const step = await context.store.inTransaction(async (transaction) => {
    const change = await transaction.findChange(changeId);
    if (!change) return undefined;
    const found = typeof event === 'function' ? await event(transaction, change) : event;
    return advanceChange(context, transaction, change, found);
  });
  if (!step) return undefined;
  const { id, change, phase, outcome } = step.change;
  if (phase === 'over') {
    const about = { system: systemOfChange(change), change: id, verb: change.kind, outcome: outcome?.kind };
    context.log.info(about, 'A change is over');
  }
  if (step.notifications.some(({ kind }) => kind !== 'reply')) context.scheduleDelivery();
  if (step.notifications.some(({ kind }) => kind === 'reply')) await reply(context, step.change);
  return step.change;
}

/** Tells how a change stands that has not gone on: its person may have missed it. */
async function notifyChange(context: Context, record: ChangeRecord): Promise<void> {
  if (!record.batch) return reply(context, record);
  await wantThread(context, context.store, record.batch);
  context.scheduleDelivery();
}

/** Tells a person how their change stands: where they asked, or by direct message when that way is closed. */
async function reply(context: Context, record: ChangeRecord): Promise<void> {
  const { person, sameAs } = record;
  const reported = sameAs === undefined ? record : ((await context.store.findChange(sameAs)) ?? record);
  const content = { kind: 'change', record: reported } as const;
  if (await context.chat.replyPrivately({ person, ...placeOf(record) }, content)) return;
  await context.store.inTransaction((transaction) =>
    notifyPerson(context, transaction, person, `change:${record.id}:${record.phase}`, content),
  );
  context.scheduleDelivery();
}

/** What was asked for on an alert is told in its thread, for everybody: one message that is kept true. */
async function wantThread(
  context: Context,
  transaction: Pick<Transaction, 'wantFollowUp'>,
  { id, incidentId }: NonNullable<ChangeRecord['batch']>,
): Promise<void> {
  const followUp = { kind: 'changes', batchId: id } as const;
  await transaction.wantFollowUp(incidentId, `changes:${id}`, followUp, context.now());
}
