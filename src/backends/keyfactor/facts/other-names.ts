import { plainText } from './plain-text.js';

/** Kinds of names, in the spellings in which servers and tools write them before a value. */
const kindPrefix =
  /^\s*(?:dns|ip|ipv4|ipv6|email|e-mail|rfc822|uri|url|upn|other|directory|registered)\s*(?:name|address|id)?\s*[=:]\s*/i;

/** More names than any request has; what is beyond is not read. */
const mostNames = 2_000;

/**
 * Reads subject alternative names from the forms in which they are found.
 *
 * These are lists, lists of `{ Type, Value }`, lists by type, and texts such as `dns=a&ip=10.0.0.1`.
 */
export function readNames(value: unknown): readonly string[] {
  return [...namesIn(value, 0)].slice(0, mostNames);
}

/** Joins lists of names; of those that differ in case only, the first stays. */
export function distinctNames(names: readonly string[]): readonly string[] {
  const seen = new Map(names.map((name) => [name.toLowerCase(), name] as const).reverse());
  return [...new Set(names.map((name) => seen.get(name.toLowerCase()) ?? name))].slice(0, mostNames);
}

function* namesIn(value: unknown, depth: number): Generator<string> {
  if (typeof value === 'string') {
    yield* namesInText(value, depth);
  } else if (Array.isArray(value)) {
    if (depth < 3) for (const member of value) yield* namesIn(member, depth + 1);
  } else if (typeof value === 'object' && value !== null && depth < 3) {
    yield* namesInObject(value, depth + 1);
  }
}

function* namesInObject(holder: object, depth: number): Generator<string> {
  const entries = Object.entries(holder);
  const own = entries.find(([key]) => /^(value|name)$/i.test(key));
  if (own !== undefined) yield* namesIn(own[1], depth);
  else for (const [, inner] of entries) yield* namesIn(inner, depth);
}

function* namesInText(text: string, depth: number): Generator<string> {
  const json = /^\s*[[{]/.test(text) && depth < 2 ? parsed(text) : undefined;
  if (json !== undefined) {
    yield* namesIn(json, depth + 1);
    return;
  }
  for (const part of text.slice(0, 200_000).split(/[&,;\r\n]+/)) {
    for (const word of part.replace(kindPrefix, '').trim().split(/\s+/)) {
      const name = plainText(word.replace(kindPrefix, ''));
      if (name !== undefined) yield name.slice(0, 300);
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
