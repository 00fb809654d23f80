import { whereaboutsOf } from '../../domain/approval.js';
import {
  activityIdOf,
  approvalAnsweredBy,
  type Change,
  type ChangeOutcome,
  type ChangeRecord,
  isAllowed,
  mayHaveArrived,
  mayRun,
  type OpenApproval,
  type StartableWorkflow,
  startableNamed,
  systemOfChange,
} from '../../domain/change.js';
import type { CommandLine } from '../../domain/commands.js';
import type { Instance, InstanceRef } from '../../domain/instance.js';
import { priorities } from '../../domain/notification.js';
import { isSamePerson, type Person } from '../../domain/person.js';
import { identitiesOf } from '../../domain/policy.js';
import type { CommonReply, StartOption } from '../../domain/reply.js';
import { readVariables } from '../../domain/variables.js';
import type { ChangeResult, WorkflowBackend } from '../../ports/backend.js';
import type { Asker } from '../../ports/chat.js';
import { BackendError, ChatError, ContractError } from '../../ports/errors.js';
import type { Transaction } from '../../ports/store.js';
import { assertNever } from '../../shared/assert-never.js';
import { defined } from '../../shared/defined.js';
import type { CommandWork, Context } from '../context.js';
import { wasFrozen } from '../leases.js';
import { saveChange, saveChangeIn } from '../ledger/record.js';
import { notifyPerson } from '../notifications/notify.js';
import { lookUpPerson } from '../people.js';
import { findRun, rowOf, targetOf } from './find-run.js';
import { findCopy, unsupported } from './queries.js';

/** A proposal somebody comes back to after this long may be about another world. */
const proposalLastsMs = 10 * 60_000;

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
    return await writeDown(context, changeId, asker);
  } catch (error) {
    // The store may have been lost just after it had written: then it is confirmed, whatever became of the answer.
    const record = await context.store.findChange(changeId);
    if (record?.phase !== 'confirmed' || !isSamePerson(record.person, asker.person)) throw error;
    context.log.warn(
      { change: changeId, err: error instanceof Error ? error : new Error(String(error)) },
      'A confirmation was written, without an answer',
    );
    return 'confirmed';
  }
}

type Confirmation = 'confirmed' | 'repeated' | 'unknown';

