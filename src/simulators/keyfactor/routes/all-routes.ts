import { json } from '../server/reply.js';
import type { IncomingSignal, SignalOutcome } from '../world/handle-signals.js';
import type { SignalGate } from '../world/signal-gate.js';
import type { World } from '../world/world.js';
import { definitionReads } from './definition-reads.js';
import { instanceActions } from './instance-actions.js';
import { instanceReads } from './instance-reads.js';
import type { Route } from './route.js';

/** Lists every call the server knows; where two patterns fit, the earlier one wins. */
export function allRoutes(world: World, gate: SignalGate<IncomingSignal, SignalOutcome>): readonly Route[] {
  const routes = [...instanceReads(world), ...instanceActions(world, gate), ...definitionReads(world)];
  const status: Route = {
    method: 'GET',
    pattern: '/Status/Endpoints',
    versions: [1],
    respond: () => json([...routes, status].map(({ method, pattern }) => `${method} ${pattern}`)),
  };
  return [...routes, status];
}
