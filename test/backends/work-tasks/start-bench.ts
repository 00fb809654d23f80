import type { WorkTasksRuntime } from '../../../src/backends/work-tasks/index.js';
import { createWorkTasksBackends } from '../../../src/backends/work-tasks/index.js';
import type { WorkTasksSecrets } from '../../../src/backends/work-tasks/settings.js';
import { workTasksServer } from '../../../src/backends/work-tasks/settings.js';
import type { Change } from '../../../src/domain/change.js';
import type { Instance, InstanceRef } from '../../../src/domain/instance.js';
import type { ChangeResult, LiveBackend, Operations } from '../../../src/ports/backend.js';
import { BackendError } from '../../../src/ports/errors.js';
import type { Behaviour } from '../../../src/sandbox/work-tasks/behavior.js';
import type { WorkTasks } from '../../../src/sandbox/work-tasks/work-tasks.js';
import { createWorkTasks } from '../../../src/sandbox/work-tasks/work-tasks.js';
import type { LogLine } from '../../support/kept-log.js';
import { createWitness } from '../witness.js';

/** What the bot must never let out; scanned for in every log line and error of every test. */
export const secrets = {
  clientSecret: 'aim-s3cret-value',
  refreshTokenInfo: '{"refreshtoken":"sesame-refresh"}',
};

/** Values of variables, which are nobody's business but the workflow's. */
export const privateNote = 'sesame-note-about-a-person';

export const ann = { identity: 'activedirectory::ann' };

/** A simulated server with backends that talk to it over HTTP. */
export interface Bench {
  readonly workTasks: WorkTasks;
  /** The repository HR. */
  readonly backend: LiveBackend;
  readonly operations: Required<Omit<Operations, 'list' | 'findSuccessors' | 'latestVersion'>>;
  readonly tokenUrl: string;
  readonly entraTokenUrl: string;
  readonly lines: readonly LogLine[];
  advanceClock(byMs: number): void;
  /** Makes the backends of the same server once more. */
  another(change?: BenchChange): readonly LiveBackend[];
  /** Starts an execution in the product, and gives our name for it. */
  begin(workflow?: string): InstanceRef;
  found(ref: InstanceRef): Promise<Instance>;
  change(change: Change): Promise<ChangeResult>;
  /** Runs something that is expected to fail and gives its error. */
  failure(work: Promise<unknown>): Promise<BackendError>;
  /** Requests to a path, other than for tokens. */
  requests(path: string): WorkTasks['requests'];
  stop(): Promise<void>;
}

export interface BenchChange {
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly secrets?: WorkTasksSecrets;
  readonly retryOptions?: WorkTasksRuntime['retryOptions'];
}

const workflows = [
  {
    name: 'Leave WF',
    title: 'Leave request',
    variables: [{ name: 'Days', type: 'number', id: 'V1' }, { name: 'Note' }],
    activities: [{ name: 'ManagerApproval', outputs: ['Approved', 'Rejected'] }],
  },
  { name: 'Night #1 & more' },
];

export async function startBench(
  options: { readonly behaviour?: Partial<Behaviour> } & BenchChange = {},
): Promise<Bench> {
  let nowMs = Date.UTC(2026, 0, 5, 9, 0, 0);
  const now = () => nowMs;
  const workTasks = createWorkTasks({ now, behaviour: options.behaviour ?? {} });
  const { url, tokenUrl, entraTokenUrl } = await workTasks.start();
  seed(workTasks);
  const { log, failure, expectNothingOf } = createWitness();
  const another = (change: BenchChange = {}) =>
    createWorkTasksBackends(
      {
        server: workTasksServer.parse({
          name: 'plant',
          baseUrl: url,
          repositories: [{ repository: 'HR', workflows }],
          timeout: '3s',
          auth: { kind: 'aim', tokenUrl, clientId: 'countersign' },
          ...options.settings,
          ...change.settings,
        }),
        secrets: change.secrets ?? options.secrets ?? secrets,
      },
      {
        log,
        now,
        retryOptions: { pauseMs: 5, breakAfter: 50, ...options.retryOptions, ...change.retryOptions },
      },
    );
  const [backend] = another();
  if (backend === undefined) throw new Error('A server has a repository.');
  const operations = complete(backend.operations);
  return {
    workTasks,
    backend,
    operations,
    tokenUrl,
    entraTokenUrl,
    lines: log.lines,
    advanceClock(byMs) {
      nowMs += byMs;
    },
    another,
    begin(workflow = 'Leave WF') {
      const { id } = workTasks.startExecution({ repository: 'HR', workflow, user: ann.identity });
      return { system: backend.system, id: `${workflow}#${id}` };
    },
    async found(ref) {
      const reading = await backend.getInstance(ref);
      if (reading.kind !== 'found') throw new Error(`${ref.id} is not visible`);
      return reading.instance;
    },
    change: (change) => operations.change(change, ann),
    async failure(work) {
      const error = await failure(work);
      if (error instanceof BackendError) return error;
      throw error;
    },
    requests: (path) => workTasks.requests.filter((request) => request.path.endsWith(`/${path}`)),
    async stop() {
      await workTasks.stop();
      expectNothingOf([secrets.clientSecret, 'sesame', privateNote]);
    },
  };
}

/** The execution's number on the server. */
export function numberOf(ref: InstanceRef): number {
  return Number(ref.id.slice(ref.id.lastIndexOf('#') + 1));
}

function seed(workTasks: WorkTasks): void {
  workTasks.addClient({
    clientId: 'countersign',
    clientSecret: secrets.clientSecret,
    user: ann.identity,
  });
  workTasks.addRepository({ name: 'HR' });
  workTasks.addRepository({ name: 'QA' });
  for (const name of ['Leave WF', 'Night #1 & more']) {
    workTasks.addWorkflow({
      repository: 'HR',
      name,
      activities: [{ name: 'Check', kind: 'automatic' }, { name: 'ManagerApproval' }],
      variables: [
        { name: 'Days', id: 'V1', type: 'number', value: 2 },
        { name: 'Note', value: null },
        { name: '^Acting users', type: 'array', value: ['ann', 'bo'] },
      ],
    });
  }
}

function complete(operations: Operations): Bench['operations'] {
  const { change, find, last, output, variable, definitions, changes, changeTimeoutMs } = operations;
  if (!change || !find || !last || !output || !variable || !definitions) {
    throw new Error('Work Tasks offers more than this.');
  }
  return { change, find, last, output, variable, definitions, changes, changeTimeoutMs };
}
