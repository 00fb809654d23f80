import type { Call } from '../server/call.js';
import { json, page, type Reply } from '../server/reply.js';
import type { World } from '../world.js';
import { answerAuthorize } from './authorize.js';
import { answerDiscovery } from './discovery.js';
import { answerRevoke } from './revoke.js';
import { errorPage } from './sign-in-page.js';
import { answerToken } from './token.js';
import { answerUserinfo } from './userinfo.js';

interface Route {
  readonly methods: readonly string[];
  answer(call: Call): Reply | Promise<Reply>;
}

/** Creates the handling of one call. */
export function createAnswerCall(world: World): (call: Call) => Promise<Reply> {
  const routes: ReadonlyMap<string, Route> = new Map<string, Route>([
    ['/.well-known/openid-configuration', { methods: ['GET'], answer: () => answerDiscovery(world) }],
    ['/authorize', { methods: ['GET', 'POST'], answer: (call) => answerAuthorize(world, call) }],
    ['/token', { methods: ['POST'], answer: (call) => answerToken(world, call) }],
    ['/revoke', { methods: ['POST'], answer: (call) => answerRevoke(world, call) }],
    ['/userinfo', { methods: ['GET', 'POST'], answer: (call) => answerUserinfo(world, call) }],
    ['/jwks', { methods: ['GET'], answer: async () => json(await world.keys.publicKeys()) }],
  ]);
  return async (call) => {
    const route = routes.get(call.path ?? '');
    if (route === undefined) return page(errorPage('There is nothing at this address.'), 404);
    if (!route.methods.includes(call.method)) {
      return { ...page(errorPage('This address takes no such request.'), 405) };
    }
    return route.answer(call);
  };
}
