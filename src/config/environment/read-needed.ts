import type { Problem } from '../config-error.js';
import type { Environment } from './environment.js';
import type { Variable } from './variables.js';

/** Something read, with what was wrong about it; of no use while there are problems. */
export interface Checked<T> {
  readonly value: T;
  readonly problems: readonly Problem[];
}

/** What is read where nothing is needed. */
export const nothing: Checked<string | undefined> = { value: undefined, problems: [] };

/** Reads a variable that has to be there and, if told, to begin in a certain way. */
export function readNeeded(
  variable: Variable,
  environment: Environment,
  beginning = '',
): Checked<string | undefined> {
  const { name, meaning } = variable;
  const value = environment.read(name);
  const example = `${name}=${variable.example}`;
  if (value === undefined) {
    const isStated = environment.has(name);
    const expected = `${meaning} Set ${name}, or ${name}_FILE to the path of a file that holds it`;
    return { value, problems: isStated ? [] : [{ path: name, expected, found: 'nothing', example }] };
  }
  if (value.startsWith(beginning)) return { value, problems: [] };
  const found = /^x(oxb|oxp|oxe|app)-/.exec(value)?.[0];
  const problem: Problem = {
    path: name,
    expected: `${meaning} It begins with ${beginning}`,
    found: found ? `a token that begins with ${found}` : 'something that begins otherwise',
    example,
  };
  return { value, problems: [problem] };
}
