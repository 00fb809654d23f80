import { randomUUID } from 'node:crypto';
import { createFaults } from '../shared/faults.js';
import { createListener } from '../shared/listener.js';
import {
  createServe,
  fitsInQuery,
  header,
  json,
  pageNotFound,
  parseJson,
  queryTooLong,
  type RawCall,
  type Reply,
} from '../shared/server.js';
import { authenticate, type Caller, type Client, extraHeader } from './access.js';
import { type Behaviour, usualBehaviour } from './behavior.js';
import {
  advanceExecution,
  controlExecution,
  type Execution,
  type ExecutionRef,
  failExecution,
  finishExecution,
  isOnTheMove,
} from './engine.js';
import { completeInInbox, type ExecutionSketch, type InboxCompletion, startExecution } from './executions.js';
import { allOperations, createFields, type Operation } from './operations.js';
import { Refusal, refused } from './refusal.js';
import { aimTokenPath, entraTokenPath, issuerAt, respondTokenRequest } from './token-endpoint.js';
import { type HookBody, hookBody, postToHook } from './webhook.js';
import { shapeResponse } from './wire.js';
import { createWorld, type World } from './world.js';

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

/** A Work Tasks server in memory, with controls for tests and the demo. */
export type WorkTasks = ReturnType<typeof createWorkTasks>;

/**
 * Creates a simulated AVEVA Work Tasks server: its Web API for Workflow and two token endpoints.
 *
 * It takes the documented requests and refuses others. Of the answers nothing is documented, so their shape,
 * like everything else the vendor leaves open, is a switch in `Behaviour`.
 */
export function createWorkTasks(options: WorkTasksOptions = {}) {
  const { port = 0, now = Date.now, newId = randomUUID, behaviour } = options;
  const { firstExecutionId = 1001, firstDetailsId = 50_001 } = options;
  const world = createWorld(
    { ...usualBehaviour, ...behaviour },
    { now, newId, firstExecutionId, firstDetailsId },
  );
  const { repositories, tokens, clients, known } = world;
  const faults = createFaults();
  const listener = createListener(port, createApi(world, faults));
  return {
    ...world.records,
    /** Opens the port; `url` is the base of the API, the others the token endpoints of AIM and Entra. */
    async start() {
      const origin = await listener.open();
      return {
        url: `${origin}${applicationPath}`,
        tokenUrl: `${origin}${aimTokenPath}`,
        entraTokenUrl: `${origin}${entraTokenPath}`,
      };
    },
    stop: listener.close,
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
    /** Adds an application that may fetch tokens. */
    addClient(client: Client) {
      clients.set(client.clientId, client);
    },
    /** Takes the tokens of people that an identity provider signs for this server. */
    trustProvider: world.people.trust,
    /** Hands out the token of a person, as a sign-in would; an hour unless told. */
    issueToken: (user: string, lifetimeSeconds = 3600) =>
      tokens.issue({ kind: 'person', name: user, user, issuer: 'aim' }, lifetimeSeconds),
    /** Makes the tokens of one client or person, or all, worthless. */
    revokeTokens: tokens.revoke,
    addRepository: repositories.add,
    addWorkflow: repositories.addWorkflow,
    changeWorkflow: repositories.changeWorkflow,
    /** Starts an execution as somebody would in the product. */
    startExecution(sketch: ExecutionSketch): ExecutionRef {
      const { repository, id } = startExecution(world, sketch);
      return { repository, id };
    },
    /** Takes one step while the engine is moved by hand. */
    advance(ref: ExecutionRef) {
      const execution = known(ref);
      if (!isOnTheMove(execution)) throw new Error(`Execution ${ref.id} is not on the move.`);
      const activities = world.activitiesOf(execution);
      world.keep(advanceExecution(execution, activities, world.engineSource), 'advanced');
    },
    finish: (ref: ExecutionRef) => void world.keep(finishExecution(known(ref)), 'finished'),
    /** Pauses it as somebody would in the product. */
    pause: (ref: ExecutionRef) => void world.keep(controlExecution(known(ref), 'pause'), 'pause'),
    /** Ends it as the engine or somebody in the product would. */
    abort: (ref: ExecutionRef) => void world.keep(controlExecution(known(ref), 'abort'), 'abort'),
    failWithError: (ref: ExecutionRef, message: string) =>
      void world.keep(failExecution(known(ref), message), 'failed'),
    /** Writes the designer's own status. */
    setStatusText: (ref: ExecutionRef, statusText: string) =>
      void world.keep({ ...known(ref), statusText }, 'status-text'),
    /** Stops the engine service; the API itself goes on answering. */
    engineDown: () => world.changeBehaviour({ engine: 'stopped' }),
    /** Starts it again; it picks up what is pending. */
    engineUp: () => world.changeBehaviour({ engine: 'running' }),
    /** Answers in the product's inbox and tells whether that moved the execution. */
    completeInInbox: (handled: InboxCompletion) => completeInInbox(world, handled),
    execution: (ref: ExecutionRef): Execution => known(ref),
    /** All executions, or those of one repository, oldest first. */
    executions: repositories.executions,
    /** The activity an execution sleeps at. */
    sleepingAt: (ref: ExecutionRef) => known(ref).runs.find(({ status }) => status === 'S'),
    /** What an activity in front of the sleeping one could tell the bot. */
    hookBody: (ref: ExecutionRef, more?: Partial<HookBody>) => hookBody(world, ref, more),
    postToHook,
    waitFor: world.changes.waitFor,
  };
}

