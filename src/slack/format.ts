import { type Approval, type Decision, subjectOf, type Vote } from '../domain/approval.js';
import type { Naming, PersonId } from '../domain/person.js';
import type { ApproverRule } from '../domain/policy.js';
import { assertNever } from '../shared/language.js';
import { cutEncoded, entities, joinList, showInvisible, splitEncoded } from '../shared/text.js';
import type { ActionKind } from './ids.js';

/** Says what a button does. */
export function buttonText(kind: ActionKind<'approval'>, system: string): string {
  const texts: Readonly<Record<ActionKind<'approval'>, string>> = {
    approve: 'Approve',
    deny: 'Deny',
    withdraw: 'Withdraw my approval',
    'take-back': 'Undo',
    details: 'Details',
    ask: 'Ask',
    'page-before': 'Previous page',
    'page-after': 'Next page',
    open: `Open in ${system}`,
  };
  return texts[kind];
}

/** Stands on the button that stops a rule from approving by itself: nothing is decided yet, so there is nothing to undo. */
export const stopRule = 'Stop rule';

/** Stands on the button that takes back a choice among a workflow's own outputs. */
export const withdrawChoice = 'Withdraw my choice';

/** Lists whom a rule names: people first, then groups. */
export function namedIn({ people, groups = [] }: Naming, formatter: Formatter): readonly string[] {
  return [...people.map(formatter.person), ...groups.map(formatter.group)];
}

/** Says in a few words what a rule wants beyond people; nothing where a press or a comment is enough. */
export function wantedText({ approveWith, holdMs }: ApproverRule): readonly string[] {
  const delayParts = holdMs ? [`sent after ${Math.ceil(holdMs / 1000)} s; can be undone until then`] : [];
  switch (approveWith) {
    case 'one-click':
    case 'comment':
      return delayParts;
    case 'reason':
      return ['reason required', ...delayParts];
    case 'typed':
      return ['type the code or subject to approve', ...delayParts];
    case 'portal-only':
      return ['in the portal only'];
    default:
      return assertNever(approveWith);
  }
}

/** What wording needs besides what it speaks of. */
export interface RenderContext {
  readonly formatter: Formatter;
  /** Says what people call a system: `Command`. */
  readonly labelOf: (system: string) => string;
  /** The slash command, with its slash; `/workflow` unless said otherwise. */
  readonly command?: string;
  /** Gives the address at which an invitation to link an account is taken up; absent where nobody links any. */
  readonly linkUrlOf?: (requestId: string) => string;
}

/** Writes what can be typed: `/workflow status K7F3`. */
export function typedLine({ formatter, command = '/workflow' }: RenderContext, text: string): string {
  return formatter.exact(`${command} ${text}`, 200);
}

/** Says what people call the system an approval waits on. */
export function systemOf(approval: Approval, { formatter, labelOf }: RenderContext): string {
  return formatter.text(labelOf(approval.instance.ref.system), 60);
}

/** Names the kind of work that waits: `certificate enrollment`; the workflow that told of it itself. */
export function workOf(approval: Approval, formatter: Formatter): string {
  const { definition, facts, title } = approval.instance;
  if (approval.inbound) return formatter.text(definition.name, 60);
  const type = definition.type.trim();
  const known = knownWork(type.toLowerCase().replace(/[^a-z0-9]/g, ''), facts, formatter);
  if (known !== undefined) return known;
  // What nobody here knows is called what the system calls it.
  return (
    [type, title].flatMap((text) => (text.trim() === '' ? [] : [formatter.text(text, 60)])).join(' · ') ||
    'request'
  );
}

