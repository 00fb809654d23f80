import { matchesPattern } from '../../shared/matches-pattern.js';
import type { WhenEntry } from '../schema/rule-schema.js';

/** Conditions of a rule, in the order in which people read them. */
export const conditions = [
  'system',
  'definition',
  'type',
  'step',
  'template',
  'authority',
  'requester',
] as const satisfies readonly (keyof WhenEntry)[];

/** What every instance has, so that `*` there is no condition at all. */
const alwaysThere: readonly string[] = ['system', 'definition', 'type'];

/** The conditions of a rule, each with its patterns. */
export type When = Readonly<Record<string, readonly string[] | undefined>>;

/** Tells whether one condition holds wherever another one does; says no when in doubt. */
export function covers(wide: When, narrow: When): boolean {
  return Object.entries(wide).every(([condition, wanted]) => {
    if (wanted === undefined) return true;
    if (alwaysThere.includes(condition) && wanted.includes('*')) return true;
    // Whatever fits a pattern literally, stars included, also fits with the stars filled in.
    return narrow[condition]?.every((one) => wanted.some((pattern) => matchesPattern(one, pattern))) ?? false;
  });
}
