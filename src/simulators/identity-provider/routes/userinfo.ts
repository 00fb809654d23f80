import type { Call } from '../server/call.js';
import { json, OAuthRefusal, type Reply } from '../server/reply.js';
import type { World } from '../world.js';

/** Tells whom an access token speaks of, while its session lasts. */
export async function respondUserinfo(world: World, call: Call): Promise<Reply> {
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
