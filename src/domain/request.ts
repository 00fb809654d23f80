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
  /** Public exponent of an RSA key. */
  readonly exponent?: string;
  /** True if numbers of the key are such that it protects nothing. */
  readonly isBroken?: true;
  /** True if the key is of a kind that signs nothing. */
  readonly cannotSign?: true;
}

/** What kind of name somebody asks to have certified. */
export type NameKind =
  | 'dns'
  | 'ip'
  | 'mail'
  | 'upn'
  | 'kerberos'
  | 'uri'
  | 'directory'
  | 'registered-id'
  | 'other';

/** A name somebody asks to have certified, with its kind: a login and a mail address look alike. */
export interface RequestedName {
  readonly kind: NameKind;
  readonly value: string;
  /** Object identifier of a name of another kind. */
  readonly oid?: string;
  /** True if the value is only what can be told of it. */
  readonly isUnreadable?: true;
}

/** How a request is signed, and whether with the key it asks to have certified. */
export interface SignatureFacts {
  readonly algorithm: string;
  readonly hash?: string;
  readonly fits: 'yes' | 'no' | 'not-checked';
}

/** Text of a value, or how many bytes it has where it has no text form and is too long to be shown. */
type Content = { readonly text: string } | { readonly hiddenBytes: number };

/** One more thing a signing request asks for, beside names and key. */
export type RequestDetail =
  | { readonly kind: 'basic-constraints'; readonly isAuthority: boolean; readonly pathLength?: number }
  | { readonly kind: 'key-usage'; readonly usages: readonly string[] }
  | { readonly kind: 'extended-key-usage'; readonly usages: readonly string[] }
  | {
      readonly kind: 'name-constraints';
      readonly permitted: readonly string[];
      readonly excluded: readonly string[];
    }
  | { readonly kind: 'template'; readonly template: string }
  | { readonly kind: 'sid'; readonly sid: string }
  | { readonly kind: 'version'; readonly version: number }
  | { readonly kind: 'doubled-extension'; readonly name: string; readonly count: number }
  | { readonly kind: 'name-value'; readonly name: string; readonly value: string }
  | ({ readonly kind: 'attribute'; readonly name: string } & Content)
  | ({
      readonly kind: 'extension';
      readonly oid: string;
      readonly name: string;
      /** Whether it is one of those that standards or Microsoft describe. */
      readonly isKnown: boolean;
      readonly isCritical: boolean;
    } & Content);

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
  readonly isTold?: true;
}

/** Facts of a request about which nothing is known. */
export const noFacts: RequestFacts = { requesters: [], names: [], others: [] };

/** Writes a key the way people say it: `RSA 2048, SHA-256`. */
export function describeKey(key: KeyFacts): string {
  const size = key.curve ?? (key.sizeBits === undefined ? '' : String(key.sizeBits));
  return [`${key.algorithm} ${size}`.trim(), key.hash].filter((part) => part !== undefined).join(', ');
}
