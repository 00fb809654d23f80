import type { Approval } from '../../domain/approval.js';
import type { Vote } from '../../domain/decision.js';
import { decisionFactsOf } from '../../domain/decision-facts.js';
import { type Receipt, wantsReceipt } from '../../domain/receipt.js';
import type { ApproverRule } from '../../domain/rules.js';
import type { Transaction } from '../../ports/store.js';
import type { Context } from '../context.js';
import { notifyPerson } from '../notifications/notify.js';

/** Longer than codes of runs, so that one is not taken for the other. */
const codeLength = 6;

/**
 * Gives whoever has just decided a receipt, where the rule is one of those that want it, in the transaction of
 * the vote: it reaches them while a held decision can still be called back.
 */
export async function giveReceipt(
  context: Context,
  transaction: Transaction,
  decided: { readonly approval: Approval; readonly vote: Vote; readonly rule: ApproverRule },
): Promise<void> {
  const { approval, vote, rule } = decided;
  if (!wantsReceipt(rule, context.policy)) return;
  const shown = decisionFactsOf(approval.instance);
  const code = await unusedReceiptCode(context, transaction);
  const receipt: Receipt = { code, approvalId: approval.id, vote, shown };
  await transaction.addReceipt(receipt);
  await notifyPerson(context, transaction, vote.person, `receipt:${code}`, {
    kind: 'receipt',
    receipt,
    approval,
  });
}

async function unusedReceiptCode({ newCode }: Context, transaction: Transaction): Promise<string> {
  for (let tries = 0; ; tries += 1) {
    const code = newCode(codeLength + Math.floor(tries / 5));
    if (!(await transaction.isCodeTaken(code))) return code;
  }
}
