import type { Client } from './access.js';
import type { Behaviour } from './behavior.js';
import {
  type ActivityRun,
  advanceExecution,
  controlExecution,
  type Execution,
  type ExecutionRef,
  failExecution,
  finishExecution,
  isOnTheMove,
} from './engine.js';
import {
  completeInInbox,
  type ExecutionSketch,
  type InboxCompletion,
  startExecution,
  waitFor,
} from './executions.js';
import { type HookBody, type HookPost, hookBody, postToHook } from './webhook.js';
import type { Records, RepositoryShelf, RepositorySketch, WorkflowSketch, World } from './world.js';

/** What a test or the demo can do to the server without going through its API. */
export interface Controls extends Records {
  /** Changes switches while the server runs. */
  change(behaviour: Partial<Behaviour>): void;
  /** Adds an application that may fetch tokens. */
  addClient(client: Client): void;
  /** Hands out the token of a person, as a sign-in would; an hour unless told. */
  issueToken(user: string, lifetimeSeconds?: number): string;
  /** Makes the tokens of one client or person, or all, worthless. */
  revokeTokens(name?: string): void;
  addRepository(sketch: RepositorySketch): void;
  /** Adds a workflow, or a version of one, published and enabled unless told, and returns its version. */
  addWorkflow(sketch: WorkflowSketch): number;
  changeWorkflow: RepositoryShelf['changeWorkflow'];
  /** Starts an execution as somebody would in the product. */
  startExecution(sketch: ExecutionSketch): ExecutionRef;
  /** Takes one step while the engine is moved by hand. */
  advance(ref: ExecutionRef): void;
  finish(ref: ExecutionRef): void;
  /** Pauses it as somebody would in the product. */
  pause(ref: ExecutionRef): void;
  /** Ends it as the engine or somebody in the product would. */
  abort(ref: ExecutionRef): void;
  failWithError(ref: ExecutionRef, message: string): void;
  /** Writes the designer's own status. */
  setStatusText(ref: ExecutionRef, text: string): void;
  /** Stops the engine service; the API itself goes on answering. */
  engineDown(): void;
  /** Starts it again; it picks up what is pending. */
  engineUp(): void;
  /** Answers in the product's inbox and tells whether that moved the execution. */
  completeInInbox(handled: InboxCompletion): boolean;
  execution(ref: ExecutionRef): Execution;
  /** All executions, or those of one repository, oldest first. */
  executions(repository?: string): readonly Execution[];
  /** The activity an execution sleeps at. */
  sleepingAt(ref: ExecutionRef): ActivityRun | undefined;
  /** What an activity in front of the sleeping one could tell the bot. */
  hookBody(ref: ExecutionRef, more?: Partial<HookBody>): HookBody;
  postToHook(post: HookPost): ReturnType<typeof postToHook>;
  /** Waits until a condition holds, looking again after every change and request; 5 s unless told. */
  waitFor(holds: () => boolean, limitMs?: number): Promise<void>;
}

/** Creates the hands of a world. */
export function createControls(world: World): Controls {
  const { repositories, tokens, clients } = world;
  return {
    ...world.records,
    change: world.changeBehaviour,
    addClient(client) {
      clients.set(client.clientId, client);
    },
    issueToken: (user, lifetimeSeconds) =>
      tokens.issue({ kind: 'person', name: user, user, issuer: 'aim' }, lifetimeSeconds ?? 3600),
    revokeTokens: tokens.revoke,
    addRepository: repositories.add,
    addWorkflow: repositories.addWorkflow,
    changeWorkflow: repositories.changeWorkflow,
    startExecution(sketch) {
      const { repository, id } = startExecution(world, sketch);
      return { repository, id };
    },
    advance: (ref) => advance(world, ref),
    finish: (ref) => {
      world.keep(finishExecution(world.known(ref), world.now()), 'finished');
    },
    pause: (ref) => {
      world.keep(controlExecution(world.known(ref), 'pause', world.now()), 'pause');
    },
    abort: (ref) => {
      world.keep(controlExecution(world.known(ref), 'abort', world.now()), 'abort');
    },
    failWithError: (ref, message) => {
      world.keep(failExecution(world.known(ref), message, world.now()), 'failed');
    },
    setStatusText: (ref, statusText) => {
      world.keep({ ...world.known(ref), statusText, modifiedAt: world.now() }, 'status-text');
    },
    engineDown: () => world.changeBehaviour({ engine: 'stopped' }),
    engineUp: () => world.changeBehaviour({ engine: 'running' }),
    completeInInbox: (handled) => completeInInbox(world, handled),
    execution: world.known,
    executions: (repository) =>
      (repository === undefined ? repositories.all() : [repositories.known(repository)]).flatMap((each) => [
        ...each.executions.values(),
      ]),
    sleepingAt: (ref) => world.known(ref).runs.find(({ status }) => status === 'S'),
    hookBody: (ref, more) => hookBody(world, ref, more),
    postToHook,
    waitFor: (holds, limitMs) => waitFor(world, holds, limitMs),
  };
}

function advance(world: World, ref: ExecutionRef): void {
  const execution = world.known(ref);
  if (!isOnTheMove(execution))
    throw new Error(`Execution ${ref.id} is ${execution.status}, not on the move.`);
  world.keep(advanceExecution(execution, world.activitiesOf(execution), world.engineSource), 'advanced');
}
