import { defined } from '../../shared/defined.js';
import { type Caller, checkUser } from './access.js';
import type { Behaviour, OperationName } from './behavior.js';
import { type Control, controlExecution, type Execution, type VariableValue } from './engine.js';
import { Refusal } from './exchange.js';
import {
  alertEngine,
  type ExecutionSketch,
  findRepository,
  findWorkflow,
  type GivenVariable,
  startExecution,
} from './executions.js';
import { type OperationResponse, statusFacts } from './wire.js';
import { engineFault, requireEngine, type World } from './world.js';

/** Everything the API can do. */
export function allOperations(world: World): readonly Operation[] {
  return [
    execute(world),
    executeWithVariables(world),
    control(world, 'abort'),
    control(world, 'pause'),
    control(world, 'resume'),
    control(world, 'resumeworkflowwitherrors'),
    alertEngineOperation(world),
    status(world),
    lastInstance(world),
    activityOutput(world),
    variableValue(world),
  ];
}

/** Tells the engine about an event for a sleeping activity. */
function alertEngineOperation(world: World): Operation {
  return {
    name: 'AlertEngine',
    method: 'POST',
    respond(call) {
      const { fields, caller } = call;
      const alert = {
        repository: fields.text('repository'),
        workflow: fields.text('workflow'),
        executionDetailsId: fields.id('executiondetailsid'),
        user: fields.text('user'),
        output: fields.text('output'),
        status: fields.text('status'),
        data: readData(world, call) ?? null,
      };
      const { providers } = findRepository(world, alert.repository);
      checkUser(alert.user, { providers, caller }, world.behaviour());
      const problem = alertEngine(world, alert);
      if (problem === undefined) return done(true);
      const handled = world.behaviour().futileAlert[problem];
      if (handled === 'error') throw new Refusal('engine', `The alert cannot be delivered: ${problem}.`);
      return done(handled === 'accepted');
    },
  };
}

/** Aborts, pauses or resumes an execution, in the states where that works. */
function control(world: World, name: Control): Operation {
  return {
    name,
    method: 'POST',
    respond(call) {
      const { execution, user } = readTarget(world, call);
      requireEngine(world);
      if (world.behaviour().controls[name].includes(execution.status)) {
        world.keep(controlExecution(execution, name, world.now()), name, user);
        return done(true);
      }
      if (world.behaviour().illegalControl === 'error') {
        throw engineFault(world, `The operation is not possible in the state ${execution.status}.`);
      }
      world.audit(execution, 'control-ignored', user);
      return done(world.behaviour().illegalControl === 'accepted');
    },
  };
}

function readTarget(
  world: World,
  { fields, caller }: OperationCall,
): { readonly execution: Execution; readonly user: string } {
  const [name, workflow] = [fields.text('repository'), fields.text('workflow')];
  const id = fields.id('executionid');
  const user = fields.text('user');
  const repository = findRepository(world, name);
  findWorkflow(repository, workflow);
  checkUser(user, { providers: repository.providers, caller }, world.behaviour());
  const execution = repository.executions.get(id);
  if (execution?.workflow !== workflow) {
    throw new Refusal('engine', `The workflow '${workflow}' has no execution ${id}.`);
  }
  return { execution, user };
}

/** Tells the status of an execution; no workflow is named. */
function status(world: World): Operation {
  return {
    name: 'status',
    method: 'GET',
    respond(call) {
      const execution = findExecution(world, call);
      if (execution === undefined) return missing(world, 'execution');
      const facts = reportedStatus(world, execution);
      return { main: Object.values(facts)[0] ?? '', facts };
    },
  };
}

/** Tells id and status of the newest execution of a workflow, whoever started it. */
function lastInstance(world: World): Operation {
  return {
    name: 'lastinstance',
    method: 'GET',
    respond({ fields }) {
      const repository = findRepository(world, fields.text('repo'));
      const { name } = findWorkflow(repository, fields.text('workflow'));
      const latest = [...repository.executions.values()].findLast(({ workflow }) => workflow === name);
      if (latest === undefined) return missing(world, 'execution');
      return { main: latest.id, facts: { ExecutionId: latest.id, ...reportedStatus(world, latest) } };
    },
  };
}

