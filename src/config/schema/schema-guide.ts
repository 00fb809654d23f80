import { z } from 'zod';
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

/** What the schema can tell about places in the file. */
export interface SchemaGuide {
  /** Gives an example for a place in the file, written as YAML would be. */
  exampleAt(path: Path): string | undefined;
  /** Lists the names that may stand at a place in the file. */
  keysAt(path: Path): readonly string[];
}

/** Makes a guide to the schema; making it takes a moment, asking it does not. */
export function createSchemaGuide(): SchemaGuide {
  const top = choicesOf(settingsJsonSchema());
  // Several where there is a choice.
  const schemasAt = (path: Path) =>
    path.reduce<readonly JsonSchema[]>(
      (schemas, part) => schemas.flatMap((schema) => insideOf(schema, part)).flatMap(choicesOf),
      top,
    );
  return {
    exampleAt: (path) => {
      const named = path.findLastIndex((part) => typeof part === 'string');
      const found = schemasAt(path.slice(0, named + 1)).find(({ examples }) => examples);
      const example: unknown = found?.examples?.[0];
      return example === undefined ? undefined : `${String(path[named])}: ${asYaml(example)}`;
    },
    keysAt: (path) => [
      ...new Set(schemasAt(path).flatMap(({ properties }) => Object.keys(properties ?? {}))),
    ],
  };
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

function asYaml(value: unknown): string {
  return typeof value === 'string' && /^[\w/][\w ./@-]*$/.test(value) ? value : JSON.stringify(value);
}