/** Path of the application, and of the operations inside it. */
const applicationPath = '/Workflow.WebAPI';

const operationsPath = `${applicationPath}/api/workflow/`;

/** An answer with what only the server knows about the call. */
interface HandledCall {
  readonly reply: Reply;
  readonly caller: Caller;
}

function createApi(world: World, faults: ReturnType<typeof createFaults>) {
  const operations = allOperations(world);
  return createServe<HandledCall>({
    now: world.now,
    faults,
    respond: (raw) => respond(world, operations, raw),
    record(raw, handled, status) {
      // What a token endpoint is sent stays out of the record: it has one of its own.
      if (issuerAt(raw.path) === undefined) {
        const { method, path } = raw;
        const caller = typeof handled?.caller === 'object' ? handled.caller.name : null;
        const accessTokenHeader = extraHeader(raw);
        const contentType = header(raw, 'content-type') ?? null;
        const sent = sentForTheRecord(raw);
        const seen = { method, path, sent, text: raw.body, caller, accessTokenHeader, contentType };
        world.records.requests.push({ ...seen, status, at: world.now() });
      }
      world.changes.notify();
    },
    errors: {
      400: json({ Message: 'The request is invalid.' }, 400),
      500: json({ Message: 'An error has occurred.' }, 500),
      notJson: '{"ExecutionId": <!-- proxy -->',
    },
  });
}

/** Handles one call: web server, credentials, route, keys, in the server's order. */
async function respond(world: World, operations: readonly Operation[], raw: RawCall): Promise<HandledCall> {
  const issuer = issuerAt(raw.path);
  if (issuer !== undefined) return { reply: respondTokenRequest(world, issuer, raw), caller: undefined };
  const behaviour = world.behaviour();
  const isInside = startsWith(raw.path, `${applicationPath}/`, behaviour.caseSensitivePaths);
  if (!isInside || !behaviour.isConverted) return { reply: pageNotFound, caller: undefined };
  if (!fitsInQuery(raw, behaviour.queryLimit)) return { reply: queryTooLong, caller: undefined };
  const caller = await authenticate(raw, world, behaviour);
  if (caller === undefined) return { reply: unauthorized, caller };
  try {
    return { reply: respondOperation(world, operations, raw, caller), caller };
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return { reply: refused(error, behaviour.errors, behaviour.engineErrorStatus), caller };
  }
}

const unauthorized = json({ Message: 'The request is not authorized.' }, 401, {
  'WWW-Authenticate': 'Bearer',
});

function respondOperation(
  world: World,
  operations: readonly Operation[],
  raw: RawCall,
  caller: Caller,
): Reply {
  const { caseSensitivePaths, caseInsensitiveKeys, idsAs, isLegacy, shape, shapes } = world.behaviour();
  const operation = operations.find(({ name }) => {
    const path = `${operationsPath}${name}`;
    return path.length === raw.path.length && startsWith(raw.path, path, caseSensitivePaths);
  });
  const routeNotFound = json({ Message: `No HTTP resource was found that matches '${raw.path}'.` }, 404);
  if (operation === undefined) return routeNotFound;
  if (operation.method !== raw.method || (isLegacy && raw.method === 'POST')) {
    return json({ Message: `The resource does not support the method '${raw.method}'.` }, 405);
  }
  const fields = createFields(readSent(raw), { caseInsensitive: caseInsensitiveKeys, ids: idsAs });
  const handled = operation.respond({ caller, fields });
  return handled === undefined ? routeNotFound : shapeResponse(handled, shape ?? shapes[operation.name]);
}

function startsWith(path: string, start: string, caseSensitive: boolean): boolean {
  return caseSensitive ? path.startsWith(start) : path.toLowerCase().startsWith(start.toLowerCase());
}

/** Reads what a call sends, by keys as they are spelt: the query of a GET, the JSON body of a POST. */
function readSent(raw: RawCall): Readonly<Record<string, unknown>> {
  if (raw.method === 'GET') return Object.fromEntries(new URLSearchParams(raw.query));
  if (!/^(application|text)\/json\b/i.test(header(raw, 'content-type') ?? '')) {
    throw new Refusal('media-type', 'The content type is not supported.');
  }
  const value = parseJson(raw.body);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new Refusal('request', 'The body is not a JSON object.');
}

/** Like `readSent`, but unreadable calls have sent nothing. */
function sentForTheRecord(raw: RawCall): Readonly<Record<string, unknown>> {
  try {
    return readSent(raw);
  } catch {
    return {};
  }
}
