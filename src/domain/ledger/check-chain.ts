import { canonical } from './canonical.js';
import {
  columnsOf,
  entryOf,
  genesisOf,
  type LedgerHead,
  type LedgerRecord,
  noKey,
  type RecordSigner,
  signatureOf,
} from './chain.js';
import { takenOverBy } from './take-over.js';

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
  /** How many records stand without a key, where some do and nothing vouches for them. */
  readonly count?: number;
}

/** Records without a seal that somebody accepted, and the record by which they did. */
export interface ChainBreak {
  readonly from: number;
  readonly to: number;
  readonly by: number;
}

/** How far a chain was found in order. */
export interface CheckedChain {
  readonly system: string;
  readonly number: number;
  readonly mac?: string;
  /** How many of its records are sealed with a key. */
  readonly keyed: number;
  /** Records without a seal where one was due; a fault, unless a later record accepts them. */
  readonly unsealed?: Pick<ChainBreak, 'from' | 'to'>;
  /** What was accepted so far. */
  readonly breaks?: readonly ChainBreak[];
  /** A record of an older version, by whose place alone those before it are vouched for. */
  readonly vouchedBy?: number;
}

/** What a chain is held against. */
export interface ChainProofs {
  /** Gives what seals under a key's name; absent where the key was not given. */
  readonly signerOf: (keyId: string) => RecordSigner | undefined;
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
  // What nobody may accept any more, once anything else is wrong.
  const isUnsealed = record.number === number && record.keyId === noKey && chain.keyed > 0;
  const unsealed = chain.unsealed ?? (isUnsealed ? { from: number, to: number } : undefined);
  const fault = (what: ChainFault['what']): ChainFault =>
    unsealed ? faultOf(chain, unsealed) : { system, number, what };
  if (record.number !== number) return fault('missing');
  const isKeyed = record.keyId !== noKey;
  const signer = proofs.signerOf(record.keyId);
  if (!signer) return fault('unknown-key');
  if (record.previous !== (chain.mac ?? genesisOf(signer, system))) return fault('out-of-order');
  if (record.mac !== signatureOf(signer, record) || !isAsSigned(record, system)) return fault('altered');
  const isOther = proofs.anchors.some(
    (anchor) => anchor.system === system && anchor.number === number && anchor.mac !== record.mac,
  );
  if (isOther) return fault('not-as-anchored');
  const next = { ...chain, number, mac: record.mac };
  return isKeyed ? underKey(chain, next, record) : withoutKey(chain, next);
}

/** Goes on without a seal; where one was due that is a fault, of which the end of the chain may know better. */
function withoutKey(chain: CheckedChain, next: CheckedChain): CheckedChain {
  if (chain.keyed === 0) return next;
  return { ...next, unsealed: { from: chain.unsealed?.from ?? next.number, to: next.number } };
}

/** Goes on under a key; what stands before without a seal must be vouched for, or accepted, by this very record. */
function underKey(
  chain: CheckedChain,
  { unsealed: _over, ...next }: CheckedChain,
  record: LedgerRecord,
): CheckedChain | ChainFault {
  const keyed = { ...next, keyed: chain.keyed + 1 };
  if (chain.number === 0 || (chain.keyed > 0 && !chain.unsealed)) return keyed;
  const taken = takenOverBy(record);
  const { head, acceptedFrom } = taken ?? {};
  const isOfHead = head?.number === chain.number && head.mac === chain.mac;
  if (isOfHead && acceptedFrom !== undefined) {
    const accepted = { from: acceptedFrom, to: chain.number, by: record.number };
    return { ...keyed, breaks: [...(chain.breaks ?? []), accepted] };
  }
  if (chain.unsealed) return faultOf(chain, chain.unsealed);
  if (isOfHead) return keyed;
  // Older versions wrote no head down, and in the chain of the bot began with the settings.
  const isOlder = taken ? !head : chain.system === '' && record.kind === 'settings';
  if (isOlder) return { ...keyed, vouchedBy: record.number };
  return faultOf(chain, { from: 1, to: chain.number });
}

function faultOf({ system }: CheckedChain, { from, to }: Pick<ChainBreak, 'from' | 'to'>): ChainFault {
  return { system, number: from, what: 'without-key', count: to - from + 1 };
}

/** Checks that a chain which was read to its end goes as far as was written down elsewhere, and under a key. */
export function checkEnd(proofs: ChainProofs, chain: CheckedChain): ChainFault | undefined {
  const { system, number, keyed } = chain;
  const furthest = Math.max(
    0,
    ...proofs.anchors.filter((anchor) => anchor.system === system).map((anchor) => anchor.number),
  );
  if (chain.unsealed) return faultOf(chain, chain.unsealed);
  if (furthest > number) return { system, number: number + 1, what: 'cut-off' };
  if (proofs.hasKey && keyed === 0 && number > 0) return faultOf(chain, { from: 1, to: number });
  return undefined;
}

/** What stands beside the text must say what the text says, since people look things up by it. */
function isAsSigned(record: LedgerRecord, system: string): boolean {
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
