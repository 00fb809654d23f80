import type { Approval } from '../../../../domain/approval.js';
import type { ApprovalState, WaitingNote } from '../../../../domain/approval-state.js';
import type { Decision } from '../../../../domain/decision.js';
import { assertNever } from '../../../../shared/assert-never.js';
import type { Ink } from '../ink.js';
import { didOf, gaveOf, ownerOf, systemOf, votersOf, type Wording, whoDecided, workOf } from '../wording.js';
import { endedHeadline, endedSentence } from './endings.js';
import { isLinkOnly, signOf, takenSentence } from './told-words.js';

/** Heads a card: what it is about and how it stands, with the short code people can say aloud. */
export function headline(approval: Approval, wording: Wording): string {
  return `${standing(approval, wording)} · ${wording.ink.words(approval.code, 12)}`;
}

function standing(approval: Approval, wording: Wording): string {
  const { state } = approval;
  const system = systemOf(approval, wording);
  switch (state.kind) {
    case 'waiting':
      return waitingHeadline(approval, state.note, wording);
    case 'deciding':
      return `⏳ ${decided(state.decision, wording)}: telling ${system}`;
    case 'held':
      return `⏸️ ${decided(state.decision, wording)}: ${obstacle(state, system) ?? 'can be taken back for a moment'}`;
    case 'checking':
      return `⏳ ${decided(state.decision, wording)}: checking what became of it`;
    case 'recorded':
      return `☑️ ${decided(state.decision, wording)}: ${system} wants another identity`;
    case 'not-moved':
      if (isTaken(approval))
        return `${signOf(state.decision.verdict)} ${decided(state.decision, wording)}: ${system} took it`;
      return `⚠️ ${decided(state.decision, wording)}: ${system} has not moved on`;
    case 'ended':
      return endedHeadline(approval, state, wording);
    default:
      return assertNever(state);
  }
}

/** Whether a step went on cannot be seen of a run that told of it itself: being taken is all there is to say. */
function isTaken({ told: inbound, state }: Approval): boolean {
  return inbound !== undefined && state.kind === 'not-moved' && state.isInferred !== true;
}

function waitingHeadline(approval: Approval, note: WaitingNote | undefined, wording: Wording): string {
  const work = workOf(approval, wording.ink);
  if (isLinkOnly(approval)) return `🔐 ${work} waiting in ${systemOf(approval, wording)}`;
  const waiting = approval.told ? 'waiting for your decision' : 'waiting for your approval';
  switch (note?.kind) {
    case undefined:
      return `🔐 ${work} ${waiting}`;
    case 'facts-changed':
      return `🔐 ${work} has changed, ${waiting}`;
    case 'released':
    case 'too-old':
    case 'refused':
    case 'vote-void':
    case 'quorum-raised':
    case 'disowned':
    case 'beyond-one-account':
    case 'link-ended':
      return `🔐 ${work} ${waiting} again`;
    default:
      return assertNever(note);
  }
}

/** Says what people did, which is not yet what became of it: `Approved by` is kept for what the system took. */
function decided(decision: Decision, { ink }: Wording): string {
  return `${votersOf(decision, ink)} ${didOf(decision, ink)}`;
}

/** Tells in a sentence or two where an approval stands, naming who, what and when. */
export function stateSentence(approval: Approval, wording: Wording): string {
  const { ink } = wording;
  const { state } = approval;
  const system = systemOf(approval, wording);
  switch (state.kind) {
    case 'waiting':
      return `Waiting for ${approval.told ? 'a decision' : 'an approval'} since ${ink.moment(approval.waitingSinceMs)}.`;
    case 'deciding':
      return `${whoDecided(state.decision, ink)}. Telling ${system}…`;
    case 'held':
      return heldSentence(state, system, ink);
    case 'checking':
      return `${whoDecided(state.decision, ink)}. ${checkingText(state, system, ink)} Checking.`;
    case 'recorded':
      return recordedSentence(approval, state, wording);
    case 'not-moved':
      if (isTaken(approval)) return takenSentence(approval, state.decision, wording);
      return `${whoDecided(state.decision, ink)}. ${acceptedText(state, system, ink)}, but the workflow has not moved. ${system} retries once a day; watching.`;
    case 'ended':
      return endedSentence(approval, state, wording);
    default:
      return assertNever(state);
  }
}

function checkingText(
  { sentAtMs, isAccepted }: Extract<ApprovalState, { kind: 'checking' }>,
  system: string,
  ink: Ink,
): string {
  return isAccepted
    ? `${system} accepted it ${ink.moment(sentAtMs)}; what that led to is not known yet.`
    : `It was sent ${ink.moment(sentAtMs)}; whether ${system} took it is not known.`;
}

function heldSentence(state: Extract<ApprovalState, { kind: 'held' }>, system: string, ink: Ink): string {
  const { decision, untilMs } = state;
  const why = obstacle(state, system);
  const then =
    why === undefined
      ? `It is sent to ${system} at ${ink.second(untilMs)}, and can be taken back until then.`
      : `${why}; trying until ${ink.moment(untilMs)}.`;
  return `${whoDecided(decision, ink)}. ${then} Nothing has been changed yet.`;
}

/** Names what stands in the way; nothing does while people have time to take a decision back. */
function obstacle(
  { waitsFor }: Extract<ApprovalState, { kind: 'held' }>,
  system: string,
): string | undefined {
  if (waitsFor === 'hold') return undefined;
  return waitsFor === 'chat' ? 'Slack cannot say who is still allowed' : `${system} cannot be reached`;
}

/** What was only inferred from reading is not told as if the system had said it. */
function acceptedText(
  { decision, isInferred }: Extract<ApprovalState, { kind: 'not-moved' }>,
  system: string,
  ink: Ink,
): string {
  const what = `${ownerOf(decision, ink)} ${gaveOf(decision, ink)}`;
  return isInferred
    ? `${what} was sent without an answer, and ${system} does not wait for Countersign any more`
    : `${system} accepted ${what}`;
}

function recordedSentence(
  approval: Approval,
  { decision, isInferred }: Extract<ApprovalState, { kind: 'recorded' }>,
  wording: Wording,
): string {
  const { ink } = wording;
  const system = systemOf(approval, wording);
  const { needed } = approval.requirement;
  const part = needed === undefined || needed < 2 ? '' : ` as 1 of ${needed}`;
  const isOne = decision.votes.length === 1;
  const sure = isOne ? 'is' : 'are';
  const are = isInferred ? `${isOne ? 'seems' : 'seem'} to be` : sure;
  return `${ownerOf(decision, ink)} ${gaveOf(decision, ink)} of ${ink.moment(decision.atMs)} ${are} recorded in ${system}${part}; another identity must approve in ${system}.`;
}
