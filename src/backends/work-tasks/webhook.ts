import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import type { Output } from '../../domain/approval.js';
import { type LabelledValue, noFacts } from '../../domain/request.js';
import type { InboundRequest, InboundResult, WebRequest, WebResponse, WebRoute } from '../../ports/chat.js';
import { parseMoment } from '../../shared/duration.js';
import { assertNever, defined } from '../../shared/language.js';
import type { TakeInbound } from '../kind.js';
import {
  type RepositorySettings,
  systemName,
  type WorkTasksSecrets,
  type WorkTasksServer,
} from './settings.js';
import { toInstance } from './wire.js';

/** Where workflows tell that they wait. */
const inboundPath = '/hooks/work-tasks/approvals';

const maxBodyBytes = 65_536;

/**
 * Creates the address at which workflows tell that a step of theirs waits for people; undefined while no
 * repository has its hook on.
 */
export function createInboundRoute({
  servers,
  take,
}: {
  readonly servers: readonly HookServer[];
  /** Takes what a workflow told; a repetition changes nothing. */
  readonly take: TakeInbound;
}): WebRoute | undefined {
  const keyholders = keyholdersOf(servers);
  if (keyholders.length === 0) return undefined;
  return {
    method: 'POST',
    path: inboundPath,
    maxBodyBytes,
    handle: (request) => handle(request, keyholders, take),
  };
}

async function handle(
  { headers, body }: WebRequest,
  keyholders: readonly Keyholder[],
  take: TakeInbound,
): Promise<WebResponse> {
  const own = whoHolds(headers.authorization ?? '', keyholders);
  if (own.length === 0) return refuse('unauthorized');
  if (!/^application\/json *(;|$)/i.test(headers['content-type'] ?? '')) return refuse('not-json');
  const named = repositoryIn(body);
  const holder = own.find(({ repository }) => repository.repository === named);
  if (named !== undefined && !holder) return refuse('other-repository');
  const reading = readInbound(body);
  const problems = problemsOf(reading, holder);
  if (reading.kind === 'wrong' || !holder || problems.length > 0) return refuse('malformed', problems);
  const result = await take(toInboundRequest(holder.system, reading.told));
  return inboundResponse(result, { ignored: reading.ignored, leftOut: reading.told.data?.leftOut ?? [] });
}

function problemsOf(reading: InboundReading, holder: Keyholder | undefined) {
  if (reading.kind === 'wrong') return reading.problems;
  return holder ? strangeOutputs(reading.told, holder.repository) : [];
}

type Refusal = 'unauthorized' | 'not-json' | 'other-repository' | 'malformed';

const refusals: Readonly<Record<Refusal, { readonly status: number; readonly message: string }>> = {
  unauthorized: {
    status: 401,
    message: 'Send the secret of the repository: Authorization: Bearer and the secret.',
  },
  'not-json': { status: 415, message: 'Send JSON, with Content-Type: application/json.' },
  'other-repository': { status: 403, message: 'This secret does not speak for that repository.' },
  malformed: { status: 400, message: 'The body cannot be taken as it is; nothing was changed.' },
};

/** Refuses to take what was told; repeats nothing of it. */
function refuse(kind: Refusal, problems: readonly BodyProblem[] = []): WebResponse {
  const { status, message } = refusals[kind];
  const result = json(status, { status: kind, message, ...(problems.length > 0 ? { problems } : {}) });
  const asks = kind === 'unauthorized' ? { 'www-authenticate': 'Bearer' } : {};
  return { ...result, headers: { ...result.headers, ...asks }, refusal: `A workflow’s word: ${message}` };
}

