import { canonical, type PlainGroup } from '../../domain/ledger/canonical.js';
import { noKey } from '../../domain/ledger/chain.js';
import type { Context } from '../context.js';
import { findLostKeys, type LostKey } from './lost-keys.js';
import { record } from './record.js';
import { recordTakeOver } from './take-over-chain.js';

const noteKey = 'ledger:settings';

/** Whether a start is on record, or must not go on before somebody has looked at the ledger. */
export type StartRecord =
  | { readonly kind: 'recorded' }
  | { readonly kind: 'key-lost'; readonly chains: readonly LostKey[] };

/**
 * Records with which settings the bot starts: their hash, and which sections are not as at the last start.
 *
 * Chains that were sealed with another key, or have never been with any, are taken over by the key in use: from then
 * on whatever stands before cannot be changed unseen either. Nothing is recorded where a chain has lost its key.
 */
export async function recordStart(
  context: Context,
  /** Name of a section of the settings file → its text, without secrets. */
  sections: Readonly<Record<string, string>>,
): Promise<StartRecord> {
  const hashes: PlainGroup = Object.fromEntries(
    Object.entries(sections).map(([name, text]) => [name, context.signer.hash(text)]),
  );
  const start = await context.store.inTransaction<StartRecord>(async (transaction) => {
    const chains = await findLostKeys(context, transaction);
    if (chains.length > 0) return { kind: 'key-lost', chains };
    for (const head of await transaction.listLedgerHeads()) {
      if (head.keyId !== context.signer.keyId) await recordTakeOver(context, transaction, head);
    }
    const before = await transaction.getNote(noteKey);
    await transaction.putNote(noteKey, canonical(hashes));
    await record(context, transaction, {
      system: '',
      kind: 'settings',
      note: {
        hash: context.signer.hash(canonical(hashes)),
        ...(before === undefined ? { first: true } : { changed: changedSince(before, hashes) }),
      },
    });
    return { kind: 'recorded' };
  });
  if (start.kind === 'recorded' && context.signer.keyId === noKey)
    context.log.warn({}, 'COUNTERSIGN_LEDGER_KEY is not set: records are kept and cannot be proven');
  return start;
}

function changedSince(before: string, now: PlainGroup): readonly string[] {
  const old: PlainGroup = JSON.parse(before);
  const names = new Set([...Object.keys(old), ...Object.keys(now)]);
  return [...names].filter((name) => old[name] !== now[name]).sort();
}
