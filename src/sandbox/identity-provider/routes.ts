import { createHash } from 'node:crypto';
import { defined } from '../../shared/language.js';
import { readClientCredentials } from '../shared/client-credentials.js';
import { type Reply, json as withJson } from '../shared/server.js';
import { errorPage, signInFields, signInPage } from './pages.js';
import type { Consent, Session } from './sessions.js';
import { issueAccessToken, issueIdToken, issueRefreshToken } from './tokens.js';
import type { Account, Client, World } from './world.js';

/** A call, read as far as the provider needs it. */
export interface Call {
  readonly method: string;
  /** Path below the issuer; undefined outside of it. */
  readonly path: string | undefined;
  readonly query: URLSearchParams;
  /** The fields of a form; empty when the body is none. */
  readonly form: URLSearchParams;
  readonly authorization: string | undefined;
}

type Respond = (world: World, call: Call) => Reply | Promise<Reply>;

const routes: Readonly<Record<string, { readonly methods: string; readonly respond: Respond }>> = {
  '/.well-known/openid-configuration': { methods: 'GET', respond: respondDiscovery },
  '/authorize': { methods: 'GET POST', respond: respondAuthorize },
  '/token': { methods: 'POST', respond: respondToken },
  '/revoke': { methods: 'POST', respond: respondRevoke },
  '/userinfo': { methods: 'GET POST', respond: respondUserinfo },
  '/jwks': { methods: 'GET', respond: async ({ keys }) => json(await keys.publicKeys()) },
};

/** Handles one call. */
export async function respondTo(world: World, call: Call): Promise<Reply> {
  const { path = '', method } = call;
  const route = Object.hasOwn(routes, path) ? routes[path] : undefined;
  if (route === undefined) return errorPage('There is nothing at this address.', 404);
  if (!route.methods.split(' ').includes(method)) {
    return errorPage('This address takes no such request.', 405);
  }
  try {
    return await route.respond(world, call);
  } catch (error) {
    if (!(error instanceof OAuthRefusal)) throw error;
    const { error: code, message, status, headers } = error;
    const { errorCode } = world.behaviour();
    const description = errorCode === null ? message : `${errorCode}: ${message} Trace ID: 0000-simulated`;
    return json({ error: code, error_description: description }, status, headers);
  }
}

/** Ends the handling of a call with an error in the shape of RFC 6749. */
class OAuthRefusal extends Error {
  readonly error: string;
  readonly status: number;
  readonly headers: Reply['headers'];

  constructor(error: string, description: string, status = 400, headers: Reply['headers'] = {}) {
    super(description);
    this.error = error;
    this.status = status;
    this.headers = headers;
  }
}

/** Answers with JSON that nobody may keep. */
export function json(value: unknown, status = 200, headers: Reply['headers'] = {}): Reply {
  const own = { 'Content-Type': 'application/json', 'Cache-Control': 'no-store', Pragma: 'no-cache' };
  return withJson(value, status, { ...own, ...headers });
}

/** Answers the browser: with the page that asks who is there, or by sending it back. */
function respondAuthorize(world: World, call: Call): Reply {
  const given = new URLSearchParams(call.method === 'POST' ? call.form : call.query);
  const username = given.get(signInFields.person);
  const isCancelled = given.has(signInFields.cancel);
  for (const field of Object.values(signInFields)) given.delete(field);
  const read = readAuthorization(world, given);
  if (read.kind === 'not-trusted') return errorPage(read.reason, 400);
  if (read.kind === 'wrong') {
    const { error, description: error_description } = read;
    return sendBack(world, read, { error, error_description });
  }
  const { authorization } = read;
  if (call.method !== 'POST' || (username === null && !isCancelled)) {
    return signInPage(given, world.directory.people(), authorization.client.clientId);
  }
  if (isCancelled) {
    return sendBack(world, authorization, { error: 'access_denied', error_description: 'Nobody signed in.' });
  }
  return signIn(world, authorization, username ?? '');
}

function signIn(world: World, authorization: Authorization, username: string): Reply {
  const account = world.directory.account(username);
  if (account === undefined) return errorPage('Nobody of that name can sign in here.', 400);
  const { client, state: _state, ...asked } = authorization;
  const consent = { ...asked, clientId: client.clientId, username, signedInAtMs: world.now() };
  const code = world.codes.issue(consent, world.behaviour().codeLifetimeSeconds);
  return sendBack(world, authorization, { code });
}

