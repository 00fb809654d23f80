import type { Behaviour } from './behavior.js';
import { Refusal } from './exchange.js';

/** Shape of the id per provider; a list user is known by a GUID. */
const idForms: Readonly<Record<string, RegExp>> = {
  activedirectory: /^\S+$/,
  azureactivedirectory: /^\S+@\S+$/,
  skeltalist: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  sqlprovider: /^\S+$/,
  membershipprovider: /^\S+$/,
};

/** Tells the provider of a `provider::id`; undefined when the text is none. */
function providerOf(user: string): string | undefined {
  const separator = user.indexOf('::');
  const provider = user.slice(0, Math.max(separator, 0));
  const form = Object.hasOwn(idForms, provider) ? idForms[provider] : undefined;
  return form?.test(user.slice(separator + 2)) ? provider : undefined;
}

/** Refuses a `user` that is no user, belongs to another provider, or is not the caller where that matters. */
export function checkUser(
  user: string,
  against: { readonly providers: readonly string[] | null; readonly caller: Caller },
  behaviour: Behaviour,
): void {
  const provider = providerOf(user);
  if (provider === undefined) throw new Refusal('request', `'${user}' is not in the form provider::id.`);
  if (against.providers !== null && !against.providers.includes(provider)) {
    throw new Refusal('engine', `The repository has no user provider '${provider}'.`);
  }
  if (!behaviour.userMustMatchToken) return;
  const own = typeof against.caller === 'object' ? against.caller.user : null;
  if (own !== user) throw new Refusal('forbidden', 'The token does not belong to this user.');
}

/** An application that may fetch tokens for itself. */
export interface Client {
  readonly clientId: string;
  readonly clientSecret: string;
  /** The `provider::id` it may act as where the server compares. */
  readonly user?: string;
}

/** One visit to a token endpoint. */
export interface TokenRequest {
  readonly issuer: 'aim' | 'entra';
  readonly clientId: string;
  readonly scope: string | null;
  readonly clientAuthentication: 'client_secret_post' | 'client_secret_basic';
  readonly granted: boolean;
  readonly at: number;
}

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

/** Who a token was issued to; a service may stand for a user of its own. */
interface TokenOwner {
  readonly kind: 'person' | 'service';
  /** `provider::id` of a person, client id of a service. */
  readonly name: string;
  /** The `provider::id` it may act as; null when none is known. */
  readonly user: string | null;
  readonly issuer: 'aim' | 'entra';
}

/** The bearer tokens in circulation. */
export interface Tokens {
  issue(owner: TokenOwner, lifetimeSeconds: number): string;
  /** Owner of a token that is still good. */
  ownerOf(token: string): TokenOwner | undefined;
  /** Makes tokens worthless at once: those of one name, or all. */
  revoke(name?: string): void;
}

/** Creates an empty set of tokens that expire by the given clock. */
export function createTokens(now: () => number, newId: () => string): Tokens {
  const issued = new Map<string, { owner: TokenOwner; expiresAt: number }>();
  return {
    issue(owner, lifetimeSeconds) {
      const token = `simulated.${newId()}`;
      issued.set(token, { owner, expiresAt: now() + lifetimeSeconds * 1000 });
      return token;
    },
    ownerOf(token) {
      const found = issued.get(token);
      return found !== undefined && found.expiresAt > now() ? found.owner : undefined;
    },
    revoke(name) {
      for (const [token, { owner }] of issued) {
        if (name === undefined || owner.name === name) issued.delete(token);
      }
    },
  };
}
