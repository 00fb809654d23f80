import { nextRecord } from '../../domain/ledger/chain.js';
import type { LedgerEntry } from '../../domain/ledger/ledger-entry.js';
import { isSamePerson, type PersonId } from '../../domain/person.js';
import type { Transaction } from '../../ports/store.js';
import type { Context } from '../context.js';

/** What to record; the time is that of recording. */
export type Recorded = Omit<LedgerEntry, 'atMs'>;

/**
 * Adds a record to the ledger, as part of the transaction of what it is about: both are remembered, or neither.
 *
 * A record is for good, so nothing secret belongs into one; what somebody typed as a value goes in by its seal.
 */
export async function record(
  context: Pick<Context, 'now' | 'signer'>,
  transaction: Transaction,
  entry: Recorded,
): Promise<void> {
  const whole = { ...entry, atMs: context.now() };
  await transaction.appendLedger(entry.system, (head) => nextRecord(context.signer, whole, head));
}

/** Names a person for a record, as the settings do. */
export function recordedPerson(
  { policy }: Pick<Context, 'policy'>,
  { teamId, userId }: PersonId,
): NonNullable<LedgerEntry['person']> {
  const mapped = policy.people.find(({ id }) => isSamePerson(id, { teamId, userId }));
  return { teamId, userId, ...(mapped ? { name: mapped.name } : {}) };
}

/** Stands for a value in a record: the same value under the same name is seen to be the same, and not which. */
export function signedValue({ signer }: Pick<Context, 'signer'>, name: string, value: string): string {
  return signer.sign(`value\n${name}\n${value}`);
}