/** Sends the browser back with an answer, the state as it came, and the name of the issuer (RFC 9207). */
function sendBack(
  world: World,
  to: { readonly redirectUri: string; readonly state: string | undefined },
  respond: Readonly<Record<string, string>>,
): Reply {
  const url = new URL(to.redirectUri);
  for (const [name, value] of Object.entries(respond)) url.searchParams.set(name, value);
  if (to.state !== undefined) url.searchParams.set('state', to.state);
  url.searchParams.set('iss', world.issuer());
  return { status: 303, headers: { Location: url.href, 'Cache-Control': 'no-store' }, body: '' };
}

/** A request to sign somebody in that is in order. */
interface Authorization extends Pick<Consent, 'redirectUri' | 'scope' | 'challenge' | 'nonce'> {
  readonly client: Client;
  readonly state: string | undefined;
}

/** What the provider makes of a request to sign somebody in. */
type ReadAuthorization =
  | { readonly kind: 'fine'; readonly authorization: Authorization }
  /** It may lead anywhere, so the browser is not sent back. */
  | { readonly kind: 'not-trusted'; readonly reason: string }
  | {
      readonly kind: 'wrong';
      readonly redirectUri: string;
      readonly state: string | undefined;
      readonly error: string;
      readonly description: string;
    };

/** Reads the parameters of an authorization request, in the order of trust: where back to, then what for. */
function readAuthorization(world: World, parameters: URLSearchParams): ReadAuthorization {
  const client = world.directory.client(parameters.get('client_id') ?? '');
  if (client === undefined) return { kind: 'not-trusted', reason: 'This application is not known here.' };
  const redirectUri = parameters.get('redirect_uri') ?? '';
  if (!client.redirectUris?.includes(redirectUri)) {
    return { kind: 'not-trusted', reason: 'This application may not send people back to that address.' };
  }
  const state = parameters.get('state') ?? undefined;
  const fault = faultIn(parameters);
  if (fault !== undefined) return { kind: 'wrong', redirectUri, state, ...fault };
  const authorization: Authorization = {
    client,
    redirectUri,
    state,
    scope: scopesIn(parameters),
    challenge: parameters.get('code_challenge') ?? '',
    nonce: parameters.get('nonce') ?? undefined,
  };
  return { kind: 'fine', authorization };
}

function faultIn(parameters: URLSearchParams): { error: string; description: string } | undefined {
  const invalid = (description: string) => ({ error: 'invalid_request', description });
  const names = [...parameters.keys()];
  if (new Set(names).size < names.length) return invalid('A parameter is given twice.');
  const responseType = parameters.get('response_type');
  if (responseType === null) return invalid('Missing parameter: response_type');
  if (responseType !== 'code') {
    return { error: 'unsupported_response_type', description: 'Only the response type code is supported.' };
  }
  if (!parameters.has('code_challenge')) return invalid('Missing parameter: code_challenge_method');
  // Without a method the challenge would be the verifier itself.
  if (parameters.get('code_challenge_method') !== 'S256') {
    return invalid('Invalid parameter: code challenge method is not S256');
  }
  if (!/^[\w-]{43}$/.test(parameters.get('code_challenge') ?? '')) {
    return invalid('Invalid parameter: code_challenge');
  }
  const unknown = scopesIn(parameters).find((scope) => !knownScopes.includes(scope));
  if (unknown === undefined) return undefined;
  return { error: 'invalid_scope', description: `Invalid scopes: ${unknown}` };
}

function scopesIn(parameters: URLSearchParams): readonly string[] {
  return (parameters.get('scope') ?? '').split(' ').filter((scope) => scope !== '');
}

/**
 * Takes a refresh token back and ends its session (RFC 7009).
 *
 * A token nobody knows is as good as taken back. An access token is signed and lives until it expires.
 */
