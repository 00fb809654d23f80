import type { Call } from '../server/call.js';
import { page, type Reply, redirect } from '../server/reply.js';
import type { World } from '../world.js';
import { type Authorization, readAuthorization } from './read-authorization.js';
import { errorPage, respondFields, signInPage } from './sign-in-page.js';

/** Answers the browser: with the page that asks who is there, or by sending it back. */
export function respondAuthorize(world: World, call: Call): Reply {
  const given = new URLSearchParams(call.method === 'POST' ? call.form : call.query);
  const username = given.get(respondFields.person);
  const isCancelled = given.has(respondFields.cancel);
  for (const field of Object.values(respondFields)) given.delete(field);
  const read = readAuthorization(world, given);
  if (read.kind === 'not-trusted') return page(errorPage(read.reason), 400);
  if (read.kind === 'wrong') {
    const { error, description: error_description } = read;
    return sendBack(world, read, { error, error_description });
  }
  const { authorization } = read;
  if (call.method !== 'POST' || (username === null && !isCancelled)) {
    return page(signInPage(given, world.directory.people(), authorization.client.clientId));
  }
  if (isCancelled) {
    return sendBack(world, authorization, { error: 'access_denied', error_description: 'Nobody signed in.' });
  }
  return signIn(world, authorization, username ?? '');
}

function signIn(world: World, authorization: Authorization, username: string): Reply {
  const account = world.directory.account(username);
  if (account === undefined) return page(errorPage('Nobody of that name can sign in here.'), 400);
  const { client, redirectUri, scope, challenge, nonce } = authorization;
  const code = world.codes.issue(
    {
      clientId: client.clientId,
      redirectUri,
      username,
      scope,
      challenge,
      nonce,
      signedInAtMs: world.now(),
    },
    world.behaviour().codeLifetimeSeconds,
  );
  return sendBack(world, authorization, { code });
}

/** Sends the browser back with an answer, the state as it came, and the name of the issuer (RFC 9207). */
function sendBack(
  world: World,
  to: { readonly redirectUri: string; readonly state: string | undefined },
  respond: Readonly<Record<string, string>>,
): Reply {
  const url = new URL(to.redirectUri);
  for (const [name, value] of Object.entries(respond)) url.searchParams.set(name, value);
  if (to.state !== undefined) url.searchParams.set('state', to.state);
  url.searchParams.set('iss', world.issuer());
  return redirect(url.href);
}
