import { serverVariables } from '../environment/variables.js';
import { type JsonSchema, settingsJsonSchema } from '../schema/schema-guide.js';

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
  const fillable = new Set(serverVariables.flatMap(({ fills }) => fills));
  const servers = schema.properties?.keyfactor;
  if (typeof servers !== 'object') return schema;
  return { ...schema, properties: { ...schema.properties, keyfactor: relaxed(servers, fillable) } };
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
