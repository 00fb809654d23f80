import { defined } from '../shared/language.js';
import { nearMatch } from '../shared/text.js';

/**
 * Every verb, in the order of help: how it is typed, what it does, who may use it, how the words after it are read.
 *
 * Parsing, help, near matches, the hint in Slack, the modals that ask for a run, the buttons under a status, what
 * `read` and `all` mean in an operator rule and the types of what was typed all come from this table. What a verb
 * does is in `use-cases/commands`, in the table of the file it belongs to.
 */
const table = [
  {
    name: 'help',
    usage: 'help [verb]',
    summary: 'Lists the commands, or explains one.',
    example: 'help restart',
    kind: 'own',
    rights: 'everybody',
    args: readHelp,
  },
  {
    name: 'status',
    usage: 'status <ref>',
    summary: 'Shows where a workflow stands and what can be done.',
    example: 'status K7F3',
    kind: 'look',
    rights: 'read',
    args: readRun,
    modal: { asks: 'run', title: 'Status of a workflow', submit: 'Show' },
  },
  {
    name: 'list',
    usage: 'list [waiting|failed|mine|running] [words]',
    summary: 'Lists workflows, newest first.',
    example: 'list failed web',
    kind: 'look',
    rights: 'read',
    args: readList,
  },
  {
    name: 'restart',
    usage: 'restart <ref> [version]',
    summary: 'Runs a failed or waiting workflow again from its first step.',
    example: 'restart K7F3',
    kind: 'change',
    rights: 'change',
    changes: true,
    args: readRunAndVersion,
    modal: { asks: 'run', title: 'Restart a workflow', submit: 'Next' },
    onStatus: true,
  },
  {
    name: 'stop',
    usage: 'stop <ref>',
    summary: 'Rejects a waiting workflow; this cannot be undone.',
    example: 'stop K7F3',
    kind: 'change',
    rights: 'change',
    changes: true,
    args: readRun,
    modal: { asks: 'run', title: 'Stop a workflow', submit: 'Next' },
    onStatus: true,
  },
  {
    name: 'cancel',
    usage: 'cancel <ref>',
    summary: 'Stops a waiting workflow that you requested yourself; this cannot be undone.',
    example: 'cancel K7F3',
    kind: 'change',
    rights: 'change',
    changes: true,
    args: readRun,
    modal: { asks: 'run', title: 'Cancel your request', submit: 'Next' },
  },
  {
    name: 'execute',
    usage: 'execute [workflow] [version=2] [name=value …]',
    summary: 'Starts a workflow.',
    example: 'execute "Leave request" days=3',
    kind: 'change',
    rights: 'change',
    changes: true,
    args: readExecution,
    modal: { asks: 'workflow', title: 'Start a workflow', submit: 'Next' },
  },
  {
    name: 'pause',
    usage: 'pause <ref>',
    summary: 'Pauses a running workflow.',
    example: 'pause K7F3',
    kind: 'change',
    rights: 'change',
    changes: true,
    args: readRun,
    modal: { asks: 'run', title: 'Pause a workflow', submit: 'Next' },
    onStatus: true,
  },
  {
    name: 'resume',
    usage: 'resume <ref>',
    summary: 'Continues a paused or failed workflow.',
    example: 'resume K7F3',
    kind: 'change',
    rights: 'change',
    changes: true,
    args: readRun,
    modal: { asks: 'run', title: 'Resume a workflow', submit: 'Next' },
    onStatus: true,
  },
  {
    name: 'abort',
    usage: 'abort <ref>',
    summary: 'Ends a workflow for good; this cannot be undone.',
    example: 'abort K7F3',
    kind: 'change',
    rights: 'change',
    changes: true,
    args: readRun,
    modal: { asks: 'run', title: 'Abort a workflow', submit: 'Next' },
    onStatus: true,
  },
  {
    name: 'output',
    usage: 'output <ref> <activity>',
    summary: 'Shows the output of an activity.',
    example: 'output K7F3 "Manager approval"',
    kind: 'look',
    rights: 'read',
    args: readRunAndName,
    modal: { asks: 'run', title: 'Output of an activity', submit: 'Show' },
  },
  {
    name: 'variable',
    usage: 'variable <ref> <name>',
    summary: 'Shows a variable of a workflow.',
    example: 'variable K7F3 days',
    kind: 'look',
    rights: 'read',
    args: readRunAndName,
    modal: { asks: 'run', title: 'Variable of a workflow', submit: 'Show' },
  },
  {
    name: 'alert',
    usage: 'alert <ref> <activity id> <output> [status=Sleep] [data=<xml/>]',
    summary: 'Answers a waiting activity with one of its outputs.',
    example: 'alert K7F3 8812 Approved',
    kind: 'change',
    rights: 'change',
    changes: true,
    args: readActivityOutput,
    modal: { asks: 'run', title: 'Answer an activity', submit: 'Next' },
  },
  {
    name: 'last',
    usage: 'last <workflow>',
    summary: 'Shows the latest run of a workflow, whoever started it.',
    example: 'last "Leave request"',
    kind: 'look',
    rights: 'read',
    args: readWorkflow,
  },
  {
    name: 'definitions',
    usage: 'definitions [words]',
    summary: 'Lists workflow definitions.',
    example: 'definitions web',
    kind: 'look',
    rights: 'read',
    args: readTokens,
  },
  {
    name: 'approvals',
    usage: 'approvals',
    summary: 'Shows what waits for your decision.',
    example: 'approvals',
    kind: 'own',
    rights: 'everybody',
    args: readFirstPage,
  },
  {
    name: 'mine',
    usage: 'mine',
    summary: 'Shows your open requests and where they stand.',
    example: 'mine',
    kind: 'own',
    rights: 'everybody',
    args: readNothing,
  },
  {
    name: 'nudge',
    usage: 'nudge <code>',
    summary: 'Reminds those who can decide a request of yours.',
    example: 'nudge K7F3',
    kind: 'own',
    rights: 'everybody',
    args: readReceipt,
  },
  {
    name: 'away',
    usage: 'away until <date> [to @person] [for <rule>]',
    summary: 'Marks you as away, and names a delegate who decides for you.',
    example: 'away until Dec 24 to @ana',
    kind: 'own',
    rights: 'everybody',
    args: readAway,
  },
  {
    name: 'back',
    usage: 'back',
    summary: 'Marks you as back; your delegates no longer decide for you.',
    example: 'back',
    kind: 'own',
    rights: 'everybody',
    args: readNothing,
  },
  {
    name: 'why',
    usage: 'why <ref>',
    summary: 'Explains where a card went, and who may decide and why.',
    example: 'why K7F3',
    kind: 'look',
    rights: 'read',
    args: readRun,
    modal: { asks: 'run', title: 'Explain a workflow', submit: 'Explain' },
  },
  {
    name: 'history',
    usage: 'history <ref>',
    summary: 'Shows what the ledger holds about a workflow: who did what, and the results.',
    example: 'history K7F3',
    kind: 'look',
    rights: 'read',
    args: readRunAndPage,
    modal: { asks: 'run', title: 'History of a workflow', submit: 'Show' },
  },
  {
    name: 'evidence',
    usage: 'evidence <ref>',
    summary: 'Explains how to export what the ledger holds about a workflow for an auditor.',
    example: 'evidence K7F3',
    kind: 'look',
    rights: 'read',
    args: readEvidence,
    modal: { asks: 'run', title: 'Evidence of a workflow', submit: 'Show' },
  },
  {
    name: 'receipt',
    usage: 'receipt <code>',
    summary: 'Shows what a receipt stands for: who decided what, and the result.',
    example: 'receipt R4T9XW',
    // People see their own; a rule lets operators see those of others.
    kind: 'own',
    rights: 'read',
    args: readReceipt,
  },
  {
    name: 'restore',
    usage: 'restore @person',
    summary: 'Gives back rights that were suspended by “That wasn’t me”.',
    example: 'restore @ana',
    kind: 'change',
    rights: 'change',
    args: readMention,
  },
  {
    name: 'doctor',
    usage: 'doctor',
    summary: 'Shows whether the systems answer, what waits to be posted, and which approvals have no card.',
    example: 'doctor',
    kind: 'look',
    rights: 'read',
    args: readNothing,
  },
  {
    name: 'shadow',
    usage: 'shadow [30d]',
    summary: 'Shows what live mode would have done, and what happened instead.',
    example: 'shadow 7d',
    kind: 'look',
    rights: 'read',
    args: readDays,
  },
  {
    name: 'simulate',
    usage: 'simulate [30d]',
    summary: 'Shows what the candidate settings would have changed about stored requests.',
    example: 'simulate 7d',
    kind: 'look',
    rights: 'read',
    args: readDays,
  },
  {
    name: 'report',
    usage: 'report [30d]',
    summary: 'Shows what was decided, how long it took, and what got in the way.',
    example: 'report 7d',
    kind: 'look',
    rights: 'read',
    args: readDays,
  },
  {
    name: 'link',
    usage: 'link [system]',
    summary: 'Links your own account, so that what you decide is sent in your name.',
    example: 'link corp-pki',
    kind: 'own',
    rights: 'everybody',
    args: readSystem,
  },
  {
    name: 'unlink',
    usage: 'unlink [system]',
    summary: 'Ends the link to your account; nothing is sent in your name after that.',
    example: 'unlink corp-pki',
    kind: 'own',
    rights: 'everybody',
    args: readSystem,
  },
  {
    name: 'whoami',
    usage: 'whoami',
    summary: 'Shows what Countersign knows about you and what you may do.',
    example: 'whoami',
    kind: 'own',
    rights: 'everybody',
    args: readNothing,
  },
] as const satisfies readonly VerbRow[];