/** Tells the output of an activity, the last time it ran, or the value of a variable. */
function activityOutput(world: World): Operation {
  return {
    name: 'activityoutput',
    method: 'GET',
    respond(call) {
      const variable = call.fields.optionalText('variablename');
      if (variable !== undefined && call.fields.read('activityname') === undefined) {
        return world.behaviour().variablePath === 'variablevalue' ? undefined : readVariable(world, call);
      }
      const name = call.fields.text('activityname');
      const execution = findExecution(world, call);
      const exists = execution && world.activitiesOf(execution).some((activity) => activity.name === name);
      if (!exists) return missing(world, 'activity');
      const output = execution.runs.findLast((run) => run.name === name)?.output ?? '';
      return { main: output, facts: { ActivityName: name, Output: output } };
    },
  };
}

/** Tells the value of a variable under the name the vendor's parameter table has for it. */
function variableValue(world: World): Operation {
  return {
    name: 'variablevalue',
    method: 'GET',
    respond: (call) =>
      world.behaviour().variablePath === 'activityoutput' ? undefined : readVariable(world, call),
  };
}

function readVariable(world: World, call: OperationCall): OperationResponse {
  const wanted = call.fields.text('variablename');
  const variable = findExecution(world, call)?.variables.find(({ name }) => name === wanted);
  if (variable === undefined) return missing(world, 'variable');
  return { main: variable.value, facts: { VariableName: wanted, Value: variable.value } };
}

function findExecution(world: World, { fields }: OperationCall): Execution | undefined {
  const repository = findRepository(world, fields.text('repo'));
  const id = fields.text('executionid');
  if (!/^\d{1,10}$/.test(id)) throw new Refusal('request', "The value 'executionid' is not an id.");
  return repository.executions.get(Number(id));
}

function reportedStatus(world: World, execution: Execution): Readonly<Record<string, VariableValue>> {
  const override = world.behaviour().statusOverride[execution.status];
  return override === undefined ? statusFacts(execution, world.behaviour().statusAs) : { Status: override };
}

/** Null and nothing at all are told apart by the shape: null is written, an empty answer has no body. */
function missing(world: World, what: string): OperationResponse {
  const { notFound } = world.behaviour();
  if (notFound === 'error') throw new Refusal('engine', `There is no such ${what}.`);
  return { main: null, facts: {}, isNothing: notFound === 'empty' };
}

/** Starts a workflow, in the version asked for. */
function execute(world: World): Operation {
  return {
    name: 'execute',
    method: 'POST',
    respond(call) {
      const version = call.fields.optionalText('version');
      return start(world, call, version === undefined ? {} : { version });
    },
  };
}

/** Starts the latest version of a workflow with content and variables; a `version` is not looked at. */
function executeWithVariables(world: World): Operation {
  return {
    name: 'executewithvariables',
    method: 'POST',
    respond(call) {
      const data = readData(world, call);
      const variables = readVariables(call.fields.read('variables'), world.behaviour().variablesAs);
      return start(world, call, { variables, ...defined({ data }) });
    },
  };
}

/** Reads `data`, which has to be XML where it is there at all. */
function readData(world: World, { fields }: OperationCall): string | undefined {
  const data = fields.optionalText('data');
  if (data === undefined || !world.behaviour().checksData || isWellFormed(data)) return data;
  throw new Refusal('request', "The value 'data' is not well-formed XML.");
}

function start(
  world: World,
  { fields, caller }: OperationCall,
  more: Partial<ExecutionSketch>,
): ReturnType<Operation['respond']> {
  const [repository, workflow] = [fields.text('repository'), fields.text('workflow')];
  const user = fields.text('user');
  const { providers } = findRepository(world, repository);
  checkUser(user, { providers, caller }, world.behaviour());
  const isStartedByService = typeof caller === 'object' && caller.kind === 'service';
  const { id } = startExecution(world, { ...more, repository, workflow, user, isStartedByService });
  return { main: id, facts: { ExecutionId: id } };
}

/** What the value of a variable has to look like, by type; dates are month/day/year. */
const forms: Readonly<Record<string, RegExp>> = {
  string: /^/,
  number: /^-?\d+(\.\d+)?$/,
  decimal: /^-?\d+(\.\d+)?$/,
  float: /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i,
  boolean: /^(true|false)$/i,
  date: /^(0?[1-9]|1[0-2])\/(0?[1-9]|[12]\d|3[01])\/\d{4}( .*)?$/,
  array: /^/,
  actor: /^/,
  object: /^/,
};

/** Reads the `variables` of a start call in the form the server takes, or refuses. */
function readVariables(sent: unknown, form: Behaviour['variablesAs']): readonly GivenVariable[] {
  if (sent === undefined) return [];
  const list = typeof sent === 'string' && form !== 'array' ? parse(sent) : sent;
  const isTaken = Array.isArray(list) && (form !== 'json-string' || typeof sent === 'string');
  if (!isTaken) throw new Refusal('request', "The value 'variables' is not a list the server can read.");
  return list.map(readVariableReadVariables);
}

