import { createHash } from 'node:crypto';
import { defined } from '../../shared/defined.js';
import { type Call, json, OAuthRefusal, page, type Reply, redirect } from './exchange.js';
import type { Consent, Session } from './sessions.js';
import { issueAccessToken, issueIdToken, issueRefreshToken } from './tokens.js';
import type { Account, Client, World } from './world.js';

interface Route {
  readonly methods: readonly string[];
  respond(call: Call): Reply | Promise<Reply>;
}

/** Creates the handling of one call. */
export function createRespond(world: World): (call: Call) => Promise<Reply> {
  const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
    ['/.well-known/openid-configuration', { methods: ['GET'], respond: () => respondDiscovery(world) }],
    ['/authorize', { methods: ['GET', 'POST'], respond: (call) => respondAuthorize(world, call) }],
    ['/token', { methods: ['POST'], respond: (call) => respondToken(world, call) }],
    ['/revoke', { methods: ['POST'], respond: (call) => respondRevoke(world, call) }],
    ['/userinfo', { methods: ['GET', 'POST'], respond: (call) => respondUserinfo(world, call) }],
    ['/jwks', { methods: ['GET'], respond: async () => json(await world.keys.publicKeys()) }],
  ]);
  return async (call) => {
    const route = routes.get(call.path ?? '');
    if (route === undefined) return page(errorPage('There is nothing at this address.'), 404);
    if (!route.methods.includes(call.method)) {
      return { ...page(errorPage('This address takes no such request.'), 405) };
    }
    return route.respond(call);
  };
}

/** Answers the browser: with the page that asks who is there, or by sending it back. */
function respondAuthorize(world: World, call: Call): Reply {
  const given = new URLSearchParams(call.method === 'POST' ? call.form : call.query);
  const username = given.get(respondFields.person);
  const isCancelled = given.has(respondFields.cancel);
  for (const field of Object.values(respondFields)) given.delete(field);
  const read = readAuthorization(world, given);
  if (read.kind === 'not-trusted') return page(errorPage(read.reason), 400);
  if (read.kind === 'wrong') {
    const { error, description: error_description } = read;
    return sendBack(world, read, { error, error_description });
  }
  const { authorization } = read;
  if (call.method !== 'POST' || (username === null && !isCancelled)) {
    return page(signInPage(given, world.directory.people(), authorization.client.clientId));
  }
  if (isCancelled) {
    return sendBack(world, authorization, { error: 'access_denied', error_description: 'Nobody signed in.' });
  }
  return signIn(world, authorization, username ?? '');
}

function signIn(world: World, authorization: Authorization, username: string): Reply {
  const account = world.directory.account(username);
  if (account === undefined) return page(errorPage('Nobody of that name can sign in here.'), 400);
  const { client, redirectUri, scope, challenge, nonce } = authorization;
  const code = world.codes.issue(
    {
      clientId: client.clientId,
      redirectUri,
      username,
      scope,
      challenge,
      nonce,
      signedInAtMs: world.now(),
    },
    world.behaviour().codeLifetimeSeconds,
  );
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
  return redirect(url.href);
}

/** A request to sign somebody in that is in order. */
interface Authorization {
  readonly client: Client;
  readonly redirectUri: string;
  readonly state: string | undefined;
  readonly scope: readonly string[];
  readonly challenge: string;
  readonly nonce: string | undefined;
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
  return new OAuthRefusal(error, 'Token verification failed', { status, headers });
}

/** Finds out which application calls, by header or form; refuses with 401 when it cannot prove it. */
function authenticateClient(world: World, call: Call): Client {
  const basic = /^basic (.+)$/i.exec(call.authorization ?? '')?.[1];
  if (basic !== undefined && call.form.has('client_secret')) {
    throw new OAuthRefusal('invalid_request', 'The client authenticates in more than one way.');
  }
  const { id, secret } = basic === undefined ? fromForm(call.form) : fromHeader(basic);
  const client = world.directory.client(id);
  if (client !== undefined && client.clientSecret === secret) return client;
  throw new OAuthRefusal('invalid_client', 'The client or its credentials are not known.', {
    status: 401,
    headers: basic === undefined ? {} : { 'WWW-Authenticate': 'Basic realm="simulated"' },
  });
}

function fromForm(form: URLSearchParams) {
  return { id: form.get('client_id') ?? '', secret: form.get('client_secret') ?? '' };
}

/** Id and secret are form-encoded inside the header (RFC 6749, section 2.3.1). */
function fromHeader(credentials: string) {
  const [id = '', ...rest] = Buffer.from(credentials, 'base64').toString('utf8').split(':');
  const decode = (text: string): string => new URLSearchParams(`v=${text}`).get('v') ?? text;
  return { id: decode(id), secret: decode(rest.join(':')) };
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

/** Names of the fields with which the page answers; all others are carried through it. */
export const respondFields = { person: 'signed_in_as', cancel: 'cancelled' } as const;

/** Shows who can sign in, a button each; the request travels in the form, so there is no session. */
function signInPage(request: URLSearchParams, people: readonly Account[], clientId: string): string {
  const carried = [...request].map(
    ([name, value]) => `<input type="hidden" name="${escaped(name)}" value="${escaped(value)}">`,
  );
  const buttons = people.map(
    ({ username, name }) =>
      `<button name="${respondFields.person}" value="${escaped(username)}">${escaped(name)} <small>${escaped(username)}</small></button>`,
  );
  return framed(
    'Sign in',
    `<p>${escaped(clientId)} asks who you are.</p>
<form method="post">
${[...carried, ...buttons].join('\n')}
<button name="${respondFields.cancel}" value="yes" class="cancel">Cancel</button>
</form>`,
  );
}

/** Says why nobody is signed in. */
function errorPage(reason: string): string {
  return framed('Sign-in is not possible', `<p>${escaped(reason)}</p>`);
}

function framed(title: string, content: string): string {
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>
body { font: 16px/1.5 system-ui, sans-serif; max-width: 22rem; margin: 4rem auto; padding: 0 1rem; color: #1d1c1d; }
button { display: block; width: 100%; margin: 0.5rem 0; padding: 0.7rem; font: inherit; text-align: left; border: 1px solid #bbb; border-radius: 6px; background: #fff; cursor: pointer; }
small { color: #666; }
.cancel { border: 0; color: #666; }
</style>
</head>
<body>
<h1>${title}</h1>
${content}
</body>
</html>
`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