/** The verbs, in the order of help. */
export const verbs: readonly VerbSpec[] = table;

type Row = (typeof table)[number];

/** The words that start a command. */
export type Verb = Row['name'];

/** One thing a person can type after the slash command. */
export interface VerbSpec extends VerbRow {
  readonly name: Verb;
}

interface VerbRow {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  readonly example: string;
  /** What it is to whoever types it, which is where help lists it. */
  readonly kind: 'own' | 'look' | 'change';
  /** Which verbs of an operator rule it is among. */
  readonly rights: 'everybody' | 'read' | 'change';
  /** Whether it changes something in a system: people are shown what it would do, and asked, before it happens. */
  readonly changes?: true;
  /** Reads the words after the verb. */
  readonly args: (tokens: readonly string[]) => object;
  /** The modal that asks for what was not typed; its texts may have 24 characters. */
  readonly modal?: { readonly asks: 'run' | 'workflow'; readonly title: string; readonly submit: string };
  /** Whether a status has a button that proposes it: it needs nothing but the run. */
  readonly onStatus?: true;
}

type SaidAfter<R extends Row> = Exclude<ReturnType<R['args']>, Wrong>;

type LineOf<R extends Row> = R extends Row ? { readonly verb: R['name'] } & SaidAfter<R> : never;

