import type { Variable } from '../backends/kind.js';
import { decodeText, type Problem, type ReadFile, whyUnreadable } from './problems.js';

/** The environment the bot was started in, with values taken from files where `NAME_FILE` says so. */
export interface Environment {
  /** Gives the value of `NAME`, or what the file named by `NAME_FILE` holds; an empty value counts as none. */
  read(name: string): string | undefined;
  /** Tells whether `NAME` or `NAME_FILE` is set, without reading. */
  has(name: string): boolean;
  /** Names that are set and begin like this. */
  namesWith(prefix: string): readonly string[];
  /** What went wrong with the variables that were read. */
  problems(): readonly Problem[];
}

/** Opens the environment; each variable's problems are told once, however often it is read. */
export function createEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  readFile: ReadFile,
): Environment {
  const readings = new Map<string, Reading>();
  const isSet = (name: string) => (env[name] ?? '') !== '';
  const readingOf = (name: string): Reading => {
    const known = readings.get(name) ?? readVariable(name, env, readFile);
    readings.set(name, known);
    return known;
  };
  return {
    read: (name) => readingOf(name).value,
    has: (name) => isSet(name) || isSet(`${name}_FILE`),
    namesWith: (prefix) => Object.keys(env).filter((name) => name.startsWith(prefix) && isSet(name)),
    problems: () => [...readings.values()].flatMap(({ problem }) => (problem ? [problem] : [])),
  };
}

interface Reading {
  readonly value?: string | undefined;
  readonly problem?: Problem;
}

function readVariable(
  name: string,
  env: Readonly<Record<string, string | undefined>>,
  readFile: ReadFile,
): Reading {
  const value = env[name]?.trim() || undefined;
  const file = env[`${name}_FILE`] || undefined;
  if (file === undefined) return { value };
  if (value !== undefined) {
    return { value, problem: { path: name, expected: `either ${name} or ${name}_FILE`, found: 'both' } };
  }
  return readFromFile(name, file, readFile);
}

function readFromFile(name: string, file: string, readFile: ReadFile): Reading {
  const path = `${name}_FILE`;
  const expected = 'the path of a readable file that holds the value';
  let bytes: Uint8Array;
  try {
    bytes = readFile(file);
  } catch (error) {
    return { problem: { path, expected, found: `${file}: ${whyUnreadable(error)}` } };
  }
  const content = decodeText(bytes)?.trim();
  if (content === undefined) return { problem: { path, expected, found: `${file}: not UTF-8 text` } };
  if (content === '') return { problem: { path, expected, found: `${file}: an empty file` } };
  return { value: content };
}

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
