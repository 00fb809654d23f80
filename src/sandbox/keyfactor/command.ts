import { randomUUID } from 'node:crypto';
import { createFaults } from '../shared/faults.js';
import { createListener } from '../shared/listener.js';
import {
  createServe,
  fitsInQuery,
  header,
  html,
  json,
  pageNotFound,
  queryTooLong,
  type RawCall,
  type Reply,
} from '../shared/server.js';
import type { Identity } from './access.js';
import { type Behaviour, usualBehaviour } from './behavior.js';
import { approvalSignal, type DataBag, type Instance } from './engine.js';
import * as lifecycle from './lifecycle.js';
import { decodeSafely, readParameters } from './queries.js';
import { Refusal, refused } from './refusal.js';
import { allRoutes, type Call, type Route } from './routes.js';
import { authenticate, respondTokenRequest, tokenPath } from './sign-in.js';
import { type ApiVersion, camelCased } from './wire.js';
import { createWorld, type World } from './world.js';

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

/** A Keyfactor Command server in memory, with controls for tests and the demo. */
export type KeyfactorCommand = ReturnType<typeof createKeyfactorCommand>;

/**
 * Creates a simulated Keyfactor Command server: the workflow part of its API and an OAuth token endpoint.
 *
 * It refuses what the real server refuses. Where the vendor leaves something open, `Behaviour` has a switch.
 */
export function createKeyfactorCommand(options: KeyfactorCommandOptions = {}) {
  const { port = 0, now = Date.now, newId = randomUUID, behaviour } = options;
  const world = createWorld({ ...usualBehaviour, ...behaviour }, { now, newId });
  const basePath = (options.basePath ?? 'KeyfactorAPI').replace(/^\/+|\/+$/g, '');
  const gate = lifecycle.createSignalGate(world);
  const faults = createFaults();
  const listener = createListener(port, createApi(world, faults, allRoutes(world, gate), basePath));
  const { access, definitions } = world;
  return {
    ...world.records,
    /** Opens the port; `url` is the base of the API, `tokenUrl` the token endpoint. */
    async start() {
      const origin = await listener.open();
      return { url: `${origin}/${basePath}`, tokenUrl: `${origin}${tokenPath}` };
    },
    /** Closes the port and lets go of everything that still waits. */
    async stop() {
      gate.release();
      await listener.close();
    },
    /** Refuses connections until `comeBack`; the world is kept. */
    goDown: listener.close,
    /** Listens on the same port again. */
    async comeBack() {
      await listener.open();
    },
    fail: faults.order,
    clearFaults: faults.clear,
    /** Changes switches while the server runs. */
    change: world.changeBehaviour,
    /** Adds an identity, or replaces the one with that name. */
    addIdentity: access.add,
    roleId: access.roleId,
    /** Hands out an access token without the token endpoint, as an operator would. */
    issueToken: (name: string, lifetimeSeconds = world.behaviour().tokenLifetimeSeconds) =>
      access.tokens.issue({ name }, lifetimeSeconds),
    /** Makes the tokens of one identity, or all, worthless. */
    revokeTokens: access.tokens.revoke,
    /** Takes the tokens of an identity provider from now on; the roles of whom they name decide. */
    trustProvider: access.trust,
    /** Adds a definition, published unless told otherwise, and returns its id. */
    addDefinition: definitions.add,
    /** Adds a draft version and returns its number. */
    addVersion: definitions.addVersion,
    publish: definitions.publish,
    /** Starts a run and returns its id. */
    startInstance: (sketch: lifecycle.InstanceSketch) => lifecycle.startInstance(world, sketch),
    /** Lets a run that pauses at a step carry on. */
    advance: (id: string) => lifecycle.advanceInstance(world, id),
    failInstance: (id: string, statusMessage: string) => failInstances(world, [id], statusMessage),
    /** Lets many runs fail at the same moment for the same reason. */
    failInstances: (ids: readonly string[], statusMessage: string) =>
      failInstances(world, ids, statusMessage),
    /** Restarts as somebody in the portal would and returns the new id. */
    restartInstance: (id: string, by: string) => lifecycle.restartInstance(world, id, by),
    stopInstance: (id: string, by: string) => lifecycle.stopInstance(world, id, by),
    /** Changes what a run carries, as a script or REST step would. */
    changeData(id: string, patch: DataBag) {
      const instance = world.known(id);
      world.keep({ ...instance, stateData: { ...instance.stateData, ...patch } }, 'data-changed');
    },
    /** Decides at the current step in the vendor's portal; it goes through the same gate as API signals. */
    async decideInPortal(id: string, name: string, approved: boolean, comment = '') {
      const identity = access.byName(name);
      if (identity === undefined) throw new Error(`The simulator knows nobody called ${name}.`);
      const key = `${world.known(id).stepName}.${approvalSignal}`;
      return gate.enter({ instance: id, key, identity, via: 'portal', approved, comment });
    },
    /** Keeps the next signals until `count` are there and handles them at the same moment. */
    holdNextSignals: gate.holdNext,
    /** Handles at once the signals that are held. */
    releaseSignals: gate.release,
    /** How many signals have arrived and are not handled yet. */
    waitingSignals: gate.waitingCount,
    /** Moves on what the lock conflict left behind. */
    runDailyTask: () => lifecycle.runDailyTask(world),
    instance: world.known,
    instances: (): readonly Instance[] => [...world.instances.values()],
    waitFor: world.changes.waitFor,
  };
}

