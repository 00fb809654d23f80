import type { Variable, VariableSpec, VariableType } from './change.js';
import type { TypedValue } from './commands.js';

/** Values that fit what a workflow takes, or the first that does not. */
type ReadVariables =
  | { readonly kind: 'variables'; readonly variables: readonly Variable[] }
  | { readonly kind: 'bad-value'; readonly name: string; readonly typed: string; readonly expected: string };

/** Checks typed values against what a workflow takes, before anything is sent; defaults fill the gaps. */
export function readVariables(values: readonly TypedValue[], specs: readonly VariableSpec[]): ReadVariables {
  const known = (name: string) => specs.find((spec) => spec.name.toLowerCase() === name.toLowerCase());
  const stranger = values.find(({ name }) => !known(name));
  if (stranger) {
    const names = specs.map(({ name }) => name).join(', ');
    const expected = names === '' ? 'no values: this workflow takes none' : `one of ${names}`;
    return { kind: 'bad-value', name: stranger.name, typed: stranger.text, expected };
  }
  const variables: Variable[] = [];
  for (const spec of specs) {
    const text =
      values.find(({ name }) => name.toLowerCase() === spec.name.toLowerCase())?.text ?? spec.default;
    if (text === undefined && spec.isRequired) {
      return { kind: 'bad-value', name: spec.name, typed: '', expected: `a ${spec.type}: it must be given` };
    }
    if (text === undefined) continue;
    const value = readValue(text, spec.type);
    if (value === undefined)
      return { kind: 'bad-value', name: spec.name, typed: text, expected: expectation[spec.type] };
    variables.push({ name: spec.name, type: spec.type, value });
  }
  return { kind: 'variables', variables };
}

const expectation: Readonly<Record<VariableType, string>> = {
  string: 'a text',
  number: 'a number such as 3 or 2.5',
  boolean: 'yes or no',
  date: 'a date such as 2026-11-30',
};

/** Reads one value the way a system takes it; absent when it does not fit. */
export function readValue(text: string, type: VariableType): string | undefined {
  switch (type) {
    case 'string':
      return text;
    case 'number':
      return /^-?\d+(\.\d+)?$/.test(text.trim()) ? text.trim() : undefined;
    case 'boolean':
      return readBoolean(text.trim().toLowerCase());
    case 'date':
      return isDate(text.trim()) ? text.trim() : undefined;
  }
}

function readBoolean(text: string): string | undefined {
  if (['yes', 'true', 'on', '1'].includes(text)) return 'true';
  return ['no', 'false', 'off', '0'].includes(text) ? 'false' : undefined;
}

/** A day that exists: `2026-02-30` is none. */
function isDate(text: string): boolean {
  const [, year, month, day] = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text) ?? [];
  if (year === undefined) return false;
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  return date.getUTCMonth() === Number(month) - 1 && date.getUTCDate() === Number(day);
}
