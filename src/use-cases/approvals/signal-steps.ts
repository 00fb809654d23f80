import type { Approval, ApprovalState, Vote, WaitingNote } from '../../domain/approval.js';
import { type Instance, type InstanceRef, isSameRef } from '../../domain/instance.js';
import { type LinkRequest, linkRequestMs, type PendingClick } from '../../domain/link.js';
import { priorities } from '../../domain/notification.js';
import { isSamePerson, type PersonId } from '../../domain/person.js';
import { identitiesOf } from '../../domain/policy.js';
import { givenUpAtMs, type Signal, type SignalPhase, signalComment } from '../../domain/signal.js';
import { signalsAsPerson } from '../../domain/voting.js';
import type { OutgoingSignal, PersonAccess, WorkflowBackend } from '../../ports/backend.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import type { SecretBox } from '../../ports/runtime.js';
import type { Transaction } from '../../ports/store.js';
import { defined } from '../../shared/defined.js';
import type { AccessResult, Context, Linking } from '../context.js';
import { recordSignalResult } from '../ledger/record.js';
import { notifyPerson } from '../notifications/notify.js';

/**
 * Writes what a system is told, with what shows that the bot speaks for a person.
 *
 * An output goes to its activity in the name of whoever had the last word, as the settings name them now.
 */
export async function composeSignal(
  { store, policy }: Context,
  { approvalId, decision, instance }: Signal,
  { as }: Speaking,
): Promise<OutgoingSignal> {
  const { verdict, output } = decision;
  const comment = signalComment(decision);
  if (output === undefined) return { verdict, comment, ...defined({ as }) };
  const activityId = (await store.findApproval(approvalId))?.told?.activityId;
  const last = decision.votes.at(-1);
  const person = last && (await store.recallPerson(last.person));
  const identity = person && identitiesOf(person, instance.system, policy)[0];
  return {
    verdict,
    comment,
    output,
    ...defined({ activityId, identity }),
  };
}

/** One run as read just now, with where it goes on if it was canceled for a restart. */
export type FreshReading =
  | { readonly kind: 'found'; readonly instance: Instance; readonly successors: readonly InstanceRef[] }
  /** It may not be read, and does not wait for us any more. */
  | { readonly kind: 'not-visible' }
  /** It may not be read in full although it still waits for us: nothing can be concluded. */
  | { readonly kind: 'hidden' };

/** Reads a run so that something can be concluded from it. Throws `BackendError` when it cannot be reached. */
export async function readInstance(backend: WorkflowBackend, ref: InstanceRef): Promise<FreshReading> {
  const reading = await backend.getInstance(ref);
  if (reading.kind === 'not-visible') {
    return { kind: (await backend.isAssigned(ref)) ? 'hidden' : 'not-visible' };
  }
  const { instance } = reading;
  const isCanceled = instance.status.kind === 'canceled-for-restart';
  const found = isCanceled ? await backend.operations.findSuccessors?.(instance) : undefined;
  const successors = (found ?? []).filter((one) => !isSameRef(one, ref));
  return { kind: 'found', instance, successors };
}

/** In whose name a signal goes out; empty where the bot speaks for itself. */
export interface Speaking {
  readonly as?: PersonAccess;
  /** What the system calls that person. */
  readonly account?: string;
}

/**
 * Gives what a claimed signal needs to go out in the name of whoever had the last word.
 *
 * Returns undefined after having dealt with whatever stands in the way: a vote that cannot be told in its
 * person's name is taken out and its person invited to link anew; an identity provider that is away is waited for.
 */
export async function speakFor(context: Context, signal: Signal): Promise<Speaking | undefined> {
  const { system, id } = signal.instance;
  try {
    const result = await accessForSignaller(context, signal);
    if (result === 'own-account') return {};
    if (result.kind === 'access') return { as: result.access, account: result.username };
    context.log.info(
      { system, instance: id },
      'A decision was not sent: its person has no linked account any more',
    );
    await giveUpUnlinked(context, signal);
  } catch (error) {
    if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
    context.log.warn({ system, instance: id, err: error }, 'A decision waits: nobody can be spoken for now');
    await delay(context, signal.id);
  }
  return undefined;
}

