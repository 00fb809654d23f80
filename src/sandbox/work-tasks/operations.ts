import { defined } from '../../shared/language.js';
import { parseJson } from '../shared/server.js';
import { type Caller, checkUser } from './access.js';
import type { Behaviour, OperationName } from './behavior.js';
import { type Control, controlExecution, type Execution, type VariableValue } from './engine.js';
import {
  alertEngine,
  type ExecutionSketch,
  findRepository,
  findWorkflow,
  type GivenVariable,
  startExecution,
} from './executions.js';
import { Refusal } from './refusal.js';
import { type OperationResponse, statusFacts } from './wire.js';
import { engineFault, requireEngine, type World } from './world.js';

/** One operation; its name is the last part of its path. */
export interface Operation {
  readonly name: OperationName;
  readonly method: 'GET' | 'POST';
  /** Answers, or throws a refusal; undefined when no route matches the keys that were sent. */
  respond(call: OperationCall): OperationResponse | undefined;
}

/** An authenticated call that has found its operation. */
interface OperationCall {
  readonly caller: Caller;
  readonly fields: Fields;
}

/** Everything the API can do. */
export function allOperations(world: World): readonly Operation[] {
  type Respond = (world: World, call: OperationCall) => OperationResponse | undefined;
  const operation = (method: Operation['method'], name: OperationName, respond: Respond): Operation => ({
    name,
    method,
    respond: (call) => respond(world, call),
  });
  const controls = ['abort', 'pause', 'resume', 'resumeworkflowwitherrors'] as const;
  return [
    operation('POST', 'execute', execute),
    operation('POST', 'executewithvariables', executeWithVariables),
    ...controls.map((name) => operation('POST', name, (_world, call) => control(world, name, call))),
    operation('POST', 'AlertEngine', alert),
    operation('GET', 'status', status),
    operation('GET', 'lastinstance', lastInstance),
    operation('GET', 'activityoutput', activityOutput),
    operation('GET', 'variablevalue', variableValue),
  ];
}

/** Starts a workflow, in the version asked for. */
function execute(world: World, call: OperationCall): OperationResponse {
  return start(world, call, defined({ version: call.fields.optionalText('version') }));
}

/** Starts the latest version of a workflow with content and variables; a `version` is not looked at. */
function executeWithVariables(world: World, call: OperationCall): OperationResponse {
  const data = readData(world, call);
  const variables = readVariables(call.fields.read('variables'), world.behaviour());
  return start(world, call, { variables, ...defined({ data }) });
}

function start(world: World, call: OperationCall, more: Partial<ExecutionSketch>): OperationResponse {
  const { fields, caller } = call;
  const [repository, workflow] = [fields.text('repository'), fields.text('workflow')];
  const user = fields.text('user');
  const { providers } = findRepository(world, repository);
  checkUser(user, { providers, caller }, world.behaviour());
  const isStartedByService = typeof caller === 'object' && caller.kind === 'service';
  const { id } = startExecution(world, { ...more, repository, workflow, user, isStartedByService });
  return { main: id, facts: { ExecutionId: id } };
}

/** Tells the engine about an event for a sleeping activity. */
function alert(world: World, call: OperationCall): OperationResponse {
  const { fields, caller } = call;
  const incoming = {
    repository: fields.text('repository'),
    workflow: fields.text('workflow'),
    executionDetailsId: fields.id('executiondetailsid'),
    user: fields.text('user'),
    output: fields.text('output'),
    status: fields.text('status'),
    data: readData(world, call) ?? null,
  };
  const { providers } = findRepository(world, incoming.repository);
  checkUser(incoming.user, { providers, caller }, world.behaviour());
  const problem = alertEngine(world, incoming);
  if (problem === undefined) return done(true);
  const handled = world.behaviour().futileAlert[problem];
  if (handled === 'error') throw new Refusal('engine', `The alert cannot be delivered: ${problem}.`);
  return done(handled === 'accepted');
}

