import type { TokenRequest } from '../access/clients.js';
import type { World } from '../world/world.js';
import type { Reply } from './reply.js';
import { json } from './reply.js';

/** Path of the identity manager's token endpoint, beside the API. */
export const aimTokenPath = '/identitymanager/connect/token';

/** Path of an Entra-like token endpoint; any tenant is taken. */
export const entraTokenPath = '/simulated-tenant/oauth2/v2.0/token';

/** Tells whose token endpoint a path is. */
export function issuerAt(path: string): 'aim' | 'entra' | undefined {
  if (path.toLowerCase() === aimTokenPath) return 'aim';
  return /^\/[^/]+\/oauth2\/v2\.0\/token$/.test(path) ? 'entra' : undefined;
}

/** Answers a client credentials request as the issuer does. */
export function respondTokenRequest(
  world: World,
  issuer: 'aim' | 'entra',
  call: { readonly body: string; readonly authorization: string | undefined },
): Reply {
  const form = new URLSearchParams(call.body);
  const basic = /^basic (.+)$/i.exec(call.authorization ?? '')?.[1];
  const sent = basic === undefined ? postedCredentials(form) : basicCredentials(basic);
  const client = world.clients.get(sent.clientId);
  const scope = form.get('scope') || null;
  const problem = problemWith({ issuer, scope, clientId: sent.clientId, grant: form.get('grant_type') });
  const isKnown = client !== undefined && client.clientSecret === sent.clientSecret;
  const request: TokenRequest = {
    issuer,
    clientId: sent.clientId,
    scope,
    clientAuthentication: basic === undefined ? 'client_secret_post' : 'client_secret_basic',
    granted: isKnown && problem === undefined,
    at: world.now(),
  };
  world.records.tokenRequests.push(request);
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
function problemWith(request: {
  readonly issuer: 'aim' | 'entra';
  readonly scope: string | null;
  readonly clientId: string;
  readonly grant: string | null;
}): string | undefined {
  const { issuer, scope, clientId, grant } = request;
  if (grant !== 'client_credentials') return grant === null ? 'invalid_request' : 'unsupported_grant_type';
  const isFine =
    issuer === 'aim'
      ? scope === null || scope === 'system'
      : scope === `api://${clientId}/worktasks/.default`;
  return isFine ? undefined : 'invalid_scope';
}

interface Credentials {
  readonly clientId: string;
  readonly clientSecret: string;
}

function postedCredentials(form: URLSearchParams): Credentials {
  return { clientId: form.get('client_id') ?? '', clientSecret: form.get('client_secret') ?? '' };
}

/** Id and secret are form-encoded inside the Basic header (RFC 6749, section 2.3.1). */
function basicCredentials(basic: string): Credentials {
  const text = Buffer.from(basic, 'base64').toString('utf8');
  const [, id = text, secret = ''] = /^([^:]*):(.*)$/s.exec(text) ?? [];
  const decode = (part: string): string => new URLSearchParams(`v=${part}`).get('v') ?? part;
  return { clientId: decode(id), clientSecret: decode(secret) };
}