/** Says what came of what was told, and what of it was passed over. */
function inboundResponse(
  result: InboundResult,
  { ignored, leftOut }: { readonly ignored: readonly string[]; readonly leftOut: readonly string[] },
): WebResponse {
  const { kind: status } = result;
  const more = {
    ...(result.isShadow ? { mode: 'shadow' } : {}),
    ...(ignored.length > 0 ? { ignored } : {}),
    ...(leftOut.length > 0 ? { leftOut } : {}),
  };
  switch (result.kind) {
    case 'put':
      return json(201, { status, code: result.code, ...more });
    case 'repeated':
    case 'completed':
    case 'changed':
      return json(200, { status, code: result.code, ...more });
    case 'over':
      return conflict({
        status,
        code: result.code,
        message:
          'This approval is decided or being decided, and stays as it is. To ask once more, send another key.',
      });
    case 'ambiguous':
      return conflict({
        status,
        codes: result.codes,
        message:
          'Several steps of this execution wait without an activity. Send the key of the one that is meant.',
      });
    case 'key-taken':
      return conflict({
        status,
        code: result.code,
        message: 'This key belongs to another activity that still waits. Send another key.',
      });
    default:
      return assertNever(result);
  }
}

function conflict(content: {
  readonly status: string;
  readonly message: string;
  readonly code?: string;
  readonly codes?: readonly string[];
}): WebResponse {
  return { ...json(409, content), refusal: `A workflow’s word: ${content.message}` };
}

function json(status: number, content: object): WebResponse {
  return {
    status,
    headers: { 'content-type': 'application/json' },
    body: `${JSON.stringify(content)}\n`,
  };
}

/** A repository that may tell of approvals, and what it shows to prove itself. */
interface Keyholder {
  readonly system: string;
  readonly repository: RepositorySettings;
  /** Hashes, which are of one length, so that comparing them takes one time. */
  readonly digests: readonly Buffer[];
}

/** A Work Tasks server with what the environment knows of it. */
interface HookServer {
  readonly server: WorkTasksServer;
  readonly secrets: WorkTasksSecrets;
}

/** Lists the repositories whose hook is on. */
function keyholdersOf(servers: readonly HookServer[]): readonly Keyholder[] {
  return servers.flatMap(({ server, secrets }) =>
    server.repositories
      .filter(({ hook }) => hook === 'on')
      .map((repository) => {
        const system = systemName(server.name, repository);
        const digests = (secrets.hooks?.[system] ?? []).map(digestOf);
        return { system, repository, digests };
      }),
  );
}

/** Finds whom a bearer secret belongs to, in a time that does not depend on how much of it is right. */
function whoHolds(authorization: string, keyholders: readonly Keyholder[]): readonly Keyholder[] {
  const [, secret = ''] = /^bearer +(\S+) *$/i.exec(authorization) ?? [];
  const given = digestOf(secret);
  return keyholders.filter(
    ({ digests }) => digests.map((digest) => timingSafeEqual(digest, given)).filter(Boolean).length > 0,
  );
}

