import { type Approval, type ApprovalState, notCounted, type Vote } from '../../domain/approval.js';
import { requesterOf } from '../../domain/card.js';
import type { Notice, OperatorEvent, ReleaseReason, VoidReason } from '../../domain/notification.js';
import { type PersonId, personKey } from '../../domain/person.js';
import type { Transaction } from '../../ports/store.js';
import type { Context } from '../context.js';
import { recordEnding } from '../ledger/record.js';

/**
 * Records that an approval has ended, and queues what is said about it: the outcome to the requester, and what
 * operators must know.
 */
export async function notifyEnding(
  context: Context,
  transaction: Transaction,
  approval: Approval,
  missingPermission?: string,
): Promise<void> {
  if (approval.state.kind !== 'ended') return;
  countEnding(context, approval, approval.state);
  await recordEnding(context, transaction, approval);
  const requester = requesterOf(approval, context.policy);
  if (requester)
    await notifyPerson(context, transaction, requester, `outcome:${approval.id}`, {
      kind: 'outcome',
      approval,
    });
  if (approval.state.ending.kind === 'not-visible') {
    const permission = missingPermission ?? 'read access to workflow instances';
    context.log.warn(
      { system: approval.instance.ref.system, instance: approval.instance.ref.id, permission },
      'An approval left the list and its result may not be read: the account lacks a permission',
    );
    await notifyOperators(context, transaction, `not-visible:${approval.id}`, {
      kind: 'result-not-visible',
      approval,
      permission,
    });
  }
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

/** Queues word to everybody whose vote does not count any more; what the system has counted as their own stands. */
export async function notifyVotesVoid(
  context: Context,
  transaction: Transaction,
  about: { readonly approval: Approval; readonly votes: readonly Vote[]; readonly why: VoidReason },
): Promise<void> {
  const { approval, votes, why } = about;
  for (const vote of notCounted(approval, votes)) {
    const key = `vote-void:${approval.id}:${approval.version}:${personKey(vote.person)}`;
    await notifyPerson(context, transaction, vote.person, key, { kind: 'vote-void', approval, why });
  }
}

/** Queues word to those who decided that their decision was not sent and changed nothing. */
export async function notifyReleased(
  context: Context,
  transaction: Transaction,
  approval: Approval,
  about: { readonly votes: readonly Vote[]; readonly why: ReleaseReason },
): Promise<void> {
  for (const vote of about.votes) {
    const key = `released:${approval.id}:${approval.version}:${personKey(vote.person)}`;
    await notifyPerson(context, transaction, vote.person, key, {
      kind: 'released',
      approval,
      why: about.why,
    });
  }
}

/** Queues word to those who decided that nobody can tell whether their decision arrived. */
export async function notifyOutcomeUnknown(
  context: Context,
  transaction: Transaction,
  approval: Approval,
  votes: readonly Vote[],
): Promise<void> {
  for (const vote of votes) {
    const key = `outcome-unknown:${approval.id}:${approval.version}:${personKey(vote.person)}`;
    await notifyPerson(context, transaction, vote.person, key, { kind: 'outcome-unknown', approval });
  }
}

/** Queues a direct message; a second one with the same key is the same message. */
export async function notifyPerson(
  context: Context,
  transaction: Transaction,
  person: PersonId,
  key: string,
  notice: Notice,
): Promise<void> {
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
