import { createHmacSigner, createSignerFinder } from '../../../src/crypto.js';
import type { LedgerEntry } from '../../../src/domain/ledger.js';
import {
  beginChain,
  type ChainFault,
  type ChainProofs,
  type CheckedChain,
  checkEnd,
  checkNext,
  type LedgerRecord,
  nextRecord,
  type RecordSigner,
} from '../../../src/domain/ledger.js';
import { noonMs } from '../../support/an-approval.js';

/** The key in use. */
export const key = Buffer.from('the key in use, thirty-two bytes');
/** The key before that. */
export const oldKey = Buffer.from('the key before, thirty-two bytes');

/** Something that happened on the system `corp`. */
export function anEntry(overrides: Partial<LedgerEntry> = {}): LedgerEntry {
  return { system: 'corp', kind: 'decision', atMs: noonMs, code: 'K7F3', ...overrides };
}

/** Chains entries one after the other, each sealed as told. */
export function chainOf(
  entries: readonly LedgerEntry[],
  signer: RecordSigner | readonly RecordSigner[] = createHmacSigner(key),
): readonly LedgerRecord[] {
  const records: LedgerRecord[] = [];
  for (const [index, entry] of entries.entries()) {
    const own = 'sign' in signer ? signer : (signer[index] ?? createHmacSigner(key));
    records.push(nextRecord(own, entry, records.at(-1)));
  }
  return records;
}

/** Checks records as they are read, in the order of their numbers. */
export function checkAll(
  records: readonly LedgerRecord[],
  proofs: Partial<ChainProofs> & { readonly keys?: readonly Uint8Array[] } = {},
): CheckedChain | ChainFault {
  const { keys = [key], ...rest } = proofs;
  const all = { signerOf: createSignerFinder(keys), hasKey: keys.length > 0, anchors: [], ...rest };
  let chain = beginChain('corp');
  for (const record of [...records].sort((a, b) => a.number - b.number)) {
    const checked = checkNext(all, chain, record);
    if ('what' in checked) return checked;
    chain = checked;
  }
  return checkEnd(all, chain) ?? chain;
}