function digestOf(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Finds outputs that would never be sent, because the settings list those of the workflow and not these. */
function strangeOutputs(
  { workflow, outputs = [] }: Pick<InboundBody, 'workflow' | 'outputs'>,
  { workflows }: Pick<RepositorySettings, 'workflows'>,
): readonly BodyProblem[] {
  const activities = workflows.find(({ name }) => name === workflow)?.activities ?? [];
  const listed = activities.flatMap((activity) => activity.outputs);
  if (listed.length === 0) return [];
  return outputs.flatMap(({ name }, at) =>
    listed.some((label) => label.toLowerCase() === name.toLowerCase())
      ? []
      : [{ path: `outputs[${at}]`, expected: 'an output that the settings list for this workflow' }],
  );
}

/**
 * Says in our words what a workflow told.
 *
 * The step takes its name from the workflow's design only, never from what a requester may have typed: rules
 * go by it.
 */
function toInboundRequest(system: string, inbound: InboundBody): InboundRequest {
  const { workflow, executionid, executiondetailsid, key, activity, subject, requester, data, due, links } =
    inbound;
  const { title, ...instance } = toInstance(
    system,
    { workflow, executionId: executionid },
    { status: { kind: 'suspended', raw: '' } },
  );
  return {
    instance: {
      ...instance,
      title: subject ?? title,
      step: {
        uniqueName: key === undefined ? `activity:${executiondetailsid}` : `key:${key}`,
        name: activity ?? 'Approval',
      },
      awaitsApproval: true,
      facts: {
        ...noFacts,
        requesters: requester ?? [],
        others: data?.values ?? [],
        ...defined({ subject, due }),
        ...(links && links.length > 0 ? { links } : {}),
        isInbound: true,
      },
    },
    suggested: inbound.approver ?? [],
    ...defined({ key, activityId: executiondetailsid, activity, outputs: inbound.outputs }),
  };
}

/** Something about a body that cannot be taken; never tells a value. */
interface BodyProblem {
  readonly path: string;
  readonly expected: string;
}

/** What was understood of a body, or everything that is wrong with it. */
type InboundReading =
  | { readonly kind: 'read'; readonly told: InboundBody; readonly ignored: readonly string[] }
  | { readonly kind: 'wrong'; readonly problems: readonly BodyProblem[] };

/** Lists at most this many names of keys nobody knows. */
const mostIgnored = 10;

/**
 * Reads what a workflow tells. Keys count in any casing, since designers write `executionId` as well.
 *
 * Keys that mean nothing are passed over and named, so that a slip of the pen is found.
 */
function readInbound(text: string): InboundReading {
  const body = parse(text);
  if (body === undefined) return wrong([{ path: '(body)', expected: 'a JSON object' }]);
  const entries = Object.entries(body).map(([key, value]) => [key.toLowerCase(), value] as const);
  const twice = entries.filter(([key], at) => entries.findIndex(([other]) => other === key) !== at);
  const known = new Set(Object.keys(inboundBody.shape));
  const result = inboundBody.safeParse(Object.fromEntries(entries.filter(([key]) => known.has(key))));
  const problems = [
    ...twice
      .filter(([key]) => known.has(key))
      .map(([key]) => ({ path: key, expected: 'each key once, whatever its casing' })),
    ...(result.error?.issues ?? []).map(({ path, message }) => ({ path: pathText(path), expected: message })),
    ...(lacksName(entries) ? [nameless] : []),
  ];
  if (!result.success || problems.length > 0) return wrong(problems);
  const ignored = Object.keys(body).filter((key) => !known.has(key.toLowerCase()));
  return { kind: 'read', told: result.data, ignored: ignored.slice(0, mostIgnored).map(shorten) };
}

/** Gives the repository a body names, whatever else is wrong with it; undefined if it names none. */
function repositoryIn(text: string): string | undefined {
  const body = parse(text) ?? {};
  const [, repository] = Object.entries(body).find(([key]) => key.toLowerCase() === 'repository') ?? [];
  const result = inboundBody.shape.repository.safeParse(repository);
  return result.data;
}

const nameless: BodyProblem = {
  path: 'executiondetailsid',
  expected:
    'the id of the waiting activity; where it is not known yet, a text of your own under "key" that tells this step from others of the execution',
};

function lacksName(entries: readonly (readonly [string, unknown])[]): boolean {
  return !entries.some(
    ([key, value]) =>
      (key === 'key' || key === 'executiondetailsid') &&
      value !== undefined &&
      value !== null &&
      value !== '',
  );
}

function wrong(problems: readonly BodyProblem[]): InboundReading {
  return { kind: 'wrong', problems };
}

function parse(text: string): object | undefined {
  try {
    const value: unknown = JSON.parse(text.replace(/^\uFEFF/, ''));
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function pathText(path: readonly PropertyKey[]): string {
  const written = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return written.replace(/^\./, '') || '(body)';
}

function shorten(key: string): string {
  return key.length > 50 ? `${key.slice(0, 50)}…` : key;
}

/** What designers leave empty, they have nothing to say about. */
function optional<T extends z.ZodType>(schema: T) {
  return z.preprocess((given) => (given === '' || given === null ? undefined : given), schema.optional());
}

/** Control characters and torn characters cannot be kept as they are. */
const unkeepable = /[^\P{Cc}\t\n\r]|\p{Cs}/u;

function text(expected: string, maxLength: number) {
  const whole = `${expected}, of at most ${maxLength} characters`;
  return z
    .string(whole)
    .refine((given) => !unkeepable.test(given), whole)
    .transform((given) => given.trim())
    .refine((given) => given !== '' && given.length <= maxLength, whole);
}

function texts(expected: string, most: number) {
  const one = text(expected, 200);
  return z.union([one.transform((only) => [only]), z.array(one).max(most)], {
    error: `${expected}, or a list of at most ${most}`,
  });
}

/** Makes one text of an id, however it was written, so that a repetition is known again. */
function id(expected: string, pattern: RegExp) {
  return z
    .union([z.int().positive(), z.string()], expected)
    .transform((given) =>
      String(given)
        .trim()
        .replace(/^0+(?=\d)/, ''),
    )
    .refine((given) => pattern.test(given) && given !== '0', expected);
}

/** More buttons than this nobody tells apart. */
const maxInboundOutputs = 4;

/** The outputs a workflow offers, each with whether it says yes or no. */
const inboundOutputs = z
  .array(
    z.unknown().transform((given, context): Output => {
      const result = (typeof given === 'object' && given !== null ? named : bare).safeParse(given);
      if (result.success) return result.data;
      for (const { path, message } of result.error.issues)
        context.addIssue({ code: 'custom', path, message });
      return z.NEVER;
    }),
    'a list of labels of outputs',
  )
  .min(1, 'at least one output, or none of this at all for Approved and Rejected')
  .max(maxInboundOutputs, `at most ${maxInboundOutputs} outputs`)
  .refine((outputs) => new Set(outputs.map(({ name }) => name.toLowerCase())).size === outputs.length, {
    error: 'outputs that differ',
  });

const longestName = 80;

const name = z
  .string('a name')
  .trim()
  .refine((text) => /^[^\p{Cc}\p{Cs}]+$/u.test(text) && text.length <= longestName, {
    error: `a name of at most ${longestName} characters`,
  });

const scalar = z.union([z.string(), z.number(), z.boolean(), z.null()]);

const longestValue = 500;

const value = z
  .union([scalar, z.array(scalar)], 'a text, a number, true or false, or a list of these')
  .transform((given) => (Array.isArray(given) ? given.map(written).join(', ') : written(given)))
  .refine((text) => text.length <= longestValue && !/\p{Cs}/u.test(text), {
    error: `a value of at most ${longestValue} characters`,
  });

const pairList = 'names and values, or a list of pairs with name and value';

const pair = z.object({ name, value }, pairList);

const most = 25;

/** Values to show with a request: an object, or a list of pairs. What is empty is left away. */
const inboundData = z
  .preprocess(asPairs, z.array(pair, pairList).max(most, `at most ${most} values`))
  .transform((pairs): InboundData => {
    const inbound = pairs.filter(({ value: text }) => text !== '');
    const isHidden = (one: (typeof inbound)[number]) => isSecretName(one.name) || looksSecret(one.value);
    return {
      values: inbound
        .filter((one) => !isHidden(one))
        .map(({ name: label, value: text }) => ({ label, value: text })),
      leftOut: inbound.filter(isHidden).map(({ name: label }) => label),
    };
  });

const aTime = 'a time such as 2026-12-01T17:00:00+01:00; without a zone it is UTC';

/** A day that exists and a time of it, written as an ISO instant. */
const dueTime = z.string(aTime).transform((given, context): string => {
  const [, year, month, day] =
    /^(\d{4})-(\d\d)-(\d\d)T\d\d:\d\d(:\d\d(\.\d{1,9})?)?(Z|[+-]\d\d:?\d\d)?$/i.exec(given.trim()) ?? [];
  const atMs = year === undefined ? undefined : parseMoment(given);
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)));
  if (atMs !== undefined && date.getUTCDate() === Number(day)) return new Date(atMs).toISOString();
  context.addIssue({ code: 'custom', message: aTime });
  return z.NEVER;
});

