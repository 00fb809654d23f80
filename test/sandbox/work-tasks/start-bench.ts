import type { WorkTasks, WorkTasksOptions } from '../../../src/sandbox/work-tasks/work-tasks.js';
import { createWorkTasks } from '../../../src/sandbox/work-tasks/work-tasks.js';
import type { WorkflowSketch } from '../../../src/sandbox/work-tasks/world.js';
import { defined } from '../../../src/shared/language.js';

/** An answer of the simulator with its body read. */
export interface Seen {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined where it is none. */
  readonly body: unknown;
}

type Sent = Readonly<Record<string, unknown>>;

/** A running simulator with a clock turned by hand and a client as thin as can be. */
export interface Bench {
  readonly tasks: WorkTasks;
  readonly url: string;
  readonly tokenUrl: string;
  readonly entraTokenUrl: string;
  advanceClock(byMs: number): void;
  /** Posts to an operation with Ann's token. */
  post(operation: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Seen>;
  get(operation: string, query: Readonly<Record<string, string>>): Promise<Seen>;
  /** Posts to a token endpoint. */
  askForToken(url: string, form: Readonly<Record<string, string>>, authorization?: string): Promise<Seen>;
}

export const ann = 'activedirectory::ann';
export const place = { repository: 'Plant', workflow: 'Leave WF' } as const;
export const startBody = { ...place, version: '', user: ann };

/** Starts a simulator with the repository `Plant` and the workflow `Leave WF`; the caller stops it. */
export async function startBench(
  options: WorkTasksOptions = {},
  workflow: Partial<WorkflowSketch> = {},
): Promise<Bench> {
  let nowMs = Date.parse('2025-03-04T05:06:07.080Z');
  const tasks = createWorkTasks({ now: () => nowMs, ...options });
  tasks.addRepository({ name: place.repository });
  tasks.addWorkflow({
    repository: place.repository,
    name: place.workflow,
    activities: [{ name: 'Manager Approval' }],
    ...workflow,
  });
  const { url, tokenUrl, entraTokenUrl } = await tasks.start();
  const authorization = `Bearer ${tasks.issueToken(ann)}`;
  return {
    tasks,
    url,
    tokenUrl,
    entraTokenUrl,
    advanceClock(byMs) {
      nowMs += byMs;
    },
    post: (operation, body, headers) =>
      see(`${url}/api/workflow/${operation}`, {
        method: 'POST',
        headers: { authorization, 'content-type': 'application/json; charset=utf-8', ...headers },
        body: typeof body === 'string' ? body : JSON.stringify(body),
      }),
    get: (operation, query) =>
      see(`${url}/api/workflow/${operation}?${new URLSearchParams(query)}`, { headers: { authorization } }),
    askForToken: (endpoint, form, basic) =>
      see(endpoint, {
        method: 'POST',
        headers: {
          'content-type': 'application/x-www-form-urlencoded',
          ...defined({ authorization: basic }),
        },
        body: new URLSearchParams(form).toString(),
      }),
  };
}

/** Calls and reads the whole answer. */
export async function see(url: string, init: RequestInit): Promise<Seen> {
  const response = await fetch(url, init);
  const text = await response.text();
  return { status: response.status, headers: response.headers, text, body: parse(text) };
}

/** The body of a call that controls an execution. */
export function controlBody(id: number): Sent {
  return { ...place, executionid: id, user: ann };
}

/** The body of an alert that approves. */
export function alertBody(executionDetailsId: number | undefined, change: Sent = {}): Sent {
  return {
    ...place,
    executiondetailsid: executionDetailsId,
    user: ann,
    data: '<data/>',
    output: 'Approved',
    status: 'Completed',
    ...change,
  };
}

/** Reads one member of something that came as JSON. */
export function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
