import type { LedgerRecord } from '../../domain/ledger/chain.js';
import type { LedgerRepository } from '../../ports/ledger-memory.js';

const pageSize = 500;

/** Gives the records of a chain in its order; only a page of them is in memory at a time. */
export async function* readLedger(
  repository: LedgerRepository,
  { system, sinceMs }: { readonly system: string; readonly sinceMs?: number | undefined },
): AsyncGenerator<LedgerRecord> {
  const since = sinceMs === undefined ? {} : { sinceMs };
  let after = 0;
  for (;;) {
    const page = await repository.listLedger({ system, ...since, after, limit: pageSize });
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < pageSize) return;
    after = last.number;
  }
}
