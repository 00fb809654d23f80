import { z } from 'zod';
import type { Snapshot } from '../../domain/approval-lifecycle.js';
import { hasEnded, type Instance, type InstanceRef, refKey } from '../../domain/instance.js';
import type {
  Changes,
  InstanceReading,
  Observation,
  Remembered,
  Since,
  ValueReading,
} from '../../ports/backend.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import type { Log } from '../../ports/runtime.js';
import { mapAtMost } from '../../shared/async.js';
import { defined } from '../../shared/defined.js';
import type { HttpResponse } from '../http/http.js';
import { outcomeOf } from './changes.js';
import { type CallName, type Client, saysNoSuchCall } from './client.js';
import {
  type Body,
  executionIdOf,
  executionRef,
  failureIn,
  fieldsWithin,
  parseExecutionRef,
  readBody,
  type StatusReading,
  statusOf,
  toInstance,
  toStatus,
  valueIn,
} from './wire.js';

/**
 * Creates the search by what a person typed: `<workflow>#<execution id>`, or the id alone where there is but
 * one workflow it can belong to. The API searches nothing.
 */
export function createFindExecutions(deps: {
  readonly system: string;
  readonly workflows: readonly string[];
  readonly read: (ref: InstanceRef) => Promise<InstanceReading>;
}): (text: string, limit: number) => Promise<readonly Instance[]> {
  const { system, workflows, read } = deps;
  return async (text, limit) => {
    const ref = refTyped(text.trim(), workflows);
    if (ref === undefined || limit < 1) return [];
    const reading = await read(executionRef(system, ref));
    return reading.kind === 'found' ? [reading.instance] : [];
  };
}

function refTyped(text: string, workflows: readonly string[]) {
  const [only] = workflows;
  if (/^\d+$/.test(text)) {
    return only !== undefined && workflows.length === 1
      ? { workflow: only, executionId: withoutZeros(text) }
      : undefined;
  }
  const typed = parseExecutionRef(text);
  if (typed === undefined || !/^\d+$/.test(typed.executionId)) return undefined;
  const known = workflows.find((name) => name.toLowerCase() === typed.workflow.trim().toLowerCase());
  return { workflow: known ?? typed.workflow.trim(), executionId: withoutZeros(typed.executionId) };
}

/** One execution has one name, as workflows that ask for people are taken to name it. */
function withoutZeros(id: string): string {
  return id.replace(/^0+(?=\d)/, '');
}

const readsAtOnce = 4;

/**
 * Creates the look at everything remembered and watched; what else there is, the API does not tell.
 *
 * An execution that cannot be read for now is left out. When none can be, that is thrown.
 */
export function createObserve(deps: {
  readonly system: string;
  readonly repository: string;
  readonly client: Client;
  readonly readStatus: ReadStatus;
  /** Workflows whose executions are watched whoever started them. */
  readonly workflows: readonly string[];
  readonly log: Log;
}): (remembered: readonly Remembered[], since?: Since) => Promise<Observation> {
  const { system, log } = deps;
  return async (remembered, since) => {
    const readStatus = once(deps.readStatus);
    const read = createReadExecution(system, readStatus);
    const readings = await mapAtMost(readsAtOnce, remembered, ({ ref }) =>
      tryReading(() => read(ref), { log, instance: refKey(ref) }),
    );
    const readLast = createReadLast({ ...deps, readStatus });
    const watched = since && (await watch(since, { ...deps, read, readLast }));
    const polls = [...readings, ...(watched?.polls ?? [])];
    const [first] = polls;
    if (hasFailedToRead(first) && polls.every(hasFailedToRead)) throw first;
    return {
      snapshots: remembered.flatMap((before, index) => snapshotOf(readings[index], before)),
      ...defined({ changes: watched?.changes }),
    };
  };
}

/** Reads each execution but once in a look, whoever asks for it. */
function once(readStatus: ReadStatus): ReadStatus {
  const readings = new Map<string, ReturnType<ReadStatus>>();
  return (executionId) => {
    const reading = readings.get(executionId) ?? readStatus(executionId);
    readings.set(executionId, reading);
    return reading;
  };
}

function snapshotOf(reading: InstanceReading | Error | undefined, before: Remembered): readonly Snapshot[] {
  if (reading === undefined || reading instanceof Error) return [];
  if (reading.kind === 'not-visible') return [{ kind: 'not-visible', ref: before.ref }];
  const { instance } = reading;
  const isSame = instance.fingerprint === before.fingerprint && !before.isAssigned;
  return isSame ? [] : [{ kind: 'seen', instance, isAssigned: false }];
}

type ReadValue = (ref: InstanceRef, name: string) => Promise<ValueReading>;

/** The calls that give a variable; the vendor's page prints one and heads its table with the other. */
type VariableCall = 'activityOutput' | 'variableValue';

