import type { WebRoute } from '../ports/web.js';
import { type Listener, type ListenerOptions, openListener } from './open-listener.js';
import { type OperationsOptions, operationsRoutes } from './operations-routes.js';

export { createLinkRoutes } from './link/link-routes.js';
export { createMetrics } from './metrics/create-metrics.js';

/** Where a listener stands and what it works with; port 0 takes a free one. */
type At = Pick<ListenerOptions, 'host' | 'port' | 'log' | 'newId'>;

/** A listener without a door. */
export const noListener: Listener = { port: undefined, stopAccepting: () => {}, close: async () => {} };

/** Opens the listener for requests from outside; none is opened when nobody answers there. Throws `CannotListen`. */
export async function openPublicListener(at: At, routes: readonly WebRoute[]): Promise<Listener> {
  return routes.length === 0 ? noListener : openListener({ ...at, routes, setting: 'http' });
}

/** Opens the listener for probes and for whoever watches the bot. Throws `CannotListen`. */
export function openOperationsListener(at: At, options: OperationsOptions): Promise<Listener> {
  return openListener({ ...at, routes: operationsRoutes(options), setting: 'operations' });
}
