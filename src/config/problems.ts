import {
  type Alias,
  type Document,
  isCollection,
  isMap,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
  type YAMLError,
} from 'yaml';
import type { z } from 'zod';
import { defined } from '../shared/language.js';
import { nearMatch } from '../shared/text.js';

const kinds: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a group of settings',
  record: 'a group of names and values',
};

/** Says what a setting should have been, where its schema has no words of its own; given to zod. */
export function expectation(issue: z.core.$ZodRawIssue): string | undefined {
  switch (issue.code) {
    case 'invalid_type':
      return kinds[issue.expected] ?? `a ${issue.expected}`;
    case 'invalid_value':
      return oneOf(issue.values.map(String), issue.input);
    case 'invalid_union':
      return oneKind(issue);
    case 'too_small':
      return limit('at least', issue.origin, Number(issue.minimum));
    case 'too_big':
      return limit('at most', issue.origin, Number(issue.maximum));
    case 'invalid_format':
      return 'another form';
    default:
      return undefined;
  }
}

/** Says which kinds there are, where a group of settings names its own kind. */
function oneKind(issue: z.core.$ZodRawIssue<z.core.$ZodIssueInvalidUnion>): string | undefined {
  if (!('options' in issue) || !Array.isArray(issue.options)) return undefined;
  return oneOf(issue.options.map(String), valueAt(issue.input, [String(issue.discriminator)]));
}

function oneOf(values: readonly string[], input: unknown): string {
  const near = typeof input === 'string' ? nearMatch(input, values) : undefined;
  const list = values.length === 1 ? values.join('') : `one of ${values.join(', ')}`;
  return near === undefined ? list : `${list}; did you mean ${near}?`;
}

function limit(bound: string, origin: string, size: number): string {
  if (origin === 'array') return `a list of ${bound} ${size}`;
  if (origin !== 'string') return `a number of ${bound} ${size}`;
  return size === 1 ? 'a text that is not empty' : `a text of ${bound} ${size} characters`;
}

/** Renders every problem of the settings for the operator's terminal. */
export function formatProblems(error: ConfigError): string {
  const count = error.problems.length === 1 ? '1 problem' : `${error.problems.length} problems`;
  const places = error.problems.map(placeOf);
  const width = Math.max(...places.map((place) => place.length), 0);
  const blocks = error.problems.map((problem, index) => formatProblem(problem, places[index] ?? '', width));
  return [`${error.file}: ${count}`, ...blocks].join('\n\n');
}

function formatProblem(problem: Problem, place: string, width: number): string {
  const rows: readonly (readonly [string, string])[] = [
    ['expected', problem.expected],
    ['found', problem.found],
    ...(problem.example === undefined ? [] : ([['example', problem.example]] as const)),
  ];
  const indent = ' '.repeat(width + 4);
  const details = rows.map(([label, text]) => {
    const [first = '', ...more] = text.split('\n');
    const continued = more.map((line) => `\n${indent}${' '.repeat(10)}${line}`).join('');
    return `${indent}${label.padEnd(10)}${first}${continued}`;
  });
  return [`  ${place.padEnd(width)}  ${problem.path}`, ...details].join('\n');
}

function placeOf(problem: Problem): string {
  return problem.line === undefined ? '' : `line ${problem.line}`;
}

/** A problem that still knows its place in the file. */
export interface PlacedProblem {
  readonly path: Path;
  readonly problem: Problem;
}

/** Puts a problem at its place. */
export function problemAt(path: Path, problem: Omit<Problem, 'path' | 'line'>): PlacedProblem {
  return { path, problem: { path: pathText(path), ...problem } };
}

/** Reads a file as bytes; throws when that cannot be done. */
export type ReadFile = (path: string) => Uint8Array;

/** A settings file that could be read as YAML. */
export interface SettingsFile {
  readonly raw: RawGroup;
  /** Line on which a setting stands, or the nearest group around it; counted from 1. */
  readonly lineOf: (path: Path) => number | undefined;
}

const validYaml = 'valid YAML; put quotes around texts that begin with * ! & | @ or contain ": "';

