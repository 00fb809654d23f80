import type { Naming } from '../../../domain/named-by.js';
import type { Ink } from './ink.js';

/** Lists whom a rule names: people first, then groups. */
export function namedIn({ people, groups = [] }: Naming, ink: Ink): readonly string[] {
  return [...people.map(ink.person), ...groups.map(ink.group)];
}