const longestAddress = 1000;

const anAddress = `an http or https address of at most ${longestAddress} characters, without a username or password in it`;

const linkUrl = z.string(anAddress).transform((given, context): string => {
  const url = URL.canParse(given) ? new URL(given) : undefined;
  const isFine =
    url !== undefined &&
    /^https?:$/.test(url.protocol) &&
    url.username === '' &&
    url.password === '' &&
    url.href.length <= longestAddress &&
    !looksSecret(given);
  if (isFine) return url.href.replaceAll('|', '%7C');
  context.addIssue({ code: 'custom', message: anAddress });
  return z.NEVER;
});

const mostLinks = 5;

/** Pages that tell more about the request. */
const inboundLinks = z
  .array(
    z.object({ title: text('what the link is called', 80), url: linkUrl }, 'a pair of title and url'),
    'a list of pairs of title and url',
  )
  .refine((links) => links.length <= mostLinks, `at most ${mostLinks} links`);

/** What a workflow may tell of a step that waits for people; the docs list every key. */
const inboundBody = z.object({
  repository: text('the name of the repository', 200),
  workflow: text('the name of the workflow', 200),
  executionid: id('the id of the execution: a whole number, or a text without blanks', /^[\w-]{1,64}$/),
  executiondetailsid: optional(
    id('the execution details id of the waiting activity: a whole number', /^\d{1,19}$/),
  ),
  key: optional(text('a text that tells this step from others of the execution', 200)),
  activity: optional(text('the name of the waiting activity', 200)),
  subject: optional(text('what it is about', 300).transform((given) => given.replace(/\s+/g, ' '))),
  requester: optional(texts('who asked, as provider::id', 10)),
  approver: optional(texts('whom to ask, as provider::id', 20)),
  outputs: optional(inboundOutputs),
  data: optional(inboundData),
  due: optional(dueTime),
  links: optional(inboundLinks),
});

