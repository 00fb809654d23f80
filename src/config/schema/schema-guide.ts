import { z } from 'zod';
import { nearMatch } from '../../shared/near-match.js';
import type { Path } from '../problems/path-text.js';
import { settingsSchema } from './settings-schema.js';

/** A JSON schema, or a part of one. */
export type JsonSchema = z.core.JSONSchema.BaseSchema;

/** Describes the settings file, as people write it, as a JSON schema. */
export function settingsJsonSchema(): JsonSchema {
  return z.toJSONSchema(settingsSchema, {
    io: 'input',
    override: ({ zodSchema, jsonSchema }) => {
      // zod drops examples where a value is transformed; ours show what is written, so they stay true.
      const examples = z.globalRegistry.get(zodSchema)?.examples;
      if (Array.isArray(examples)) jsonSchema.examples = examples;
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
    },
  });
}

/** Finds what the schema says about a place in the file; several where there is a choice. */
export function schemasAt(path: Path): readonly JsonSchema[] {
  return path.reduce<readonly JsonSchema[]>(
    (schemas, part) => schemas.flatMap((schema) => insideOf(schema, part)).flatMap(choicesOf),
    choicesOf(settingsJsonSchema()),
  );
}

/** Gives an example for a place in the file, written as YAML would be. */
export function exampleAt(path: Path): string | undefined {
  const named = path.findLastIndex((part) => typeof part === 'string');
  const example = schemasAt(path.slice(0, named + 1)).find(({ examples }) => examples)?.examples?.[0];
  if (example === undefined) return undefined;
  return `${String(path[named])}: ${typeof example === 'string' ? yamlText(example) : JSON.stringify(example)}`;
}

/** Gives the known name that was most likely meant by an unknown one. */
export function nearKeyAt(path: Path, key: string): string | undefined {
  return nearMatch(key, keysAt(path));
}

/** Lists the names that may stand at a place in the file. */
export function keysAt(path: Path): readonly string[] {
  return [...new Set(schemasAt(path).flatMap(({ properties }) => Object.keys(properties ?? {})))];
}

/** Splits a schema into its alternatives. */
export function choicesOf(schema: JsonSchema): readonly JsonSchema[] {
  const choices = schema.oneOf ?? schema.anyOf;
  return choices ? choices.filter((choice) => typeof choice === 'object').flatMap(choicesOf) : [schema];
}

function insideOf(schema: JsonSchema, part: string | number): readonly JsonSchema[] {
  const inside = typeof part === 'number' ? schema.items : schema.properties?.[part];
  return typeof inside === 'object' && !Array.isArray(inside) ? [inside] : [];
}

function yamlText(text: string): string {
  return /^[\w/][\w ./@-]*$/.test(text) ? text : JSON.stringify(text);
}
