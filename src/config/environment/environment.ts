import type { Problem } from '../config-error.js';
import { decodeText } from '../decode-text.js';
import { type ReadFile, whyUnreadable } from '../read-settings-file.js';

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
