import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BackendKind, ServerSecret, Variable } from '../backends/kind.js';
import { durationPattern } from '../shared/duration.js';
import {
  ledgerVariables,
  otelHeaders,
  slackVariables,
  storePassword,
  tokenVariables,
} from './environment.js';
import { choicesOf, type JsonSchema, settingsJsonSchema } from './schema.js';
import { backendKinds, ownVariable } from './servers.js';

/** Lists the documents that are generated from the schema: name in the docs folder and content. */
export function settingsDocs(): readonly { readonly name: string; readonly content: string }[] {
  return [
    { name: 'countersign.schema.json', content: renderJsonSchema() },
    { name: 'settings.md', content: renderSettingsTable() },
  ];
}

/** Writes the generated documents into a folder. */
export function writeSettingsDocs(folder: string): void {
  for (const { name, content } of settingsDocs()) writeFileSync(join(folder, name), content);
}

/** Name of the schema; not an address. */
const schemaId = 'urn:countersign:settings';

/** Renders the JSON schema of the settings file, for editors. */
export function renderJsonSchema(): string {
  const { $schema, ...schema } = settingsJsonSchema();
  const head = {
    $schema,
    $id: schemaId,
    title: 'Countersign settings',
    description: 'Settings of Countersign; secrets come from the environment and never stand in this file.',
  };
  return `${JSON.stringify({ ...head, ...withoutFillable(schema) }, null, 2)}\n`;
}

/** Lets editors accept a server without what the environment can fill in. */
function withoutFillable(schema: JsonSchema): JsonSchema {
  const properties = { ...schema.properties };
  for (const { key, variables } of backendKinds) {
    const servers = properties[key];
    const fillable = new Set(variables.flatMap(({ fills }) => fills));
    if (typeof servers === 'object') properties[key] = relaxed(servers, fillable);
  }
  return { ...schema, properties };
}

function relaxed(schema: JsonSchema, fillable: ReadonlySet<string>): JsonSchema {
  const inside = (part: unknown) => (isSchema(part) ? relaxed(part, fillable) : part);
  const parts = Object.entries(schema).map(([key, value]): readonly [string, unknown] => {
    if (key === 'required' && isTextList(value)) return [key, value.filter((name) => !fillable.has(name))];
    if (key === 'oneOf' && Array.isArray(value)) return [key, value.map(inside)];
    if (key === 'properties' && isSchema(value)) {
      return [key, Object.fromEntries(Object.entries(value).map(([name, part]) => [name, inside(part)]))];
    }
    return [key, key === 'items' ? inside(value) : value];
  });
  return Object.fromEntries(parts);
}

function isSchema(value: unknown): value is JsonSchema {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isTextList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((entry) => typeof entry === 'string');
}

const introduction = `# Settings

<!-- Written by "npm run fix" from the schema in src/config/schema.ts. Changes made here are lost. -->

Countersign reads one YAML file and the environment. A commented file to start from is
[countersign.example.yml](countersign.example.yml); editors that know
[the schema](countersign.schema.json) complete and check it while you type. Whatever is wrong is reported at
start, all of it at once, with the line, what was expected and an example.

Durations are a whole number and a unit: \`500ms\`, \`15s\`, \`10m\`, \`2h\`, \`1d\`. \`[]\` in a path stands for
each entry of a list. **needed** means that there is no default.

## The file
`;

const environmentIntroduction = `
## The environment

Secrets are read from the environment only. Each variable can be given as \`NAME\`, or as \`NAME_FILE\`, the
path of a file that holds the value; both at once is refused.

### Slack
`;

/** Renders the documentation of every setting and every environment variable, as Markdown. */
export function renderSettingsTable(): string {
  return [
    introduction,
    table(
      ['Setting', 'Type', 'Default', 'Meaning', 'Example'],
      settingRows(settingsJsonSchema()).map(cellsOf),
    ),
    environmentIntroduction,
    table(
      ['Variable', 'Meaning', 'Example'],
      [
        ...Object.values(slackVariables),
        storePassword,
        ...Object.values(ledgerVariables),
        ...Object.values(tokenVariables),
        otelHeaders,
      ].map(variableCells),
    ),
    ...backendKinds.flatMap((kind) => [
      kind.introduction,
      table(['Variable', 'For', 'Meaning', 'Example'], serverCells(kind)),
    ]),
  ].join('\n');
}

function cellsOf(row: SettingRow): readonly string[] {
  const [instead = ''] = backendKinds.flatMap(({ key, prefix, variables }) =>
    variables
      .filter(({ fills }) => row.path === `${key}[].${fills.join('.')}`)
      .map(({ name }) => `, here or in ${code(prefix + name)}`),
  );
  const none = row.isRequired ? `**needed**${instead}` : '';
  return [
    code(row.path),
    row.type,
    row.fallback === undefined ? none : code(row.fallback),
    row.meaning.replaceAll('<', '\\<'),
    row.example === undefined ? '' : code(row.example),
  ];
}

function variableCells({ name, meaning, example }: Variable): readonly string[] {
  return [code(name), meaning, code(example)];
}

function serverCells({ prefix, variables, secrets, ownSecrets = [] }: BackendKind) {
  const rows = [
    ...variables.map((one) => ({ ...one, name: prefix + one.name, use: code(one.fills.join('.')) })),
    ...secrets.map((one) => ({ ...one, name: prefix + one.name, use: useOf(one) })),
    ...ownSecrets.map((one) => ({ ...ownVariable(one, one.exampleOwner), use: one.use })),
  ];
  return rows.map(({ name, use, meaning, example }) => [code(name), use, meaning, code(example)]);
}

function useOf({ neededBy }: ServerSecret): string {
  return 'setting' in neededBy ? neededBy.setting : `auth kind ${neededBy.auth.join(' or ')}`;
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, head.map(() => '---'), ...rows].map(
    (cells) => `| ${cells.map(escaped).join(' | ')} |`,
  );
  return `${lines.join('\n')}\n`;
}

function code(text: string): string {
  return `\`${text}\``;
}

function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|').replaceAll('\n', ' ');
}

/** One line of the settings table. */
interface SettingRow {
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
  const [first, second] = choices;
  if (first?.enum && second && itemsOf(second)?.enum?.length === first.enum.length)
    return `${typeOf(first)}, or a list of them`;
  if (choices.length > 1) return [...new Set(choices.map(typeOf))].join(' or ');
  const items = itemsOf(schema);
  if (items?.enum) return `list of ${typeOf(items)}`;
  if (items)
    return `list of ${
      isGroupOfSettings(items)
        ? 'groups'
        : `${typeOf(items)
            .replace(/^list of/, 'lists of')
            .replace(/s?$/, 's')}`
    }`;
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
