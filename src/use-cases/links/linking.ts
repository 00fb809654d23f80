import type { PersonId } from '../../domain/person.js';
import type { PersonAccess } from '../../ports/backend.js';
import type { SecretBox } from '../../ports/vault.js';

/** What the bot needs to speak for people who linked their accounts. */
export interface Linking {
  readonly secretBox: SecretBox;
  /** Address under which browsers reach the bot, without a slash at its end. */
  readonly publicUrl: string;
  /**
   * Gives what shows that the bot speaks for a person; `isFresh` asks the identity provider in any case.
   *
   * A link the provider does not honour any more is ended. Throws `BackendError` or `ContractError` when that
   * cannot be told just now.
   */
  accessOf(system: string, person: PersonId, how?: { readonly isFresh: boolean }): Promise<AccessResult>;
  /** Forgets what was had for a person, since the system does not take it. */
  forgetAccess(system: string, person: PersonId): void;
}

/** What came of asking for the right to speak for somebody. */
export type AccessResult =
  | { readonly kind: 'access'; readonly access: PersonAccess; readonly username: string }
  | { readonly kind: 'not-linked' }
  /** They had linked an account, which cannot be used any more. */
  | { readonly kind: 'ended' };

/** How somebody stands who wants to decide: with a link that is good, without, or with one that has ended. */
export type LinkState = 'linked' | 'missing' | 'ended';