function readVariableReadVariables(entry: unknown): GivenVariable {
  const member = (name: string): unknown =>
    typeof entry === 'object' && entry !== null ? Reflect.get(entry, name) : undefined;
  const [id, name, type, value] = [member('id'), member('name'), member('type'), member('value')];
  const label = nonEmpty(name) ?? nonEmpty(id);
  if (label === undefined) throw new Refusal('request', 'A variable has neither name nor id.');
  const wanted = Object.hasOwn(forms, String(type)) ? forms[String(type)] : undefined;
  if (wanted === undefined) throw new Refusal('request', `The variable '${label}' has no known type.`);
  if (!isValue(value) || (value !== null && !wanted.test(String(value)))) {
    throw new Refusal('request', `The value of the variable '${label}' is no ${String(type)}.`);
  }
  const named = nonEmpty(name);
  return { value, ...(named === undefined ? { id: label } : { name: named }) };
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isValue(value: unknown): value is VariableValue {
  return value === null || Array.isArray(value) || ['string', 'number', 'boolean'].includes(typeof value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Tells whether text is an XML document with one root, as far as tags and quotes go. */
function isWellFormed(xml: string): boolean {
  const open: string[] = [];
  let roots = 0;
  let position = 0;
  const tag =
    /<(?:\?[^>]*\?|!--[\s\S]*?--|(\/?)([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?))>/g;
  for (const match of xml.matchAll(tag)) {
    const [whole, closing, name, , empty] = match;
    if (!isText(xml.slice(position, match.index), open.length > 0)) return false;
    position = match.index + whole.length;
    if (name === undefined) continue;
    if (closing === '/') {
      if (open.pop() !== name) return false;
      continue;
    }
    if (open.length === 0) roots += 1;
    if (empty !== '/') open.push(name);
  }
  return roots === 1 && open.length === 0 && xml.slice(position).trim() === '';
}

/** Between tags, `<` and a bare `&` are mistakes, and outside the root everything but blanks is. */
function isText(text: string, isInside: boolean): boolean {
  if (!isInside) return text.trim() === '';
  return !/<|&(?!(\w+|#\d+|#x[\da-f]+);)/i.test(text);
}

/** An authenticated call that has found its operation. */
interface OperationCall {
  readonly caller: Caller;
  readonly fields: Fields;
}

/** One operation; its name is the last part of its path. */
export interface Operation {
  readonly name: OperationName;
  readonly method: 'GET' | 'POST';
  /** Answers, or throws a refusal; undefined when no route fits the keys that were sent. */
  respond(call: OperationCall): OperationResponse | undefined;
}

/** The answer to an operation that has nothing to say but yes or no. */
function done(isDone: boolean): OperationResponse {
  return { main: isDone, facts: { Result: isDone } };
}

/** What a caller sent in the body or the query, read by the documented keys. */
interface Fields {
  /** Undefined when the key is missing, null, or spelt in a casing the server does not take. */
  read(key: string): unknown;
  /** Text that has to be there and not blank. */
  text(key: string): string;
  /** Text that may be absent. */
  optionalText(key: string): string | undefined;
  /** A whole number that has to be there, as a number or in digits as far as the server takes them. */
  id(key: string): number;
}

/** Creates a reader of what was sent. */
export function createFields(
  sent: Readonly<Record<string, unknown>>,
  how: { readonly caseInsensitive: boolean; readonly ids: 'any' | 'number' | 'string' },
): Fields {
  const sameKey = (one: string, other: string): boolean =>
    how.caseInsensitive ? one.toLowerCase() === other.toLowerCase() : one === other;
  const read = (key: string): unknown =>
    Object.entries(sent).find(([name]) => sameKey(name, key))?.[1] ?? undefined;
  const optionalText = (key: string): string | undefined => {
    const value = read(key);
    if (value !== undefined && typeof value !== 'string') throw wrong(key, 'has to be text');
    return value;
  };
  return {
    read,
    optionalText,
    text(key) {
      const value = optionalText(key) ?? '';
      if (value.trim() === '') throw wrong(key, 'is missing');
      return value;
    },
    id(key) {
      const value = read(key);
      if (value === undefined) throw wrong(key, 'is missing');
      const isTaken = how.ids === 'any' || typeof value === how.ids;
      if (!isTaken || !/^\d{1,10}$/.test(String(value))) throw wrong(key, 'is not an id');
      return Number(value);
    },
  };
}

function wrong(key: string, what: string): Refusal {
  return new Refusal('request', `The value '${key}' ${what}.`);
}
