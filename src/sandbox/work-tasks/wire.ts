import { assertNever } from '../../shared/language.js';
import { json, noContent, type Reply } from '../shared/server.js';
import type { Execution, ExecutionStatus, VariableValue } from './engine.js';

/**
 * How a successful answer is written, which is documented nowhere.
 *
 * `value`: the bare JSON value, so a number stays one. `wrapped-…`: JSON inside a JSON string.
 */
export type ResponseShape =
  | 'value'
  | 'quoted-string'
  | 'plain-text'
  | 'camel-object'
  | 'pascal-object'
  | 'lower-object'
  | 'pairs'
  | 'wrapped-string'
  | 'wrapped-object'
  | 'xml'
  | 'xml-string'
  | 'empty'
  | 'no-content';

/** What an operation has to say. */
export interface OperationResponse {
  /** What a shape without names says. */
  readonly main: VariableValue;
  /** Everything, by names in Pascal case. */
  readonly facts: Readonly<Record<string, VariableValue>>;
  /** True answers 200 without a body, whatever the shape. */
  readonly isNothing?: boolean;
}

/** Writes an answer in the given shape. */
export function shapeResponse({ main, facts, isNothing }: OperationResponse, shape: ResponseShape): Reply {
  const nothing = { ...noContent, status: 200 };
  if (isNothing) return nothing;
  if (main === null && Object.keys(facts).length === 0) return json(null);
  switch (shape) {
    case 'value':
      return json(main);
    case 'quoted-string':
      return json(asText(main));
    case 'plain-text':
      return { status: 200, headers: { 'Content-Type': 'text/plain; charset=utf-8' }, body: asText(main) };
    case 'pascal-object':
      return json(facts);
    case 'lower-object':
      return json(renamed(facts, (name) => name.toLowerCase()));
    case 'camel-object':
      return json(renamed(facts, (name) => name.charAt(0).toLowerCase() + name.slice(1)));
    case 'pairs':
      return json(Object.entries(facts).map(([Key, Value]) => ({ Key, Value })));
    case 'wrapped-string':
      return json(JSON.stringify(asText(main)));
    case 'wrapped-object':
      return json(JSON.stringify(facts));
    case 'xml':
      return xml(Object.keys(facts).length > 1 ? manyElements(facts) : element(typeName(main), main));
    case 'xml-string':
      return xml(element('string', main));
    case 'empty':
      return nothing;
    case 'no-content':
      return noContent;
    default:
      return assertNever(shape);
  }
}

function asText(value: VariableValue): string {
  return Array.isArray(value) ? value.join(',') : String(value ?? '');
}

function renamed(facts: OperationResponse['facts'], rename: (name: string) => string) {
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [rename(name), value]));
}

/** Answers with XML, as the server does when it cannot agree with a client on JSON. */
function xml(body: string): Reply {
  return { status: 200, headers: { 'Content-Type': 'application/xml; charset=utf-8' }, body };
}

const namespace = 'http://schemas.microsoft.com/2003/10/Serialization/';

function typeName(value: VariableValue): string {
  if (typeof value === 'number') return 'int';
  return typeof value === 'boolean' ? 'boolean' : 'string';
}

function element(name: string, value: VariableValue): string {
  return `<${name} xmlns="${namespace}">${escaped(asText(value))}</${name}>`;
}

function manyElements(facts: OperationResponse['facts']): string {
  const inner = Object.entries(facts).map(([name, value]) => `<${name}>${escaped(asText(value))}</${name}>`);
  return `<Result>${inner.join('')}</Result>`;
}

function escaped(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/**
 * How a status is told, which is documented nowhere.
 *
 * `business`: the designer's own text where there is one. `both`: code and text under two names.
 */
export type StatusForm = 'code' | 'lower' | 'padded' | 'word' | 'business' | 'both';

const statusWords: Readonly<Record<ExecutionStatus, string>> = {
  EP: 'Pending',
  EX: 'Executing',
  SL: 'Sleep',
  FN: 'Finished',
  FE: 'Finished with errors',
  AB: 'Aborted',
  PA: 'Paused',
};

/** Tells the status of an execution by the names the form calls for; the first one is the main one. */
export function statusFacts(execution: Execution, form: StatusForm): Readonly<Record<string, string>> {
  const { status } = execution;
  const business = execution.statusText ?? statusWords[status];
  switch (form) {
    case 'code':
      return { Status: status };
    case 'lower':
      return { Status: status.toLowerCase() };
    case 'padded':
      return { Status: ` ${status}  ` };
    case 'word':
      return { Status: statusWords[status] };
    case 'business':
      return { Status: business };
    case 'both':
      return { InternalStatus: status, StatusMessage: business };
    default:
      return assertNever(form);
  }
}