async function respondRevoke(world: World, call: Call): Promise<Reply> {
  const client = authenticateClient(world, call);
  const token = call.form.get('token');
  if (token === null) throw new OAuthRefusal('invalid_request', 'Missing parameter: token');
  const session = world.sessions.sessionOf(token);
  if (session !== undefined && session.clientId !== client.clientId) {
    throw new OAuthRefusal('invalid_grant', 'The token was issued to another client.');
  }
  if (session !== undefined) world.sessions.end(session.id);
  else if ((await world.keys.read(token, world.now())) !== undefined) {
    throw new OAuthRefusal('unsupported_token_type', 'Only refresh tokens can be revoked.');
  }
  return { status: 200, headers: { 'Cache-Control': 'no-store' }, body: '' };
}

/** Answers the token endpoint: a code, a refresh token or an application's own credentials for tokens. */
async function respondToken(world: World, call: Call): Promise<Reply> {
  const names = [...call.form.keys()];
  if (new Set(names).size < names.length) {
    throw new OAuthRefusal('invalid_request', 'A parameter is given twice.');
  }
  for (const name of ['code', 'code_verifier']) {
    const brought = call.form.get(name);
    if (brought !== null) world.records.broughtSecrets.push(brought);
  }
  const client = authenticateClient(world, call);
  switch (call.form.get('grant_type')) {
    case 'authorization_code':
      return redeemCode(world, client, call.form);
    case 'refresh_token':
      return refresh(world, client, call.form);
    case 'client_credentials':
      return signInForItself(world, client);
    case null:
      throw new OAuthRefusal('invalid_request', 'Missing parameter: grant_type');
    default:
      throw new OAuthRefusal('unsupported_grant_type', 'Unsupported grant_type');
  }
}

async function redeemCode(world: World, client: Client, form: URLSearchParams): Promise<Reply> {
  const code = form.get('code');
  if (code === null) throw new OAuthRefusal('invalid_request', 'Missing parameter: code');
  const redeemed = world.codes.redeem(code);
  if (redeemed.kind === 'used-before' && redeemed.session !== undefined) world.sessions.end(redeemed.session);
  if (redeemed.kind !== 'fresh') throw new OAuthRefusal('invalid_grant', 'Code not valid');
  const { consent } = redeemed;
  checkProof(consent, client, form);
  const { username, scope, signedInAtMs, nonce } = consent;
  const account = knownAccount(world, username);
  const session = world.sessions.start({ clientId: client.clientId, username, scope, signedInAtMs });
  world.codes.noteSession(code, session.id);
  return sessionTokens(world, { account, session, by: 'authorization_code', nonce });
}

/** Only the application that sent the person, for the address it named, with the verifier it kept, gets tokens. */
function checkProof(consent: Consent, client: Client, form: URLSearchParams): void {
  if (consent.clientId !== client.clientId) throw new OAuthRefusal('invalid_grant', 'Code not valid');
  if (form.get('redirect_uri') !== consent.redirectUri) {
    throw new OAuthRefusal('invalid_grant', 'Incorrect redirect_uri');
  }
  const verifier = form.get('code_verifier');
  if (verifier === null) throw new OAuthRefusal('invalid_grant', 'PKCE code verifier not specified');
  const challenge = createHash('sha256').update(verifier, 'ascii').digest('base64url');
  if (!/^[\w.~-]{43,128}$/.test(verifier) || challenge !== consent.challenge) {
    throw new OAuthRefusal('invalid_grant', 'PKCE verification failed');
  }
}

async function refresh(world: World, client: Client, form: URLSearchParams): Promise<Reply> {
  const token = form.get('refresh_token');
  if (token === null) throw new OAuthRefusal('invalid_request', 'Missing parameter: refresh_token');
  const judged = world.sessions.judge(token, client.clientId);
  if (judged.kind !== 'good') throw new OAuthRefusal('invalid_grant', 'Token is not active');
  const { session } = judged;
  const account = knownAccount(world, session.username);
  return sessionTokens(world, { account, session, by: 'refresh_token' });
}

