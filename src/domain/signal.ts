import type { Decision, Question, SignalRefusal, Verdict, Vote, Whereabouts } from './approval.js';
import type { InstanceRef } from './instance.js';
import type { PersonId } from './person.js';

/**
 * One attempt to tell a system a decision, from its claim to its settled end.
 *
 * `claimed`: nothing was sent. `sending`: written before the request leaves, so after a crash its outcome is
 * unknown. `accepted`: the system took it and its effect has not been read. `settled`: over.
 */
export type SignalPhase = 'claimed' | 'sending' | 'accepted' | 'settled';

/** A no of the system to a signal that had left. */
export interface Refused {
  readonly reason: SignalRefusal;
  /** The person's own account that was refused, where decisions are told by people. */
  readonly account?: string;
  /** The system's own words. */
  readonly said?: string;
}

/** A claimed signal; at most one that is not settled exists per instance. */
export interface Signal {
  readonly id: string;
  readonly approvalId: string;
  readonly instance: InstanceRef;
  readonly step: string;
  readonly revision: number;
  readonly decision: Decision;
  readonly phase: SignalPhase;
  /** Which run of the bot holds it, and until when nobody else may take it. */
  readonly replicaId: string;
  readonly leaseUntilMs: number;
  readonly claimedAtMs: number;
  /** It is not sent before then, so that it can be taken back. */
  readonly notBeforeMs?: number;
  /** When the request itself can no longer arrive; set before it is sent. */
  readonly deadlineMs?: number;
  /** How often the request was sent. */
  readonly sends: number;
  /** Reads since the deadline that still found it waiting for the signalling identity. */
  readonly stillWaitingReads: number;
  /** Who said since it left that a vote in their name was not theirs; it is not sent again on those votes. */
  readonly repudiatedBy?: readonly PersonId[];
  /** What the system answered, where it cannot be seen yet whether the run has moved all the same. */
  readonly refused?: Refused;
  /** Where a poll found the run since the signal was on its way; at the same step it has come to wait anew since. */
  readonly seenElsewhere?: Whereabouts;
  /** Id of the work that claimed it, as in the log. */
  readonly trace?: string;
}

/** Tells until when a decision is tried, before it is given up unsent. */
export function givenUpAtMs(
  { decision, notBeforeMs = 0 }: Pick<Signal, 'decision' | 'notBeforeMs'>,
  keepTryingForMs: number,
): number {
  return Math.max(decision.atMs, notBeforeMs) + keepTryingForMs;
}

/** The comment a system stores may be no longer than this, in UTF-16 units. */
export const maxCommentLength = 500;

type Voter = Pick<Vote, 'name' | 'identities' | 'seat'> & Partial<Pick<Vote, 'person'>>;

const separator = ' — ';

/**
 * Writes the comment a system stores: what people said, and always who decided through the bot.
 *
 * Fits the system's limit: the names are kept whole and what people said is cut, since the bot remembers the
 * words but the system's own record must name the humans.
 */
export function signalComment(decision: Decision, questions: readonly Question[] = []): string {
  const attribution =
    decision.rule === undefined ? attributionOf(decision.verdict, decision.votes) : byRule(decision.rule);
  const said = decision.votes.flatMap(({ comment }) => (comment ? [oneLine(comment)] : [])).join('" / "');
  const room = maxCommentLength - separator.length - attribution.length - quotes.length;
  const comment = said === '' || room < 2 ? attribution : `"${cut(said, room)}"${separator}${attribution}`;
  return questions.reduce(withReply, comment);
}

/** Adds what the requester answered as far as it fits whole, behind who decided. */
function withReply(comment: string, { text, answer }: Question): string {
  if (!answer) return comment;
  const longer = `${comment} [asked: "${oneLine(text)}", answered: "${oneLine(answer.text)}"]`;
  return longer.length <= maxCommentLength ? longer : comment;
}

const quotes = '""';

/** Keeps what somebody said within its quotes, on one line: nothing in it can be read as who approved. */
function oneLine(text: string): string {
  return text.replace(/["\u201C-\u201F\u00AB\u00BB\uFF02]/g, "'").replace(/[\p{Cc}\p{Zl}\p{Zp}]/gu, ' ');
}

/**
 * Keeps of a name what names are made of, so that nobody can call themselves what reads as another's approval: no
 * brackets, commas or quotes, and none of the words around a name.
 */
function plainName(name: string): string {
  const plain = name
    .replace(/(?:(?!\u200C|\u200D)[^\p{L}\p{M}\p{N}\p{So}.'’-])+/gu, ' ')
    .replace(/\b(?:approved|denied)\s+by\b|\bvia\s+countersign\b/gi, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  return plain === '' ? 'somebody' : plain;
}

/** Systems allow almost anything in a user name; what would end it early is left out. */
function plainIdentity(identity: string): string {
  return identity.replace(/[\p{C}\p{Zl}\p{Zp}"(),]/gu, '').trim();
}

/** A reason that has to be given always has room for so many UTF-16 units; what others said is cut for it. */
const leastForReason = 60;

/** Tells how many UTF-16 units a person's comment may have beside everything else that must be said. */
export function roomForComment(
  verdict: Verdict,
  others: readonly Vote[],
  { isReason, ...voter }: Voter & { readonly isReason?: boolean },
): number {
  const between = '" / "'.length;
  const said = others.reduce((sum, { comment }) => sum + (comment ? comment.length + between : 0), 0);
  const framing = separator.length + quotes.length + attributionOf(verdict, [...others, voter]).length;
  return Math.max(isReason ? leastForReason : 0, maxCommentLength - framing - said);
}

function attributionOf(verdict: Verdict, voters: readonly Voter[]): string {
  const who = voters.map(withIdentity).join(', ');
  return cut(`${verdict === 'approve' ? 'Approved' : 'Denied'} by ${who} via Countersign`, maxCommentLength);
}

function byRule(rule: string): string {
  return cut(`Approved by rule ${plainName(rule)} via Countersign`, maxCommentLength);
}

/** A display name is the person's own choice, so something they cannot choose stands beside it. */
function withIdentity({ seat, ...voter }: Voter): string {
  const who = accountOf(voter);
  return seat ? `${who} for ${accountOf(seat)}` : who;
}

function accountOf({ name, identities: [identity], person }: Omit<Voter, 'seat'>): string {
  const called = plainName(name);
  if (identity === undefined) return person ? `${called} (Slack ${person.userId})` : called;
  return identity === name ? plainIdentity(identity) : `${called} (${plainIdentity(identity)})`;
}

/** Cuts a text to a number of UTF-16 units without tearing a character apart. */
function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const head = text.slice(0, Math.max(0, length - 1));
  return `${/[\uD800-\uDBFF]$/.test(head) ? head.slice(0, -1) : head}…`;
}
