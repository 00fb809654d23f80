import type { Naming } from '../../../domain/named-by.js';
import type { Formatter } from './ink.js';

/** Lists whom a rule names: people first, then groups. */
export function namedIn({ people, groups = [] }: Naming, formatter: Formatter): readonly string[] {
  return [...people.map(formatter.person), ...groups.map(formatter.group)];
}
