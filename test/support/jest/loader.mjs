// How Node finds and reads the modules of a suite: `x.js` may be `x.ts`, and whatever is of a suite carries its number.
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import compiler from './compile.cjs';

const names = 'describe, it, test, expect, beforeAll, beforeEach, afterAll, afterEach';
const globals = `export const { ${names} } = globalThis[Symbol.for('countersign/jest-globals')];`;
const compiled = new Map();
let tests = '';

/** Takes over what the runtime knows. */
export function initialize({ root }) {
  tests = `${pathToFileURL(root)}/test/`;
}

/** Finds a module; one of `test/` is another one for each suite. */
export async function resolve(specifier, context, next) {
  const { parentURL = '' } = context;
  const suite = /\?suite=\d+$/.exec(parentURL)?.[0] ?? '';
  if (specifier === '@jest/globals') return { url: `jest-globals:${suite}`, shortCircuit: true };
  if (!/^\.{1,2}\//.test(specifier) || parentURL.includes('/node_modules/')) return next(specifier, context);
  const url = new URL(specifier.replace(/\.js$/, '.ts'), parentURL);
  if (!url.pathname.endsWith('.ts') || !existsSync(fileURLToPath(url))) return next(specifier, context);
  if (url.href.startsWith(tests)) url.search = suite;
  return { url: url.href, format: 'module', shortCircuit: true };
}

/** Reads a module, without its types. */
export async function load(url, context, next) {
  if (url.startsWith('jest-globals:')) return { format: 'module', source: globals, shortCircuit: true };
  if (!/^file:.*\.ts(\?|$)/.test(url)) return next(url, context);
  const path = fileURLToPath(url);
  if (!compiled.has(path)) compiled.set(path, compiler.compile(path, await readFile(path, 'utf8')).code);
  return { format: 'module', source: compiled.get(path), shortCircuit: true };
}
