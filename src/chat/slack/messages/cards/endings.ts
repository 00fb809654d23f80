import type { Approval } from '../../../../domain/approval.js';
import type { ApprovalState, Ending, Whereabouts } from '../../../../domain/approval-state.js';
import type { Decision } from '../../../../domain/decision.js';
import { assertNever } from '../../../../shared/assert-never.js';
import type { Formatter } from '../ink.js';
import { gaveOf, ownerOf, type RenderContext, systemOf, votersOf, whoDecided } from '../wording.js';
import { chosenBy, chosenHeadline, hasOutput } from './told-words.js';
import { whereaboutsText } from './whereabouts.js';

/** The state of an approval that is over. */
export type Ended = Extract<ApprovalState, { kind: 'ended' }>;

/** Heads a card that is over, in a few words. */
export function endedHeadline(approval: Approval, state: Ended, renderContext: RenderContext): string {
  const { ending, decision } = state;
  const system = systemOf(approval, renderContext);
  const who = decision ? ` by ${votersOf(decision, renderContext.formatter)}` : '';
  const isSettled = ending.kind === 'approved' || ending.kind === 'denied';
  if (isSettled && hasOutput(decision)) return chosenHeadline(decision, ending.now, renderContext.formatter);
  switch (ending.kind) {
    case 'approved':
      return ending.now.status.kind === 'failed' ? `⚠️ Approved${who}, then failed` : `✅ Approved${who}`;
    case 'denied':
      return `⛔ Denied${who}`;
    case 'decided-elsewhere':
      return elsewhereHeadline(ending, { system, isTold: approval.told !== undefined });
    case 'overtaken':
      return `❔ Moved on in ${system}`;
    case 'outcome-unknown':
      return `❔ Sent${who}, not confirmed`;
    case 'not-visible':
      return '🙈 No longer waiting here';
    case 'unwatched':
      return '🚫 No longer watched here';
    case 'restarted':
      return `🔁 Restarted in ${system}`;
    default:
      return assertNever(ending);
  }
}

/** A run that left the step need not have been decided: it may have failed. */
function elsewhereHeadline(
  { now }: Extract<Ending, { kind: 'decided-elsewhere' }>,
  { system, isTold }: { readonly system: string; readonly isTold: boolean },
): string {
  switch (now.status.kind) {
    case 'rejected':
      return `🚫 Denied or stopped in ${system}`;
    case 'failed':
      return `⚠️ Failed in ${system}`;
    case 'unknown':
      return `❔ Moved on in ${system}`;
    case 'aborted':
      return `🚫 Aborted in ${system}`;
    default:
      // Of a run that told of the step itself only its end can be seen, not whether anybody decided.
      return isTold ? `☑️ Over in ${system}, not decided here` : `☑️ Decided in ${system}, not here`;
  }
}

/** Tells how it ended and where it stands, saying no more than was seen. */
export function endedSentence(approval: Approval, state: Ended, renderContext: RenderContext): string {
  const { formatter } = renderContext;
  const { ending, decision, atMs } = state;
  const system = systemOf(approval, renderContext);
  switch (ending.kind) {
    case 'approved':
    case 'denied':
      return settledSentence({ ending, system, ...(decision ? { decision } : {}) }, renderContext);
    case 'decided-elsewhere':
      return `${elsewhereText(ending, approval, renderContext)}. Seen ${formatter.moment(atMs)}.${
        decision ? ` ${ownerOf(decision, formatter)} ${gaveOf(decision, formatter)} had not been sent.` : ''
      }`;
    case 'overtaken':
      return overtakenSentence(
        { ending, system, ...(decision ? { decision } : {}) },
        { renderContext, atMs },
      );
    case 'outcome-unknown':
      return `${decision ? `${whoDecided(decision, formatter)}. ` : ''}It was sent to ${system}, which never answered; whether it arrived cannot be seen from here. Countersign does not send it again: please look in ${system}. Seen ${formatter.moment(atMs)}: ${whereaboutsText(ending.now, formatter)}.`;
    case 'not-visible':
      return `${decision ? `${whoDecided(decision, formatter)}. ` : ''}No longer waiting for this account; its result is not visible to Countersign. Seen ${formatter.moment(atMs)}.`;
    case 'unwatched':
      return `${system} is not in Countersign's settings any more, so nobody looks there. Decide it in ${system}.${
        decision
          ? ` ${ownerOf(decision, formatter)} ${gaveOf(decision, formatter)} may not have arrived.`
          : ''
      }`;
    case 'restarted':
      return `${restartedText(ending, system, renderContext)} Seen ${formatter.moment(atMs)}.${
        decision
          ? ` ${ownerOf(decision, formatter)} ${gaveOf(decision, formatter)} belonged to the run before.`
          : ''
      }`;
    default:
      return assertNever(ending);
  }
}

