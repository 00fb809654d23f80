import type { Anchor } from '../../domain/ledger/anchor.js';
import {
  beginChain,
  type ChainFault,
  type ChainProofs,
  type CheckedChain,
  checkEnd,
  checkNext,
} from '../../domain/ledger/check-chain.js';
import type { LedgerMemory } from '../../ports/ledger-memory.js';
import { readLedger } from './read-ledger.js';

/** How the check of one chain ended: how far it is in order, or the first thing that is wrong. */
export type ChainVerdict = CheckedChain | ChainFault;

/**
 * Checks every chain of the ledger from its beginning, one record at a time.
 *
 * Chains named only by an anchor are checked too: they are missing. The heads the store itself noted count as
 * anchors besides those given. Each chain ends with the first thing that is wrong with it.
 */
export async function verifyLedger(
  memory: LedgerMemory,
  proofs: ChainProofs,
): Promise<readonly ChainVerdict[]> {
  // Read first, so that what a running bot adds meanwhile is only more than was noted.
  const noted: readonly Anchor[] = await memory.listLedgerHeads();
  const all = { ...proofs, anchors: [...proofs.anchors, ...noted] };
  const systems = new Set([
    ...(await memory.listLedgerSystems()),
    ...proofs.anchors.map(({ system }) => system),
  ]);
  const verdicts: ChainVerdict[] = [];
  for (const system of [...systems].sort()) verdicts.push(await verifyChain(memory, all, system));
  return verdicts;
}

async function verifyChain(memory: LedgerMemory, proofs: ChainProofs, system: string): Promise<ChainVerdict> {
  let chain = beginChain(system);
  for await (const record of readLedger(memory, { system })) {
    const checked = checkNext(proofs, chain, record);
    if ('what' in checked) return checked;
    chain = checked;
  }
  return checkEnd(proofs, chain) ?? chain;
}