/** A body that was understood. */
type InboundBody = z.infer<typeof inboundBody>;

/** What a workflow told of a request, as far as it may be shown. */
interface InboundData {
  readonly values: readonly LabelledValue[];
  /** Names of values that are not shown because they may be secrets. */
  readonly leftOut: readonly string[];
}

function asPairs(given: unknown): unknown {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return given;
  return Object.entries(given).map(([label, inside]) => ({ name: label, value: inside }));
}

function written(given: z.infer<typeof scalar>): string {
  // Control characters mean nothing to people, and not every store keeps them.
  return String(given ?? '')
    .replace(/[^\P{Cc}\t\n\r]/gu, ' ')
    .trim();
}

/** Tells whether a value is called like something nobody should read. */
function isSecretName(label: string): boolean {
  const letters = label.replace(/[^a-z]/gi, '').toLowerCase();
  return /pass(word|wd|phrase|code)|pwd|secret|token|credential|authorization|bearer|cookie|session|private|apikey|accesskey|connectionstring|pin$|otp$/.test(
    letters,
  );
}

function looksSecret(text: string): boolean {
  return /-----BEGIN|\beyJ[\w-]{8,}\.|\bbearer\s+\S{8,}|:\/\/[^/\s:@]+:[^/\s@]+@/i.test(text);
}

const label = z
  .string('the label of an output')
  .refine((name) => name.trim() === name && /^[^\p{Cc}\p{Cs}]{1,75}$/u.test(name), {
    error: 'the label of an output, letter by letter, of at most 75 characters',
  });

const bare = label.transform((name): Output => ({ name, verdict: soundsLikeNo(name) ? 'deny' : 'approve' }));

const named = z.object({
  name: label,
  verdict: z.preprocess(
    (given) => (typeof given === 'string' ? given.toLowerCase() : given),
    z.enum(['approve', 'deny'], 'approve or deny'),
  ),
});

/** Tells whether a label reads like a no; whoever means something else says so with `verdict`. */
function soundsLikeNo(name: string): boolean {
  return /^(reject|den(y|ied)|declin|refus|disapprov|disagree|cancel|abort|stop|fail|not?\b|do not\b|don[’']t\b)/i.test(
    name,
  );
}
