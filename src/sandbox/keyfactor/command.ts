import { randomUUID } from 'node:crypto';
import { createListener } from '../shared/listener.js';
import { tokenPath } from './access.js';
import { type Behaviour, usualBehaviour } from './behavior.js';
import { type Controls, createControls } from './controls.js';
import { createFaults, type FaultOrder } from './faults.js';
import { createSignalGate, handleSignals, type IncomingSignal, type SignalOutcome } from './lifecycle.js';
import { allRoutes } from './routes.js';
import { createRespond, createServe } from './server.js';
import { createWorld } from './world.js';

/** What can be chosen when the simulator is created. */
export interface KeyfactorCommandOptions {
  /** 0 or absent takes a free port. */
  readonly port?: number;
  /** Where the API lives below the host, `KeyfactorAPI` unless told; containers use `Keyfactor/API`. */
  readonly basePath?: string;
  readonly now?: () => number;
  readonly newId?: () => string;
  readonly behaviour?: Partial<Behaviour>;
}

/** A Keyfactor Command server in memory, with hands for tests and the demo. */
export interface KeyfactorCommand extends Controls {
  /** Opens the port; `url` is the base of the API, `tokenUrl` the token endpoint. */
  start(): Promise<{ url: string; tokenUrl: string }>;
  /** Closes the port and lets go of everything that still waits. */
  stop(): Promise<void>;
  /** Refuses connections until `comeBack`; the world is kept. */
  goDown(): Promise<void>;
  /** Listens on the same port again. */
  comeBack(): Promise<void>;
  fail(order: FaultOrder): void;
  clearFaults(): void;
}

/**
 * Creates a simulated Keyfactor Command server: the workflow part of its API and an OAuth token endpoint.
 *
 * It refuses what the real server refuses. Where the vendor leaves something open, `Behaviour` has a switch.
 */
export function createKeyfactorCommand(options: KeyfactorCommandOptions = {}): KeyfactorCommand {
  const world = createWorld(
    { ...usualBehaviour, ...options.behaviour },
    { now: options.now ?? Date.now, newId: options.newId ?? randomUUID },
  );
  const basePath = (options.basePath ?? 'KeyfactorAPI').replace(/^\/+|\/+$/g, '');
  const gate = createSignalGate<IncomingSignal, SignalOutcome>({
    keyOf: ({ instance }) => instance,
    windowMs: () => world.behaviour().signalWindowMs,
    onWait: world.notifyChange,
    handle: (batch) => handleSignals(world, batch),
  });
  const faults = createFaults();
  const respond = createRespond(world, allRoutes(world, gate), basePath);
  const listener = createListener(options.port ?? 0, createServe(world, faults, respond));
  return {
    ...createControls(world, gate),
    async start() {
      const origin = await listener.open();
      return { url: `${origin}/${basePath}`, tokenUrl: `${origin}${tokenPath}` };
    },
    async stop() {
      gate.release();
      await listener.close();
    },
    goDown: () => listener.close(),
    async comeBack() {
      await listener.open();
    },
    fail: faults.order,
    clearFaults: faults.clear,
  };
}
