import { type Approval, isBehind, type Vote } from '../../domain/approval.js';
import { isSamePerson, type PersonId } from '../../domain/person.js';
import { isReceiptOf } from '../../domain/voting.js';
import type { Transaction } from '../../ports/store.js';
import type { Context } from '../context.js';
import { endAbsencesOf } from '../delegation.js';
import { record, recordedPerson } from '../ledger/record.js';
import { notifyOperators } from '../notifications/notify.js';
import { advance } from './advance.js';

/** What became of that word. */
export type Repudiation =
  | {
      readonly kind: 'suspended';
      /** How it stands with what was decided. */
      readonly approval: Approval | undefined;
      /** How many decisions were still held and are cancelled now. */
      readonly cancelled: number;
      readonly wasSuspended: boolean;
    }
  /** No receipt of that person has this code. */
  | { readonly kind: 'unknown-receipt' }
  /** Retention has removed the receipt since. */
  | { readonly kind: 'removed'; readonly removedAtMs: number };

/**
 * Takes somebody's word that a decision in their name, or that they left their place to somebody, was not theirs:
 * suspends their rights, ends what they left to others, cancels what is still held, takes their votes out, and tells
 * the operators.
 *
 * All of it happens in one transaction. What has left for its system cannot be called back; the operators are
 * told of it too.
 */
export async function repudiateDecision(
  context: Context,
  code: string,
  person: PersonId,
): Promise<Repudiation> {
  const repudiated = await context.store.inTransaction(async (transaction): Promise<Repudiation> => {
    const receipt = await transaction.findReceipt(code);
    const absence = receipt ? undefined : await transaction.findAbsence(code);
    const isTheirs = receipt ? isReceiptOf(receipt, person) : absence && isSamePerson(absence.person, person);
    const name = receipt?.vote.name ?? absence?.name;
    if (!isTheirs || name === undefined) {
      const removedAtMs = await transaction.findRemoval('receipt', code);
      return removedAtMs === undefined ? { kind: 'unknown-receipt' } : { kind: 'removed', removedAtMs };
    }
    const isNew = await transaction.suspend({ person, name, receipt: code, atMs: context.now() });
    const cancelled = await cancelDelayed(context, transaction, { person, name });
    await takeVotesOut(context, transaction, person);
    await endAbsencesOf(context, transaction, person);
    const approval = receipt && (await transaction.findApproval(receipt.approvalId));
    await record(context, transaction, {
      system: '',
      kind: 'rights',
      person: recordedPerson(context, person),
      note: { receipt: code, approval: approval?.code, cancelled, now: 'suspended', isNew },
    });
    if (isNew) {
      const about = { person, name, receipt: code, approval, cancelled };
      const event = { kind: 'disowned', ...about, ...(absence ? { isAbsence: true as const } : {}) } as const;
      await notifyOperators(context, transaction, `disowned:${context.newId()}`, event);
    }
    return { kind: 'suspended', approval, cancelled, wasSuspended: !isNew };
  });
  context.log.warn(
    { person: person.userId, answer: repudiated.kind },
    'A decision was reported as not theirs',
  );
  context.scheduleDelivery();
  return repudiated;
}

/**
 * Gives every decision up that is not on its way yet and stands on a vote of that person, and tells how many; what may
 * have left is not sent again.
 */
async function cancelDelayed(
  context: Context,
  transaction: Transaction,
  { person, name }: Pick<Vote, 'person' | 'name'>,
): Promise<number> {
  let cancelled = 0;
  for (const signal of await transaction.listUnsettledSignals()) {
    const approval = await transaction.findApproval(signal.approvalId);
    const isTheirs = signal.decision.votes.some((one) => isBehind(one, person));
    if (!isTheirs || !approval) continue;
    const event = { kind: 'repudiated', person, name } as const;
    const changed = await advance(context, { transaction, approval, signal }, event);
    if (changed?.approval.state.kind === 'waiting') cancelled += 1;
  }
  return cancelled;
}

/** Also votes that lie under a decision of others: once that is given up, they would count again. */
async function takeVotesOut(context: Context, transaction: Transaction, person: PersonId): Promise<void> {
  for (const { approvalId } of await transaction.listVotedOn(person)) {
    const approval = await transaction.findApproval(approvalId);
    const isRemoved = await transaction.removeVote(approvalId, person);
    if (approval && isRemoved) await advance(context, { transaction, approval }, { kind: 'votes-changed' });
  }
}