function writeDown(context: Context, changeId: string, asker: Asker): Promise<Confirmation> {
  return context.store.inTransaction(async (transaction) => {
    const record = await transaction.findChange(changeId);
    if (!record || !isSamePerson(record.person, asker.person)) return 'unknown';
    if (record.phase !== 'proposed') return 'repeated';
    const nowMs = context.now();
    if (nowMs - record.proposedAtMs > proposalLastsMs) return 'unknown';
    const here = { ...record, ...placeOf(asker) };
    const twin = await transaction.findTwin(record, nowMs - twinWindowMs);
    if (twin && !(await isUndone(transaction, twin))) {
      const changed = { ...here, phase: 'over', sameAs: twin.id } as const;
      await saveChangeIn(context, transaction, { changed, phase: 'proposed' });
      return 'repeated';
    }
    const { replicaId } = context;
    const changed = { ...here, phase: 'confirmed', confirmedAtMs: nowMs, holder: replicaId } as const;
    await saveChangeIn(context, transaction, { changed, phase: 'proposed' });
    return 'confirmed';
  });
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

function placeOf({ channel, responseUrl }: Asker): Pick<Asker, 'channel' | 'responseUrl'> {
  return { ...(channel ? { channel } : {}), ...(responseUrl ? { responseUrl } : {}) };
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
  const { store } = context;
  const record = await store.findChange(changeId);
  if (!record || !isSamePerson(record.person, asker.person)) return undefined;
  const dropped: ChangeRecord = { ...record, phase: 'over', outcome: { kind: 'not-sent' } };
  if (await saveChange(context, dropped, 'proposed')) return dropped;
  const now = (await store.findChange(changeId)) ?? record;
  return now.sameAs === undefined ? now : ((await store.findChange(now.sameAs)) ?? now);
}

type ExecuteLine = Extract<CommandLine, { verb: 'execute' }>;

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
  { system, definition, variables }: StartableWorkflow,
): Promise<CommonReply> {
  const read = readVariables(line.values, variables);
  if (read.kind === 'bad-value') return read;
  const change: Change = { kind: 'execute', system, definition, variables: read.variables };
  const record = await propose(work, { change, title: definition, definition, isOverride: false });
  return { kind: 'proposal', record, isAllowed: true };
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

/**
 * Ends changes of systems that were taken out of the settings, and tells their people: nobody looks there any
 * more.
 *
 * Says no more than is known: what was never sent was not sent, of what was on its way nobody can tell, and
 * what the system took it took.
 */
export async function retireChanges(context: Context): Promise<void> {
  const { store, backends, log } = context;
  const strangers = (await store.listOpenChanges()).filter(
    ({ change }) => !backends.has(systemOfChange(change)),
  );
  for (const record of strangers) await finish(context, record, record.phase, outcomeOf(record));
  if (strangers.length > 0) {
    log.warn(
      { changes: strangers.length },
      'Changes of systems that are not in the settings any more were ended',
    );
  }
}

function outcomeOf({ phase, started }: ChangeRecord): ChangeOutcome {
  if (phase === 'sending') return { kind: 'unknown' };
  return phase === 'following' ? { kind: 'done', ...defined({ started }) } : { kind: 'not-sent' };
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
  for (const record of await context.store.listOpenChanges()) {
    if (systemOfChange(record.change) !== backend.system) continue;
    if (record.phase === 'following') await watchChange(context, backend, record, 'later');
    if (record.phase === 'sending' && nowMs >= (record.deadlineMs ?? 0)) {
      await finish(context, record, 'sending', { kind: 'unknown' });
    }
    if (record.phase !== 'confirmed') continue;
    const ageMs = nowMs - (record.confirmedAtMs ?? 0);
    const isFresh = ageMs < freshForMs + waitsForMs(context, record);
    if (isFresh && isLeft(context, record, ageMs)) await carryOutChange(context, record.id);
    if (!isFresh) await finish(context, record, 'confirmed', { kind: 'not-sent' });
  }
}

/**
 * While it is fresh, this run of the bot is still at its own; that of another run is taken up, at once where that
 * one must be over.
 */
function isLeft({ store, replicaId }: Context, record: ChangeRecord, ageMs: number): boolean {
  return record.holder !== replicaId && (!store.isShared || ageMs >= leftForMs);
}

/** Of several changes confirmed together each waits for those before it, while this run of the bot is at them. */
function waitsForMs({ replicaId }: Context, record: ChangeRecord): number {
  return record.holder === replicaId ? (record.batch?.place ?? 0) * mostForOneMs : 0;
}

/** A command that changes one run. */
type ChangingLine = Extract<CommandLine, { verb: Exclude<Change['kind'], 'execute'> }>;

/** Shows what a change to a run would do, and to which run; nothing happens before it is confirmed. */
export async function proposeChange(work: CommandWork, line: ChangingLine): Promise<CommonReply> {
  const found = await findRun(work, line.verb, line.ref ?? '');
  if (found.kind === 'reply') return found.reply;
  const { instance } = found;
  const { context, person } = work;
  const may = mayRun(person, line.verb, targetOf(instance), context.policy.operators);
  if (may.kind !== 'yes') return { kind: 'not-allowed', verb: line.verb, why: may };
  const backend = context.backends.get(instance.ref.system);
  if (!backend?.operations.changes.includes(line.verb))
    return unsupported(backend, line.verb, instance.ref.system);
  const change = changeOf(line, instance.ref, instance);
  const approval = await findOpenApproval(context.store, change, work.asker);
  if (approval && change.kind === 'alert')
    return { kind: 'approval-open', instance: instance.ref, activityId: change.activityId, approval };
  const isFine = isAllowed(line.verb, instance);
  const { code } = await rowOf(context, instance);
  const record = await propose(work, {
    change,
    title: instance.title,
    definition: instance.definition.name,
    code,
    ...(instance.step ? { shownStep: instance.step.uniqueName } : {}),
    isOverride: !isFine,
  });
  return { kind: 'proposal', record, now: instance, isAllowed: isFine };
}

function changeOf(line: ChangingLine, instance: InstanceRef, { status }: Instance): Change {
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
      };
    default:
      return { kind: line.verb, instance };
  }
}

/** Writes a proposal down, so that it can be confirmed. */
async function propose(
  { context, asker }: CommandWork,
  what: Pick<ChangeRecord, 'change' | 'title' | 'definition' | 'isOverride' | 'code' | 'shownStep'>,
): Promise<ChangeRecord> {
  const record: ChangeRecord = {
    ...what,
    id: context.newId(),
    person: asker.person,
    phase: 'proposed',
    holder: context.replicaId,
    proposedAtMs: context.now(),
    ...defined({ channel: asker.channel, responseUrl: asker.responseUrl }),
  };
  await context.store.addChange(record);
  const system = systemOfChange(record.change);
  context.log.info(
    { system, change: record.id, verb: record.change.kind, person: asker.person.userId },
    'A change was proposed',
  );
  return record;
}

