import { type Document, isCollection, isMap, isScalar, LineCounter, parseDocument } from 'yaml';
import { ConfigError, type Problem } from './config-error.js';
import { decodeText } from './decode-text.js';
import type { Path } from './problems/path-text.js';
import { isGroup, type RawGroup } from './raw.js';

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
  const mistakes = [...document.errors, ...document.warnings].map((mistake): Problem => {
    const line = lines.linePos(mistake.pos[0]).line;
    return { path: '(YAML)', line, expected: validYaml, found: withoutValues(mistake.message) };
  });
  if (mistakes.length > 0) throw new ConfigError(file, mistakes);
  const raw: unknown = toValue(file, document);
  if (raw === null || raw === undefined) throw wholeFile(file, 'an empty file');
  if (!isGroup(raw)) throw wholeFile(file, 'YAML without settings at its top, such as a list or a text');
  return { raw, lineOf: (path) => lineOf(document, lines, path) };
}

function toValue(file: string, document: Document): unknown {
  let value: unknown;
  try {
    value = document.toJS();
  } catch {
    const found = 'an alias (*name) that cannot be resolved';
    throw new ConfigError(file, [{ path: '(YAML)', expected: validYaml, found }]);
  }
  if (isInsideItself(value, [])) throw wholeFile(file, 'YAML that contains itself through an alias');
  return value;
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
