import type { KeyfactorCommand, KeyfactorCommandOptions } from '../../../src/sandbox/keyfactor/command.js';
import { createKeyfactorCommand } from '../../../src/sandbox/keyfactor/command.js';
import type { StepSketch } from '../../../src/sandbox/keyfactor/engine.js';

/** An answer of the simulator with its body read. */
export interface Seen {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; undefined where it is none. */
  readonly body: unknown;
}

/** What a test may add to a call. */
interface CallParts {
  readonly as?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** A running simulator with a clock turned by hand and a client as thin as can be. */
export interface Bench {
  readonly command: KeyfactorCommand;
  readonly url: string;
  readonly tokenUrl: string;
  advanceClock(byMs: number): void;
  call(method: string, path: string, parts?: CallParts): Promise<Seen>;
  get(path: string, as?: string): Promise<Seen>;
  /** Sends an approval or denial for the step `Security`. */
  signal(id: string, as: string, data?: Readonly<Record<string, unknown>>, step?: string): Promise<Seen>;
  /** Adds a one-step definition and starts a run of it. */
  startRun(steps?: readonly StepSketch[], title?: string): string;
}

const password = 'correct horse';
const everything = ['/workflows/'];

/** The usual people: two security approvers, one who reads everything, one who has no role. */
function addPeople(command: KeyfactorCommand): void {
  const add = (name: string, roles: string[], permissions: string[]): void =>
    command.addIdentity({ name, password, roles, permissions });
  add('CORP\\ann', ['Security'], everything);
  add('CORP\\bob', ['Security'], everything);
  add('CORP\\carol', ['Operations'], everything);
  add('CORP\\reader', [], everything);
  add('CORP\\nobody', [], []);
}

/** One approval step called `Security`, answered by the role of the same name. */
export function approvalStep(change: Partial<StepSketch> = {}): StepSketch {
  return {
    extensionName: 'RequireApproval',
    uniqueName: 'Security',
    displayName: 'Security approval',
    roles: ['Security'],
    ...change,
  };
}

/** Starts a simulator; the caller stops it. */
export async function startBench(options: KeyfactorCommandOptions = {}): Promise<Bench> {
  let nowMs = Date.parse('2025-03-04T05:06:07.080Z');
  const command = createKeyfactorCommand({ now: () => nowMs, ...options });
  addPeople(command);
  const { url, tokenUrl } = await command.start();
  const call: Bench['call'] = async (method, path, { as = 'CORP\\reader', body, headers } = {}) => {
    const response = await fetch(`${url}${path}`, {
      method,
      headers: {
        authorization: `Basic ${Buffer.from(`${as}:${password}`).toString('base64')}`,
        'x-keyfactor-requested-with': 'APIClient',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, text, body: parse(text) };
  };
  return {
    command,
    url,
    tokenUrl,
    advanceClock(byMs) {
      nowMs += byMs;
    },
    call,
    get: (path, as) => call('GET', path, as === undefined ? {} : { as }),
    signal: (id, as, data = { Approved: 'True', Comment: 'fine' }, step = 'Security') =>
      call('POST', `/Workflow/Instances/${id}/Signals`, {
        as,
        body: { SignalKey: `${step}.ApprovalStatus`, Data: data },
      }),
    startRun(steps = [approvalStep()], title = 'CORP\\dave is enrolling for CN=app.example.com.') {
      const definition = command.addDefinition({
        displayName: 'Web server',
        workflowType: 'Enrollment',
        steps,
      });
      return command.startInstance({ definition, title, initiator: 'CORP\\dave' });
    },
  };
}

/** Picks one member out of every row of a list answer. */
export function column(seen: Seen, name: string): unknown[] {
  return Array.isArray(seen.body) ? seen.body.map((row: unknown) => member(row, name)) : [];
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