/** Names work of the types that Command documents. */
function knownWork(
  type: string,
  { revocation, others }: Approval['instance']['facts'],
  formatter: Formatter,
): string | undefined {
  const told = others.find(({ label }) => /^(certificate ?)?collection( ?name)?$/i.test(label))?.value;
  const collection = told === undefined ? 'a collection' : `collection ${formatter.text(told, 60)}`;
  switch (type) {
    case 'enrollment':
      return 'certificate enrollment';
    case 'renewal':
      return 'certificate renewal';
    case 'revocation':
      return revocation?.reason === 'removeFromHold' ? 'release from hold' : 'certificate revocation';
    case 'certificateenteredcollection':
      return `certificate entered ${collection}`;
    case 'certificateleftcollection':
      return `certificate left ${collection}`;
    case 'expiration':
    case 'certificateexpiration':
      return 'certificate expiration';
    case 'keyrotation':
    case 'sshkeyrotation':
      return 'SSH key rotation';
    default:
      return type.startsWith('certificatestore') ? `certificate store ${type.slice(16)}`.trim() : undefined;
  }
}

/** Begins a sentence with the name of some work. */
export function titled(work: string): string {
  return work.replace(/^\p{Ll}/u, (first) => first.toUpperCase());
}

/** Writes a fact under its name, cut to a length; nothing where it is not known. */
export function fact(
  formatter: Formatter,
  name: string,
  [value, how, maxLength]: readonly [string | undefined, 'text' | 'exact', number],
): readonly string[] {
  return value === undefined ? [] : [`${formatter.label(name)} ${formatter[how](value, maxLength)}`];
}

/** Longest line that fits a section with whatever stands before it. */
const longestLine = 2_700;

/** Writes a value whole, however long it is: as lines of which each fits a section. */
export function wholeLines(
  formatter: Formatter,
  before: string,
  [value, how]: readonly [string, 'text' | 'exact'],
): readonly string[] {
  const pieces = splitEncoded(oneLine(value), longestLine, (one) => entities[one] ?? one);
  return pieces.map((piece, at) => `${at === 0 ? before : ''}${formatter[how](piece, longestLine + 20)}`);
}

/** Writes a moment under its name; nothing where it is not known. */
export function factAt(formatter: Formatter, name: string, atMs: number | undefined): readonly string[] {
  return atMs === undefined ? [] : [`${formatter.label(name)} ${formatter.moment(atMs)}`];
}

/** Names one request so that it is found again: `certificate enrollment app.example.com (K7F3)`. */
export function requestName(approval: Approval, formatter: Formatter): string {
  return `${workOf(approval, formatter)} ${formatter.exact(subjectOf(approval), 200)} (${formatter.text(approval.code, 12)})`;
}

/** Puts the name of an output in quotes: `“Send back”`. */
export function quoted(output: string, formatter: Formatter): string {
  return `“${formatter.text(output, 75)}”`;
}

/** Names everybody who decided, in order. */
export function votersOf(decision: Decision, formatter: Formatter): string {
  const names = decision.votes.map((vote) => voterOf(vote, formatter));
  if (decision.rule !== undefined) return `Rule ${quoted(decision.rule, formatter)}`;
  if (names.length === 0) return 'Someone';
  return joinList(names.length <= 8 ? names : [...names.slice(0, 7), `${names.length - 7} more people`]);
}

/** Names who gave a vote: as the settings do, else by a mention, since anybody can call themselves another. */
export function voterOf({ name, isSelfNamed, person, seat }: Vote, formatter: Formatter): string {
  const who = isSelfNamed ? formatter.person(person) : formatter.text(name, 60);
  return `${who}${seatText(seat, formatter)}`;
}

/** Says in whose seat somebody voted, to follow their name; nothing where it was their own. */
export function seatText(seat: Vote['seat'], formatter: Formatter): string {
  if (!seat) return '';
  return ` (for ${seat.isSelfNamed ? formatter.person(seat.person) : formatter.text(seat.name, 60)})`;
}

/**
 * Names what people gave, and whose it is: `Ana's approval`, or `the approval by Bo (for Ana)`, since no name that is
 * followed by another takes an ending.
 */
export function givenBy(decision: Decision, formatter: Formatter): string {
  const who = votersOf(decision, formatter);
  const gave = gaveOf(decision, formatter);
  return decision.votes.some(({ seat }) => seat) ? `the ${gave} by ${who}` : `${who}'s ${gave}`;
}

