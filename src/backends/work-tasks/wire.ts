import type { Definition, Instance, InstanceRef, InstanceStatus } from '../../domain/instance.js';
import { noFacts } from '../../domain/request.js';
import type { ChangeRefusal, ValueReading } from '../../ports/backend.js';
import { fingerprintOf } from '../../shared/fingerprint-of.js';
import { defined } from '../../shared/language.js';
import { cutText } from '../../shared/text.js';
import { type HttpResponse, isSuccess, type RequestInfo, withoutCredentials } from '../http/connection.js';

/** What an answer comes to; `unclear` is for `BackendError`. */
type Outcome =
  | { readonly kind: 'done' }
  | { readonly kind: 'refused'; readonly reason: ChangeRefusal; readonly said: string }
  | { readonly kind: 'unclear' };

/** The id of an execution, as far as an answer names one; `none-made` is what the product says with -1. */
type ExecutionIdReading =
  | { readonly kind: 'id'; readonly executionId: string }
  | { readonly kind: 'none-made' }
  | { readonly kind: 'absent' };

/** What an answer tells about where an execution stands. */
export interface StatusReading {
  readonly status: InstanceStatus;
  /** The designer's own text, where there is one beside the status. */
  readonly statusMessage?: string;
}

/** An answer of the API. The forms of answers are documented nowhere, so every likely one is read; none throws. */
export class WebApiResponse {
  readonly response: HttpResponse;
  /** What was asked. */
  readonly request: RequestInfo;
  readonly #body: Body;
  /** Named values, those of the object inside a wrapped answer too. */
  readonly #fields: Fields;

  constructor(response: HttpResponse, request: RequestInfo) {
    this.response = response;
    this.request = request;
    this.#body = readBody(response.body);
    this.#fields = this.#body.kind === 'value' ? fieldsWithin(this.#body.value) : new Map();
  }

  /** Whether it comes from the web server or a proxy, never from the API as it is. */
  get isPage(): boolean {
    return this.#body.kind === 'page';
  }

