import { readBasic } from '../access/authenticate.js';
import type { TokenRequest } from '../access/tokens.js';
import type { World } from '../world/world.js';
import type { Reply } from './reply.js';
import { json } from './reply.js';

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
