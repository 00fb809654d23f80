import type { Signal } from '../../domain/approval.js';
import { type Approval, type ApprovalState, notCounted, type Vote } from '../../domain/approval.js';
import type { LifecycleNotification } from '../../domain/approval-lifecycle.js';
import { requesterOf } from '../../domain/card.js';
import type { Notice, OperatorEvent } from '../../domain/notification.js';
import { isSamePerson, type PersonId, personKey } from '../../domain/person.js';
import { approverRuleFor } from '../../domain/policy.js';
import { endedEntry, endedEntryId } from '../../domain/report.js';
import { votesOn } from '../../domain/voting.js';
import type { Transaction } from '../../ports/store.js';
import { assertNever } from '../../shared/language.js';
import type { Context } from '../context.js';
import { recordEnding, recordFoundAgain } from '../ledger/record.js';

/** Queues a direct message; a second one with the same key is the same message. Shadow mode sends none. */
export async function notifyPerson(
  context: Context,
  transaction: Transaction,
  person: PersonId,
  key: string,
  notice: Notice,
): Promise<void> {
  if (context.policy.shadow) return;
  await transaction.addNotice(key, notice, { kind: 'person', person }, context.now());
}

/** Queues a line for the operators' channel. */
export async function notifyOperators(
  context: Context,
  transaction: Transaction,
  key: string,
  event: OperatorEvent,
): Promise<void> {
  const target = { kind: 'channel', channel: context.policy.operatorsChannel } as const;
  await transaction.addNotice(key, { kind: 'operators', event }, target, context.now());
}

/** An approval as an event has left it, in the transaction that makes it so. */
interface Changed {
  readonly transaction: Transaction;
  readonly approval: Approval;
  readonly signal?: Signal | undefined;
}

/** Queues what an event in the life of an approval gives to tell; an ending is put on record as well. */
export async function announce(
  context: Context,
  changed: Changed,
  notification: LifecycleNotification,
): Promise<void> {
  const { transaction, approval, signal } = changed;
  switch (notification.kind) {
    case 'ending':
      return announceEnding(context, changed, notification.missingPermission);
    case 'all-votes-void': {
      const { decided } = notification;
      const stored = await transaction.listVotes(approval.id);
      const others = stored.filter(
        (vote) => !decided.some(({ person }) => isSamePerson(person, vote.person)),
      );
      await transaction.removeVotes(approval.id);
      return announceVoid(context, changed, { votes: [...others, ...decided], why: 'facts-changed' });
    }
    case 'votes-void':
      return announceVoid(context, changed, notification);
    case 'released': {
      const { kind, why, votes } = notification;
      return notifyVoters(context, changed, votes, { kind, approval, why });
    }
    case 'undecided': {
      const votes = votesOn(await transaction.listVotes(approval.id), approval.revision);
      const notice = { kind: 'released', approval, why: 'undecided' } as const;
      return notifyVoters(context, changed, notCounted(approval, votes), notice);
    }
    case 'found-again':
      await transaction.removeReportEntry(endedEntryId(approval));
      return recordFoundAgain(context, transaction, approval);
    case 'outcome-unknown':
      return notifyVoters(context, changed, notification.votes, { kind: notification.kind, approval });
    case 'signal-refused':
      return notifyOperators(context, transaction, `refused:${signal?.id}`, { ...notification, approval });
    default:
      return assertNever(notification);
  }
}

/** What the system has counted as somebody's own stands. */
function announceVoid(
  context: Context,
  changed: Changed,
  { votes, why }: Pick<Extract<LifecycleNotification, { kind: 'votes-void' }>, 'votes' | 'why'>,
): Promise<void> {
  const { approval } = changed;
  return notifyVoters(context, changed, notCounted(approval, votes), { kind: 'vote-void', approval, why });
}

/** Once for each version of the approval. */
async function notifyVoters(
  context: Context,
  { transaction, approval }: Changed,
  votes: readonly Vote[],
  notice: Notice,
): Promise<void> {
  for (const { person } of votes) {
    const key = `${notice.kind}:${approval.id}:${approval.version}:${personKey(person)}`;
    await notifyPerson(context, transaction, person, key, notice);
  }
}

/** Tells the outcome to the requester, and operators what they must know; of what nobody watches any more neither. */
async function announceEnding(
  context: Context,
  { transaction, approval }: Changed,
  permission = 'read access to workflow instances',
): Promise<void> {
  const { state, instance } = approval;
  if (state.kind !== 'ended') return;
  await recordEnding(context, transaction, approval);
  const entry = endedEntry(approval, context.policy);
  if (entry) await transaction.putReportEntry(entry);
  if (context.policy.shadow) await noteShadowEnd(transaction, approval);
  if (state.ending.kind === 'unwatched') return;
  countEnding(context, approval, state);
  const requester = requesterOf(approval, context.policy);
  const isTold = approverRuleFor(instance, context.policy)?.notifyRequester !== 'nobody';
  if (requester && isTold) {
    const notice = { kind: 'outcome', approval } as const;
    await notifyPerson(context, transaction, requester, `outcome:${approval.id}:${state.atMs}`, notice);
  }
  if (state.ending.kind !== 'not-visible') return;
  const { system, id } = instance.ref;
  context.log.warn(
    { system, instance: id, permission },
    'An approval left the list and its result may not be read: the account lacks a permission',
  );
  const event = { kind: 'result-not-visible', approval, permission } as const;
  await notifyOperators(context, transaction, `not-visible:${approval.id}:${state.atMs}`, event);
}

function countEnding(
  { metrics }: Context,
  { instance }: Approval,
  { ending, decision, atMs }: Extract<ApprovalState, { kind: 'ended' }>,
): void {
  const { system } = instance.ref;
  const decided = decision === undefined ? {} : { sinceDecidedMs: atMs - decision.atMs };
  metrics.ended({ system, ending: ending.kind, ...decided });
}

/** Notes how an approval of shadow mode ended, beside what live mode would have done with it. */
async function noteShadowEnd(transaction: Transaction, { id, instance, state }: Approval): Promise<void> {
  if (state.kind !== 'ended') return;
  const record = await transaction.findShadowRecord(id);
  if (!record || record.endedAtMs !== undefined) return;
  // The system's own time is nearer to the moment than that of the poll which saw it.
  const endedAtMs = Math.max(record.atMs, Math.min(instance.modifiedAtMs ?? state.atMs, state.atMs));
  await transaction.putShadowRecord({ ...record, endedAtMs, ending: state.ending.kind });
}
