import { hash } from 'node:crypto';
import { z } from 'zod';
import type { Definition } from '../../domain/instance.js';
import { noFacts, type RequestFacts } from '../../domain/request.js';
import { ContractError } from '../../ports/errors.js';
import type { Log } from '../../ports/runtime.js';
import { parseMoment } from '../../shared/duration.js';
import type { HttpResponse } from '../http/connection.js';

/** Reads who started an instance from its title, which begins with that name; undefined if it does not. */
export function initiatorOf(title: string | undefined): string | undefined {
  const name = /^(.{1,200}?) (?:is|has|was|requested|wants) /.exec(title ?? '')?.[1]?.trim();
  return name === undefined || name === '' ? undefined : name;
}

/** Gathers what a title tells about a request that cannot be read in full. */
export function titleFacts(title: string | undefined): RequestFacts {
  const initiator = initiatorOf(title);
  const commonName = /\bCN=([^\s,;]{1,200})/i.exec(title ?? '')?.[1]?.replace(/\.$/, '');
  return {
    ...noFacts,
    requesters: initiator === undefined ? [] : [initiator],
    ...(commonName === undefined ? {} : { subject: `CN=${commonName}` }),
  };
}

/** Reads a text or a number as text; undefined if it is empty or anything else. */
const someText = z
  .unknown()
  .optional()
  .transform((value) => {
    if (typeof value === 'number') return String(value);
    return typeof value === 'string' && value.trim() !== '' ? value : undefined;
  });

/** Version 1 names roles by number, version 2 by name as well. */
const stepSignal = anyCase({
  signalname: someText,
  roleids: someList(z.union([z.number(), z.string()])),
  roles: someList(anyCase({ roleid: someText, rolename: someText })),
  roletokens: someList(z.string()),
});

/** Reads free-form values by name; empty if there are none. */
const someRecord = z.record(z.string(), z.unknown()).catch({});

const step = anyCase({
  uniquename: someText,
  displayname: someText,
  extensionname: someText,
  enabled: z.boolean().catch(true),
  configurationparameters: someRecord,
  conditions: someList(z.unknown()),
  signals: someList(stepSignal),
  outputs: someRecord,
});

/** One row of the list of definitions, in either version of the API: with the version that runs, or else its draft. */
export const definitionRow = anyCase({
  id: z
    .string()
    .min(1)
    .max(100)
    .transform((id) => id.toLowerCase()),
  displayname: someText,
  workflowtype: someText,
  draftversion: someText,
  publishedversion: someText,
}).transform(({ id, displayname, workflowtype, draftversion, publishedversion }): DefinitionRow => {
  const version = Number(publishedversion ?? draftversion ?? 0);
  return {
    id,
    name: displayname ?? '',
    version: Number.isInteger(version) ? version : 0,
    type: workflowtype ?? '',
    latest: Math.max(version, Number(draftversion ?? 0)) || 0,
  };
});

/** A definition with the number of its newest version, published or not. */
export interface DefinitionRow extends Definition {
  readonly latest: number;
}

/** One version of a definition, as far as approvals need it. */
export const definitionWire = anyCase({ steps: someList(step) });

/** The list of workflow types, by name. */
export const workflowTypeNames = z
  .array(anyCase({ workflowtype: someText }))
  .transform((types) => types.flatMap(({ workflowtype }) => workflowtype ?? []));

/** What a template or a certificate authority may be called in a request: by each of its names. */
export const namedRow = anyCase({
  commonname: someText,
  templatename: someText,
  displayname: someText,
  logicalname: someText,
  hostname: someText,
}).transform(({ commonname, templatename, displayname, logicalname, hostname }) => {
  const whole = logicalname && hostname ? `${hostname}\\${logicalname}` : undefined;
  return [commonname, templatename, displayname, logicalname, whole].flatMap((name) => name ?? []);
});

/** One entry of the catalogue of steps: the defaults of its parameters, by name. */
export const catalogueEntry = anyCase({ configurationparametersdefinition: someRecord }).transform(
  ({ configurationparametersdefinition: described }) =>
    Object.fromEntries(
      Object.entries(described).map(([name, one]) => [name, parameter.safeParse(one).data?.defaultvalue]),
    ),
);

const parameter = anyCase({ defaultvalue: someText });

/** A step as read. */
export type StepWire = z.output<typeof step>;

/** Ids are compared between answers, so their case must not matter. */
const instanceId = z
  .string()
  .min(1)
  .max(100)
  .transform((id) => id.toLowerCase());

const rowShape = {
  id: instanceId,
  /** A name by the documentation and on live servers, an integer by the specification. */
  status: someText,
  statusmessage: someText,
  definition: anyCase({
    id: someText,
    displayname: someText,
    version: z.coerce.number().int().catch(0),
    workflowtype: someText,
  }).nullish(),
  currentstepdisplayname: someText,
  currentstepuniquename: someText,
  title: someText,
  lastmodified: someText,
  startdate: someText,
  referenceid: someText,
};

/** One row of a list of instances. */
export const instanceRow = anyCase(rowShape);

/** Reads a flag; undefined if it is anything else. */
const someFlag = z
  .unknown()
  .optional()
  .transform((value) => (typeof value === 'boolean' ? value : undefined));