/**
 * Tells whether a run still waits for whoever a signal went out for; undefined when they cannot be asked for any
 * more. Throws `BackendError`.
 */
export async function waitsForSignaller(
  context: Context,
  backend: WorkflowBackend,
  signal: Signal,
): Promise<boolean | undefined> {
  const result = await accessForSignaller(context, signal);
  if (result === 'own-account') return backend.isAssigned(signal.instance);
  return result.kind === 'access' ? backend.isAssigned(signal.instance, result.access) : undefined;
}

/** Forgets what was had for whoever a signal went out for, since the system did not take it. */
export function forgetSignaller({ linking }: Context, { decision, instance }: Signal): void {
  const last = decision.votes.at(-1);
  if (last) linking?.forgetAccess(instance.system, last.person);
}

async function accessForSignaller(
  { linking, policy }: Context,
  { decision, instance }: Signal,
): Promise<AccessResult | 'own-account'> {
  const last = decision.votes.at(-1);
  if (!signalsAsPerson(policy, instance.system)) return 'own-account';
  return linking && last ? linking.accessOf(instance.system, last.person) : { kind: 'not-linked' };
}

async function giveUpUnlinked(context: Context, signal: Signal): Promise<void> {
  await inPhase(context, signal.id, 'claimed', async (work) => {
    const { votes, verdict } = work.signal.decision;
    const last = votes.at(-1);
    if (!last) return;
    const keep = votes.filter(({ person }) => !isSamePerson(person, last.person));
    const note = { kind: 'link-ended', name: last.name } as const;
    const approval = await release(context, work, { note, keep });
    const { system } = approval.instance.ref;
    const click = { approvalId: approval.id, revision: approval.revision, verb: verdict, ...saidBy(last) };
    const requestId = await invite(context, work.transaction, { system, person: last.person, press: click });
    const notice = { kind: 'link-ended', approval, system, requestId } as const;
    await notifyPerson(context, work.transaction, last.person, `link-ended:${signal.id}`, notice);
  });
}

function saidBy({ comment }: Vote): Pick<Vote, 'comment'> {
  return comment === undefined ? {} : { comment };
}

/** Invites a person to link their account, for ten minutes; gives the id of the invitation. */
export async function invite(
  { newId, now }: Pick<Context, 'newId' | 'now'>,
  transaction: Transaction,
  who: { readonly system: string; readonly person: PersonId; readonly press?: PendingClick },
): Promise<string> {
  const request: LinkRequest = { id: newId(), ...who, expiresAtMs: now() + linkRequestMs };
  await transaction.addLinkRequest(request);
  return request.id;
}

/**
 * Gives the address at which an invitation is taken up.
 *
 * The store alone does not hold it: without the key nobody can make the second half.
 */
export function linkUrl(
  { secretBox, publicUrl }: Pick<Linking, 'secretBox' | 'publicUrl'>,
  requestId: string,
): string {
  return `${publicUrl}/link?state=${encodeURIComponent(stateOf(secretBox, requestId))}`;
}

/** Writes what stands for an invitation outside. */
function stateOf(secretBox: SecretBox, requestId: string): string {
  return `${requestId}.${secretBox.sign(signedText(requestId))}`;
}

/** Reads it back; absent when it was not written by us. */
export function readState(secretBox: SecretBox, state: string): string | undefined {
  const dot = state.lastIndexOf('.');
  const [requestId, signature] = [state.slice(0, Math.max(dot, 0)), state.slice(dot + 1)];
  return requestId !== '' && secretBox.isSigned(signedText(requestId), signature) ? requestId : undefined;
}