  /** The sentence of an error answer, in brief; empty if it says nothing. */
  get said(): string {
    return cutText(withoutCredentials(this.#sentence()).replace(/\s+/g, ' ').trim(), longestSentence);
  }

  /** Whether there is no API where it was looked for, rather than nothing in the API. */
  get saysNoSuchCall(): boolean {
    if (this.response.status !== 404) return false;
    return this.#body.kind !== 'value' || /no http resource was found/i.test(this.#body.text);
  }

  /** Whether it stands for nothing: silence, `false` or -1, the product's own word for no execution. */
  get isNothing(): boolean {
    if (this.#body.kind !== 'value') return this.#body.kind === 'empty';
    const { value, text } = this.#body;
    return /^"?(false|-\d+|0)"?$/i.test(typeof value === 'string' ? value.trim() : text);
  }

  /** The names it is made of, never a value. */
  get names(): readonly string[] {
    return this.#fields.size === 0 ? ['(root)'] : [...this.#fields.keys()];
  }

  /** The same without the body of an error, which is not searched for what was asked. */
  get ofSuccess(): WebApiResponse {
    return isSuccess(this.response) ? this : this.with('');
  }

  /** Gives the same with another body. */
  with(body: string): WebApiResponse {
    return new WebApiResponse({ ...this.response, body }, this.request);
  }

  /** Finds the id of an execution. */
  executionId(): ExecutionIdReading {
    if (this.#body.kind !== 'value') return { kind: 'absent' };
    const named = idNames.map((name) => wholeNumber(this.#fields.get(name))).find((id) => id !== undefined);
    const id = named ?? (this.#fields.size === 0 ? soleNumber(this.#body.value) : undefined);
    if (id === undefined) return { kind: 'absent' };
    return Number(id) > 0 ? { kind: 'id', executionId: id.replace(/^0+/, '') } : { kind: 'none-made' };
  }

  /** Finds the status; undefined if it tells none. */
  status(): StatusReading | undefined {
    if (this.#body.kind !== 'value') return undefined;
    if (this.#fields.size === 0) return plainStatus(this.#body.value);
    const code = textAmong(this.#fields, codeNames);
    const text = textAmong(this.#fields, textNames);
    const said = code ?? text ?? textAmong(this.#fields, ['result', 'value', 'data']);
    if (said === undefined) return undefined;
    const status = toStatus(cutText(said, longestStatus));
    return text === undefined || text === said
      ? { status }
      : { status, statusMessage: cutText(text, longestStatus) };
  }

  /** Finds the value that was asked for by name. */
  value(name: string): ValueReading {
    if (this.#body.kind !== 'value') return { kind: 'empty' };
    const { value, text } = this.#body;
    const fields = fieldsOf(value);
    const known = [...valueNames, name.toLowerCase()].find((candidate) => fields.has(candidate));
    // The server's own spelling is kept, such as that of a number too long to be one, or of XML.
    const plain = typeof value === 'string' ? value : text;
    const found = known === undefined ? plain : asText(fields.get(known));
    return found.trim() === '' ? { kind: 'empty' } : { kind: 'value', text: cutText(found, longestValue) };
  }

  /** Finds the error that a server wrote into an answer it called a success; undefined if it wrote none. */
  failure(): string | undefined {
    return isFailure(this.#fields) ? this.said || 'no reason given' : undefined;
  }

  /**
   * Does the same for the answer to a change, which is an error also when it is a bare `false`, a negative
   * number, or a sentence that tells why something was not done.
   */
  failureOfChange(): string | undefined {
    const failure = this.failure();
    if (failure !== undefined || this.#body.kind !== 'value') return failure;
    const fields = this.#fields;
    const bare = fields.size === 0 ? this.#body.value : (fields.get('result') ?? fields.get('value'));
    if (isNo(bare)) return `the server answered ${String(bare).trim()}`;
    const isError =
      typeof bare === 'string' && (/^\s*(error|exception|failed)\b/i.test(bare) || reasonOf(bare));
    return isError ? this.said : undefined;
  }

  /** Judges the answer to a read. */
  outcome(): Outcome {
    return this.#judge(this.failure());
  }

  /** Judges the answer to a change. */
  outcomeOfChange(): Outcome {
    return this.#judge(this.failureOfChange());
  }

  /**
   * Judges by the status and, because this API refuses with 500 and even with 200, by what it says.
   *
   * A 5xx that does not tell in known words that something was refused stays unclear: it may have been done all the
   * same.
   */
  #judge(failure: string | undefined): Outcome {
    const { status } = this.response;
    const refused = (reason: ChangeRefusal, said = this.said) => ({ kind: 'refused', reason, said }) as const;
    if (isSuccess(this.response)) {
      if (this.isPage) return { kind: 'unclear' };
      return failure === undefined ? { kind: 'done' } : refused(reasonOf(failure) ?? 'bad-request', failure);
    }
    const reason = reasonOf(this.said);
    if (status === 401) return refused('sign-in');
    if (status >= 500) return reason === undefined ? { kind: 'unclear' } : refused(reason);
    const isOurs = status >= 400 && status !== 405 && !this.isPage && !this.saysNoSuchCall;
    return isOurs ? refused(reason ?? usualReason(status)) : { kind: 'unclear' };
  }

  #sentence(): string {
    switch (this.#body.kind) {
      case 'empty':
        return '';
      case 'page':
        return decoded(/<title[^>]*>([^<]{1,500})<\/title>/i.exec(this.#body.text)?.[1] ?? '');
      case 'value': {
        const { value } = this.#body;
        return textAmong(this.#fields, sentenceNames) ?? (typeof value === 'string' ? value : '');
      }
    }
  }
}

function usualReason(status: number): ChangeRefusal {
  if (status === 403) return 'no-permission';
  return status === 404 ? 'not-found' : 'bad-request';
}

const idNames = 'executionid execution_id workflowexecutionid instanceid id result data value'.split(' ');

/** A text longer than this is a sentence, and a number in it may be anything. */
const longestText = 20;

function wholeNumber(value: unknown): string | undefined {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value).trim() : '';
  return /^-?\d{1,15}$/.test(text) ? text : undefined;
}

function soleNumber(value: unknown): string | undefined {
  const text = typeof value === 'number' || typeof value === 'string' ? String(value).trim() : '';
  if (text.length > longestText) return undefined;
  const found = text.match(/(?<![\w.])-?\d+(?![\w.])/g) ?? [];
  return found.length === 1 ? found[0] : undefined;
}

/** Names that only errors carry. */
const errorNames = 'exceptionmessage exceptiontype errormessage error error_description'.split(' ');

const outcomeNames = 'issuccess success succeeded issuccessful'.split(' ');

function isFailure(fields: Fields): boolean {
  if (outcomeNames.some((name) => isNo(fields.get(name)))) return true;
  if (textAmong(fields, errorNames) !== undefined) return true;
  const message = textAmong(fields, ['message']);
  const isAlone = [...fields.keys()].every((name) =>
    ['message', 'messagedetail', 'stacktrace'].includes(name),
  );
  return message !== undefined && isAlone && isComplaint(message);
}

function isComplaint(message: string): boolean {
  return (
    reasonOf(message) !== undefined || /\b(error|exception|failed|cannot|invalid|denied)\b/i.test(message)
  );
}

function isNo(value: unknown): boolean {
  if (typeof value === 'number') return value < 0;
  return value === false || (typeof value === 'string' && /^\s*(false|-\d+)\s*$/i.test(value));
}

const valueNames = 'output activityoutput outputvalue value variablevalue result data'.split(' ');

/** More than this is not shown. */
const longestValue = 2_000;

function asText(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/** The detailed one comes first: the general one is "An error has occurred" then. */
const sentenceNames = 'exceptionmessage errormessage messagedetail message error_description error'.split(
  ' ',
);

const longestSentence = 200;

/** In this order: the vague words of the later ones appear in the sentences of the earlier ones. */
const reasons: readonly (readonly [RegExp, ChangeRefusal])[] = [
  [
    /\bengine\b[^.]{0,60}\b(not (running|started|available|respond)|stopped|unavailable|down)\b/,
    'engine-down',
  ],
  [
    /\b(disabled|unpublished|not (been )?published|no published version|not (been )?deployed)\b/,
    'not-published',
  ],
  [/\b(not (possible|allowed|valid) in|(illegal|invalid|wrong|present|current) state)\b/, 'wrong-state'],
  [
    /\b(already|not|cannot be)[ -](paused|aborted|finished|completed|asleep|sleeping|resumed)\b/,
    'wrong-state',
  ],
  [/\b(no such|not found|could not find|cannot find|has no execution|invalid execution)\b/, 'not-found'],
  [/\b(does not|doesn[’']t) exist\b/, 'not-found'],
  [/\b(not authori[sz]ed|access (is )?denied|no permission|not permitted)\b/, 'no-permission'],
];

/**
 * Reads from an error's sentence why something was refused; undefined if it says nothing of the kind.
 *
 * The only place that decides by text: this API gives most refusals no status code of their own. Old versions
 * say "engine is not running" for a workflow in the wrong state as well.
 */
function reasonOf(said: string): ChangeRefusal | undefined {
  const text = said.toLowerCase();
  return reasons.find(([pattern]) => pattern.test(text))?.[1];
}

/** The product keeps a code and a text apart; the code comes first. */
const codeNames = 'internalstatus statuscode executionstatus workflowstatus status state code'.split(' ');

const textNames = 'statusmessage statustext statusdescription'.split(' ');

/** What one may have to read on a phone. */
const longestStatus = 200;

function plainStatus(value: unknown): StatusReading | undefined {
  // A number is an id, such as the -1 that stands for no execution.
  if (typeof value !== 'string' || /^-?\d+$/.test(value.trim())) return undefined;
  return { status: toStatus(cutText(value, longestStatus)) };
}

type Kind = InstanceStatus['kind'];

const codes: Readonly<Record<string, Kind>> = {
  ep: 'running',
  ex: 'running',
  sl: 'suspended',
  fn: 'complete',
  fe: 'failed',
  ab: 'aborted',
  pa: 'paused',
};

/** Words a server may use instead of a code; they count only as the whole text. */
const phrase: readonly (readonly [RegExp, Kind])[] = [
  [/^(execution )?pending$/, 'running'],
  [/^(executing|execution|in progress|running|started)$/, 'running'],
  [/^(sleep|sleeping|asleep|slept|suspended)$/, 'suspended'],
  [/^(finished|finish|completed?|success|succeeded)( successfully)?$/, 'complete'],
  [/^((finished|completed|ended) with errors?|finished error|errors?|failed)$/, 'failed'],
  [/^(abort|aborted|aborting)$/, 'aborted'],
  [/^(pause|paused)$/, 'paused'],
];

/**
 * Reads a status from a code, with or without its meaning, or from a well-known word.
 *
 * A designer may put any text of their own in its place. Such a text stays unknown: to search it for words
 * would call a run finished that merely mentions the word.
 */
function toStatus(said: string): InstanceStatus {
  const raw = said.trim();
  return { kind: kindOf(raw), raw };
}

function kindOf(raw: string): Kind {
  const text = raw.toLowerCase().replace(/^(workflow |execution )?status\s*[:=]\s*/, '');
  const [, code, rest = ''] = /^([a-z]{2})(?:\s*[-–:,(]\s*(.*?)\)?)?$/.exec(text) ?? [];
  const byCode = code !== undefined && Object.hasOwn(codes, code) ? codes[code] : undefined;
  if (byCode !== undefined && (rest === '' || kindOfWord(rest) === byCode)) return byCode;
  return kindOfWord(text) ?? 'unknown';
}

function kindOfWord(text: string): Kind | undefined {
  const plain = text
    .replace(/[\s_-]+/g, ' ')
    .replace(/[.!]$/, '')
    .trim();
  return phrase.find(([pattern]) => pattern.test(plain))?.[1];
}

/** Makes a definition of a workflow's name; the API tells nothing else of it. */
export function toDefinition(workflow: string): Definition {
  return { id: workflow, name: workflow, version: 0, type: 'Work Tasks' };
}

/** Makes an instance of an execution and its status, which is all the API tells. */
export function toInstance(
  system: string,
  { workflow, executionId }: ExecutionRef,
  { status, statusMessage }: StatusReading,
): Instance {
  return {
    ref: executionRef(system, { workflow, executionId }),
    referenceId: executionId,
    title: `${workflow} · execution ${executionId}`,
    definition: toDefinition(workflow),
    status,
    ...defined({ statusMessage }),
    awaitsApproval: false,
    facts: noFacts,
    fingerprint: fingerprintOf([status.raw, statusMessage ?? '']),
  };
}

/** An execution as the API names it: the workflow for writes, the id for reads. */
interface ExecutionRef {
  readonly workflow: string;
  readonly executionId: string;
}

/**
 * Names an execution as `<workflow>#<execution id>`.
 *
 * Both are needed because ids are counted per repository, yet every write names the workflow too.
 */
export function executionRef(system: string, { workflow, executionId }: ExecutionRef): InstanceRef {
  return { system, id: `${workflow}#${executionId}` };
}

/** Takes such an id apart again; the workflow's own name may hold `#`. Undefined if it is none. */
export function parseExecutionRef(id: string): ExecutionRef | undefined {
  const [, workflow, executionId] = /^(.+)#([^#\s]+)$/s.exec(id) ?? [];
  return workflow === undefined || executionId === undefined ? undefined : { workflow, executionId };
}

/** Named values of an answer, by their names in lower case. */
type Fields = ReadonlyMap<string, unknown>;

/** Under these names servers wrap an answer once more. */
const wrappers = 'result data value d response'.split(' ');

/**
 * Gives the named values of an answer: of an object in any casing, or of a list of pairs.
 *
 * Empty when it has no names, as a bare value.
 */
function fieldsOf(value: unknown): Fields {
  if (Array.isArray(value)) return new Map(value.flatMap(pairOf));
  if (typeof value !== 'object' || value === null) return new Map();
  return new Map(Object.entries(value).map(([name, inner]) => [name.toLowerCase(), inner]));
}

/** Gives the named values, and those of the object inside where an answer is wrapped; the outer ones count. */
function fieldsWithin(value: unknown): Fields {
  const fields = fieldsOf(value);
  const inner = wrappers.flatMap((name) => [...fieldsOf(fields.get(name))]);
  return new Map([...inner, ...fields]);
}

/** Reads the first of the named values that is a text with something in it, or a number. */
function textAmong(fields: Fields, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = fields.get(name);
    if (typeof value === 'number') return String(value);
    if (typeof value === 'string' && value.trim() !== '') return value.trim();
  }
  return undefined;
}

function pairOf(entry: unknown): readonly (readonly [string, unknown])[] {
  if (Array.isArray(entry)) {
    const [name, value]: readonly unknown[] = entry;
    return typeof name === 'string' && entry.length === 2 ? [[name.toLowerCase(), value]] : [];
  }
  const fields = fieldsOf(entry);
  const name = textAmong(fields, ['key', 'name']);
  return name !== undefined && fields.has('value') ? [[name.toLowerCase(), fields.get('value')]] : [];
}

/** What a body holds. */
type Body =
  | { readonly kind: 'empty' }
  | { readonly kind: 'value'; readonly value: unknown; readonly text: string }
  | { readonly kind: 'page'; readonly text: string };

/** Reads a body whatever its form; never throws. */
function readBody(body: string): Body {
  const text = body.replace(/^\ufeff/, '').trim();
  if (text === '') return { kind: 'empty' };
  if (/^(<\?xml[^>]*\?>\s*)?<(!doctype html|html)\b/i.test(text)) return { kind: 'page', text };
  // A text says `Started` or `EX`; one that only begins like JSON was torn or tampered with on its way.
  if (/^[{[]/.test(text) && parsed(text) === text) return { kind: 'page', text };
  const value = unwrapped(text.startsWith('<') ? (xmlValue(text) ?? text) : parsed(text));
  return value === null || value === '' ? { kind: 'empty' } : { kind: 'value', value, text };
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}

/** Opens a text that holds JSON once more; a plain text stays one even if it reads like a number. */
function unwrapped(value: unknown): unknown {
  return typeof value === 'string' && /^\s*[{["]/.test(value) ? parsed(value) : value;
}

/** One named value, with or without something in it. */
const member = /<([\w.:-]+)(?:\s[^<>]*)?(?:\/>|>([^<]*)<\/\1>)/g;

/** Longer XML is somebody's document, not the form of an answer. */
const longestXml = 100_000;

/**
 * Reads the answer a server writes in XML where it does not agree on JSON: a bare value or named values.
 *
 * Undefined when the text is no XML of these two flat forms.
 */
function xmlValue(text: string): unknown {
  if (text.length > longestXml) return undefined;
  const [, attributes, inner] =
    /^(?:<\?xml[^>]*\?>\s*)?<[\w.:-]+((?:\s[^>]*)?)>(.*)<\/[\w.:-]+>$/s.exec(text) ?? [];
  if (inner === undefined) return isEmptyElement(text) ? '' : undefined;
  if (isNil(attributes ?? '')) return '';
  if (!inner.includes('<')) return decoded(inner);
  const members = [...inner.matchAll(member)];
  if (members.length === 0 || inner.replace(member, '').trim() !== '') return undefined;
  return Object.fromEntries(members.map(([, name = '', value = '']) => [localName(name), decoded(value)]));
}

function isEmptyElement(text: string): boolean {
  return /^(?:<\?xml[^>]*\?>\s*)?<[\w.:-]+(?:\s[^>]*)?\/>$/s.test(text);
}

function isNil(attributes: string): boolean {
  return /\bnil\s*=\s*["']true["']/.test(attributes);
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** Named by their numbers in HTML pages as well, so that these two share one reading. */
function decoded(text: string): string {
  return text
    .replace(/&#(\d{1,7});/g, (_, code: string) => characterOf(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')
    .trim();
}

function characterOf(code: number): string {
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
}
