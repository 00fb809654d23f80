import { readClientCredentials } from '../shared/client-credentials.js';
import { header, html, json, type RawCall, type Reply } from '../shared/server.js';
import type { Issuer } from './access.js';
import type { World } from './world.js';

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
  if (!isKnown) return problemReply(issuer, 'invalid_client', issuer === 'aim' ? 400 : 401);
  if (problem !== undefined) return problemReply(issuer, problem, 400);
  const lifetimeSeconds = world.behaviour().tokenLifetimeSeconds;
  const owner = { kind: 'service', name: client.clientId, user: client.user ?? null, issuer } as const;
  return json({
    access_token: world.tokens.issue(owner, lifetimeSeconds),
    expires_in: lifetimeSeconds,
    token_type: 'Bearer',
    ...(issuer === 'aim' ? { scope: scope ?? 'system' } : { ext_expires_in: lifetimeSeconds }),
  });
}

/** Entra says with a code of its own what is wrong, in front of ids that help its support. */
function problemReply(issuer: Issuer, error: string, status: number): Reply {
  if (issuer === 'aim') return json({ error }, status);
  const code = { invalid_client: 7000215, invalid_scope: 1002012 }[error] ?? 900144;
  const trace = 'Trace ID: 00000000-simulated Correlation ID: 00000001-simulated';
  return json(
    { error, error_description: `AADSTS${code}: Simulated. ${trace}`, error_codes: [code] },
    status,
  );
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
