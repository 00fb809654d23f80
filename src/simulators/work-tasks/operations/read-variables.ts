import type { Behaviour } from '../behaviour.js';
import type { VariableValue } from '../engine/model.js';
import { Refusal } from '../server/refusal.js';
import type { GivenVariable } from '../world/start-execution.js';

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
export function readVariables(sent: unknown, form: Behaviour['variablesAs']): readonly GivenVariable[] {
  if (sent === undefined) return [];
  const list = typeof sent === 'string' && form !== 'array' ? parse(sent) : sent;
  const isTaken = Array.isArray(list) && (form !== 'json-string' || typeof sent === 'string');
  if (!isTaken) throw new Refusal('request', "The value 'variables' is not a list the server can read.");
  return list.map(readVariable);
}

function readVariable(entry: unknown): GivenVariable {
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
