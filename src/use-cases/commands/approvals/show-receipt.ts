import { decisionOf } from '../../../domain/approval-state.js';
import { mayRun } from '../../../domain/change.js';
import { isReceiptOf } from '../../../domain/receipt.js';
import type { Reply } from '../../../domain/reply.js';
import { signalComment } from '../../../domain/signal.js';
import type { CommandWork } from '../command-work.js';
import { targetOf } from '../runs/find-run.js';

/**
 * Shows what a receipt stands for: who decided what and when, what they saw, what was sent and what came back.
 *
 * People see their own; others only what a rule lets them see.
 */
export async function showReceipt({ context, person }: CommandWork, typed: string): Promise<Reply> {
  const { store, policy } = context;
  const receipt = await store.findReceipt(typed.trim().toUpperCase());
  const approval = receipt && (await store.findApproval(receipt.approvalId));
  if (!receipt || !approval) return { kind: 'no-receipt', typed };
  if (!isReceiptOf(receipt, person.id)) {
    const may = mayRun(person, 'receipt', targetOf(approval.instance), policy.operators);
    if (may.kind !== 'yes') return { kind: 'not-allowed', verb: 'receipt', why: may };
  }
  const decision = decisionOf(approval.state);
  const isPart = decision?.votes.some(({ atMs }) => atMs === receipt.vote.atMs) ?? false;
  const suspension = await store.findSuspension(receipt.vote.person);
  const isRepudiated = suspension?.receipt === receipt.code;
  return {
    kind: 'receipt',
    receipt,
    approval,
    isRepudiated,
    ...(decision && isPart ? { comment: signalComment(decision) } : {}),
  };
}