/** Offers the workflows the asker may start, by the name of their system and then their own. */
export async function listStartOptions(context: Context, asker: Asker): Promise<readonly StartOption[]> {
  const person = await lookUpPerson(context, asker.person);
  return startablesFor(context, person)
    .map((startable) => ({ startable, label: labelOf(context, startable) }))
    .sort((a, b) => a.label.localeCompare(b.label) || nameOf(a).localeCompare(nameOf(b)));
}

/** Lists the workflows somebody may start, of systems that start any. */
function startablesFor(context: Context, person: Person): readonly StartableWorkflow[] {
  return context.policy.startables.filter(
    (startable) =>
      context.backends.get(startable.system)?.operations.changes.includes('execute') &&
      mayRun(person, 'execute', startable, context.policy.operators).kind === 'yes',
  );
}

/**
 * Tells whether the workflow to start has yet to be chosen, from the settings alone: nobody is asked.
 *
 * Counts only what the rules let somebody of that name start, and, named exactly, what they do not.
 */
export function isStartOpen(
  context: Context,
  line: Extract<CommandLine, { verb: 'execute' }>,
  asker: Asker,
): boolean {
  const { workflow } = line;
  if (workflow === undefined) return true;
  // The chat is not asked here what they are; whatever comes of it asks again.
  const groups = context.policy.operators.flatMap((rule) => rule.groups ?? []);
  const named = { id: asker.person, name: '', standing: 'member', groups } as const;
  const { kind } = startableNamed(startablesFor(context, named), { workflow });
  return kind === 'several' || (kind === 'none' && !startableCalled(context.policy.startables, workflow));
}

/** Finds a workflow by its name or what people call it, whole; the first if there are several. */
function startableCalled(
  startables: readonly StartableWorkflow[],
  typed: string,
): StartableWorkflow | undefined {
  const wanted = typed.trim().toLowerCase();
  return startables.find(({ definition, title = definition }) =>
    [definition.toLowerCase(), title.toLowerCase()].includes(wanted),
  );
}

function labelOf({ backends }: Context, { system }: StartableWorkflow): string {
  return backends.get(system)?.label ?? system;
}

function nameOf({ startable: { definition, title = definition } }: StartOption): string {
  return title;
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
  const checked = backend ? await check(context, backend, record) : { kind: 'not-sent' as const };
  if (checked.kind !== 'go') return finish(context, record, 'confirmed', checked);
  if (!backend) return;
  const nowMs = context.now();
  const deadlineMs = nowMs + backend.operations.changeTimeoutMs;
  const sending: ChangeRecord = { ...record, phase: 'sending', deadlineMs, holder: context.replicaId };
  const marked = await context.store.inTransaction((transaction) =>
    markSending(context, transaction, sending),
  );
  if (!marked) return;
  if (marked.phase === 'over') return tellOver(context, marked);
  if (wasFrozen(context, nowMs)) return finish(context, sending, 'sending', { kind: 'not-sent' });
  await send(context, backend, sending, checked);
}

/** Ends a change and tells its person. */
async function finish(
  context: Context,
  record: ChangeRecord,
  phase: ChangeRecord['phase'],
  outcome: ChangeOutcome,
): Promise<void> {
  const over: ChangeRecord = { ...record, phase: 'over', outcome };
  const isSaved = await context.store.inTransaction(async (transaction) => {
    if (!(await saveChangeIn(context, transaction, { changed: over, phase }))) return false;
    await refreshAnsweredCards(context, transaction, over, phase);
    return true;
  });
  if (isSaved) await tellOver(context, over);
}

async function tellOver(context: Context, over: ChangeRecord): Promise<void> {
  const { id, change, outcome } = over;
  const system = systemOfChange(change);
  context.log.info({ system, change: id, verb: change.kind, outcome: outcome?.kind }, 'A change is over');
  await notifyChange(context, over);
}

/**
 * Takes the step to sending, unless an approval that came meanwhile asks people for the same answer: then the
 * change is over.
 *
 * Both in one transaction, so that of a change and an approval that come at once one sees the other. Undefined if
 * somebody else took the step.
 */
async function markSending(
  context: Context,
  transaction: Transaction,
  sending: ChangeRecord,
): Promise<ChangeRecord | undefined> {
  const { person, channel } = sending;
  const asker = { person, ...defined({ channel }) };
  const approval = await findOpenApproval(transaction, sending.change, asker);
  const changed: ChangeRecord = approval
    ? { ...sending, phase: 'over', outcome: { kind: 'approval-open', approval } }
    : sending;
  return (await saveChangeIn(context, transaction, { changed, phase: 'confirmed' })) ? changed : undefined;
}