/** Creates the readers of activities' outputs and of variables, one repository's. */
export function createReadValues(
  client: Client,
  repository: string,
): { readonly output: ReadValue; readonly variable: ReadValue } {
  let variableCall: VariableCall = 'activityOutput';

  async function askForVariable(query: Readonly<Record<string, string>>) {
    const response = await client.get(variableCall, query);
    if (!saysNoSuchCall(response) || variableCall === 'variableValue')
      return { answer: response, call: variableCall };
    const other = await client.get('variableValue', query);
    if (saysNoSuchCall(other)) return { answer: response, call: variableCall };
    variableCall = 'variableValue';
    return { answer: other, call: variableCall };
  }

  function judge(response: HttpResponse, call: VariableCall, name: string): ValueReading {
    const outcome = outcomeOf(response, failureIn);
    if (outcome.kind === 'done') return valueIn(outcome.body, name);
    if (outcome.kind === 'unclear' || !['not-found', 'bad-request'].includes(outcome.reason)) {
      throw client.unexpected(response, call);
    }
    return { kind: 'not-found', ...(outcome.said === '' ? {} : { said: outcome.said }) };
  }

  return {
    async output(ref, activity) {
      const executionid = parseExecutionRef(ref.id)?.executionId;
      if (executionid === undefined) return { kind: 'not-found' };
      const response = await client.get('activityOutput', {
        repo: repository,
        executionid,
        activityname: activity,
      });
      return judge(response, 'activityOutput', activity);
    },
    async variable(ref, name) {
      const executionid = parseExecutionRef(ref.id)?.executionId;
      if (executionid === undefined) return { kind: 'not-found' };
      const { answer: response, call } = await askForVariable({
        repo: repository,
        executionid,
        variablename: name,
      });
      return judge(response, call, name);
    },
  };
}

/**
 * Creates the reader of a workflow's latest execution, whoever started it.
 *
 * Its status is asked for by id, because whether and how this call tells it is documented nowhere.
 */
export function createReadLast(deps: {
  readonly system: string;
  readonly repository: string;
  readonly client: Client;
  readonly readStatus: ReadStatus;
}): (workflow: string) => Promise<Instance | undefined> {
  const { system, repository, client, readStatus } = deps;
  return async (workflow) => {
    const response = await client.get('lastInstance', { repo: repository, workflow });
    const body = bodyOfSuccess(response);
    const found = executionIdOf(body);
    if (found.kind === 'none-made') return undefined;
    if (found.kind === 'absent') {
      expectNothing(response, { client, call: 'lastInstance', system });
      return undefined;
    }
    const { executionId } = found;
    const reading = (await readStatus(executionId)) ?? statusOf(body) ?? { status: toStatus('') };
    return toInstance(system, { workflow, executionId }, reading);
  };
}

const readsAtOnceWatch = 4;

/** What watching came to, failures to read included. */
interface Watched {
  readonly changes: Changes;
  readonly polls: readonly (InstanceReading | Instance | Failed | undefined)[];
}

/**
 * Reads every execution that is watched: those the caller names, those followed from looks before, and the latest
 * of each workflow.
 *
 * Everything read is told, what went on as well as what failed. What cannot be read for now is left out.
 */
async function watch(
  { watched, mark }: Since,
  deps: {
    readonly system: string;
    /** Workflows whose executions are watched whoever started them. */
    readonly workflows: readonly string[];
    readonly read: ReadExecution;
    readonly readLast: (workflow: string) => Promise<Instance | undefined>;
    readonly log: Log;
  },
): Promise<Watched> {
  const { system, workflows, read, readLast, log } = deps;
  const followed = followedIn(mark);
  const ids = [...new Set([...watched.map(({ id }) => id), ...followed])];
  const readings = await mapAtMost(readsAtOnceWatch, ids, (id) => {
    const ref = { system, id };
    return tryReading(() => read(ref), { log, instance: refKey(ref) });
  });
  const lasts = await mapAtMost(readsAtOnceWatch, workflows, (workflow) =>
    tryReading(() => readLast(workflow), { log, workflow: `${system}/${workflow}` }),
  );
  const latest = lasts.flatMap((last) => (last === undefined || hasFailedToRead(last) ? [] : [last]));
  const found = readings.flatMap((one) => ('kind' in one && one.kind === 'found' ? [one.instance] : []));
  const gone = new Set(ids.filter((_, index) => isGone(readings[index])));
  const reported = new Map([...found, ...latest].map((instance) => [instance.ref.id, instance]));
  const instances = [...reported.values()];
  const next = followOn(followed, { found: instances, gone, latest: latest.map(({ ref }) => ref.id) });
  if (next.dropped > 0)
    log.warn({ system, executions: next.dropped }, 'Too many executions to follow them all');
  return {
    changes: { kind: 'read', instances, mark: next.mark },
    polls: [...readings, ...lasts],
  };
}

function isGone(reading: InstanceReading | Failed | undefined): boolean {
  return reading !== undefined && 'kind' in reading && reading.kind === 'not-visible';
}

/** So many executions of others are followed at a time; each is a request per look. */
const mostFollowed = 100;

