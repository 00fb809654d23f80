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
  if (issuer === 'entra' && client === undefined) return entraRefusal('unauthorized_client', 700016);
  // The two products disagree about the status of a wrong secret.
  if (!isKnown)
    return issuer === 'aim'
      ? json({ error: 'invalid_client' }, 400)
      : entraRefusal('invalid_client', 7000215, 401);
  if (problem !== undefined)
    return issuer === 'aim'
      ? json({ error: problem }, 400)
      : entraRefusal(problem, entraCodes[problem] ?? 900144);
  const lifetimeSeconds = world.behaviour().tokenLifetimeSeconds;
  const owner = { kind: 'service', name: client.clientId, user: client.user ?? null, issuer } as const;
  return json({
    access_token: world.tokens.issue(owner, lifetimeSeconds),
    expires_in: lifetimeSeconds,
    token_type: 'Bearer',
    ...(issuer === 'aim' ? { scope: scope ?? 'system' } : { ext_expires_in: lifetimeSeconds }),
  });
}

/** Numbers under which Entra's documentation explains a refusal. */
const entraCodes: Readonly<Record<string, number>> = {
  invalid_scope: 1002012,
  unsupported_grant_type: 70003,
};

/** Entra says in a number what is wrong, before a sentence and ids of its own log. */
function entraRefusal(error: string, code: number, status = 400): Reply {
  const ids =
    'Trace ID: 5e51fd0c-0000-0000-0000-000000000000 Correlation ID: 0c1de5f0-0000-0000-0000-000000000000';
  const error_description = `AADSTS${code}: The value that was provided is not valid. ${ids}`;
  return json({ error, error_description, error_codes: [code] }, status);
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
