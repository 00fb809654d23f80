import { readFileSync } from 'node:fs';
import { afterEach } from '@jest/globals';
import { Ajv, type ValidateFunction } from 'ajv';
import formats from 'ajv-formats';
import type { KeyfactorCommand } from '../../../src/sandbox/keyfactor/command.js';

/** A request as the simulator has kept it. */
export type SentRequest = Pick<
  KeyfactorCommand['requests'][number],
  'method' | 'path' | 'query' | 'headers' | 'body'
>;

/** The published documents: of 25.x, or of 10.x with its prefixed parameters. */
export type Edition = 'newer' | 'older';

/** What a journey says of the server it plays with. */
interface Expected {
  /** The documents of its version; those of 25.x unless told. */
  readonly edition?: Edition;
  /** What the journey sends on purpose although no document describes it. */
  readonly undocumented?: RegExp;
}

/**
 * Fails the test that is running if a server was sent anything its vendor's documents do not describe.
 *
 * Call it wherever a server is opened; what was sent is judged when the test ends.
 */
export function expectDocumentedRequests(
  command: Pick<KeyfactorCommand, 'requests'>,
  expected: Expected = {},
): void {
  observed.push({ command, ...expected });
}

const observed: (Expected & { readonly command: Pick<KeyfactorCommand, 'requests'> })[] = [];

afterEach(() => {
  const problems = observed
    .splice(0)
    .flatMap(({ command, edition, undocumented }) =>
      command.requests
        .flatMap((request) => violationsOf(request, edition))
        .filter((problem) => !undocumented?.test(problem)),
    );
  if (problems.length > 0)
    throw new Error(`Command was sent what it does not document:\n${[...new Set(problems)].join('\n')}`);
});

/** Says what a request has that the document of its version does not describe; nothing for a visit to a token endpoint. */
export function violationsOf(request: SentRequest, edition: Edition = 'newer'): readonly string[] {
  const { method, path, headers } = request;
  if (!path.startsWith(`${basePath}/`)) return [];
  const version = headers[versionHeader] ?? '1';
  const label = `${method} ${path}`;
  if (!operationsOf[edition].has(plainVersion(version))) return [`${label}: there is no version ${version}`];
  const match = matchOf(request, edition);
  if (match === undefined) return [`${label}: version ${version} has no such operation`];
  const { operation, segments } = match;
  return [
    ...operation.names.flatMap((name) =>
      check(operation.parameters.get(`path ${name}`), segments[name] ?? ''),
    ),
    ...queryProblems(operation, request.query),
    ...headerProblems(operation, headers),
    ...bodyProblems(operation, request),
  ].map((problem) => `${label}: ${problem}`);
}

/** Takes the path of a request apart: its operation, as `GET /Workflow/Instances/{instanceId}`, and what stands in braces. */
export function readPath(
  request: SentRequest,
  edition: Edition = 'newer',
): { readonly call: string; readonly segments: Readonly<Record<string, string>> } | undefined {
  const match = matchOf(request, edition);
  return match && { call: match.operation.call, segments: match.segments };
}

/** Lists every parameter the documents of an edition describe, those of bodies included and headers left out. */
export function documentedParameters(
  edition: Edition,
): readonly { readonly call: string; readonly key: string }[] {
  return [...operationsOf[edition].values()]
    .flat()
    .flatMap(({ call, parameters, bodyKeys }) => [
      ...[...parameters.values()]
        .filter((one) => one.in !== 'header')
        .map(({ name }) => ({ call, key: name })),
      ...bodyKeys.map((key) => ({ call, key })),
    ]);
}

function matchOf({ method, path, headers }: SentRequest, edition: Edition) {
  const operations = operationsOf[edition].get(plainVersion(headers[versionHeader] ?? '1')) ?? [];
  const found = operations.flatMap((operation) => {
    const match = operation.method === method ? operation.pattern.exec(path) : null;
    const values = match?.slice(1).map(decodeURIComponent) ?? [];
    const segments = Object.fromEntries(operation.names.map((name, index) => [name, values[index] ?? '']));
    return match ? [{ operation, segments }] : [];
  });
  // A path without parameters goes before one with them, as OpenAPI says.
  return found.sort((one, other) => one.operation.names.length - other.operation.names.length)[0];
}