function signedText(requestId: string): string {
  return `link-request\n${requestId}`;
}

/** A signal and its approval, as they are inside a transaction. */
export interface SignalWork {
  readonly transaction: Transaction;
  readonly signal: Signal;
  readonly approval: Approval;
}

/**
 * Does something with a signal only if it is still in the phase the caller believes, in one transaction.
 *
 * This is what makes every step of a signal happen once, whoever tries it and how often. Returns what the
 * work returned, or undefined if somebody else was faster. A signal of an approval that is over is settled.
 */
export async function inPhase<T>(
  context: Context,
  signalId: string,
  phase: SignalPhase,
  work: (found: SignalWork) => Promise<T>,
): Promise<T | undefined> {
  return context.store.inTransaction(async (transaction) => {
    const signal = await transaction.findSignal(signalId);
    if (signal?.phase !== phase) return undefined;
    const approval = await transaction.findApproval(signal.approvalId);
    if (approval && approval.state.kind !== 'ended') return work({ transaction, signal, approval });
    await settle({ transaction, signal });
    return undefined;
  });
}

/**
 * Does something about one attempt to send only if it is still the one under way.
 *
 * Whoever was frozen and wakes up may find that another run of the bot has settled the attempt and made its own.
 */
export async function inAttempt<T>(
  context: Context,
  attempt: Pick<Signal, 'id' | 'holder' | 'sends'>,
  work: (found: SignalWork) => Promise<T>,
): Promise<T | undefined> {
  return inPhase(context, attempt.id, 'sending', async (found) => {
    const { holder: replicaId, sends } = found.signal;
    return replicaId === attempt.holder && sends === attempt.sends ? work(found) : undefined;
  });
}

/** Ends a signal: the instance is free for the next one. */
export async function settle({
  transaction,
  signal,
}: Pick<SignalWork, 'transaction' | 'signal'>): Promise<void> {
  await transaction.saveSignal({ ...signal, phase: 'settled' });
}

/** Saves what an approval has become; cards whose buttons died with it go before those that only tell more. */
export async function save(
  context: Context,
  transaction: Transaction,
  approval: Approval,
): Promise<Approval> {
  const priority = approval.state.kind === 'waiting' ? priorities.progress : priorities.staleButtons;
  return transaction.saveApproval(approval, priority, context.now());
}

/** Saves an approval in another state. */
export async function saveState(context: Context, work: SignalWork, state: ApprovalState): Promise<Approval> {
  return save(context, work.transaction, { ...work.approval, state });
}

/**
 * Gives a decision up unsent: the step waits again, with a note why.
 *
 * Of the votes the decision stood on only those to keep are kept; votes it did not stand on stay.
 */
export async function release(
  context: Context,
  work: SignalWork,
  options: { readonly note: WaitingNote | undefined; readonly keep: readonly Vote[] },
): Promise<Approval> {
  await settle(work);
  await recordSignalResult(context, work, { kind: 'given-up', why: options.note?.kind ?? 'taken-back' });
  for (const vote of work.signal.decision.votes) {
    if (options.keep.some((one) => isSamePerson(one.person, vote.person))) continue;
    await work.transaction.removeVote(work.approval.id, vote.person);
  }
  return saveState(context, work, { kind: 'waiting', ...defined({ note: options.note }) });
}

/** Keeps a decision that cannot be sent now, and shows until when it will be tried. */
export async function delay(
  context: Context,
  signalId: string,
  waitsFor: 'system' | 'chat' = 'system',
): Promise<void> {
  await inPhase(context, signalId, 'claimed', async (work) => {
    const { state } = work.approval;
    if (state.kind === 'held' && state.waitsFor === waitsFor) return;
    const { decision } = work.signal;
    const untilMs = givenUpAtMs(work.signal, context.policy.keepTryingForMs);
    await saveState(context, work, { kind: 'held', decision, untilMs, waitsFor });
  });
  context.scheduleDelivery();
}