const firstSteps = 'a YAML file that starts like docs/countersign.example.yml';

/** Reads the settings file as YAML. Throws `ConfigError` when there is nothing to look at. */
export function readSettingsFile(file: string, readFile: ReadFile): SettingsFile {
  const text = readText(file, readFile);
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, prettyErrors: false });
  const [first] = [...document.errors, ...document.warnings].sort((one, other) => one.pos[0] - other.pos[0]);
  // What follows the first is often only a consequence of it.
  if (first) {
    const line = lines.linePos(first.pos[0]).line;
    const found = mistakeIn(first, text);
    throw new ConfigError(file, [{ path: '(YAML)', line, expected: validYaml, found }]);
  }
  const raw: unknown = toValue(file, document, lines);
  if (raw === null || raw === undefined) throw wholeFile(file, 'an empty file');
  if (!isGroup(raw)) throw wholeFile(file, 'YAML without settings at its top, such as a list or a text');
  return { raw, lineOf: (path) => lineOf(document, lines, path) };
}

/** Says what is wrong, where YAML's own sentence would not help. */
function mistakeIn({ code, message, pos }: YAMLError, text: string): string {
  if (code === 'MULTIPLE_DOCS') return 'a second document, which a line --- begins; keep one';
  if (code !== 'DUPLICATE_KEY') return withoutValues(message);
  const key = /^["']?([\w.-]+)/.exec(text.slice(pos[0]))?.[1];
  return key === undefined || looksSecret(key) ? 'a key that stands twice' : `${key}, which stands twice`;
}

function toValue(file: string, document: Document, lines: LineCounter): unknown {
  let value: unknown;
  try {
    value = document.toJS();
  } catch {
    const range = lostAlias(document)?.range;
    const line = range ? lines.linePos(range[0]).line : undefined;
    // Not by its name, which may be a secret that begins with *.
    const found = 'an alias (*name) that cannot be resolved';
    throw new ConfigError(file, [{ path: '(YAML)', ...defined({ line }), expected: validYaml, found }]);
  }
  if (isInsideItself(value, [])) throw wholeFile(file, 'YAML that contains itself through an alias');
  return value;
}

/** Finds the first alias that names nothing. */
function lostAlias(document: Document): Alias | undefined {
  let lost: Alias | undefined;
  visit(document, {
    Alias(_key, alias) {
      if (alias.resolve(document) !== undefined) return undefined;
      lost = alias;
      return visit.BREAK;
    },
  });
  return lost;
}

function readText(file: string, readFile: ReadFile): string {
  let bytes: Uint8Array;
  try {
    bytes = readFile(file);
  } catch (error) {
    throw wholeFile(file, whyUnreadable(error));
  }
  const isUtf16 = (bytes[0] === 0xff && bytes[1] === 0xfe) || (bytes[0] === 0xfe && bytes[1] === 0xff);
  if (isUtf16 || bytes.includes(0)) throw wholeFile(file, 'UTF-16 or binary data; save the file as UTF-8');
  const text = decodeText(bytes);
  if (text === undefined) throw wholeFile(file, 'text that is not UTF-8; save the file as UTF-8');
  return text;
}

/** Says why a file could not be read, in words that fit after "found". */
export function whyUnreadable(error: unknown): string {
  const code = typeof error === 'object' && error !== null && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT') return 'no such file';
  if (code === 'EACCES' || code === 'EPERM') return 'a file this user may not read';
  if (code === 'EISDIR') return 'a folder';
  return 'a file that cannot be read';
}

function wholeFile(file: string, found: string): ConfigError {
  return new ConfigError(file, [{ path: '(the whole file)', expected: firstSteps, found }]);
}

/** Cuts what a YAML message quotes from the file, because it could be a secret. */
function withoutValues(message: string): string {
  return message.split(/[:\n]/, 1)[0] ?? 'a mistake';
}

function isInsideItself(value: unknown, runtime: readonly unknown[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (runtime.includes(value)) return true;
  return Object.values(value).some((inside) => isInsideItself(inside, [...runtime, value]));
}

function lineOf(document: Document, lines: LineCounter, path: Path): number | undefined {
  let node: unknown = document.contents;
  let offset: number | undefined;
  for (const part of path) {
    if (!isCollection(node)) break;
    const key = isMap(node)
      ? node.items.find((pair) => isScalar(pair.key) && String(pair.key.value) === String(part))?.key
      : undefined;
    const next: unknown = node.get(part, true);
    const start = isScalar(key) ? key.range?.[0] : startOf(next);
    if (start === undefined) break;
    offset = start;
    node = next;
  }
  return offset === undefined ? undefined : lines.linePos(offset).line;
}

function startOf(node: unknown): number | undefined {
  return isCollection(node) || isScalar(node) ? node.range?.[0] : undefined;
}

/** Reads bytes as UTF-8; undefined if they are something else. */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** Settings as YAML gives them, before anybody has checked them. */
export type RawGroup = Readonly<Record<string, unknown>>;

/** Tells whether a value is a group of named settings. */
export function isGroup(value: unknown): value is RawGroup {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Gives what stands at a path; undefined if nothing does. */
export function valueAt(value: unknown, path: Path): unknown {
  return path.reduce<unknown>((inside, part) => {
    if (typeof part === 'number') return Array.isArray(inside) ? inside[part] : undefined;
    return isGroup(inside) && Object.hasOwn(inside, part) ? inside[part] : undefined;
  }, value);
}

/** Copies settings with one value put at a path of names; what is not a group on the way is left alone. */
export function withValue(group: RawGroup, path: readonly string[], value: unknown): RawGroup {
  const [first, ...rest] = path;
  if (first === undefined) return group;
  if (rest.length === 0) return { ...group, [first]: value };
  const inside = group[first] ?? {};
  return isGroup(inside) ? { ...group, [first]: withValue(inside, rest, value) } : group;
}

/** Lists the entries of a list that may not be one. */
export function entriesOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** One thing wrong with the settings, told so that it can be put right without looking anything up. */
export interface Problem {
  /** Where: `approvers[0].people`, or the name of an environment variable. */
  readonly path: string;
  /** Line of the settings file, counted from 1; absent for the environment. */
  readonly line?: number;
  readonly expected: string;
  /** What is there instead; never a secret's value. */
  readonly found: string;
  readonly example?: string;
}

/** The settings cannot be used; carries every problem that was found, not only the first. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly file: string;
  readonly problems: readonly Problem[];

  constructor(file: string, problems: readonly Problem[]) {
    super(`${file}: ${problems.length === 1 ? '1 problem' : `${problems.length} problems`}`);
    this.file = file;
    this.problems = problems;
  }
}

/** Way from the top of the settings file to a value. */
export type Path = readonly (string | number)[];

/** Writes a path the way people say it: `approvers[0].people`. */
export function pathText(path: Path): string {
  const text = path.map(partText).join('').replace(/^\./, '');
  return text === '' ? '(the whole file)' : text;
}

function partText(part: string | number): string {
  if (typeof part === 'number') return `[${part}]`;
  if (looksSecret(part)) return '[a secret]';
  return /^[\w-]+$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`;
}

const longestShown = 60;

/** Says what stands in the settings, cut short and without anything that looks like a secret. */
export function describeFound(value: unknown): string {
  if (value === undefined || value === null) return 'nothing';
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : `a list of ${value.length}`;
  if (typeof value === 'object') return 'a group of settings';
  if (typeof value === 'string') return describeText(value);
  return String(value);
}

/** Tells whether a text is, or carries, a credential that may not be repeated. */
export function looksSecret(text: string): boolean {
  return (
    /\bx(ox[a-z]|app)-/i.test(text) ||
    /-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text) ||
    /\beyJ[\w-]{8,}\.[\w-]+\./.test(text) ||
    /:\/\/[^/\s]*:[^/\s]*@/.test(text) ||
    /:\/\/\S*[?&]password=/i.test(text)
  );
}

function describeText(text: string): string {
  if (text === '') return 'an empty text';
  if (looksSecret(text)) return 'something that looks like a secret';
  const shown = text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
  return JSON.stringify(shown);
}
