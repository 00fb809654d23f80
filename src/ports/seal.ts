import type { RecordSigner } from '../domain/ledger/chain.js';

/** What makes records provable: seals nobody else can make, and hashes anybody can make again. */
export interface HmacSigner extends RecordSigner {
  /** Gives the SHA-256 of a text, in hexadecimal. */
  hash(text: string): string;
}