/** A command somebody typed, understood; a missing `ref` is asked for with a picker. */
export type CommandLine = LineOf<Row>;

type RunVerb = Extract<Row, { readonly modal: { readonly asks: 'run' } }>['name'];

/** A command about one run. */
export type RunLine = Extract<CommandLine, { readonly verb: RunVerb }>;

/** A verb that asks in a modal for what was not typed. */
export type ModalVerb = Extract<Row, { readonly modal: object }>['name'];

/** Verbs that show something about workflows and change nothing; a rule must allow these too. */
export const readingVerbs = table
  .filter(({ rights }) => rights === 'read')
  .map(({ name }) => name) as Named<'read'>[];

/** Verbs that change something. */
export const changingVerbs = table
  .filter(({ rights }) => rights === 'change')
  .map(({ name }) => name) as Named<'change'>[];

type Named<R extends Row['rights']> = Extract<Row, { readonly rights: R }>['name'];

/** Verbs that need nothing but the run they are about, so that one press can propose them. */
export const statusVerbs = table.flatMap((one) => ('onStatus' in one ? [one.name] : []));

/** Gives what the table says of a verb; absent for a word that is none. */
export function verbSpec(name: string): VerbSpec | undefined {
  return verbs.find((one) => one.name === name);
}

/** Gives the modal of a verb that has one. */
export function modalOf(verb: ModalVerb): NonNullable<VerbSpec['modal']> {
  const { modal } = verbSpec(verb) ?? {};
  if (!modal) throw new Error(`${verb} asks for nothing in a modal`);
  return modal;
}

/** Tells whether a line is about one run. */
export function isRunLine(line: CommandLine): line is RunLine {
  return verbSpec(line.verb)?.modal?.asks === 'run';
}

