import type { Locked } from '../domain/links/link.js';

/** Locks secrets away for the store, and signs what must not be guessed. */
export interface SecretBox {
  /** Locks a secret; `bound` names what it belongs to, and it opens for nothing else. */
  lock(secret: string, bound: string): Locked;
  /** Opens a secret; undefined if it belongs to something else, was changed, or its key is not at hand. */
  unlock(locked: Locked, bound: string): string | undefined;
  /** Gives a signature nobody can make without the key; safe in an address. */
  sign(text: string): string;
  /** Tells whether a text was signed with a key at hand. */
  isSigned(text: string, signature: string): boolean;
}