/** A change that may go out, and its run as just read. */
interface Cleared {
  readonly kind: 'go';
  readonly person: Person;
  readonly before: Instance | undefined;
}

type Checked = Cleared | ChangeOutcome;

async function check(context: Context, backend: WorkflowBackend, record: ChangeRecord): Promise<Checked> {
  try {
    const person = await lookUpPerson(context, record.person);
    const { change, definition } = record;
    const target = { system: backend.system, definition };
    const may = mayRun(person, change.kind, target, context.policy.operators);
    if (may.kind !== 'yes') return { kind: 'not-allowed', why: may };
    const now = await whyNotNow(backend, record);
    return now && 'kind' in now ? now : { kind: 'go', person, before: now };
  } catch (error) {
    if (error instanceof ChatError) return { kind: 'person-not-checked' };
    if (error instanceof BackendError || error instanceof ContractError) return { kind: 'unreachable' };
    throw error;
  }
}

/** Reads the run afresh: since the proposal was shown it may have ended, or been approved and gone a step on. */
async function whyNotNow(
  backend: WorkflowBackend,
  { change, isOverride, shownStep }: ChangeRecord,
): Promise<ChangeOutcome | Instance | undefined> {
  if (change.kind === 'execute') return undefined;
  const reading = await backend.getInstance(change.instance);
  if (reading.kind === 'not-visible') return { kind: 'not-found' };
  const { step } = reading.instance;
  const isElsewhere = shownStep !== undefined && step !== undefined && step.uniqueName !== shownStep;
  if (!isElsewhere && (isOverride || isAllowed(change.kind, reading.instance))) return reading.instance;
  return { kind: 'moved-meanwhile', now: whereaboutsOf(reading.instance) };
}

async function send(
  context: Context,
  backend: WorkflowBackend,
  record: ChangeRecord,
  { person, before }: Cleared,
): Promise<void> {
  const [identity] = identitiesOf(person, backend.system, context.policy);
  try {
    const result = await backend.operations.change?.(
      record.change,
      identity === undefined ? {} : { identity },
    );
    if (!result) return await finish(context, record, 'sending', { kind: 'refused', reason: 'bad-request' });
    if (result.kind === 'refused')
      return await finish(context, record, 'sending', await afterNo(backend, result, before));
    const started = result.started ? { started: result.started } : {};
    // Where a system lists nothing, a failure of what was started would go unseen.
    if (result.started) await context.store.watchRun(result.started, context.now());
    const following: ChangeRecord = { ...record, ...started, phase: 'following' };
    if (await saveChange(context, following, 'sending'))
      await watchChange(context, backend, following, 'first');
  } catch (error) {
    if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
    const isUnsent = error instanceof BackendError && error.applied === 'no';
    context.log.warn(
      { system: backend.system, change: record.id, err: error },
      isUnsent ? 'A change could not be sent' : 'The outcome of a change is not known',
    );
    await finish(context, record, 'sending', { kind: isUnsent ? 'unreachable' : 'unknown' });
  }
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
): Promise<ChangeOutcome> {
  const { reason, said } = result;
  if (!before || reason === 'sign-in' || reason === 'not-sendable') return result;
  const refused = { reason, ...defined({ said }) };
  try {
    const reading = await backend.getInstance(before.ref);
    if (reading.kind === 'not-visible') return { kind: 'unknown', refused };
    const now = whereaboutsOf(reading.instance);
    return standsAs(reading.instance, before) ? result : { kind: 'unknown', refused, now };
  } catch (error) {
    if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
    return { kind: 'unknown', refused };
  }
}

function standsAs(now: Instance, before: Instance): boolean {
  return now.status.raw === before.status.raw && now.step?.uniqueName === before.step?.uniqueName;
}

/**
 * Makes cards due that were put while a command was on its way to their activity, once it is known that the
 * command answered nothing: they must not say any more that it may have.
 */
async function refreshAnsweredCards(
  context: Context,
  transaction: Transaction,
  over: ChangeRecord,
  before: ChangeRecord['phase'],
): Promise<void> {
  const { change } = over;
  if (change.kind !== 'alert' || before !== 'sending' || mayHaveArrived(over)) return;
  const activityId = activityIdOf(change.activityId);
  for (const approval of await transaction.listOpenApprovals(systemOfChange(change))) {
    if (approval.told?.activityId !== activityId) continue;
    await transaction.saveApproval(approval, priorities.progress, context.now());
  }
}

