import { durationPattern } from '../../shared/parse-duration.js';
import { choicesOf, type JsonSchema } from '../schema/schema-guide.js';

/** One line of the settings table. */
export interface SettingRow {
  readonly path: string;
  readonly type: string;
  /** Absent when the setting may be left out and then means nothing. */
  readonly fallback?: string;
  readonly isRequired: boolean;
  readonly meaning: string;
  readonly example?: string;
}

/** Lists every setting under a schema, in the order in which the schema declares them. */
export function settingRows(schema: JsonSchema, path = ''): readonly SettingRow[] {
  return choicesOf(schema).flatMap((choice) => {
    const required = choice.required ?? [];
    return Object.entries(choice.properties ?? {}).flatMap(([name, inside]) =>
      typeof inside === 'object'
        ? rowsOf(inside, {
            path: path === '' ? name : `${path}.${name}`,
            isRequired: required.includes(name),
          })
        : [],
    );
  });
}

function rowsOf(
  schema: JsonSchema,
  at: { readonly path: string; readonly isRequired: boolean },
): readonly SettingRow[] {
  const items = itemsOf(schema);
  const isList = items !== undefined && isGroupOfSettings(items);
  const path = isList ? `${at.path}[]` : at.path;
  const example = schema.examples?.[0];
  const row: SettingRow = {
    ...at,
    path,
    type: typeOf(schema),
    meaning: schema.description ?? '',
    ...(isStated(schema.default) ? { fallback: asYaml(schema.default) } : {}),
    ...(example === undefined ? {} : { example: asYaml(example) }),
  };
  return [row, ...settingRows(isList ? items : schema, path)];
}

function typeOf(schema: JsonSchema): string {
  const choices = choicesOf(schema);
  if (choices.length > 1) return [...new Set(choices.map(typeOf))].join(' or ');
  const items = itemsOf(schema);
  if (items?.enum) return `list of ${typeOf(items)}`;
  if (items) return `list of ${isGroupOfSettings(items) ? 'groups' : `${typeOf(items)}s`}`;
  if (schema.const !== undefined) return asYaml(schema.const);
  if (schema.enum) return schema.enum.map(asYaml).join(', ');
  if (schema.pattern === durationPattern.source) return 'duration';
  if (schema.type === 'object') return schema.properties ? 'group' : 'names and values';
  return schema.type === 'integer' ? 'whole number' : schema.type === 'string' ? 'text' : String(schema.type);
}

function itemsOf(schema: JsonSchema): JsonSchema | undefined {
  return typeof schema.items === 'object' && !Array.isArray(schema.items) ? schema.items : undefined;
}

function isGroupOfSettings(schema: JsonSchema): boolean {
  return choicesOf(schema).some(({ properties }) => properties !== undefined);
}

/** A group's default is told by the settings inside it. */
function isStated(fallback: unknown): boolean {
  return fallback !== undefined && JSON.stringify(fallback) !== '{}';
}

function asYaml(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
