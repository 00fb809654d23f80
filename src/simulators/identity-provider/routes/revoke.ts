import type { Call } from '../server/call.js';
import { OAuthRefusal, type Reply } from '../server/reply.js';
import type { World } from '../world.js';
import { authenticateClient } from './authenticate-client.js';

/**
 * Takes a refresh token back and ends its session (RFC 7009).
 *
 * A token nobody knows is as good as taken back. An access token is signed and lives until it expires.
 */
export async function respondRevoke(world: World, call: Call): Promise<Reply> {
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