function plainVersion(version: string): string {
  return version.replace(/\.0$/, '');
}

const basePath = '/KeyfactorAPI';
const versionHeader = 'x-keyfactor-api-version';

/** A parameter that is described, ready to check a text against. */
interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required: boolean;
  readonly type: string;
  readonly validate: ValidateFunction;
}

/** One method and path that is described. */
interface Operation {
  /** Method and path, as the document writes it. */
  readonly call: string;
  readonly method: string;
  readonly pattern: RegExp;
  /** Names of the path's own parameters, in order. */
  readonly names: readonly string[];
  /** By place and name, as `query ReturnLimit`. */
  readonly parameters: ReadonlyMap<string, Parameter>;
  /** What checks a body, by its content type; empty where none is described. */
  readonly bodies: ReadonlyMap<string, ValidateFunction>;
  /** What a body holds, by name; `body` where it is no object. */
  readonly bodyKeys: readonly string[];
}

function queryProblems({ parameters }: Operation, query: string): readonly string[] {
  return query
    .split('&')
    .filter((pair) => pair !== '')
    .flatMap((pair) => {
      const [name = '', ...rest] = pair.split('=').map(decodeURIComponent);
      const parameter = parameters.get(`query ${name}`);
      // Command reads a plus as a plus: its own client takes care to send %20.
      if (pair.includes('+')) return [`${name} is written with a plus where a blank is meant`];
      return parameter ? check(parameter, rest.join('=')) : [`there is no query parameter ${name}`];
    });
}

function headerProblems({ parameters, bodies }: Operation, headers: SentRequest['headers']) {
  const described = [...parameters.values()].filter((one) => one.in === 'header');
  const problems = described.flatMap((parameter) => {
    const text = headers[parameter.name.toLowerCase()];
    if (text !== undefined) return check(parameter, text);
    return parameter.required ? [`the header ${parameter.name} is missing`] : [];
  });
  const accepts = headers.accept?.split(',').map((one) => one.replace(/;.*/, '').trim()) ?? ['*/*'];
  const isReadable = accepts.some((one) => ['application/json', 'application/*', '*/*'].includes(one));
  const isBodyNamed = bodies.size === 0 || headers['content-type'] !== undefined;
  return [
    ...problems,
    ...(isReadable ? [] : [`it accepts ${headers.accept}, and JSON is what comes`]),
    ...(isBodyNamed ? [] : ['the body has no content type']),
  ];
}

function bodyProblems({ bodies }: Operation, { body, headers }: SentRequest): readonly string[] {
  if (bodies.size === 0) return body === '' ? [] : [`no body is described, and it has ${body}`];
  const type = headers['content-type']?.replace(/;.*/, '').trim() ?? '';
  const validate = bodies.get(type);
  if (validate === undefined) return [`a body of type ${type} is not described`];
  if (body === '') return ['the body is missing'];
  return validate(JSON.parse(body)) ? [] : [`the body ${errorsOf(validate)}`];
}

function check(parameter: Parameter | undefined, text: string): readonly string[] {
  if (parameter === undefined) return ['a part of the path is not described'];
  const { name, type, validate } = parameter;
  return validate(parameterValue(text, type)) ? [] : [`${name} is ${text}: ${errorsOf(validate)}`];
}

/** Reads a text the way a query carries values; what does not fit stays a text, which its schema refuses. */
function parameterValue(text: string, type: string): unknown {
  if (type === 'integer') return /^-?\d+$/.test(text) ? Number(text) : text;
  if (type === 'boolean') return { true: true, false: false }[text] ?? text;
  return text;
}