async function sessionTokens(
  world: World,
  of: {
    readonly account: Account;
    readonly session: Session;
    readonly by: 'authorization_code' | 'refresh_token';
    readonly nonce?: string | undefined;
  },
): Promise<Reply> {
  const { session, by } = of;
  const { clientId, scope } = session;
  const grant = { ...of, clientId, scope };
  const rotates = by === 'authorization_code' || world.behaviour().rotatesRefreshTokens;
  const refreshToken = rotates ? issueRefreshToken(world, session, by) : undefined;
  return json({
    access_token: await issueAccessToken(world, grant),
    token_type: 'Bearer',
    expires_in: world.behaviour().accessTokenLifetimeSeconds,
    scope: scope.join(' '),
    ...defined({ refresh_token: refreshToken }),
    ...(scope.includes('openid') ? { id_token: await issueIdToken(world, grant) } : {}),
  });
}

async function signInForItself(world: World, client: Client): Promise<Reply> {
  const account = world.directory.serviceAccountOf(client);
  if (account === undefined) {
    throw new OAuthRefusal('unauthorized_client', 'This client has no service account.');
  }
  const grant = { account, clientId: client.clientId, scope: [], by: 'client_credentials' } as const;
  return json({
    access_token: await issueAccessToken(world, grant),
    token_type: 'Bearer',
    expires_in: world.behaviour().accessTokenLifetimeSeconds,
  });
}

function knownAccount(world: World, username: string): Account {
  const account = world.directory.account(username);
  if (account === undefined) throw new OAuthRefusal('invalid_grant', 'User not found');
  return account;
}

/** Tells whom an access token speaks of, while its session lasts. */
async function respondUserinfo(world: World, call: Call): Promise<Reply> {
  const token = /^bearer (.+)$/i.exec(call.authorization ?? '')?.[1];
  const claims = token === undefined ? undefined : await world.keys.read(token, world.now());
  const { sid, scope, preferred_username: username } = claims ?? {};
  const account = world.directory.account(String(username));
  if (claims?.aud !== world.audience || account === undefined || !world.sessions.isAlive(String(sid))) {
    throw refusal('invalid_token', 401);
  }
  const scopes = String(scope).split(' ');
  if (!scopes.includes('openid')) throw refusal('insufficient_scope', 403);
  const { subject, name } = account;
  return json({
    sub: subject,
    ...(scopes.includes('profile') ? { name, preferred_username: account.username } : {}),
  });
}

function refusal(error: string, status: number): OAuthRefusal {
  const headers = { 'WWW-Authenticate': `Bearer realm="simulated", error="${error}"` };
  return new OAuthRefusal(error, 'Token verification failed', status, headers);
}

/** Finds out which application calls, by header or form; refuses with 401 when it cannot prove it. */
function authenticateClient(world: World, { form, authorization }: Call): Client {
  const { clientId, clientSecret, clientAuthentication } = readClientCredentials(form, authorization);
  const isBasic = clientAuthentication === 'client_secret_basic';
  if (isBasic && form.has('client_secret')) {
    throw new OAuthRefusal('invalid_request', 'The client authenticates in more than one way.');
  }
  const client = world.directory.client(clientId);
  if (client !== undefined && client.clientSecret === clientSecret) return client;
  const headers: Reply['headers'] = isBasic ? { 'WWW-Authenticate': 'Basic realm="simulated"' } : {};
  throw new OAuthRefusal('invalid_client', 'The client or its credentials are not known.', 401, headers);
}

/** Scopes that can be asked for. */
const knownScopes: readonly string[] = ['openid', 'profile', 'offline_access'];

/** Describes the provider, as OpenID Connect Discovery wants it. */
function respondDiscovery(world: World): Reply {
  const issuer = world.issuer();
  const methods = ['client_secret_basic', 'client_secret_post'];
  const revocation = {
    revocation_endpoint: `${issuer}/revoke`,
    revocation_endpoint_auth_methods_supported: methods,
  };
  return json({
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
    userinfo_endpoint: `${issuer}/userinfo`,
    jwks_uri: `${issuer}/jwks`,
    ...(world.behaviour().hasRevocation ? revocation : {}),
    scopes_supported: knownScopes,
    response_types_supported: ['code'],
    response_modes_supported: ['query'],
    grant_types_supported: ['authorization_code', 'refresh_token', 'client_credentials'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['ES256'],
    token_endpoint_auth_methods_supported: methods,
    code_challenge_methods_supported: ['S256'],
    authorization_response_iss_parameter_supported: true,
    claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'auth_time', 'name', 'preferred_username'],
  });
}
