import {
  type ClientCredentials,
  readClientCredentials,
  type Tokens as TokensOf,
} from '../shared/client-credentials.js';
import { header, html, json, type RawCall, type Reply } from '../shared/server.js';
import type { Behaviour } from './behavior.js';
import { Refusal } from './refusal.js';
import type { World } from './world.js';

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
type Issuer = 'aim' | 'entra';

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

/** Finds out who calls; undefined when the credentials are missing or bad. */
export function authenticate(raw: RawCall, tokens: Tokens, behaviour: Behaviour): Caller {
  const owner = tokens.ownerOf(bearerOf(raw) ?? '');
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

/** Path of the identity manager's token endpoint, beside the API. */
export const aimTokenPath = '/identitymanager/connect/token';

/** Path of an Entra-like token endpoint; any tenant is taken. */
export const entraTokenPath = '/simulated-tenant/oauth2/v2.0/token';

/** Tells whose token endpoint a path is. */
export function issuerAt(path: string): Issuer | undefined {
  if (path.toLowerCase() === aimTokenPath) return 'aim';
  return /^\/[^/]+\/oauth2\/v2\.0\/token$/.test(path) ? 'entra' : undefined;
}

/** Answers a client credentials request as the issuer does. */
export function respondTokenRequest(world: World, issuer: Issuer, raw: RawCall): Reply {
  if (raw.method !== 'POST') return html(405, '405 - Method not allowed.');
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(header(raw, 'content-type') ?? '');
  if (!isForm) return json({ error: 'invalid_request' }, 400);
  const form = new URLSearchParams(raw.body);
  const { clientSecret, ...sent } = readClientCredentials(form, header(raw, 'authorization'));
  const client = world.clients.get(sent.clientId);
  const scope = form.get('scope') || null;
  const problem = problemWith(issuer, scope, sent.clientId, form.get('grant_type'));
  const isKnown = client !== undefined && client.clientSecret === clientSecret;
  const granted = isKnown && problem === undefined;
  world.records.tokenRequests.push({ issuer, ...sent, scope, granted, at: world.now() });
  // The two products disagree about the status of a wrong secret.
  if (!isKnown) return json({ error: 'invalid_client' }, issuer === 'aim' ? 400 : 401);
  if (problem !== undefined) return json({ error: problem }, 400);
  const lifetimeSeconds = world.behaviour().tokenLifetimeSeconds;
  const owner = { kind: 'service', name: client.clientId, user: client.user ?? null, issuer } as const;
  return json({
    access_token: world.tokens.issue(owner, lifetimeSeconds),
    expires_in: lifetimeSeconds,
    token_type: 'Bearer',
    ...(issuer === 'aim' ? { scope: scope ?? 'system' } : { ext_expires_in: lifetimeSeconds }),
  });
}

/** AIM takes no scope for all a client may have; Entra wants the application's default one. */
function problemWith(issuer: Issuer, scope: string | null, clientId: string, grant: string | null) {
  if (grant !== 'client_credentials') return grant === null ? 'invalid_request' : 'unsupported_grant_type';
  const isFine =
    issuer === 'aim'
      ? scope === null || scope === 'system'
      : scope === `api://${clientId}/worktasks/.default`;
  return isFine ? undefined : 'invalid_scope';
}
