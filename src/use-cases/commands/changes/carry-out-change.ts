import { whereaboutsOf } from '../../../domain/approval.js';
import { isAllowed, mayRun, systemOfChange } from '../../../domain/change.js';
import type { ChangeOutcome, ChangeRecord } from '../../../domain/change-record.js';
import type { Instance } from '../../../domain/instance.js';
import { identitiesOf } from '../../../domain/may-decide.js';
import type { Person } from '../../../domain/person.js';
import type { WorkflowBackend } from '../../../ports/backend.js';
import { BackendError, ChatError, ContractError } from '../../../ports/errors.js';
import type { ChangeResult } from '../../../ports/operations.js';
import type { Transaction } from '../../../ports/store.js';
import type { Context } from '../../context.js';
import { saveChange, saveChangeIn } from '../../ledger/save-change.js';
import { lookUpPerson } from '../../people/look-up-person.js';
import { wasFrozen } from '../../was-frozen.js';
import { findOpenApproval } from './find-open-approval.js';
import { refreshAnsweredCards } from './refresh-answered-cards.js';
import { notifyChange } from './tell-change.js';
import { watchChange } from './watch-change.js';

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
export async function finish(
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
  const asker = { person, ...(channel === undefined ? {} : { channel }) };
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
  const refused = { reason, ...(said === undefined ? {} : { said }) };
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
