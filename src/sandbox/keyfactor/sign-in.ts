import { readBasic, readClientCredentials } from '../shared/client-credentials.js';
import { header, json, type RawCall, type Reply } from '../shared/server.js';
import type { Identity } from './access.js';
import type { World } from './world.js';

/** Finds out who calls, from the Authorization header; undefined when the credentials are missing or bad. */
export async function authenticate(
  world: World,
  authorization: string | undefined,
): Promise<Identity | undefined> {
  const { access: known } = world;
  const accepted = world.behaviour().credentials;
  const [scheme, credentials] = (authorization ?? '').split(' ', 2);
  if (credentials === undefined) return undefined;
  if (scheme?.toLowerCase() === 'bearer' && accepted !== 'basic') return known.bearerOf(credentials);
  if (scheme?.toLowerCase() !== 'basic' || accepted === 'bearer') return undefined;
  const { user, secret } = readBasic(credentials);
  const identity = known.byName(user);
  return identity?.password !== undefined && identity.password === secret ? identity : undefined;
}

/** Path of the identity provider's token endpoint, beside the API. */
export const tokenPath = '/oauth/token';

/** Answers a client credentials request as an identity provider does. */
export function respondTokenRequest(world: World, raw: RawCall): Reply {
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(header(raw, 'content-type') ?? '');
  if (!isForm) return oauthError(400, 'invalid_request', 'The request is not a form.');
  const form = new URLSearchParams(raw.body);
  const { clientSecret, ...client } = readClientCredentials(form, header(raw, 'authorization'));
  const identity = world.access.byClientId(client.clientId);
  const isKnown = identity?.clientSecret !== undefined && identity.clientSecret === clientSecret;
  const isGrant = form.get('grant_type') === 'client_credentials';
  const [scope, audience] = [form.get('scope'), form.get('audience')];
  world.records.tokenRequests.push({
    ...client,
    scope,
    audience,
    granted: isKnown && isGrant,
    at: world.now(),
  });
  if (!isKnown) return oauthError(401, 'invalid_client', 'Invalid client or Invalid client credentials');
  if (!isGrant) return oauthError(400, 'unsupported_grant_type', 'Unsupported grant_type');
  const lifetimeSeconds = world.behaviour().tokenLifetimeSeconds;
  return json({
    access_token: world.access.tokens.issue(identity, lifetimeSeconds),
    expires_in: lifetimeSeconds,
    token_type: 'Bearer',
    ...(scope === null ? {} : { scope }),
  });
}

function oauthError(status: number, error: string, description: string): Reply {
  return json({ error, error_description: description }, status);
}