/** Aborts, pauses or resumes an execution, in the states where that works. */
function control(world: World, name: Control, call: OperationCall): OperationResponse {
  const { execution, user } = readTarget(world, call);
  const { controls, illegalControl } = world.behaviour();
  requireEngine(world);
  if (controls[name].includes(execution.status)) {
    world.keep(controlExecution(execution, name), name, user);
    return done(true);
  }
  if (illegalControl === 'error') {
    throw engineFault(world, `The operation is not possible in the state ${execution.status}.`);
  }
  world.audit(execution, 'control-ignored', user);
  return done(illegalControl === 'accepted');
}

/** The answer to an operation that has nothing to say but yes or no. */
function done(isDone: boolean): OperationResponse {
  return { main: isDone, facts: { Result: isDone } };
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
function status(world: World, call: OperationCall): OperationResponse {
  const execution = findExecution(world, call);
  if (execution === undefined) return missing(world, 'execution');
  const facts = reportedStatus(world, execution);
  return { main: Object.values(facts)[0] ?? '', facts };
}

/** Tells id and status of the newest execution of a workflow, whoever started it. */
function lastInstance(world: World, { fields }: OperationCall): OperationResponse {
  const repository = findRepository(world, fields.text('repo'));
  const { name } = findWorkflow(repository, fields.text('workflow'));
  const latest = [...repository.executions.values()].findLast(({ workflow }) => workflow === name);
  if (latest === undefined) return missing(world, 'execution');
  return { main: latest.id, facts: { ExecutionId: latest.id, ...reportedStatus(world, latest) } };
}

/** Tells the output of an activity, the last time it ran, or the value of a variable. */
function activityOutput(world: World, call: OperationCall): OperationResponse | undefined {
  const { fields } = call;
  if (fields.optionalText('variablename') !== undefined && fields.read('activityname') === undefined) {
    return world.behaviour().variablePath === 'variablevalue' ? undefined : respondVariable(world, call);
  }
  const name = fields.text('activityname');
  const execution = findExecution(world, call);
  const exists = execution && world.activitiesOf(execution).some((activity) => activity.name === name);
  if (!exists) return missing(world, 'activity');
  const output = execution.runs.findLast((run) => run.name === name)?.output ?? '';
  return { main: output, facts: { ActivityName: name, Output: output } };
}

/** Tells the value of a variable under the name the vendor's parameter table has for it. */
function variableValue(world: World, call: OperationCall): OperationResponse | undefined {
  return world.behaviour().variablePath === 'activityoutput' ? undefined : respondVariable(world, call);
}

function respondVariable(world: World, call: OperationCall): OperationResponse {
  const wanted = call.fields.text('variablename');
  const variable = findExecution(world, call)?.variables.find(({ name }) => name === wanted);
  if (variable === undefined) return missing(world, 'variable');
  return { main: variable.value, facts: { VariableName: wanted, Value: variable.value } };
}

function findExecution(world: World, { fields }: OperationCall): Execution | undefined {
  const repository = findRepository(world, fields.text('repo'));
  const id = fields.text('executionid');
  if (!isId(id)) throw new Refusal('request', "The value 'executionid' is not an id.");
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

/** Reads `data`, which has to be XML where it is there at all. */
function readData(world: World, { fields }: OperationCall): string | undefined {
  const data = fields.optionalText('data');
  if (data === undefined || !world.behaviour().checksData || isWellFormed(data)) return data;
  throw new Refusal('request', "The value 'data' is not well-formed XML.");
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
  actor: /^[a-z]+::\S/i,
  object: /^/,
};

const isoDate = /^\d{4}-(0[1-9]|1[0-2])-(0[1-9]|[12]\d|3[01])(T.*)?$/;

/** Reads the `variables` of a start call in the form the server takes, or refuses. */
function readVariables(
  sent: unknown,
  { variablesAs: form, ...how }: Pick<Behaviour, 'variablesAs' | 'valuesAs' | 'datesAs'>,
): readonly GivenVariable[] {
  if (sent === undefined) return [];
  const list = typeof sent === 'string' && form !== 'array' ? parseJson(sent) : sent;
  const isTaken = Array.isArray(list) && (form !== 'json-string' || typeof sent === 'string');
  if (!isTaken) throw new Refusal('request', "The value 'variables' is not a list the server can read.");
  return list.map((entry) => readVariable(entry, how));
}

function readVariable(
  entry: unknown,
  { valuesAs, datesAs }: Pick<Behaviour, 'valuesAs' | 'datesAs'>,
): GivenVariable {
  const member = (name: string): unknown =>
    typeof entry === 'object' && entry !== null ? Reflect.get(entry, name) : undefined;
  const [id, name, type, value] = [member('id'), member('name'), member('type'), member('value')];
  const label = nonEmpty(name) ?? nonEmpty(id);
  if (label === undefined) throw new Refusal('request', 'A variable has neither name nor id.');
  const isIsoDate = type === 'date' && datesAs === 'iso';
  const wanted = isIsoDate ? isoDate : Object.hasOwn(forms, String(type)) ? forms[String(type)] : undefined;
  if (wanted === undefined) throw new Refusal('request', `The variable '${label}' has no known type.`);
  const isFormed = valuesAs === 'any' || value === null || kindOf(value) === typeIn(valuesAs, String(type));
  if (!isFormed || !isValue(value) || (value !== null && !wanted.test(String(value)))) {
    throw new Refusal('request', `The value of the variable '${label}' is no ${String(type)}.`);
  }
  const named = nonEmpty(name);
  return { value, ...(named === undefined ? { id: label } : { name: named }) };
}

/** Says which kind of JSON value a variable of some type is sent as. */
function typeIn(valuesAs: 'typed' | 'strings', type: string): string {
  if (valuesAs === 'strings') return 'string';
  if (['number', 'decimal', 'float'].includes(type)) return 'number';
  return ['array', 'object', 'boolean'].includes(type) ? type : 'string';
}

function kindOf(value: unknown): string {
  return Array.isArray(value) ? 'array' : typeof value;
}

function nonEmpty(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function isValue(value: unknown): value is VariableValue {
  return ['string', 'number', 'boolean', 'object'].includes(typeof value);
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

/** The product keeps ids as 32-bit numbers. */
function isId(text: string): boolean {
  return /^\d{1,10}$/.test(text) && Number(text) < 2 ** 31;
}

/** What a caller sent in the body or the query, read by the documented keys. */
type Fields = ReturnType<typeof createFields>;

/** Creates a reader of what was sent. */
export function createFields(
  sent: Readonly<Record<string, unknown>>,
  how: { readonly caseInsensitive: boolean; readonly ids: 'any' | 'number' | 'string' },
) {
  const sameKey = (one: string, other: string): boolean =>
    how.caseInsensitive ? one.toLowerCase() === other.toLowerCase() : one === other;
  /** Undefined when the key is missing, null, or spelt in a casing the server does not take. */
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
    /** Text that has to be there and not blank. */
    text(key: string): string {
      const value = optionalText(key) ?? '';
      if (value.trim() === '') throw wrong(key, 'is missing');
      return value;
    },
    /** A whole number that has to be there, as a number or in digits as far as the server takes them. */
    id(key: string): number {
      const value = read(key);
      if (value === undefined) throw wrong(key, 'is missing');
      const isTaken = how.ids === 'any' || typeof value === how.ids;
      if (!isTaken || !isId(String(value))) throw wrong(key, 'is not an id');
      return Number(value);
    },
  };
}

function wrong(key: string, what: string): Refusal {
  return new Refusal('request', `The value '${key}' ${what}.`);
}