const written = z.array(z.string());

/** Reads from a mark which executions of others are followed; none from a mark that is not ours. */
export function followedIn(mark: string | undefined): readonly string[] {
  try {
    const read = written.safeParse(JSON.parse(mark ?? '[]'));
    return read.success ? read.data : [];
  } catch {
    return [];
  }
}

/**
 * Writes a mark: which executions to go on following, and how many had to be dropped, the oldest first.
 *
 * The latest execution of a workflow is followed to its end, also once another one is the latest. One that failed
 * may be resumed, so that is no end.
 */
export function followOn(
  before: readonly string[],
  seen: {
    readonly found: readonly Instance[];
    readonly gone: ReadonlySet<string>;
    readonly latest: readonly string[];
  },
): { readonly mark: string; readonly dropped: number } {
  const over = new Set(seen.found.filter(({ status }) => hasEnded(status)).map(({ ref }) => ref.id));
  const all = [...new Set([...before, ...seen.latest])];
  const open = all.filter((id) => !over.has(id) && !seen.gone.has(id));
  const kept = open.slice(-mostFollowed);
  return { mark: JSON.stringify(kept), dropped: open.length - kept.length };
}

/** Reads one execution. Throws `BackendError` and `ContractError`. */
type ReadExecution = (ref: InstanceRef) => Promise<InstanceReading>;

/** Creates that reader; all the API tells of an execution is its status. */
export function createReadExecution(system: string, readStatus: ReadStatus): ReadExecution {
  return async (ref) => {
    const execution = parseExecutionRef(ref.id);
    if (execution === undefined) return { kind: 'not-visible' };
    const reading = await readStatus(execution.executionId);
    if (reading === undefined) return { kind: 'not-visible' };
    return { kind: 'found', instance: toInstance(system, execution, reading) };
  };
}

/** A reading that failed, and may work another time. */
type Failed = BackendError | ContractError;

/** Tells whether a reading failed. */
function hasFailedToRead(thing: unknown): thing is Failed {
  return thing instanceof BackendError || thing instanceof ContractError;
}

/** Reads, and gives the failure instead of throwing it, with a line in the log. */
async function tryReading<Value>(
  read: () => Promise<Value>,
  { log, ...about }: { readonly log: Log; readonly instance?: string; readonly workflow?: string },
): Promise<Value | Failed> {
  try {
    return await read();
  } catch (error) {
    if (!hasFailedToRead(error)) throw error;
    log.warn({ ...about, err: error }, 'An execution could not be looked at');
    return error;
  }
}

/** Reads where an execution stands; undefined if there is none. Throws `BackendError` and `ContractError`. */
type ReadStatus = (executionId: string) => Promise<StatusReading | undefined>;

/** Creates the reader of statuses of one repository. */
export function createReadStatus(deps: {
  readonly system: string;
  readonly repository: string;
  readonly client: Client;
}): ReadStatus {
  const { system, repository, client } = deps;
  return async (executionId) => {
    const response = await client.get('status', { repo: repository, executionid: executionId });
    // A run that failed may name its error beside its status, so the status counts before the error.
    const reported = statusOf(bodyOfSuccess(response));
    if (reported === undefined) expectNothing(response, { client, call: 'status', system });
    return reported;
  };
}

/**
 * Judges an answer in which the thing asked for was not found: returns when that means that there is none.
 *
 * Throws `BackendError` when the server refused or failed, and `ContractError` when it said something else. A
 * repository that does not exist is a mistake in the settings, so that is thrown too.
 */
function expectNothing(
  response: HttpResponse,
  { client, call, system }: { readonly client: Client; readonly call: CallName; readonly system: string },
): void {
  const outcome = outcomeOf(response, failureIn);
  if (outcome.kind === 'done') {
    if (isNothing(outcome.body)) return;
    throw new ContractError(`${call} was answered in a form that is not known`, {
      system,
      paths: namesIn(outcome.body),
    });
  }
  const isNone =
    outcome.kind === 'refused' && outcome.reason === 'not-found' && !/repositor/i.test(outcome.said);
  if (!isNone) throw client.unexpected(response, call);
}

/** Gives the body of a success; an error's body is not searched for what was asked. */
function bodyOfSuccess(response: HttpResponse): Body {
  return response.status >= 200 && response.status < 300 ? readBody(response) : { kind: 'empty' };
}

/** Silence, `false` and -1 stand for nothing; the last is the product's own word for no execution. */
function isNothing(body: Body): boolean {
  return body.kind === 'empty' || (body.kind === 'value' && /^"?(false|-\d+|0)"?$/i.test(plain(body)));
}

function plain({ value, text }: Extract<Body, { kind: 'value' }>): string {
  return typeof value === 'string' ? value.trim() : text;
}

function namesIn(body: Body): readonly string[] {
  const names = body.kind === 'value' ? [...fieldsWithin(body.value).keys()] : [];
  return names.length === 0 ? ['(root)'] : names;
}
