import type { Policy } from './rules.js';

/** Tells whether a system is told each decision in the name of whoever made it, by that person's own account. */
export function isToldByPeople({ toldByPeople = [] }: Pick<Policy, 'toldByPeople'>, system: string): boolean {
  return toldByPeople.includes(system);
}