interface Settled<Kind extends Ending['kind']> {
  readonly ending: Extract<Ending, { kind: Kind }>;
  readonly decision?: Decision;
  readonly system: string;
}

function settledSentence(
  { ending, decision, system }: Settled<'approved' | 'denied'>,
  { formatter }: RenderContext,
): string {
  if (hasOutput(decision)) {
    return `${chosenBy(decision, formatter)} ${formatter.moment(decision.atMs)}. ${afterwards(ending.now, system, formatter)}`;
  }
  const verb = ending.kind === 'approved' ? 'Approved' : 'Denied';
  const who = decision ? ` by ${votersOf(decision, formatter)} ${formatter.moment(decision.atMs)}` : '';
  const others =
    ending.kind === 'approved' && ending.elsewhere ? `, and by other identities in ${system}` : '';
  return `${verb}${who}${others}. ${afterwards(ending.now, system, formatter)}`;
}

function afterwards(now: Whereabouts, system: string, formatter: Formatter): string {
  if (now.status.kind === 'failed') return `It then failed in ${system}${reasonOf(now, formatter)}.`;
  return `In ${system} it is now ${whereaboutsText(now, formatter)}.`;
}

function reasonOf({ statusMessage }: Whereabouts, formatter: Formatter): string {
  return statusMessage ? `: ${formatter.text(statusMessage, 300)}` : '';
}

function elsewhereText(
  { now }: Extract<Ending, { kind: 'decided-elsewhere' }>,
  approval: Approval,
  renderContext: RenderContext,
): string {
  const system = systemOf(approval, renderContext);
  const where = whereaboutsText(now, renderContext.formatter);
  if (approval.told) return `The run is over in ${system}, and not through Countersign: now ${where}`;
  switch (now.status.kind) {
    case 'rejected':
      return `Denied or stopped in ${system}, not here: now ${where}`;
    case 'failed':
    case 'unknown':
      return `No longer waiting, and not through Countersign: in ${system} it is now ${where}`;
    default:
      return `Decided in ${system}, not here: now ${where}`;
  }
}

function overtakenSentence(
  { ending, decision, system }: Settled<'overtaken'>,
  { renderContext, atMs }: { readonly renderContext: RenderContext; readonly atMs: number },
): string {
  const { formatter } = renderContext;
  const sent = decision
    ? `${ownerOf(decision, formatter)} ${gaveOf(decision, formatter)} of ${formatter.moment(decision.atMs)} was sent`
    : 'A decision was sent';
  const answered = ending.isRefused ? `, and ${system} answered no` : '';
  return `${sent}${answered}. ${system} showed it ${whereaboutsText(ending.now, formatter)}, ${formatter.moment(atMs)}; whether it was this decision that counted cannot be seen.`;
}

function restartedText(
  { successor, candidates }: Extract<Ending, { kind: 'restarted' }>,
  system: string,
  { formatter }: RenderContext,
): string {
  if (successor) return `Restarted in ${system}; it goes on as run ${formatter.exact(successor.id, 80)}.`;
  return candidates === 0
    ? `Restarted in ${system}; no run was seen that could be its successor.`
    : `Restarted in ${system}; ${candidates} runs could be its successor, so none is named.`;
}