/**
 * Finds the open approval a change would answer past its approvers, and where its card is; absent if there is
 * none.
 *
 * Nobody's operator rule allows that: how many must agree, and who must not, is said by the approver rules.
 */
async function findOpenApproval(
  transaction: Transaction,
  change: Change,
  asker: Asker,
): Promise<OpenApproval | undefined> {
  if (change.kind !== 'alert') return undefined;
  const open = await transaction.listOpenApprovals(systemOfChange(change));
  const approval = approvalAnsweredBy(open, change);
  if (!approval) return undefined;
  const { id, code, told: reported } = approval;
  const copy = await findCopy({ store: transaction }, id, asker);
  const isActivityKnown = reported?.activityId !== undefined;
  return { code, isActivityKnown, ...(copy?.channel === undefined ? {} : { channel: copy.channel }) };
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
  poll: 'first' | 'later',
): Promise<void> {
  try {
    const seen = await see(backend, record);
    const isLate = context.now() - (record.confirmedAtMs ?? 0) > watchForMs;
    if (seen.isAtRest || isLate) {
      const over: ChangeRecord = { ...seen.record, phase: 'over', outcome: seen.outcome };
      if (await saveChange(context, over, 'following')) await notifyChange(context, over);
      return;
    }
    await saveChange(context, seen.record, 'following');
    if (poll === 'first') await notifyChange(context, seen.record);
  } catch (error) {
    if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
    context.log.warn(
      { system: backend.system, change: record.id, err: error },
      'The effect of a change cannot be read yet',
    );
    if (poll === 'first') await notifyChange(context, record);
  }
}

interface Seen {
  readonly record: ChangeRecord;
  readonly outcome: ChangeOutcome;
  readonly isAtRest: boolean;
}

async function see(backend: WorkflowBackend, record: ChangeRecord): Promise<Seen> {
  const { change } = record;
  if (change.kind === 'execute') return seeRun(backend, record, record.started);
  if (change.kind !== 'restart') return seeRun(backend, record, change.instance);
  if (record.started) return seeRun(backend, record, record.started);
  const reading = await backend.getInstance(change.instance);
  if (reading.kind === 'not-visible') return atRest(record, { kind: 'done' });
  const successors = (await backend.operations.findSuccessors?.(reading.instance)) ?? [];
  const [only] = successors;
  if (successors.length === 1 && only) return seeRun(backend, { ...record, started: only }, only);
  return atRest(record, {
    kind: 'done',
    now: whereaboutsOf(reading.instance),
    candidates: successors.length,
  });
}

function atRest(record: ChangeRecord, outcome: ChangeOutcome): Seen {
  return { record, outcome, isAtRest: true };
}

/** A run is at rest when it waits, is paused or has ended. */
async function seeRun(
  backend: WorkflowBackend,
  record: ChangeRecord,
  ref: InstanceRef | undefined,
): Promise<Seen> {
  const started = record.started ? { started: record.started } : {};
  if (!ref) return atRest(record, { kind: 'done', ...started });
  const reading = await backend.getInstance(ref);
  if (reading.kind === 'not-visible') return atRest(record, { kind: 'done', ...started });
  const { instance } = reading;
  const follows = record.change.kind === 'restart' || record.change.kind === 'execute';
  const outcome: ChangeOutcome = { kind: 'done', now: whereaboutsOf(instance), ...started };
  return { record, outcome, isAtRest: !follows || instance.status.kind !== 'running' };
}

/** Tells a person how their change stands: where they asked, or by direct message when that way is closed. */
async function notifyChange(context: Context, record: ChangeRecord): Promise<void> {
  if (record.batch) return notifyInThread(context, record.batch);
  const { person, channel, responseUrl, sameAs } = record;
  const reported = sameAs === undefined ? record : ((await context.store.findChange(sameAs)) ?? record);
  const asker = { person, ...(channel ? { channel } : {}), ...(responseUrl ? { responseUrl } : {}) };
  if (await context.chat.replyPrivately(asker, { kind: 'change', record: reported })) return;
  await context.store.inTransaction((transaction) =>
    notifyPerson(context, transaction, person, `change:${record.id}:${record.phase}`, {
      kind: 'change',
      record: reported,
    }),
  );
  context.scheduleDelivery();
}

/** What was asked for on an alert is told in its thread, for everybody: one message that is kept true. */
async function notifyInThread(
  context: Context,
  { id, incidentId }: NonNullable<ChangeRecord['batch']>,
): Promise<void> {
  const followUp = { kind: 'changes', batchId: id } as const;
  await context.store.wantFollowUp(incidentId, `changes:${id}`, followUp, context.now());
  context.scheduleDelivery();
}
