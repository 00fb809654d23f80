import type { LedgerHead } from '../../domain/ledger/chain.js';
import { takeOverNote } from '../../domain/ledger/take-over.js';
import type { Transaction } from '../../ports/store.js';
import type { Context } from '../context.js';
import { record } from './record.js';

/** Records that a chain goes on under the key in use, from which head on: in that chain and in that of the bot. */
export async function recordTakeOver(
  context: Pick<Context, 'signer' | 'now'>,
  transaction: Transaction,
  head: LedgerHead,
  acceptedFrom?: number,
): Promise<void> {
  const { system } = head;
  const accepted = acceptedFrom === undefined ? {} : { acceptedFrom };
  const about = { head, now: context.signer.keyId, ...accepted };
  await record(context, transaction, { system, kind: 'key', note: takeOverNote(about) });
  if (system === '') return;
  await record(context, transaction, {
    system: '',
    kind: 'key',
    note: takeOverNote({ ...about, of: system }),
  });
}
