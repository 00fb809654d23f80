import type { Approval } from '../domain/approval.js';
import type { PersonId } from '../domain/person.js';

/** What a chat may ask of the bot about receipts. */
export interface ReceiptService {
  /** Takes somebody's word that a decision in their name was not theirs. Throws when it could not be written. */
  repudiate(code: string, person: PersonId): Promise<Repudiation>;
}

/** What became of that word. */
export type Repudiation =
  | {
      readonly kind: 'suspended';
      /** How it stands with what was decided. */
      readonly approval: Approval | undefined;
      /** How many decisions were still held and are cancelled now. */
      readonly cancelled: number;
      readonly wasSuspended: boolean;
    }
  /** No receipt of that person has this code. */
  | { readonly kind: 'unknown-receipt' };
