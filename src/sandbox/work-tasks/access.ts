import type { ClientCredentials, Tokens as TokensOf } from '../shared/client-credentials.js';
import { header, type RawCall } from '../shared/server.js';
import { createTrust, type TrustedProvider } from '../shared/trusted-provider.js';
import type { Behaviour } from './behavior.js';
import { Refusal } from './refusal.js';

/** Who a token was issued to; a service may stand for a user of its own. */
export interface TokenOwner {
  readonly kind: 'person' | 'service';
  /** `provider::id` of a person, client id of a service. */
  readonly name: string;
  /** The `provider::id` it may act as; null when none is known. */
  readonly user: string | null;
  readonly issuer: Issuer;
}

/** Whose tokens the server may take: those of AVEVA's identity manager, or of Entra. */
export type Issuer = 'aim' | 'entra';

/** The bearer tokens in circulation. */
export type Tokens = TokensOf<TokenOwner>;

/** An application that may fetch tokens for itself. */
export interface Client {
  readonly clientId: string;
  readonly clientSecret: string;
  /** The `provider::id` it may act as where the server compares. */
  readonly user?: string;
}

/** What the server found out about a caller. */
export type Caller = TokenOwner | 'anybody' | undefined;

/** Creates the trust in identity providers people sign in at; whom one names becomes a `provider::id`. */
export function createPersonTrust(now: () => number) {
  const { trust, nameIn } = createTrust(now);
  let issuedBy: Issuer = 'aim';
  return {
    trust(provider: TrustedProvider & { readonly as?: Issuer }): void {
      issuedBy = provider.as ?? 'aim';
      trust(provider);
    },
    async personOf(token: string): Promise<TokenOwner | undefined> {
      const name = token === '' ? undefined : await nameIn(token);
      if (name === undefined) return undefined;
      const provider = issuedBy === 'aim' ? 'activedirectory' : 'azureactivedirectory';
      const user = name.includes('::') ? name : `${provider}::${name.replace(/^.*\\/, '')}`;
      return { kind: 'person', name: user, user, issuer: issuedBy };
    },
  };
}

type PersonTrust = ReturnType<typeof createPersonTrust>;

/** Finds out who calls; undefined when the credentials are missing or bad. */
export async function authenticate(
  raw: RawCall,
  { tokens, people }: { readonly tokens: Tokens; readonly people: Pick<PersonTrust, 'personOf'> },
  behaviour: Behaviour,
): Promise<Caller> {
  const bearer = bearerOf(raw) ?? '';
  const owner = tokens.ownerOf(bearer) ?? (await people.personOf(bearer));
  if (behaviour.credentials === 'none') return owner ?? 'anybody';
  if (owner === undefined) return undefined;
  if (behaviour.trusts !== 'both' && behaviour.trusts !== owner.issuer) return undefined;
  return behaviour.needsAccessTokenHeader && extraHeader(raw) !== 'same' ? undefined : owner;
}

/** Compares the second header in which the product looks for the token with the bearer token. */
export function extraHeader(raw: RawCall): 'absent' | 'same' | 'different' {
  const extra = header(raw, 'accesstoken');
  if (extra === undefined) return 'absent';
  return extra === bearerOf(raw) ? 'same' : 'different';
}

function bearerOf(raw: RawCall): string | undefined {
  return /^bearer (\S+)$/i.exec(header(raw, 'authorization') ?? '')?.[1];
}

/** Shape of the id per provider; a list user is known by a GUID. */
const idForms: Readonly<Record<string, RegExp>> = {
  activedirectory: /^\S+$/,
  azureactivedirectory: /^\S+@\S+$/,
  skeltalist: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i,
  sqlprovider: /^\S+$/,
  membershipprovider: /^\S+$/,
};

/** Refuses a `user` that is no user, belongs to another provider, or is not the caller where that matters. */
export function checkUser(
  user: string,
  against: { readonly providers: readonly string[] | null; readonly caller: Caller },
  behaviour: Behaviour,
): void {
  const [, provider = '', id = ''] = /^(.*?)::(.*)$/s.exec(user) ?? [];
  const form = Object.hasOwn(idForms, provider) ? idForms[provider] : undefined;
  if (!form?.test(id)) throw new Refusal('request', `'${user}' is not in the form provider::id.`);
  if (against.providers !== null && !against.providers.includes(provider)) {
    throw new Refusal('engine', `The repository has no user provider '${provider}'.`);
  }
  if (!behaviour.userMustMatchToken) return;
  const own = typeof against.caller === 'object' ? against.caller.user : null;
  if (own !== user) throw new Refusal('forbidden', 'The token does not belong to this user.');
}

/** One visit to a token endpoint. */
export interface TokenRequest extends Omit<ClientCredentials, 'clientSecret'> {
  readonly issuer: Issuer;
  readonly scope: string | null;
  readonly granted: boolean;
  readonly at: number;
}
