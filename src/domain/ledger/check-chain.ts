import { canonical } from './canonical.js';
import {
  columnsOf,
  entryOf,
  genesisOf,
  type LedgerHead,
  type LedgerRecord,
  noKey,
  type Sealing,
  sealOf,
} from './chain.js';

/** The first thing that is wrong with a chain, at the record of that number. */
export interface ChainFault {
  readonly system: string;
  readonly number: number;
  readonly what: /** Nothing stands at its number. */
    | 'missing'
    /** The seal does not fit: it was edited, moved, or sealed without the key. */
    | 'altered'
    /** It does not follow on the record before. */
    | 'out-of-order'
    /** Its key was not given, so nothing can be said. */
    | 'unknown-key'
    /** It was kept without a key where one was in use. */
    | 'without-key'
    /** It is not the one that was written down elsewhere under its number. */
    | 'not-as-anchored'
    /** The chain was longer when its head was written down. */
    | 'cut-off';
}

/** How far a chain was found in order. */
export interface CheckedChain {
  readonly system: string;
  readonly number: number;
  readonly mac?: string;
  /** How many of its records are sealed with a key. */
  readonly keyed: number;
}

/** What a chain is held against. */
export interface ChainProofs {
  /** Gives what seals under a key's name; absent where the key was not given. */
  readonly sealingOf: (keyId: string) => Sealing | undefined;
  /** Whether a key is in use, so that a chain without one is no proof. */
  readonly hasKey: boolean;
  /** Heads that were written down elsewhere. */
  readonly anchors: readonly Pick<LedgerHead, 'system' | 'number' | 'mac'>[];
}

/** Begins to check the chain of a system. */
export function beginChain(system: string): CheckedChain {
  return { system, number: 0, keyed: 0 };
}

/** Checks that a record is the next one of a chain; gives how far the chain now is in order, or what is wrong. */
export function checkNext(
  proofs: ChainProofs,
  chain: CheckedChain,
  record: LedgerRecord,
): CheckedChain | ChainFault {
  const { system } = chain;
  const number = chain.number + 1;
  const fault = (what: ChainFault['what']): ChainFault => ({ system, number, what });
  if (record.number !== number) return fault('missing');
  const isKeyed = record.keyId !== noKey;
  if (!isKeyed && chain.keyed > 0) return fault('without-key');
  const sealing = proofs.sealingOf(record.keyId);
  if (!sealing) return fault('unknown-key');
  if (record.previous !== (chain.mac ?? genesisOf(sealing, system))) return fault('out-of-order');
  if (record.mac !== sealOf(sealing, record) || !isAsSealed(record, system)) return fault('altered');
  const isOther = proofs.anchors.some(
    (anchor) => anchor.system === system && anchor.number === number && anchor.mac !== record.mac,
  );
  if (isOther) return fault('not-as-anchored');
  return { system, number, mac: record.mac, keyed: chain.keyed + (isKeyed ? 1 : 0) };
}

/** Checks that a chain which was read to its end goes as far as was written down elsewhere, and under a key. */
export function checkEnd(proofs: ChainProofs, chain: CheckedChain): ChainFault | undefined {
  const { system, number, keyed } = chain;
  const furthest = Math.max(
    0,
    ...proofs.anchors.filter((anchor) => anchor.system === system).map((anchor) => anchor.number),
  );
  if (furthest > number) return { system, number: number + 1, what: 'cut-off' };
  if (proofs.hasKey && keyed === 0 && number > 0) return { system, number: 1, what: 'without-key' };
  return undefined;
}

/** What stands beside the text must say what the text says, since people look things up by it. */
function isAsSealed(record: LedgerRecord, system: string): boolean {
  const { kind, atMs, instanceId, person } = record;
  const beside = { system: record.system, kind, atMs, instanceId, person, number: record.number };
  try {
    const entry = entryOf(record);
    return (
      entry.system === system &&
      canonical({ ...columnsOf(entry), number: entry.number }) === canonical(beside)
    );
  } catch {
    // Without a key anybody can seal what is no record at all.
    return false;
  }
}
