import { noKey } from '../../domain/ledger/chain.js';
import type { Context } from '../context.js';
import { findLostKeys } from './lost-keys.js';
import { recordTakeOver } from './take-over-chain.js';

/** What became of accepting records without a seal: they stay from one record to another, by a third. */
export type Acceptance =
  | { readonly kind: 'accepted'; readonly from: number; readonly to: number; readonly by: number }
  | { readonly kind: 'nothing-to-accept' }
  | { readonly kind: 'no-key' }
  /** What is accepted is recorded in the bot's own chain too, which is not in order itself. */
  | { readonly kind: 'own-chain-first' };

/**
 * Seals a chain anew that has lost its key, on record, there and in the chain of the bot.
 *
 * Every check tells from then on which records stood without a seal.
 */
export async function acceptBreak(
  context: Pick<Context, 'store' | 'signer' | 'now'>,
  system: string,
): Promise<Acceptance> {
  if (context.signer.keyId === noKey) return { kind: 'no-key' };
  return context.store.inTransaction(async (transaction) => {
    const lost = await findLostKeys(context, transaction);
    const from = lost.find((one) => one.system === system)?.number;
    const head = (await transaction.listLedgerHeads()).find((one) => one.system === system);
    if (from === undefined || !head) return { kind: 'nothing-to-accept' };
    if (system !== '' && lost.some((one) => one.system === '')) return { kind: 'own-chain-first' };
    await recordTakeOver(context, transaction, head, from);
    return { kind: 'accepted', from, to: head.number, by: head.number + 1 };
  });
}