function errorsOf({ errors }: ValidateFunction): string {
  return (errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`.trim()).join(', ');
}

/** As much of an OpenAPI document as is read here. */
interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, DocumentOperation>>>>;
  readonly components: object;
}

interface DocumentOperation {
  readonly parameters?: readonly DocumentParameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
}

interface DocumentParameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Schema {
  readonly type?: string;
  readonly properties?: object;
  readonly $ref?: string;
}

const documents = { v1: documentIn('v1.json'), v2: documentIn('v2.json') };

const operationsOf: Readonly<Record<Edition, ReadonlyMap<string, readonly Operation[]>>> = {
  newer: new Map([
    ['1', readOperations(documents.v1)],
    ['2', readOperations(documents.v2)],
  ]),
  older: new Map([['1', readOperations(olderThan(documents.v1))]]),
};

/** Without `nullable` where there is no type: that means anything may stand there, and the validator takes neither. */
function documentIn(file: string): Document {
  const text = readFileSync(new URL(`openapi/${file}`, import.meta.url), 'utf8');
  return JSON.parse(text, (_name, value) => (value?.nullable && value.type === undefined ? {} : value));
}

/** Makes the document of 10.x of the one of 25.x; `openapi/README.md` says by which differences. */
function olderThan({ paths, ...rest }: Document): Document {
  const paging = ['QueryString', 'PageReturned', 'ReturnLimit', 'SortField', 'SortAscending'];
  const prefixOf = (path: string) =>
    path.startsWith('/Workflow/Definitions') ? 'query' : path.endsWith('/My') ? 'instanceQuery' : 'pq';
  const renamed = (path: string, name: string) =>
    paging.includes(name) ? `${prefixOf(path)}.${name.charAt(0).toLowerCase()}${name.slice(1)}` : name;
  const older = (path: string, { parameters = [], requestBody }: DocumentOperation): DocumentOperation => {
    const json = requestBody?.content['application/json'];
    return {
      parameters: parameters.map((one) => ({ ...one, name: renamed(path, one.name) })),
      ...(json === undefined ? {} : { requestBody: { content: { 'application/json': json } } }),
    };
  };
  return {
    ...rest,
    paths: Object.fromEntries(
      Object.entries(paths)
        .filter(([path]) => !/\/(Publish\/\{version\}|Status)$/.test(path))
        .map(([path, methods]) => [
          path,
          Object.fromEntries(Object.entries(methods).map(([method, one]) => [method, older(path, one)])),
        ]),
    ),
  };
}

function readOperations(document: Document): readonly Operation[] {
  const ajv = new Ajv({ allErrors: true });
  formats.default(ajv);
  ajv.addVocabulary(['components']);
  const resolve = (schema: Schema): Schema =>
    schema.$ref === undefined ? schema : schemaAt(document, schema.$ref);
  const keysOf = ({ schema }: { readonly schema: Schema }) =>
    Object.keys(resolve(schema).properties ?? { body: {} });
  const compile = (schema: Schema) => ajv.compile({ ...schema, components: document.components });
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { parameters = [], requestBody }]) => ({
      call: `${method.toUpperCase()} ${path}`,
      method: method.toUpperCase(),
      pattern: new RegExp(`^${basePath}${path.replaceAll(/\{\w+\}/g, '([^/]+)')}$`),
      names: [...path.matchAll(/\{(\w+)\}/g)].map(([, name = '']) => name),
      parameters: new Map(
        parameters.map(({ name, in: place, required = false, schema }) => [
          `${place} ${name}`,
          {
            name,
            in: place,
            required,
            type: resolve(schema).type ?? '',
            validate: compile(schema),
          },
        ]),
      ),
      bodies: new Map(
        Object.entries(requestBody?.content ?? {}).map(([type, { schema }]) => [type, compile(schema)]),
      ),
      bodyKeys: Object.values(requestBody?.content ?? {})
        .slice(0, 1)
        .flatMap(keysOf),
    })),
  );
}

function schemaAt(document: Document, pointer: string): Schema {
  const read = (from: unknown, name: string): unknown => Reflect.get(Object(from), name);
  return pointer.replace(/^#\//, '').split('/').reduce(read, document) as Schema;
}