function failInstances(world: World, ids: readonly string[], statusMessage: string): void {
  for (const id of ids) world.keep({ ...world.known(id), status: 'Failed', statusMessage }, 'failed');
}

/** What of a call's headers is kept. */
const recordedHeaders = ['x-keyfactor-requested-with', 'x-keyfactor-api-version', 'content-type', 'accept'];

/** An answer with what only the server knows about the call. */
interface HandledCall {
  readonly reply: Reply;
  readonly identity: Identity | undefined;
  /** Versions the route exists in; empty where there is no route. */
  readonly versions: readonly ApiVersion[];
}

function createApi(
  world: World,
  faults: ReturnType<typeof createFaults>,
  routes: readonly Route[],
  basePath: string,
) {
  return createServe<HandledCall>({
    now: world.now,
    faults,
    respond: (raw) => respond(world, routes, basePath, raw),
    record(raw, handled, status) {
      const { method, path, query } = raw;
      const identity = handled?.identity?.name ?? null;
      const headers = Object.fromEntries(
        recordedHeaders.flatMap((name) => {
          const text = header(raw, name);
          return text === undefined ? [] : [[name, text]];
        }),
      );
      const body = path.toLowerCase() === tokenPath ? '' : raw.body;
      const at = world.now();
      world.records.requests.push({ method, path, query, headers, body, identity, status, at });
      world.changes.notify();
    },
    errors: {
      400: json({ ErrorCode: '0xA0110001', Message: 'The signal is not valid.' }, 400),
      500: json({ ErrorCode: '0xA0110008', Message: 'An unexpected error occurred.' }, 500),
      notJson: '{"Id": <!-- proxy -->',
    },
    headers: ({ number }, { versions }): Record<string, string> =>
      versions.length === 0
        ? {}
        : {
            'X-Keyfactor-Correlation-Id': `00000000-0000-4000-8000-${String(number).padStart(12, '0')}`,
            'X-Keyfactor-Product-Version': world.behaviour().productVersion,
            'Api-Supported-Versions': versions.includes(2) ? '1.0, 2' : '1.0',
          },
    writeJson: (value) => JSON.stringify(world.behaviour().keys === 'camel' ? camelCased(value) : value),
  });
}

/** Handles one call: credentials, required headers, version, route, in the server's order. */
async function respond(
  world: World,
  routes: readonly Route[],
  basePath: string,
  raw: RawCall,
): Promise<HandledCall> {
  const outside = { identity: undefined, versions: [] };
  const authorization = header(raw, 'authorization');
  if (raw.path.toLowerCase() === tokenPath && raw.method === 'POST') {
    return { ...outside, reply: respondTokenRequest(world, raw) };
  }
  if (!fitsInQuery(raw, world.behaviour().queryLimit)) return { ...outside, reply: queryTooLong };
  const prefix = basePath === '' ? '/' : `/${basePath}/`;
  if (!raw.path.toLowerCase().startsWith(prefix.toLowerCase())) return { ...outside, reply: pageNotFound };
  const identity = await authenticate(world, authorization);
  if (identity === undefined) return { ...outside, reply: unauthorized };
  const path = raw.path.slice(prefix.length - 1);
  const found = routes.filter(({ pattern }) => match(pattern, path) !== undefined);
  const route = found.find(({ method }) => method === raw.method);
  const versions = (route ?? found[0])?.versions ?? [];
  try {
    if (!/^(APIClient|XMLHttpRequest)$/i.test(header(raw, 'x-keyfactor-requested-with') ?? '')) {
      const status = world.behaviour().requestedWithStatus;
      throw new Refusal(status, 'The X-Keyfactor-Requested-With header is required.');
    }
    if (route === undefined) {
      return { reply: found.length > 0 ? notAllowed : pageNotFound, identity, versions };
    }
    const call = toCall(world, raw, { identity, route, id: match(route.pattern, path) ?? '' });
    return { reply: await route.respond(call), identity, versions };
  } catch (error) {
    if (error instanceof Refusal) return { reply: refused(error), identity, versions };
    throw error;
  }
}

const notAllowed = html(405, '405 - HTTP verb used to access this page is not allowed.');

const unauthorized = html(401, '401 - Unauthorized: Access is denied due to invalid credentials.');

/** How the real server answers version 2 on a route of version 1 is unknown; 400 is the strictest guess. */
function toCall(
  world: World,
  raw: RawCall,
  found: { readonly identity: Identity; readonly route: Route; readonly id: string },
): Call {
  const text = header(raw, 'x-keyfactor-api-version') ?? '1';
  const apiVersion = found.route.versions.find((version) => text === `${version}` || text === `${version}.0`);
  if (apiVersion === undefined) throw new Refusal(400, `API version '${text}' is not supported here.`);
  return {
    identity: found.identity,
    apiVersion,
    id: found.id,
    parameters: readParameters(raw.query, world.behaviour().plusIsSpace),
    body: raw.body,
    contentType: header(raw, 'content-type') ?? '',
    number: raw.number,
  };
}

/** Returns what stands for `{id}` (empty without one), or undefined when the path does not fit. */
function match(pattern: string, path: string): string | undefined {
  const [wanted, given] = [pattern.split('/'), path.split('/')];
  if (wanted.length !== given.length) return undefined;
  const fits = wanted.every(
    (part, index) => part === '{id}' || part.toLowerCase() === given[index]?.toLowerCase(),
  );
  return fits ? decodeSafely(given[wanted.indexOf('{id}')] ?? '') : undefined;
}