/** One instance in full. */
export const instanceDetail = anyCase({
  ...rowShape,
  signals: someList(anyCase({ signalname: someText, signalreceived: someFlag })),
  initialdata: someRecord,
  currentstatedata: someRecord,
});

/** A row as read. */
export type InstanceRow = z.output<typeof instanceRow>;

/** An instance as read. */
export type InstanceDetail = z.output<typeof instanceDetail>;

/**
 * Reads a time as epoch milliseconds; without a zone it is taken as UTC.
 *
 * Undefined if it is none, or the zero date that stands for "never" on this platform.
 */
export function parseTime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const atMs = parseMoment(text);
  return atMs === undefined || atMs <= 0 ? undefined : atMs;
}

/** Where a server tells the identifier under which it logged a call. */
export const correlationHeader = 'x-keyfactor-correlation-id';

/** Where a server tells how long the whole list is. */
const totalHeader = 'x-total-count';

/** Rows of one page of a list. */
export interface Rows<Row> {
  readonly rows: readonly Row[];
  /** How many rows came, those that could not be read included. */
  readonly received: number;
  /** How many rows the whole list has, where the server tells. */
  readonly total: number | undefined;
  /** How many rows the longest page of such a list has had, this one included. */
  readonly longest?: number;
}

/** Reads the rows of a page; one that is not as it should be is left out and logged. Throws `ContractError`. */
export function readRows<Schema extends z.ZodType>(
  response: HttpResponse,
  row: Schema,
  { system, path, log }: { readonly system: string; readonly path: string; readonly log: Log },
): Rows<z.output<Schema>> {
  const members = readJson(response, z.array(z.unknown()), { system, path });
  const read = members.map((member) => row.safeParse(member));
  const rows = read.flatMap((result) => (result.success ? [result.data] : []));
  const paths = read.flatMap(({ error }) => error?.issues.map((issue) => issue.path.join('.')) ?? []);
  if (rows.length === 0 && members.length > 0) {
    throw new ContractError(`No row of ${path} could be read`, { system, paths });
  }
  if (paths.length > 0) {
    log.error(
      { system, path, paths, correlationId: response.headers[correlationHeader] },
      'Some rows of a list could not be read',
    );
  }
  return { rows, received: members.length, total: totalOf(response) };
}

function totalOf(response: HttpResponse): number | undefined {
  const total = Number.parseInt(response.headers[totalHeader] ?? '', 10);
  return Number.isNaN(total) ? undefined : total;
}

/** Knows what was kept of the pages of the last walk through a list, so that one which has not changed is not read anew. */
export class PageCache<Page> {
  #last = new Map<number, KnownPage<Page>>();
  #current = new Map<number, KnownPage<Page>>();

  /** Gives what was kept of the same page in the last walk if it says the same as then, and means it; else reads it. */
  async recall(
    page: number,
    response: HttpResponse,
    read: () => Promise<Page>,
    meaning: string | number = '',
  ): Promise<Page> {
    if (page === 1) {
      this.#last = this.#current;
      this.#current = new Map();
    }
    const said = `${meaning} ${response.headers[totalHeader]} ${hash('sha256', response.body, 'base64url')}`;
    const known = this.#last.get(page);
    const entry = known?.said === said ? known : { said, kept: await read() };
    this.#current.set(page, entry);
    return entry.kept;
  }
}

interface KnownPage<Page> {
  /** Sums up its text, which would take more room than what is kept of it. */
  readonly said: string;
  readonly kept: Page;
}

/** Reads a body as JSON of the given form; throws `ContractError` with the paths that are not as they should be. */
export function readJson<Schema extends z.ZodType>(
  response: HttpResponse,
  schema: Schema,
  context: { readonly system: string; readonly path: string },
): z.output<Schema> {
  const { system, path } = context;
  const read = schema.safeParse(parse(response, context));
  if (read.success) return read.data;
  const paths = read.error.issues.map((issue) => issue.path.join('.') || '(root)');
  throw new ContractError(`${path} was answered in a form that is not known`, { system, paths });
}

function parse(response: HttpResponse, { system, path }: { system: string; path: string }): unknown {
  try {
    return JSON.parse(response.body);
  } catch {
    const isPage = /^\s*<(?:!doctype|html)/i.test(response.body);
    const form = isPage ? 'answered with a page for a browser' : 'not answered with JSON';
    throw new ContractError(`${path} was ${form}`, { system, paths: ['(root)'], isPage });
  }
}

/**
 * Reads an object whatever the case of its keys: the schema names them in lower case.
 *
 * Servers and versions differ between `CurrentStepId` and `currentStepId`.
 */
function anyCase<Shape extends z.ZodRawShape>(shape: Shape) {
  return z.preprocess(lowerKeys, z.object(shape));
}

function lowerKeys(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key.toLowerCase(), inner]));
}

/** Reads a list whose odd members are left out; empty if it is none. */
function someList<Item extends z.ZodType>(item: Item) {
  return z
    .unknown()
    .optional()
    .transform((value): z.output<Item>[] => {
      const members: readonly unknown[] = Array.isArray(value) ? value : [];
      return members.flatMap((member) => {
        const read = item.safeParse(member);
        return read.success ? [read.data] : [];
      });
    });
}