/** Says what they did: `approved`, or `chose “Send back”` where the workflow offered outputs of its own. */
export function didOf({ verdict, output }: Pick<Vote, 'verdict' | 'output'>, formatter: Formatter): string {
  if (output !== undefined) return `chose ${quoted(output, formatter)}`;
  return verdict === 'approve' ? 'approved' : 'denied';
}

/** Says what they gave, for one or for several: `approval`, `approvals`, `choice “Send back”`. */
export function gaveOf({ verdict, output, votes }: Omit<Decision, 'atMs'>, formatter: Formatter): string {
  if (output !== undefined) return `choice ${quoted(output, formatter)}`;
  const noun = verdict === 'approve' ? 'approval' : 'denial';
  return votes.length > 1 ? `${noun}s` : noun;
}

/** Says who decided what and when: `Ana approved today at 10:04`. */
export function whoDecided(decision: Decision, formatter: Formatter): string {
  return `${votersOf(decision, formatter)} ${didOf(decision, formatter)} ${formatter.moment(decision.atMs)}`;
}

/** Lists what was written along with a decision. */
export function commentsOf(decision: Decision, formatter: Formatter, maxLength = 300): readonly string[] {
  return decision.votes.flatMap(({ name, comment, seat }) =>
    comment
      ? [`${formatter.text(name, 60)}${seatText(seat, formatter)}: “${formatter.text(comment, maxLength)}”`]
      : [],
  );
}

/**
 * How words get onto one kind of surface.
 *
 * Whatever comes from a system or a person goes through an ink; only our own words may be written past it.
 */
export interface Formatter {
  /** Something said in words, on one line; `maxLength` counts what is written, escapes included. */
  text(value: string, maxLength?: number): string;
  /** Something to be read letter by letter: a subject, an account, a host name. */
  exact(value: string, maxLength?: number): string;
  /** Our own label. */
  label(text: string): string;
  /** A moment; shown in the reader's own time where the surface can. */
  moment(atMs: number): string;
  /** A moment of today to the second. */
  second(atMs: number): string;
  /** A day. */
  day(atMs: number): string;
  /** A page, under what it is called; whoever reads sees the host as well. */
  link(url: string, title: string): string;
  /** A person known by id. */
  person(id: PersonId): string;
  /** A channel known by id. */
  channel(id: string): string;
  /** A group of people known by id. */
  group(id: string): string;
  /** Everybody in the channel. */
  everybody(): string;
}

const defaultLength = 200;