/** Tells what a line about a run leaves out that its verb cannot do without, in the order it is typed. */
export function missingIn(line: RunLine): readonly string[] {
  const parts: Readonly<Record<string, string | undefined>> = {
    ref: line.ref,
    ...(line.verb === 'output' ? { activity: line.name } : {}),
    ...(line.verb === 'variable' ? { name: line.name } : {}),
    ...(line.verb === 'alert' ? { 'activity id': line.activityId, output: line.output } : {}),
  };
  return Object.entries(parts).flatMap(([what, said]) => (said === undefined ? [what] : []));
}

/** What was typed, as far as it can be understood without asking anybody. */
type ParsedCommand =
  | { readonly kind: 'command'; readonly line: CommandLine }
  | { readonly kind: 'unknown-verb'; readonly typed: string; readonly near?: Verb }
  | { readonly kind: 'usage'; readonly verb: Verb; readonly problem: UsageProblem };

/** What is wrong with a line whose verb is known. */
export type UsageProblem =
  | { readonly kind: 'missing'; readonly what: string }
  | { readonly kind: 'not-a-value'; readonly typed: string }
  | { readonly kind: 'too-much'; readonly typed: string }
  | { readonly kind: 'unknown-word'; readonly typed: string; readonly near?: string };

/** Understands what somebody typed; nothing typed wrong is ever taken for something else. */
export function parseCommand(text: string): ParsedCommand {
  const [typed = 'help', ...tokens] = splitTokens(text);
  const spec = verbSpec(withoutInvisible(typed).toLowerCase());
  if (!spec) return { kind: 'unknown-verb', typed, ...defined({ near: nearVerb(typed) }) };
  const { name: verb } = spec;
  const said = spec.args(tokens);
  if ('problem' in said) return { kind: 'usage', verb, problem: (said as Wrong).problem };
  // A verb and what its own reader makes of the words after it: that is what the type is made of.
  return { kind: 'command', line: { verb, ...said } as CommandLine };
}

/** What is copied from a page or a chat may carry marks that nobody sees. */
function withoutInvisible(text: string): string {
  return text.replace(/[\p{Default_Ignorable_Code_Point}\u2800]/gu, '');
}

/**
 * Splits a line into words; quoted ones, in quotes of any language or in backticks, may hold spaces. Behind `name=` a
 * value may also stand between single quotes, since XML and JSON hold the others.
 */
