import { describeFound } from '../problems/describe-found.js';
import { pathText } from '../problems/path-text.js';
import { type PlacedProblem, problemAt } from '../problems/placed-problem.js';
import type { Draft } from './draft.js';

/** Finds systems that have the same name. */
export function checkSystems({ systems }: Draft): readonly PlacedProblem[] {
  return systems.flatMap(({ index, value }, at) => {
    const first = systems.slice(0, at).find((other) => other.value === value);
    if (!first) return [];
    const found = `${describeFound(value)}, already at ${pathText(['keyfactor', first.index])}`;
    return [
      problemAt(['keyfactor', index, 'name'], { expected: 'a name of its own for each server', found }),
    ];
  });
}
