import type { Change } from '../../../domain/change.js';

/** Writes a change so that two that ask for the same thing are the same text, in whatever order it is said. */
export function twinKey(change: Change): string {
  const sorted = change.kind === 'execute' ? { ...change, variables: byName(change.variables) } : change;
  return JSON.stringify(sorted, (_key, value: unknown) => (isRecord(value) ? withSortedKeys(value) : value));
}

/** Gives what the keys of all changes that answer an activity begin with, and those of no others. */
export function answerKeyStart(activityId: string): string {
  return `{"activityId":${JSON.stringify(activityId)},`;
}

function byName<T extends { readonly name: string }>(ones: readonly T[]): readonly T[] {
  return [...ones].sort((a, b) => compare(a.name, b.name));
}

function withSortedKeys(value: object): object {
  return Object.fromEntries(Object.entries(value).sort(([a], [b]) => compare(a, b)));
}

/** By code unit, since how a language sorts may change with the machine. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  return a < b ? -1 : 1;
}

function isRecord(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
