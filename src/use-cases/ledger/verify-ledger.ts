import type { Anchor } from '../../domain/ledger/anchor.js';
import { type LedgerRecord, noKey } from '../../domain/ledger/chain.js';
import {
  beginChain,
  type ChainFault,
  type ChainProofs,
  type CheckedChain,
  checkEnd,
  checkNext,
} from '../../domain/ledger/check-chain.js';
import { takenOverBy } from '../../domain/ledger/take-over.js';
import type { LedgerRepository } from '../../ports/ledger-memory.js';
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
  repository: LedgerRepository,
  proofs: ChainProofs,
): Promise<readonly ChainVerdict[]> {
  // Read first, so that what a running bot adds meanwhile is only more than was noted.
  const noted: readonly Anchor[] = await repository.listLedgerHeads();
  const anchors = [...proofs.anchors, ...noted];
  const stored = await repository.listLedgerSystems();
  const verdicts: ChainVerdict[] = [];
  // The bot's own chain, which has no name, comes first: it knows heads of the others.
  let takenOver: readonly Anchor[] = [];
  if (stored.includes('') || proofs.anchors.some(({ system }) => system === '')) {
    const own = await verifyChain(repository, { ...proofs, anchors }, '', (record) => {
      takenOver = withTakenOver(takenOver, record);
    });
    verdicts.push(own);
  }
  const systems = new Set([...stored, ...[...proofs.anchors, ...takenOver].map(({ system }) => system)]);
  systems.delete('');
  const all = { ...proofs, anchors: [...anchors, ...takenOver] };
  for (const system of [...systems].sort()) verdicts.push(await verifyChain(repository, all, system));
  return verdicts;
}

/** Adds the head a sealed record took over; what was accepted since counts instead of what was known before. */
function withTakenOver(known: readonly Anchor[], record: LedgerRecord): readonly Anchor[] {
  const { of: system, head, acceptedFrom } = takenOverBy(record) ?? {};
  if (system === undefined || !head || record.keyId === noKey) return known;
  const others = acceptedFrom === undefined ? known : known.filter((one) => one.system !== system);
  return [...others, { system, ...head }];
}

async function verifyChain(
  repository: LedgerRepository,
  proofs: ChainProofs,
  system: string,
  see: (record: LedgerRecord) => void = () => {},
): Promise<ChainVerdict> {
  let chain = beginChain(system);
  for await (const record of readLedger(repository, { system })) {
    const checked = checkNext(proofs, chain, record);
    if ('what' in checked) return checked;
    see(record);
    chain = checked;
  }
  return checkEnd(proofs, chain) ?? chain;
}
