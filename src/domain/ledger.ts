import { defined } from '../shared/language.js';

/** A value that is written the same way by everybody. */
export type Plain = string | number | boolean | null | readonly Plain[] | PlainGroup;

/** Named values; what is undefined is not there. */
export type PlainGroup = { readonly [name: string]: Plain | undefined };

/**
 * Writes a value as its one text: names sorted, no white space, nothing that is undefined.
 *
 * Two values have the same text only if they are the same, in whatever order their names were put there.
 */
export function canonical(value: Plain): string {
  if (isList(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const parts = Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([name, inner]) => (inner === undefined ? [] : [`${JSON.stringify(name)}:${canonical(inner)}`]));
  return `{${parts.join(',')}}`;
}

function isList(value: Plain): value is readonly Plain[] {
  return Array.isArray(value);
}

/** What a record of the ledger is about. */
export type LedgerKind =
  /** A vote that waits for others. */
  | 'vote'
  /** A vote that filled the quorum. */
  | 'decision'
  /** A click that decided nothing. */
  | 'refusal'
  | 'withdrawal'
  /** Somebody stopped a rule from approving something by itself. */
  | 'rule-stopped'
  | 'taken-back'
  /** A decision left for its system. */
  | 'signal'
  /** What is known of a decision that left, or of why it did not leave. */
  | 'signal-answer'
  /** A waiting step is over. */
  | 'ending'
  /** A step that was over unseen waits as it did before. */
  | 'found-again'
  /** Somebody who can decide asked the requester something. */
  | 'question'
  /** Whoever asked had those reminded who can decide. */
  | 'nudge'
  | 'answer'
  | 'command'
  | 'change'
  | 'change-outcome'
  /** A workflow requested a decision. */
  | 'told'
  | 'alert-action'
  | 'settings'
  /** From here on a chain is sealed with another key; holds the head that is taken over. */
  | 'key'
  | 'rights'
  /** An approver is away; with whom they left their place to, and until when. */
  | 'absence'
  | 'absence-end'
  /** Somebody chose how they want their direct messages. */
  | 'preferences'
  /** An operator said that a backup was put in place of the store on purpose. */
  | 'restore'
  | 'link'
  /** Up to which record the beginning of its chain was cut off. */
  | 'checkpoint'
  /** What was removed since it was older than the settings keep it. */
  | 'retention'
  /** What is known of somebody outside the ledger was removed. */
  | 'forgotten'
  /** A run was put on hold, so that nothing about it is removed; or that ended. */
  | 'hold';

/** One thing that happened, as it is kept for good; holds no secret and no value of a variable. */
export type LedgerEntry = {
  /** Which chain it belongs to; the bot's own, where it is about no system, is called ''. */
  readonly system: string;
  readonly kind: LedgerKind;
  readonly atMs: number;
  readonly person?: {
    readonly teamId: string;
    readonly userId: string;
    readonly name?: string;
  };
  /** The rule that decided by itself, where no person did. */
  readonly rule?: string;
  /** Names the system knows the person by. */
  readonly identities?: readonly string[];
  /** Id of the run in its system. */
  readonly instance?: string;
  /** Short code of the approval or run. */
  readonly code?: string;
  /** What the person saw: revision of the facts, and the hash of those, where they are still known. */
  readonly shown?: {
    readonly revision: number;
    readonly facts?: string;
    /** SHA-256 of what is kept of a decision: its facts and the text that was shown; absent in older records. */
    readonly evidence?: string;
  };
  readonly sent?: PlainGroup;
  readonly answered?: PlainGroup;
  readonly messages?: readonly { readonly channel: string; readonly ts: string }[];
  readonly note?: PlainGroup;
  /** Id of the click, command, poll or delivery that led to it, as in the log; absent in older records. */
  readonly trace?: string;
};

/** What seals records: nobody without its key can make the same seal of another text. */
export interface RecordSigner {
  /** Names the key; `noKey` where there is none. */
  readonly keyId: string;
  /** Gives the seal of a text, in hexadecimal. */
  sign(text: string): string;
}

/** Stands in place of a key's name where records are chained without one, which proves nothing. */
export const noKey = 'none';

/** A record as it is kept: what happened, and its place in the chain of its system. */
export interface LedgerRecord {
  readonly system: string;
  /** Counts from 1 in every system. */
  readonly number: number;
  readonly atMs: number;
  readonly kind: string;
  readonly instanceId?: string;
  /** The person's id as one string. */
  readonly person?: string;
  /** Canonical text of the entry and its number. */
  readonly body: string;
  /** Seal of the record before; of the first one, what its chain begins with. */
  readonly previous: string;
  readonly mac: string;
  readonly keyId: string;
}

/** The last record of a chain. */
export type LedgerHead = Pick<LedgerRecord, 'system' | 'number' | 'mac' | 'keyId'>;

/** Gives what the chain of a system begins with. */
function genesisOf({ sign }: RecordSigner, system: string): string {
  return sign(`genesis\n${system}`);
}

/** Gives the seal of a record, which holds the one before. */
function signatureOf(
  { sign }: RecordSigner,
  { previous, body }: Pick<LedgerRecord, 'previous' | 'body'>,
): string {
  return sign(`${previous}\n${body}`);
}

/** Makes the record of an entry that follows on the last one of its chain. */
export function nextRecord(
  signer: RecordSigner,
  entry: LedgerEntry,
  head: Pick<LedgerHead, 'number' | 'mac'> | undefined,
): LedgerRecord {
  const number = (head?.number ?? 0) + 1;
  const previous = head?.mac ?? genesisOf(signer, entry.system);
  const body = canonical({ ...entry, number });
  const mac = signatureOf(signer, { previous, body });
  return { ...columnsOf(entry), number, body, previous, mac, keyId: signer.keyId };
}

/** Gives what of an entry stands beside its text, to look for it. */
function columnsOf({
  system,
  kind,
  atMs,
  instance,
  person,
}: LedgerEntry): Pick<LedgerRecord, 'system' | 'kind' | 'atMs' | 'instanceId' | 'person'> {
  return {
    system,
    kind,
    atMs,
    ...defined({ instanceId: instance }),
    ...(person === undefined ? {} : { person: `${person.teamId}/${person.userId}` }),
  };
}

/** Reads what happened from a record. */
export function entryOf({ body }: Pick<LedgerRecord, 'body'>): LedgerEntry & { readonly number: number } {
  return JSON.parse(body);
}

/** The head of a chain, as it is written down outside the store. */
export type Anchor = Pick<LedgerHead, 'system' | 'number' | 'mac'>;

/** Writes an anchor as people copy it: `corp-pki:12:` and the seal; the bot's own chain has no name. */
export function anchorText({ system, number, mac }: Anchor): string {
  return `${system}:${number}:${mac}`;
}

/** Finds the anchor at the end of a line; absent where there is none. */
export function readAnchor(line: string): Anchor | undefined {
  const [, system, number, mac] = /(?:^|\s)([^\s:]*):([1-9]\d{0,14}):([0-9a-f]{64})\s*$/.exec(line) ?? [];
  if (system === undefined || number === undefined || mac === undefined) return undefined;
  return { system, number: Number(number), mac };
}

/** What a `key` record says: from which head on another key seals, of its own chain or of one it names. */
interface TakenOver {
  /** The chain, where the record stands in that of the bot. */
  readonly of?: string;
  /** The head that is taken over; absent in records of older versions. */
  readonly head?: Pick<LedgerHead, 'number' | 'mac'>;
  /** The first of the records without a seal that somebody accepted; absent where nothing was out of order. */
  readonly acceptedFrom?: number;
}

/** Writes what is taken over as the note of a `key` record. */
export function takeOverNote(about: {
  readonly head: LedgerHead;
  readonly now: string;
  readonly of?: string;
  readonly acceptedFrom?: number;
}): PlainGroup {
  const { head, now, of, acceptedFrom } = about;
  return { before: head.keyId, now, of, number: head.number, mac: head.mac, acceptedFrom };
}

/** Reads what a `key` record takes over; absent for any other record. */
export function takenOverBy(record: LedgerRecord): TakenOver | undefined {
  if (record.kind !== 'key') return undefined;
  const { note = {} } = entryOf(record);
  const { of, number, mac, acceptedFrom } = note;
  return {
    ...(typeof of === 'string' ? { of } : {}),
    ...(typeof number === 'number' && typeof mac === 'string' ? { head: { number, mac } } : {}),
    ...(typeof acceptedFrom === 'number' ? { acceptedFrom } : {}),
  };
}

/** What a checkpoint says of the beginning of its chain, which was cut off. */
export interface Cut {
  /** The last record that was cut off, its seal, and by which key. */
  readonly upTo: number;
  readonly mac: string;
  readonly keyId: string;
  /** How many records were cut off since the checkpoint before. */
  readonly count: number;
}

/** Writes what was cut off as the note of a checkpoint. */
export function cutNote({ upTo, mac, keyId, count }: Cut): PlainGroup {
  return { upTo, mac, keyId, count };
}

/** Reads what a checkpoint says; absent for any other record. */
export function cutOf(record: LedgerRecord): Cut | undefined {
  if (record.kind !== 'checkpoint') return undefined;
  const { upTo, mac, keyId, count } = entryOf(record).note ?? {};
  if (typeof upTo !== 'number' || typeof mac !== 'string' || typeof keyId !== 'string') return undefined;
  return { upTo, mac, keyId, count: typeof count === 'number' ? count : 0 };
}

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
    | 'cut-off'
    /** What is kept of a decision is not what was shown then. */
    | 'other-evidence'
    /** It does not follow on what its checkpoint says was cut off. */
    | 'not-as-cut';
  /** How many records stand without a key, where some do and nothing vouches for them. */
  readonly count?: number;
}

