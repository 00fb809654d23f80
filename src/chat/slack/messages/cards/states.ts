import type { Approval } from '../../../../domain/approval.js';
import type { ApprovalState, WaitingNote } from '../../../../domain/approval-state.js';
import type { Decision } from '../../../../domain/decision.js';
import { assertNever } from '../../../../shared/assert-never.js';
import type { Formatter } from '../ink.js';
import {
  didOf,
  gaveOf,
  ownerOf,
  type RenderContext,
  systemOf,
  votersOf,
  whoDecided,
  workOf,
} from '../wording.js';
import { endedHeadline, endedSentence } from './endings.js';
import { isLinkOnly, signOf, takenSentence } from './told-words.js';

/** Heads a card: what it is about and how it stands, with the short code people can say aloud. */
export function headline(approval: Approval, renderContext: RenderContext): string {
  return `${stateText(approval, renderContext)} · ${renderContext.formatter.text(approval.code, 12)}`;
}

function stateText(approval: Approval, renderContext: RenderContext): string {
  const { state } = approval;
  const system = systemOf(approval, renderContext);
  switch (state.kind) {
    case 'waiting':
      return waitingHeadline(approval, state.note, renderContext);
    case 'deciding':
      return `⏳ ${decided(state.decision, renderContext)}: telling ${system}`;
    case 'held':
      return `⏸️ ${decided(state.decision, renderContext)}: ${obstacle(state, system) ?? 'can be taken back for a moment'}`;
    case 'checking':
      return `⏳ ${decided(state.decision, renderContext)}: checking what became of it`;
    case 'recorded':
      return `☑️ ${decided(state.decision, renderContext)}: ${system} wants another identity`;
    case 'not-moved':
      if (isTaken(approval))
        return `${signOf(state.decision.verdict)} ${decided(state.decision, renderContext)}: ${system} took it`;
      return `⚠️ ${decided(state.decision, renderContext)}: ${system} has not moved on`;
    case 'ended':
      return endedHeadline(approval, state, renderContext);
    default:
      return assertNever(state);
  }
}

/** Whether a step went on cannot be seen of a run that told of it itself: being taken is all there is to say. */
function isTaken({ told: inbound, state }: Approval): boolean {
  return inbound !== undefined && state.kind === 'not-moved' && state.isInferred !== true;
}

function waitingHeadline(
  approval: Approval,
  note: WaitingNote | undefined,
  renderContext: RenderContext,
): string {
  const work = workOf(approval, renderContext.formatter);
  if (isLinkOnly(approval)) return `🔐 ${work} waiting in ${systemOf(approval, renderContext)}`;
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
function decided(decision: Decision, { formatter }: RenderContext): string {
  return `${votersOf(decision, formatter)} ${didOf(decision, formatter)}`;
}

/** Tells in a sentence or two where an approval stands, naming who, what and when. */
export function stateSentence(approval: Approval, renderContext: RenderContext): string {
  const { formatter } = renderContext;
  const { state } = approval;
  const system = systemOf(approval, renderContext);
  switch (state.kind) {
    case 'waiting':
      return `Waiting for ${approval.told ? 'a decision' : 'an approval'} since ${formatter.moment(approval.waitingSinceMs)}.`;
    case 'deciding':
      return `${whoDecided(state.decision, formatter)}. Telling ${system}…`;
    case 'held':
      return delayedSentence(state, system, formatter);
    case 'checking':
      return `${whoDecided(state.decision, formatter)}. ${checkingText(state, system, formatter)} Checking.`;
    case 'recorded':
      return recordedSentence(approval, state, renderContext);
    case 'not-moved':
      if (isTaken(approval)) return takenSentence(approval, state.decision, renderContext);
      return `${whoDecided(state.decision, formatter)}. ${acceptedText(state, system, formatter)}, but the workflow has not moved. ${system} retries once a day; watching.`;
    case 'ended':
      return endedSentence(approval, state, renderContext);
    default:
      return assertNever(state);
  }
}

function checkingText(
  { sentAtMs, isAccepted }: Extract<ApprovalState, { kind: 'checking' }>,
  system: string,
  formatter: Formatter,
): string {
  return isAccepted
    ? `${system} accepted it ${formatter.moment(sentAtMs)}; what that led to is not known yet.`
    : `It was sent ${formatter.moment(sentAtMs)}; whether ${system} took it is not known.`;
}

function delayedSentence(
  state: Extract<ApprovalState, { kind: 'held' }>,
  system: string,
  formatter: Formatter,
): string {
  const { decision, untilMs } = state;
  const why = obstacle(state, system);
  const then =
    why === undefined
      ? `It is sent to ${system} at ${formatter.second(untilMs)}, and can be taken back until then.`
      : `${why}; trying until ${formatter.moment(untilMs)}.`;
  return `${whoDecided(decision, formatter)}. ${then} Nothing has been changed yet.`;
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
  formatter: Formatter,
): string {
  const what = `${ownerOf(decision, formatter)} ${gaveOf(decision, formatter)}`;
  return isInferred
    ? `${what} was sent without an answer, and ${system} does not wait for Countersign any more`
    : `${system} accepted ${what}`;
}

function recordedSentence(
  approval: Approval,
  { decision, isInferred }: Extract<ApprovalState, { kind: 'recorded' }>,
  renderContext: RenderContext,
): string {
  const { formatter } = renderContext;
  const system = systemOf(approval, renderContext);
  const { needed } = approval.requirement;
  const part = needed === undefined || needed < 2 ? '' : ` as 1 of ${needed}`;
  const isOne = decision.votes.length === 1;
  const sure = isOne ? 'is' : 'are';
  const are = isInferred ? `${isOne ? 'seems' : 'seem'} to be` : sure;
  return `${ownerOf(decision, formatter)} ${gaveOf(decision, formatter)} of ${formatter.moment(decision.atMs)} ${are} recorded in ${system}${part}; another identity must approve in ${system}.`;
}