function splitTokens(text: string): readonly string[] {
  const parts = text.matchAll(
    /([^\s"“”=]+)=(?:'([^']*)'|‘([^‘’]*)’|`([^`]*)`)(?=\s|$)|(?:([^\s"“”„«»`=]+)=)?(?:["“”„«»]([^"“”„«»]*)["“”«»]|`([^`]*)`|(\S+))/g,
  );
  return [...parts].map(([, quotedName, single, curly, tick, name = quotedName, quoted, code, bare]) => {
    const value = single ?? curly ?? tick ?? quoted ?? code ?? bare ?? '';
    return `${name === undefined ? '' : `${name}=`}${value}`;
  });
}

/** What people type for a verb that is called otherwise here. */
const synonyms: Readonly<Record<string, Verb>> = {
  retry: 'restart',
  rerun: 'restart',
  redo: 'restart',
  repeat: 'restart',
  approve: 'approvals',
  deny: 'approvals',
  reject: 'approvals',
  pending: 'approvals',
  inbox: 'approvals',
  kill: 'abort',
  terminate: 'abort',
  end: 'abort',
  start: 'execute',
  run: 'execute',
  launch: 'execute',
  continue: 'resume',
  unpause: 'resume',
  show: 'status',
  info: 'status',
  ls: 'list',
  search: 'list',
  find: 'list',
  log: 'history',
  logs: 'history',
  audit: 'history',
  health: 'doctor',
  login: 'link',
  logout: 'unlink',
  me: 'whoami',
  vacation: 'away',
  holiday: 'away',
  delegate: 'away',
};

function nearVerb(typed: string): Verb | undefined {
  const word = typed.toLowerCase();
  const other = Object.hasOwn(synonyms, word) ? synonyms[word] : undefined;
  if (other) return other;
  const names = verbs.map(({ name }) => name);
  return verbSpec(nearMatch(typed.toLowerCase(), names) ?? '')?.name;
}

type Tokens = readonly string[];

/** What is said of words that make no sense after a verb. */
interface Wrong {
  readonly problem: UsageProblem;
}

function missing(what: string): Wrong {
  return { problem: { kind: 'missing', what } };
}

/** All words as one text; absent when there is nothing in them. */
function textIn(tokens: Tokens): string | undefined {
  return tokens.join(' ') || undefined;
}

function readNothing(tokens: Tokens): Record<never, never> | Wrong {
  const typed = textIn(tokens);
  return typed === undefined ? {} : { problem: { kind: 'too-much', typed } };
}

function readFirstPage(tokens: Tokens): { readonly page: number } | Wrong {
  const typed = textIn(tokens);
  return typed === undefined ? { page: 1 } : { problem: { kind: 'too-much', typed } };
}

function readRun(tokens: Tokens): { readonly ref?: string } {
  return defined({ ref: refIn(tokens.join(' ')) });
}

/**
 * Reads what names a run however it was copied: with a sentence's full stop, in quotes or backticks, or as a link to
 * the portal, of which the id is taken. Absent when there is nothing in it.
 */
function refIn(typed: string): string | undefined {
  const plain = withoutInvisible(typed);
  // In a name of another script they may belong to its spelling.
  const read = /(?![A-Za-z])\p{L}/u.test(plain) ? typed : plain;
  const bare = read
    .trim()
    .replace(/^[\p{Pi}\p{Pf}\p{Ps}"'`´″′＂<]+|[\s\p{Pi}\p{Pf}\p{Pe}"'`´″′＂>.,;:!?…。、，；：！？]+$/gu, '');
  const isLink = /^(https?:\/\/|[\w-]+(\.[\w-]+)+(:\d+)?\/)\S*$/i.test(bare);
  if (!isLink) return bare || undefined;
  const [id] = /[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}/i.exec(bare) ?? [];
  // The page may end in a mark of a place on it.
  const [, last] = /([^/?#=&]+)\/?$/.exec(bare.replace(/#[^/]*$/, '')) ?? [];
  return id ?? last ?? bare;
}

/** What is typed only says what there is; the button under the answer has the files sent. */
function readEvidence(tokens: Tokens): { readonly ref?: string; readonly isSent?: true } {
  return readRun(tokens);
}

function readRunAndPage(tokens: Tokens): { readonly ref?: string; readonly page: number } {
  return { ...readRun(tokens), page: 1 };
}

function readRunAndVersion(tokens: Tokens): { readonly ref?: string; readonly version?: number } {
  const version = tokens.length > 1 ? /^v?(\d{1,6})$/i.exec(tokens.at(-1) ?? '')?.[1] : undefined;
  if (version === undefined) return readRun(tokens);
  return { ...readRun(tokens.slice(0, -1)), version: Number(version) };
}

function readRunAndName([ref, ...more]: Tokens): { readonly ref?: string; readonly name?: string } {
  return defined({ ref: refIn(ref ?? ''), name: textIn(more) });
}

/** The answer for an activity, with the run it is of. */
interface ActivityOutput {
  readonly ref?: string;
  readonly activityId?: string;
  readonly output?: string;
  /** What the activity is afterwards, where it is not what the settings say. */
  readonly status?: string;
  /** XML handed to the activity. */
  readonly data?: string;
}

function readActivityOutput([ref, activityId, ...rest]: Tokens): ActivityOutput | Wrong {
  const more = [...rest];
  const extras: { status?: string; data?: string } = {};
  for (;;) {
    const [, name = '', text = ''] = /^(status|data)=([\s\S]*)$/i.exec(more.at(-1) ?? '') ?? [];
    if (name === '') break;
    more.pop();
    const wrong = name.toLowerCase() === 'status' ? !/^[a-z]{2,40}$/i.test(text) : !/^<[\s\S]*>$/.test(text);
    if (wrong) return { problem: { kind: 'not-a-value', typed: `${name}=${text}` } };
    extras[name.toLowerCase() === 'status' ? 'status' : 'data'] = text;
  }
  const output = textIn(more);
  return defined({ ref: refIn(ref ?? ''), activityId, output, ...extras });
}

function readHelp([word, ...more]: Tokens): { readonly about?: string } | Wrong {
  if (word === undefined) return {};
  const about = verbSpec(word.toLowerCase())?.name;
  if (about && more.length === 0) return { about };
  return { problem: { kind: 'unknown-word', typed: word, ...defined({ near: nearVerb(word) }) } };
}

/** Which runs `list` shows. */
export const listStates = ['waiting', 'failed', 'mine', 'running', 'any'] as const;

/** One of them. */
export type ListState = (typeof listStates)[number];

/** A page of the runs in some state whose title has the words. */
interface ListPage {
  readonly state: ListState;
  readonly text?: string;
  readonly page: number;
}

function readList([first, ...more]: Tokens): ListPage {
  const state = listStates.find((one) => one !== 'any' && one === first?.toLowerCase());
  const tokens = state || first === undefined ? more : [first, ...more];
  return { state: state ?? 'any', ...(tokens.length === 0 ? {} : { text: tokens.join(' ') }), page: 1 };
}

/** A `name=value` somebody typed. */
export interface TypedValue {
  readonly name: string;
  readonly text: string;
}

/** A workflow to start, and the values to start it with. */
interface Execution {
  readonly workflow?: string;
  /** Set where the workflow was chosen, since two systems may have one of the same name. */
  readonly system?: string;
  readonly values: readonly TypedValue[];
}

function readExecution(tokens: Tokens): Execution | Wrong {
  const isValue = (word: string): boolean => /^[^\s=]+=/.test(word);
  const first = tokens.findIndex(isValue);
  const named = first < 0 ? tokens : tokens.slice(0, first);
  const values = first < 0 ? [] : tokens.slice(first);
  const odd = values.find((word) => !isValue(word));
  if (odd !== undefined) return { problem: { kind: 'not-a-value', typed: odd } };
  return {
    ...(named.length === 0 ? {} : { workflow: named.join(' ') }),
    values: values.map((word) => ({
      name: word.slice(0, word.indexOf('=')),
      text: word.slice(word.indexOf('=') + 1),
    })),
  };
}

function readWorkflow(tokens: Tokens): { readonly workflow?: string } {
  return defined({ workflow: textIn(tokens) });
}

function readTokens(tokens: Tokens): { readonly text?: string } {
  return defined({ text: textIn(tokens) });
}

function readReceipt(tokens: Tokens): { readonly code: string } | Wrong {
  const code = refIn(tokens.join(' '));
  return code === undefined ? missing('code') : { code };
}

/** A span of days; 30 unless told. */
function readDays(tokens: Tokens): { readonly days: number } | Wrong {
  const typed = textIn(tokens);
  const [, digits] = /^(\d{1,3})d?$/i.exec(typed ?? '30') ?? [];
  const days = Number(digits);
  return days >= 1 ? { days } : { problem: { kind: 'not-a-value', typed: typed ?? '' } };
}

/** A name can be given to anybody, so only a mention, which comes as an id, tells whom. */
function readMention(tokens: Tokens): { readonly userId: string } | Wrong {
  const [, userId] = /^@?([UW][A-Z0-9]{2,30})$/.exec(tokens.join(' ')) ?? [];
  return userId === undefined ? missing('@person') : { userId };
}

/** What is said of an absence. */
interface AwayLine {
  readonly until: string;
  readonly userId?: string;
  readonly rule?: string;
}

/** Until when, then to whom and for which rule, in either order; whether that is a date is not known here. */
function readAway(tokens: Tokens): AwayLine | Wrong {
  const rest = /^(?:until|till)$/i.test(tokens[0] ?? '') ? tokens.slice(1) : tokens;
  const starts = rest.flatMap((word, at) => (isPartOfAway(word, rest[at + 1]) ? [at] : []));
  const until = rest.slice(0, starts[0]).join(' ');
  if (until === '') return missing('date');
  const said: { userId?: string; rule?: string } = {};
  for (const [place, at] of starts.entries()) {
    const part = rest.slice(at + 1, starts[place + 1]);
    const isTo = rest[at]?.toLowerCase() === 'to';
    const read = isTo ? readMention(part) : { rule: part.join(' ') };
    if ('problem' in read) return read;
    if ((isTo ? said.userId : said.rule) !== undefined || read === undefined)
      return { problem: { kind: 'too-much', typed: rest.slice(at).join(' ') } };
    Object.assign(said, read);
  }
  if (said.rule === '') return missing('rule');
  return { until, ...said };
}

/** `to` begins a part only before a mention, since a rule may have the word in its name. */
function isPartOfAway(word: string, next: string | undefined): boolean {
  const lower = word.toLowerCase();
  return lower === 'for' || (lower === 'to' && (next === undefined || next.startsWith('@')));
}

/** Without a system: the only one where accounts are linked, if there is one. */
function readSystem(tokens: Tokens): { readonly system?: string } {
  return defined({ system: textIn(tokens) });
}
