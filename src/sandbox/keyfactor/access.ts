import type { Behaviour } from './behavior.js';
import type { Directory, Identity, TokenRequest, Tokens, TrustedTokens } from './identities.js';
import { json, type Reply } from './response.js';
import type { World } from './world.js';

/** Path of the identity provider's token endpoint, beside the API. */
export const tokenPath = '/oauth/token';

/** Answers a client credentials request as an identity provider does. */
export function respondTokenRequest(world: World, body: string, authorization: string | undefined): Reply {
  const form = new URLSearchParams(body);
  const basic = /^basic (.+)$/i.exec(authorization ?? '')?.[1];
  const credentials =
    basic === undefined
      ? { user: form.get('client_id') ?? '', secret: form.get('client_secret') ?? '' }
      : decoded(readBasic(basic));
  const identity = world.directory.byClientId(credentials.user);
  const isKnown = identity?.clientSecret !== undefined && identity.clientSecret === credentials.secret;
  const isGrant = form.get('grant_type') === 'client_credentials';
  const request: TokenRequest = {
    clientId: credentials.user,
    scope: form.get('scope'),
    audience: form.get('audience'),
    clientAuthentication: basic === undefined ? 'client_secret_post' : 'client_secret_basic',
    granted: isKnown && isGrant,
    at: world.now(),
  };
  world.records.tokenRequests.push(request);
  if (!isKnown) return oauthError(401, 'invalid_client', 'Invalid client or Invalid client credentials');
  if (!isGrant) return oauthError(400, 'unsupported_grant_type', 'Unsupported grant_type');
  const lifetimeSeconds = world.behaviour().tokenLifetimeSeconds;
  return json({
    access_token: world.tokens.issue(identity.name, lifetimeSeconds),
    expires_in: lifetimeSeconds,
    token_type: 'Bearer',
    ...(request.scope === null ? {} : { scope: request.scope }),
  });
}

/** Ids and secrets are form-encoded inside the Basic header (RFC 6749, section 2.3.1). */
function decoded({ user, secret }: { user: string; secret: string }): { user: string; secret: string } {
  const decode = (text: string): string => new URLSearchParams(`v=${text}`).get('v') ?? text;
  return { user: decode(user), secret: decode(secret) };
}

function oauthError(status: number, error: string, description: string): Reply {
  return json({ error, error_description: description }, {}, status);
}

/** All that tells who somebody is. */
interface Known {
  readonly directory: Directory;
  readonly tokens: Tokens;
  readonly trusted: TrustedTokens;
}

/** Finds out who calls, from the Authorization header; undefined when the credentials are missing or bad. */
export async function authenticate(
  header: string | undefined,
  known: Known,
  accepted: Behaviour['credentials'],
): Promise<Identity | undefined> {
  const [scheme, credentials] = (header ?? '').split(' ', 2);
  if (credentials === undefined) return undefined;
  if (scheme?.toLowerCase() === 'bearer' && accepted !== 'basic') {
    return bearerOf(credentials, known);
  }
  if (scheme?.toLowerCase() === 'basic' && accepted !== 'bearer') {
    const { user, secret } = readBasic(credentials);
    const identity = known.directory.byName(user);
    return identity?.password !== undefined && identity.password === secret ? identity : undefined;
  }
  return undefined;
}

/** Whoever a trusted provider vouches for is let in; without an entry of their own they hold no role. */
async function bearerOf(token: string, known: Known): Promise<Identity | undefined> {
  const issuedHere = known.directory.byName(known.tokens.identityOf(token) ?? '');
  if (issuedHere !== undefined) return issuedHere;
  const name = await known.trusted.nameIn(token);
  if (name === undefined) return undefined;
  return known.directory.byName(name) ?? { name, roles: [], permissions: [] };
}

/** Reads `user:secret` out of its base64 form; only the first colon separates. */
function readBasic(credentials: string): { user: string; secret: string } {
  const text = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return { user: text, secret: '' };
  return { user: text.slice(0, colon), secret: text.slice(colon + 1) };
}
