import { canonical } from './canonical.js';
import type { LedgerEntry } from './ledger-entry.js';

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
export function genesisOf({ sign }: RecordSigner, system: string): string {
  return sign(`genesis\n${system}`);
}

/** Gives the seal of a record, which holds the one before. */
export function signatureOf(
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
export function columnsOf({
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
    ...(instance === undefined ? {} : { instanceId: instance }),
    ...(person === undefined ? {} : { person: `${person.teamId}/${person.userId}` }),
  };
}

/** Reads what happened from a record. */
export function entryOf({ body }: Pick<LedgerRecord, 'body'>): LedgerEntry & { readonly number: number } {
  return JSON.parse(body);
}
