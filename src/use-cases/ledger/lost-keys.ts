import { type LedgerHead, noKey } from '../../domain/ledger/chain.js';
import type { LedgerRepository } from '../../ports/ledger-memory.js';
import type { Context } from '../context.js';

/** A chain that has been under a key and would go on without one. */
export interface LostKey {
  readonly system: string;
  /** `unsealed`: its first record without a seal. `no-key`: the last one with a seal. */
  readonly number: number;
  readonly why: 'unsealed' | 'no-key';
}

/**
 * Finds chains that have been under a key, and whose head has none, or which the bot has no key for.
 *
 * Once one chain is sealed all of them are, since a start takes all over together; so a chain without a seal beside a
 * sealed one was made again, or added to without the key.
 */
export async function findLostKeys(
  { signer }: Pick<Context, 'signer'>,
  transaction: LedgerRepository,
): Promise<readonly LostKey[]> {
  const heads = await transaction.listLedgerHeads();
  const chains: { readonly head: LedgerHead; readonly sealed: LedgerHead | undefined }[] = [];
  for (const head of heads) {
    chains.push({ head, sealed: head.keyId === noKey ? await transaction.lastSealed(head.system) : head });
  }
  if (!chains.some(({ sealed: values }) => values)) return [];
  if (signer.keyId === noKey) {
    return chains.flatMap(({ sealed: values }) =>
      values ? [{ system: values.system, number: values.number, why: 'no-key' as const }] : [],
    );
  }
  return chains.flatMap(({ head: { system, keyId }, sealed: values }) =>
    keyId === noKey ? [{ system, number: (values?.number ?? 0) + 1, why: 'unsealed' as const }] : [],
  );
}
