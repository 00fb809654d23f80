import { createHash } from 'node:crypto';
import type { Account, Client } from '../directory.js';
import type { Call } from '../server/call.js';
import { json, OAuthRefusal, type Reply } from '../server/reply.js';
import type { Consent } from '../sessions/codes.js';
import { issueAccessToken, issueIdToken, issueRefreshToken } from '../sessions/issue-tokens.js';
import type { Session } from '../sessions/sessions.js';
import type { World } from '../world.js';
import { authenticateClient } from './authenticate-client.js';

/** Answers the token endpoint: a code, a refresh token or an application's own credentials for tokens. */
export async function respondToken(world: World, call: Call): Promise<Reply> {
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
    ...(refreshToken === undefined ? {} : { refresh_token: refreshToken }),
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
