/** The public key somebody asks to have certified. */
export interface KeyFacts {
  /** `RSA`, `EC`, `Ed25519`, … */
  readonly algorithm: string;
  readonly sizeBits?: number;
  readonly curve?: string;
  /** Hash of the request's signature, such as `SHA-256`. */
  readonly hash?: string;
  /** SHA-256 of the public key itself, so that another key of the same kind is another fact. */
  readonly fingerprint?: string;
}

/** The certificate a request replaces. */
export interface ReplacedCertificate {
  readonly subject?: string;
  readonly names: readonly string[];
  readonly key?: KeyFacts;
  readonly authority?: string;
  /** Epoch milliseconds. */
  readonly expiresAtMs?: number;
}

/** What a revocation asks for. */
export interface RevocationFacts {
  readonly reason?: string;
  readonly comment?: string;
  readonly effectiveAt?: string;
  readonly serialNumber?: string;
}

/** One more thing the system told about a request, safe to show. */
export interface LabelledValue {
  readonly label: string;
  readonly value: string;
}

/**
 * What is asked, as far as the system tells; absent means not told, never empty by guess.
 *
 * Holds nothing that may be key material or a password: whoever translates leaves that out.
 */
export interface RequestFacts {
  /** Every name under which the system says somebody asked, the chief one first. */
  readonly requesters: readonly string[];
  readonly subject?: string;
  /** Subject alternative names, such as `app.example.com` or `10.0.0.1`. */
  readonly names: readonly string[];
  readonly key?: KeyFacts;
  readonly template?: string;
  /** The certificate authority that would issue or revoke. */
  readonly authority?: string;
  readonly validity?: string;
  readonly revocation?: RevocationFacts;
  readonly replaces?: ReplacedCertificate;
  /** Why the signing request could not be read, when it could not. */
  readonly unreadableRequest?: string;
  readonly others: readonly LabelledValue[];
  /** True if the workflow itself sent them when it asked for people: then all of them are what people sign for. */
  readonly isInbound?: true;
}

/** Facts of a request about which nothing is known. */
export const noFacts: RequestFacts = { requesters: [], names: [], others: [] };

/** Writes a key the way people say it: `RSA 2048, SHA-256`. */
export function describeKey(key: KeyFacts): string {
  const size = key.curve ?? (key.sizeBits === undefined ? '' : String(key.sizeBits));
  return [`${key.algorithm} ${size}`.trim(), key.hash].filter((part) => part !== undefined).join(', ');
}