/** Records without a seal that somebody accepted, and the record by which they did. */
interface ChainBreak {
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
  /** How many decisions there are of which the text that was shown is not kept any more. */
  readonly withoutEvidence?: number;
  /** What was cut off before its first record, and the checkpoint that says so; a fault unless that is sealed. */
  readonly cut?: Cut & { readonly by: number; readonly isProven?: true };
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

/**
 * Begins to check a chain whose first records were cut off, at the first that is left.
 *
 * Where cutting was interrupted some of what the checkpoint names is still there; it has to lead to the seal named.
 */
export function beginCutChain(
  { anchors }: Pick<ChainProofs, 'anchors'>,
  first: LedgerRecord,
  checkpoint: LedgerRecord | undefined,
): CheckedChain | ChainFault {
  const { system } = first;
  const cut = checkpoint && cutOf(checkpoint);
  if (!cut || !checkpoint || first.number > cut.upTo + 1)
    return { system, number: cut ? cut.upTo + 1 : 1, what: 'missing' };
  const isOther = anchors.some(
    ({ system: of, number, mac }) => of === system && number === cut.upTo && mac !== cut.mac,
  );
  if (isOther) return { system, number: cut.upTo, what: 'not-as-anchored' };
  if (first.number === cut.upTo + 1 && first.previous !== cut.mac)
    return { system, number: first.number, what: 'not-as-cut' };
  const keyed = cut.keyId === noKey ? 0 : 1;
  return {
    system,
    number: first.number - 1,
    mac: first.previous,
    keyed,
    cut: { ...cut, by: checkpoint.number },
  };
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
  if (chain.cut?.upTo === number && chain.cut.mac !== record.mac) return fault('not-as-cut');
  const next = { ...chain, number, mac: record.mac, ...provenBy(record, chain) };
  return isKeyed ? underKey(chain, next, record) : withoutKey(chain, next);
}

/** What was cut off is proven by a checkpoint that is itself in order, as good as the seals are from there on. */
function provenBy(record: LedgerRecord, { cut, keyed }: CheckedChain): Pick<CheckedChain, 'cut'> {
  if (cut?.by !== record.number || (record.keyId === noKey && keyed > 0)) return {};
  return { cut: { ...cut, isProven: true } };
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
  if (chain.cut && !chain.cut.isProven) return { system, number: chain.cut.upTo, what: 'missing' };
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
