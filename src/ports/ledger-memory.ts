import type { InstanceRef } from '../domain/instance.js';
import type { LedgerHead, LedgerRecord } from '../domain/ledger/chain.js';

/** What happened, for good: records are added and read, never changed and never removed. */
export interface LedgerRepository {
  /** Adds the record that is made on the head of a system's chain; two writers never make it on the same head. */
  appendLedger(system: string, make: (head: LedgerHead | undefined) => LedgerRecord): Promise<void>;
  /** Gives the head of every chain, as it was noted when its last record was added. */
  listLedgerHeads(): Promise<readonly LedgerHead[]>;
  /** Gives the last record of a chain that was sealed with a key, whatever came after it without one. */
  lastSealed(system: string): Promise<LedgerHead | undefined>;
  /** Names every system of which there are records or a head. */
  listLedgerSystems(): Promise<readonly string[]>;
  /** Lists records of a chain in its order, after that number. */
  listLedger(page: {
    readonly system: string;
    readonly after: number;
    readonly sinceMs?: number;
    readonly limit: number;
  }): Promise<readonly LedgerRecord[]>;
  /** Lists records about a run, the latest first. */
  listLedgerOf(
    ref: InstanceRef,
    page: { readonly offset: number; readonly limit: number },
  ): Promise<readonly LedgerRecord[]>;
}
