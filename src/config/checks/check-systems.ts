import { describeFound } from '../problems/describe-found.js';
import { pathText } from '../problems/path-text.js';
import { type PlacedProblem, problemAt } from '../problems/placed-problem.js';
import type { Draft, DraftSystem } from './draft.js';

/** Finds systems and servers that have the same name, and that there is none at all. */
export function checkSystems(draft: Draft): readonly PlacedProblem[] {
  return [...missingServer(draft), ...repeatedSystems(draft), ...repeatedServers(draft)];
}

function missingServer({ hasServer }: Draft): readonly PlacedProblem[] {
  const expected = 'at least one server, here or under workTasks';
  return hasServer ? [] : [problemAt(['keyfactor'], { expected, found: 'none' })];
}

function repeatedSystems({ systems }: Draft): readonly PlacedProblem[] {
  return systems.flatMap(({ name, path }, at) => {
    const first = systems.slice(0, at).find((other) => other.name === name);
    // What is wrong inside a single server, its own schema tells.
    if (!first || serverOf({ path }) === serverOf(first)) return [];
    const expected = 'a name of its own for each system; rules and people could mean either';
    const found = `${describeFound(name)}, already at ${pathText(first.path)}`;
    return [problemAt([...path, 'name'], { expected, found })];
  });
}

function serverOf({ path }: Pick<DraftSystem, 'path'>): string {
  return pathText(path.slice(0, 2));
}

/** Variables of two servers with one name could not be told apart. */
function repeatedServers({ workTasks }: Draft): readonly PlacedProblem[] {
  return workTasks.flatMap(({ index, value }, at) => {
    const first = workTasks.slice(0, at).find((other) => other.value === value);
    if (!first) return [];
    const found = `${describeFound(value)}, already at ${pathText(['workTasks', first.index])}`;
    return [
      problemAt(['workTasks', index, 'name'], { expected: 'a name of its own for each server', found }),
    ];
  });
}
