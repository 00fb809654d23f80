import { defined } from '../../shared/language.js';
import type { Session } from './sessions.js';
import type { Account, IssuedToken, World } from './world.js';

/** For whom tokens are made, and what for. */
interface Grant {
  readonly account: Account;
  readonly clientId: string;
  readonly scope: readonly string[];
  readonly by: IssuedToken['by'];
  /** Absent where an application signs in for itself. */
  readonly session?: Session;
}

/** Makes an access token, a JWT for the audience the provider serves, and keeps a record of it. */
export async function issueAccessToken(
  world: World,
  grant: Grant,
  lifetimeSeconds?: number,
): Promise<string> {
  const { account, clientId, scope, session, by } = grant;
  const at = world.seconds();
  const expiresAt = at + (lifetimeSeconds ?? world.behaviour().accessTokenLifetimeSeconds);
  const token = await world.keys.sign(
    {
      iss: world.issuer(),
      sub: account.subject,
      aud: world.audience,
      client_id: clientId,
      azp: clientId,
      scope: scope.join(' '),
      preferred_username: account.username,
      jti: world.newId(),
      iat: at,
      exp: expiresAt,
      ...defined({ sid: session?.id }),
    },
    'at+jwt',
  );
  keep(world, { kind: 'access', token, by, username: account.username, clientId });
  return token;
}

/** Makes the token that tells the application who signed in. */
export async function issueIdToken(world: World, grant: Grant & { readonly nonce?: string | undefined }) {
  const { account, clientId, scope, session, nonce, by } = grant;
  const at = world.seconds();
  const isNamed = scope.includes('profile') && world.behaviour().namesInIdTokens;
  const token = await world.keys.sign(
    {
      iss: world.issuer(),
      sub: account.subject,
      aud: clientId,
      azp: clientId,
      iat: at,
      exp: at + world.behaviour().accessTokenLifetimeSeconds,
      ...(session === undefined
        ? {}
        : { sid: session.id, auth_time: Math.floor(session.signedInAtMs / 1000) }),
      ...defined({ nonce }),
      ...(isNamed ? { preferred_username: account.username, name: account.name } : {}),
    },
    'JWT',
  );
  keep(world, { kind: 'id', token, by, username: account.username, clientId });
  return token;
}

/** Makes the next refresh token of a session; undefined where the session has no right to one. */
export function issueRefreshToken(world: World, session: Session, by: IssuedToken['by']): string | undefined {
  const { refreshTokens, refreshTokenLifetimeSeconds } = world.behaviour();
  if (refreshTokens === 'with-offline-access' && !session.scope.includes('offline_access')) return undefined;
  const token = world.sessions.issueRefreshToken(session, refreshTokenLifetimeSeconds);
  keep(world, { kind: 'refresh', token, by, username: session.username, clientId: session.clientId });
  return token;
}

function keep(world: World, token: Omit<IssuedToken, 'at'>): void {
  world.records.issuedTokens.push({ ...token, at: world.now() });
}
