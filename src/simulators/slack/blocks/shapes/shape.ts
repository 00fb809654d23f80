import { isObject, type JsonObject } from '../../wire/json-object.js';

/** One thing Slack would refuse, and where. */
export interface Problem {
  readonly message: string;
  /** JSON pointer from the root of the request, such as `/blocks/0/text`. */
  readonly pointer: string;
}

/** Lists what is wrong with a value found at a pointer; an empty list is a good value. */
export type Shape = (value: unknown, pointer: string) => readonly Problem[];

/** The fields an object must and may have; every other field is refused. */
export interface Fields {
  readonly required?: Readonly<Record<string, Shape>>;
  readonly optional?: Readonly<Record<string, Shape>>;
  /** A rule over the whole object, for what single fields cannot say. */
  readonly rule?: (value: JsonObject, pointer: string) => readonly Problem[];
}

/** Makes the one-problem list. */
export function problem(message: string, pointer: string): readonly Problem[] {
  return [{ message, pointer }];
}

/** Accepts text of a length within the limits; both ends count. */
export function text(max: number, min = 1): Shape {
  return (value, pointer) => {
    if (typeof value !== 'string') return problem('must provide a string', pointer);
    if (value.length < min) return problem(`must be more than ${min - 1} characters`, pointer);
    if (value.length > max) return problem(`must be less than ${max + 1} characters`, pointer);
    return [];
  };
}

/** Accepts an absolute URL. */
export function url(max: number, pattern = /^[a-z][a-z0-9+.-]*:/i): Shape {
  return (value, pointer) => {
    const problems = text(max)(value, pointer);
    if (problems.length > 0) return problems;
    return pattern.test(String(value)) ? [] : problem('must be a valid URL', pointer);
  };
}

/** Accepts a whole number within the limits. */
export function whole(min: number, max: number): Shape {
  return (value, pointer) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) {
      return problem('must provide an integer', pointer);
    }
    if (value < min) return problem(`must be greater than or equal to ${min}`, pointer);
    return value > max ? problem(`must be less than or equal to ${max}`, pointer) : [];
  };
}

/** Accepts `true` and `false`. */
export const flag: Shape = (value, pointer) =>
  typeof value === 'boolean' ? [] : problem('must provide a boolean', pointer);

/** Accepts one of the given values. */
export function oneOf(...allowed: readonly (string | number)[]): Shape {
  return (value, pointer) =>
    allowed.some((one) => one === value) ? [] : problem('must be a valid enum value', pointer);
}

/** Accepts a list of a length within the limits whose items all fit. */
export function list(item: Shape, max: number, min = 1): Shape {
  return (value, pointer) => {
    if (!Array.isArray(value)) return problem('must provide an array', pointer);
    if (value.length < min) return problem(`no fewer than ${min} items allowed`, pointer);
    if (value.length > max) return problem(`no more than ${max} items allowed`, pointer);
    return value.flatMap((one, at) => item(one, `${pointer}/${at}`));
  };
}

/** Accepts an object with exactly these fields; `type` is allowed when it was already looked at. */
export function object(fields: Fields): Shape {
  const { required = {}, optional = {}, rule } = fields;
  const known: Readonly<Record<string, Shape>> = { ...required, ...optional };
  return (value, pointer) => {
    if (!isObject(value)) return problem('must provide an object', pointer);
    const missing = Object.keys(required)
      .filter((key) => value[key] === undefined || value[key] === null)
      .flatMap((key) => problem(`missing required field: ${key}`, pointer));
    const wrong = Object.entries(value).flatMap(([key, field]) => {
      const shape = known[key];
      if (shape === undefined) return problem(`invalid additional property: ${key}`, pointer);
      return field === undefined || field === null ? [] : shape(field, `${pointer}/${key}`);
    });
    return [...missing, ...wrong, ...(rule?.(value, pointer) ?? [])];
  };
}

/** Accepts an object whose `type` is one of the table's, and whose other fields fit that entry. */
export function typed(table: Readonly<Record<string, Fields>>): Shape {
  return (value, pointer) => {
    if (!isObject(value)) return problem('must provide an object', pointer);
    const type = value.type;
    if (type === undefined) return problem('missing required field: type', pointer);
    const fields = typeof type === 'string' && Object.hasOwn(table, type) ? table[type] : undefined;
    if (fields === undefined) return problem(`unsupported type: ${String(type)}`, `${pointer}/type`);
    return object({ ...fields, required: { type: oneOf(String(type)), ...fields.required } })(value, pointer);
  };
}

/** Demands at least one of the named fields. */
export function needsOneOf(...keys: readonly string[]): NonNullable<Fields['rule']> {
  return (value, pointer) =>
    keys.some((key) => value[key] !== undefined && value[key] !== null)
      ? []
      : problem(`missing required field: ${keys.join(' or ')}`, pointer);
}

/** Picks entries of a table by name, for a place that allows only those. */
export function pick(
  table: Readonly<Record<string, Fields>>,
  ...names: readonly string[]
): Readonly<Record<string, Fields>> {
  return Object.fromEntries(Object.entries(table).filter(([name]) => names.includes(name)));
}
