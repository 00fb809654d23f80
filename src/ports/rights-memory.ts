import type { PersonId } from '../domain/person.js';
import type { Receipt, Suspension } from '../domain/receipt.js';

/** Receipts, and whose rights are suspended. */
export interface RightsRepository {
  /** Adds a receipt; false if its code was given out before. */
  addReceipt(receipt: Receipt): Promise<boolean>;
  findReceipt(code: string): Promise<Receipt | undefined>;
  /** Suspends somebody's rights; false if they are suspended already. */
  suspend(suspension: Suspension): Promise<boolean>;
  findSuspension(person: PersonId): Promise<Suspension | undefined>;
  /** Gives rights back; false if they were not suspended. */
  restore(person: PersonId): Promise<boolean>;
}