const formats = /[*_~`]|:[\w+-]+:/;

const mentions = {
  person: mention,
  channel: channelMention,
  group: groupMention,
  everybody: () => '<!channel>',
};

const plainTimes = { moment: plainMoment, second: plainSecond, day: plainDay };

/** For mrkdwn in blocks. */
export const mrkdwnFormatter: Formatter = {
  text: (value, maxLength = defaultLength) =>
    formats.test(value) ? inCode(value, maxLength) : marked(escaped(oneLine(value), maxLength)),
  exact: (value, maxLength = defaultLength) => inCode(value, maxLength),
  label: (text) => `*${text}*`,
  moment: (atMs) => dateToken(atMs, '{date_short_pretty} at {time}', plainMoment(atMs)),
  second: (atMs) => dateToken(atMs, '{time_secs}', plainSecond(atMs)),
  day: (atMs) => dateToken(atMs, '{date_short_pretty}', plainDay(atMs)),
  link: (url, title) =>
    `<${url.replace(/[&<>]/g, (one) => entities[one] ?? one)}|${escaped(oneLine(title), 120)}> (${inCode(hostOf(url), 120)})`,
  ...mentions,
};

/** For the text beside the blocks, which notifications and screen readers use. */
export const fallbackFormatter: Formatter = {
  text: (value, maxLength = defaultLength) => marked(escaped(oneLine(value), maxLength)),
  exact: (value, maxLength = defaultLength) => marked(escaped(oneLine(value), maxLength)),
  label: (text) => `${text}:`,
  link: (url, title) => escaped(`${oneLine(title)} (${hostOf(url)})`, 250),
  ...plainTimes,
  ...mentions,
};

/** For plain text in blocks, where nothing is read as markup. */
export const plainFormatter: Formatter = {
  text: asItIs,
  exact: asItIs,
  label: (text) => `${text}:`,
  link: (url, title) => asItIs(`${title} (${hostOf(url)})`, 250),
  ...plainTimes,
  person: ({ userId }) => asItIs(userId),
  channel: (id) => asItIs(id),
  group: (id) => asItIs(id),
  everybody: () => '@channel',
};

/** A title says what its sender likes; the host is where it leads. */
function hostOf(url: string): string {
  return URL.canParse(url) ? new URL(url).host : url;
}

function asItIs(value: string, maxLength = defaultLength): string {
  return marked(cutEncoded(oneLine(value), maxLength, (one) => one));
}

/** Stands behind a value that ends in a full stop until its line is done; no value holds one, for it is invisible. */
const endsItself = '\u2063';

function marked(text: string): string {
  return /(^|[^.])\.$/.test(text) ? `${text}${endsItself}` : text;
}

/** Ends a line: a sentence that ends with a value which ends itself has no second full stop. */
export function finished(text: string): string {
  return text.replaceAll(`.${endsItself}.`, '.').replaceAll(endsItself, '');
}

/** Gives the same ink with every length cut down by a factor, for when a message got too long. */
export function tighter(formatter: Formatter, factor: number): Formatter {
  const scaled = (maxLength = defaultLength): number => Math.max(8, Math.floor(maxLength * factor));
  return {
    ...formatter,
    text: (value, maxLength) => formatter.text(value, scaled(maxLength)),
    exact: (value, maxLength) => formatter.exact(value, scaled(maxLength)),
  };
}

/** Escapes what Slack reads as markup and cuts what that gives; lines stay. */
function escaped(value: string, maxLength: number): string {
  return cutEncoded(showInvisible(value), maxLength, (one) => entities[one] ?? one);
}

function inCode(value: string, maxLength: number): string {
  const inner = escaped(oneLine(value), maxLength - 2).replaceAll('`', 'ˋ');
  return `\`${inner}\``;
}

/** Puts a text on one line; nothing becomes a dash, since blocks refuse an empty text. */
function oneLine(value: string): string {
  const line = showInvisible(value).replace(/\s+/gu, ' ').trim();
  return line === '' ? '—' : line;
}

/** Ids from the settings are checked there; one that is no id all the same is only shown. */
function mention({ userId }: PersonId): string {
  return /^[A-Z][A-Z0-9]{2,30}$/.test(userId)
    ? `<@${userId}>`
    : marked(escaped(oneLine(userId), defaultLength));
}

function channelMention(id: string): string {
  return /^[CG][A-Z0-9]{2,30}$/.test(id) ? `<#${id}>` : marked(escaped(oneLine(id), defaultLength));
}

function groupMention(id: string): string {
  return /^S[A-Z0-9]{2,30}$/.test(id) ? `<!subteam^${id}>` : marked(escaped(oneLine(id), defaultLength));
}

function dateToken(atMs: number, format: string, fallback: string): string {
  return isValidTime(atMs) ? `<!date^${Math.floor(atMs / 1000)}^${format}|${fallback}>` : fallback;
}

function plainMoment(atMs: number): string {
  if (!isValidTime(atMs)) return 'at an unknown time';
  const [day, time] = new Date(atMs).toISOString().split('T');
  return `${day} at ${time?.slice(0, 5)} UTC`;
}

function plainSecond(atMs: number): string {
  return isValidTime(atMs) ? `${new Date(atMs).toISOString().slice(11, 19)} UTC` : 'an unknown time';
}

function plainDay(atMs: number): string {
  return isValidTime(atMs) ? new Date(atMs).toISOString().slice(0, 10) : 'an unknown day';
}

function isValidTime(atMs: number): boolean {
  return Number.isFinite(atMs) && atMs >= 0 && atMs < 8e15 - 1;
}
