import type { Call } from '../server/call.js';
import { json, page, type Reply } from '../server/reply.js';
import type { World } from '../world.js';
import { respondAuthorize } from './authorize.js';
import { respondDiscovery } from './discovery.js';
import { respondRevoke } from './revoke.js';
import { errorPage } from './sign-in-page.js';
import { respondToken } from './token.js';
import { respondUserinfo } from './userinfo.js';

interface Route {
  readonly methods: readonly string[];
  respond(call: Call): Reply | Promise<Reply>;
}

/** Creates the handling of one call. */
export function createRespond(world: World): (call: Call) => Promise<Reply> {
  const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
    ['/.well-known/openid-configuration', { methods: ['GET'], respond: () => respondDiscovery(world) }],
    ['/authorize', { methods: ['GET', 'POST'], respond: (call) => respondAuthorize(world, call) }],
    ['/token', { methods: ['POST'], respond: (call) => respondToken(world, call) }],
    ['/revoke', { methods: ['POST'], respond: (call) => respondRevoke(world, call) }],
    ['/userinfo', { methods: ['GET', 'POST'], respond: (call) => respondUserinfo(world, call) }],
    ['/jwks', { methods: ['GET'], respond: async () => json(await world.keys.publicKeys()) }],
  ]);
  return async (call) => {
    const route = routes.get(call.path ?? '');
    if (route === undefined) return page(errorPage('There is nothing at this address.'), 404);
    if (!route.methods.includes(call.method)) {
      return { ...page(errorPage('This address takes no such request.'), 405) };
    }
    return route.respond(call);
  };
}
