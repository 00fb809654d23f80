import { assertNever } from '../../shared/assert-never.js';
import type { Execution, ExecutionStatus, VariableValue } from './engine.js';
import { jsonText, noContent, type Reply, text, xml } from './exchange.js';

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
  if (isNothing) return { ...noContent, status: 200 };
  if (main === null && Object.keys(facts).length === 0) return jsonText('null');
  switch (shape) {
    case 'value':
      return jsonText(JSON.stringify(main));
    case 'quoted-string':
      return jsonText(JSON.stringify(asText(main)));
    case 'plain-text':
      return text(asText(main));
    case 'camel-object':
    case 'pascal-object':
    case 'lower-object':
      return jsonText(JSON.stringify(renamed(facts, shape)));
    case 'pairs':
      return jsonText(JSON.stringify(Object.entries(facts).map(([Key, Value]) => ({ Key, Value }))));
    case 'wrapped-string':
      return jsonText(JSON.stringify(JSON.stringify(asText(main))));
    case 'wrapped-object':
      return jsonText(JSON.stringify(JSON.stringify(facts)));
    case 'xml':
      return xml(Object.keys(facts).length > 1 ? manyElements(facts) : element(typeName(main), main));
    case 'xml-string':
      return xml(element('string', main));
    case 'empty':
      return { ...noContent, status: 200 };
    case 'no-content':
      return noContent;
    default:
      return assertNever(shape);
  }
}

function asText(value: VariableValue): string {
  return Array.isArray(value) ? value.join(',') : String(value ?? '');
}

function renamed(
  facts: OperationResponse['facts'],
  casing: 'camel-object' | 'pascal-object' | 'lower-object',
): Readonly<Record<string, VariableValue>> {
  const rename = (name: string): string => {
    if (casing === 'pascal-object') return name;
    return casing === 'lower-object' ? name.toLowerCase() : name.charAt(0).toLowerCase() + name.slice(1);
  };
  return Object.fromEntries(Object.entries(facts).map(([name, value]) => [rename(name), value]));
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

const textStatusText: Readonly<Record<ExecutionStatus, string>> = {
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
  const business = execution.statusText ?? textStatusText[status];
  switch (form) {
    case 'code':
      return { Status: status };
    case 'lower':
      return { Status: status.toLowerCase() };
    case 'padded':
      return { Status: ` ${status}  ` };
    case 'word':
      return { Status: textStatusText[status] };
    case 'business':
      return { Status: business };
    case 'both':
      return { InternalStatus: status, StatusMessage: business };
    default:
      return assertNever(form);
  }
}
