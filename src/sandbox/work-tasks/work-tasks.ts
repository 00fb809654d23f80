import { randomUUID } from 'node:crypto';
import { createListener } from '../shared/listener.js';
import { type Behaviour, usualBehaviour } from './behavior.js';
import { type Controls, createControls } from './controls.js';
import { createFaults, type FaultOrder } from './faults.js';
import { allOperations } from './operations.js';
import { aimTokenPath, applicationPath, createRespond, createServe, entraTokenPath } from './server.js';
import { createWorld } from './world.js';

/** What can be chosen when the simulator is created. */
export interface WorkTasksOptions {
  /** 0 or absent takes a free port. */
  readonly port?: number;
  readonly now?: () => number;
  /** Makes tokens unique. */
  readonly newId?: () => string;
  /** Where each repository begins to count its executions. */
  readonly firstExecutionId?: number;
  /** Where the server begins to count activity runs; far from executions, so that mixing them up shows. */
  readonly firstDetailsId?: number;
  readonly behaviour?: Partial<Behaviour>;
}

/** A Work Tasks server in memory, with hands for tests and the demo. */
export interface WorkTasks extends Controls {
  /** Opens the port; `url` is the base of the API, the others the token endpoints of AIM and Entra. */
  start(): Promise<{ url: string; tokenUrl: string; entraTokenUrl: string }>;
  stop(): Promise<void>;
  /** Refuses connections until `comeBack`; the world is kept. */
  goDown(): Promise<void>;
  /** Listens on the same port again. */
  comeBack(): Promise<void>;
  fail(order: FaultOrder): void;
  clearFaults(): void;
}

/**
 * Creates a simulated AVEVA Work Tasks server: its Web API for Workflow and two token endpoints.
 *
 * It takes the documented requests and refuses others. Of the answers nothing is documented, so their shape,
 * like everything else the vendor leaves open, is a switch in `Behaviour`.
 */
export function createWorkTasks(options: WorkTasksOptions = {}): WorkTasks {
  const world = createWorld(
    { ...usualBehaviour, ...options.behaviour },
    {
      now: options.now ?? Date.now,
      newId: options.newId ?? randomUUID,
      firstExecutionId: options.firstExecutionId ?? 1001,
      firstDetailsId: options.firstDetailsId ?? 50_001,
    },
  );
  const faults = createFaults();
  const respond = createRespond(world, allOperations(world));
  const listener = createListener(options.port ?? 0, createServe(world, faults, respond));
  return {
    ...createControls(world),
    async start() {
      const origin = await listener.open();
      return {
        url: `${origin}${applicationPath}`,
        tokenUrl: `${origin}${aimTokenPath}`,
        entraTokenUrl: `${origin}${entraTokenPath}`,
      };
    },
    stop: () => listener.close(),
    goDown: () => listener.close(),
    async comeBack() {
      await listener.open();
    },
    fail: faults.order,
    clearFaults: faults.clear,
  };
}
