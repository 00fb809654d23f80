import type { LedgerEntry } from '../../../src/domain/ledger.js';
import { entryOf } from '../../../src/domain/ledger.js';
import type { ClickReply } from '../../../src/domain/voting.js';
import { readLedger, verifyLedger } from '../../../src/use-cases/ledger/verify.js';
import type { World } from './open-world.js';

/** Lists what is on record about the world's one system. */
export async function recordsOf({ store }: Pick<World, 'store'>, system = 'command'): Promise<LedgerEntry[]> {
  const entries: LedgerEntry[] = [];
  for await (const record of readLedger(store, { system })) entries.push(entryOf(record));
  return entries;
}

/** Finds what of the clicks, decisions and signals is not on record exactly once, and records that do not hold. */
export async function wrongRecords(
  world: World,
  writtenClicks: Iterable<string>,
): Promise<readonly string[]> {
  const entries = [...(await recordsOf(world)), ...(await recordsOf(world, ''))];
  const lies: string[] = [];
  for (const id of writtenClicks) {
    const own = entries.filter(({ note }) => note?.click === id);
    const [only] = own;
    const reply = (await world.store.findClick(id))?.reply;
    if (own.length !== 1 || !only) lies.push(`${id} is on record ${own.length} times`);
    else if (only.answered?.kind !== reply?.kind || isDecision(only) !== isDecided(reply))
      lies.push(`${id} is on record as ${only.kind}, and was answered ${reply?.kind}`);
  }
  const left = entries.filter(({ kind }) => kind === 'signal').length;
  if (left < world.command.arrivals.length)
    lies.push(`${world.command.arrivals.length} signals arrived, and ${left} are on record`);
  const signer = world.context.signer;
  const proofs = { signerOf: () => signer, hasKey: true, anchors: [] };
  const verdicts = await verifyLedger(world.store, proofs);
  const bad = verdicts.filter((verdict) => 'what' in verdict);
  return [...lies, ...bad.map((verdict) => `the ledger is not in order: ${JSON.stringify(verdict)}`)];
}

function isDecision({ kind }: LedgerEntry): boolean {
  return kind === 'decision';
}

function isDecided(reply: ClickReply | undefined): boolean {
  return reply?.kind === 'decided';
}
