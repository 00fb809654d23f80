import type { Behaviour } from '../behaviour.js';
import type { TokenOwner, Tokens } from './tokens.js';

/** Headers of a call, as far as they tell who calls. */
export interface CredentialHeaders {
  readonly authorization: string | undefined;
  /** The second place where the product looks for the token. */
  readonly accessToken: string | undefined;
}

/** What the server found out about a caller. */
export type Caller = TokenOwner | 'anybody' | undefined;

/** Finds out who calls; undefined when the credentials are missing or bad. */
export function authenticate(headers: CredentialHeaders, tokens: Tokens, behaviour: Behaviour): Caller {
  const token = bearerOf(headers);
  const owner = token === undefined ? undefined : tokens.ownerOf(token);
  if (behaviour.credentials === 'none') return owner ?? 'anybody';
  if (owner === undefined) return undefined;
  if (behaviour.trusts !== 'both' && behaviour.trusts !== owner.issuer) return undefined;
  return behaviour.needsAccessTokenHeader && headers.accessToken !== token ? undefined : owner;
}

/** Compares the extra header with the bearer token, for the record. */
export function extraHeader(headers: CredentialHeaders): 'absent' | 'same' | 'different' {
  if (headers.accessToken === undefined) return 'absent';
  return headers.accessToken === bearerOf(headers) ? 'same' : 'different';
}

function bearerOf({ authorization }: CredentialHeaders): string | undefined {
  return /^bearer (\S+)$/i.exec(authorization ?? '')?.[1];
}
