import type { Approval, InboundDetails, Requirement } from '../../domain/approval.js';
import { priorities } from '../../domain/delivery.js';
import type { Instance } from '../../domain/instance.js';
import { namesNobody } from '../../domain/named-by.js';
import { approverRuleFor, targetsFor } from '../../domain/rules.js';
import type { Transaction } from '../../ports/store.js';
import type { Context } from '../context.js';
import { notifyOperators } from '../notifications/notify.js';
import { findRoleGap, learnPeople } from '../people/find-role-gap.js';
import { unusedCode } from '../short-codes.js';

/**
 * Puts a waiting step to people: remembers the approval and makes its cards wanted, in one transaction.
 *
 * Does nothing while an approval of this instance is open.
 */
export async function openApproval(
  context: Context,
  found: { readonly instance: Instance; readonly requirement: Requirement },
): Promise<Approval | undefined> {
  const { instance, requirement } = found;
  const step = instance.step?.uniqueName;
  if (step === undefined) return undefined;
  await learnPeople(context, instance);
  return context.store.inTransaction(async (transaction) => {
    const latest = await transaction.latestApprovalOf(instance.ref);
    if (latest && latest.state.kind !== 'ended') return undefined;
    return openApprovalIn(context, transaction, { instance, requirement });
  });
}

/** Puts a waiting step to people inside a transaction whose reading has shown that it is new. */
export async function openApprovalIn(
  context: Context,
  transaction: Transaction,
  found: { readonly instance: Instance; readonly requirement: Requirement; readonly told?: InboundDetails },
): Promise<Approval> {
  const { instance, requirement, told: inbound } = found;
  const step = instance.step?.uniqueName ?? '';
  const nowMs = context.now();
  const approval: Approval = {
    id: context.newId(),
    code: await unusedCode(transaction, context),
    instance,
    step,
    attempt: (await transaction.lastAttempt(instance.ref, step)) + 1,
    revision: 1,
    version: 1,
    requirement,
    state: { kind: 'waiting' },
    ...(inbound ? { told: inbound } : {}),
    // Who told of it by itself has no list of what waits for whom.
    isAssigned: inbound === undefined,
    waitingSinceMs: Math.min(instance.modifiedAtMs ?? nowMs, nowMs),
  };
  if (!(await transaction.addApproval(approval)))
    throw new Error('An approval of this attempt is there already');
  for (const target of targetsFor(instance, context.policy)) {
    await transaction.addCard(approval.id, target, priorities.newCard, nowMs);
  }
  // A system that lists nothing is asked about this run from now on.
  if (inbound) await transaction.watchRun(instance.ref, nowMs);
  await notifyGap(context, transaction, approval);
  return approval;
}

/** Tells operators when nobody, or too few, can act. */
async function notifyGap(context: Context, transaction: Transaction, approval: Approval): Promise<void> {
  const rule = approverRuleFor(approval.instance, context.policy);
  const key = `undecidable:${approval.id}`;
  if (!rule || namesNobody(rule))
    return notifyOperators(context, transaction, key, { kind: 'undecidable', approval });
  const gap = await findRoleGap(context, transaction, approval);
  if (gap) await notifyOperators(context, transaction, key, { kind: 'too-few', approval, gap });
}
