import type { Approval } from '../../../../domain/approval.js';
import type { Whereabouts } from '../../../../domain/approval-state.js';
import type { Card } from '../../../../domain/card.js';
import type { Decision, Verdict } from '../../../../domain/decision.js';
import { listSome } from '../../../../shared/list-words.js';
import type { Formatter } from '../ink.js';
import { quoted, type RenderContext, systemOf, votersOf, whoDecided } from '../wording.js';
import { whereaboutsText } from './whereabouts.js';

/** A decision for one of the outputs a workflow offered. */
export type Chosen = Decision & { readonly output: string };

const mostPeople = 8;

/** Outputs that say by themselves what somebody did. */
const plainText = /^(approved|accepted|confirmed|rejected|denied|declined|refused)$/i;

/** Tells whether a decision is for an output of the workflow's own. */
export function hasOutput(decision: Decision | undefined): decision is Chosen {
  return decision?.output !== undefined;
}

/** Says what was chosen by whom: `Approved by Ana`, or `“Send back” chosen by Ana`. */
export function chosenBy(decision: Chosen, formatter: Formatter): string {
  const { output } = decision;
  const chosen = plainText.test(output) ? formatter.text(output) : `${quoted(output, formatter)} chosen`;
  return `${chosen} by ${votersOf(decision, formatter)}`;
}

/** Heads a card whose run took a choice and has come to its end. */
export function chosenHeadline(decision: Chosen, now: Whereabouts, formatter: Formatter): string {
  const chosen = chosenBy(decision, formatter);
  return now.status.kind === 'failed' ? `⚠️ ${chosen}, then failed` : `${signOf(decision.verdict)} ${chosen}`;
}

/** Marks a yes or a no. */
export function signOf(verdict: Verdict): string {
  return verdict === 'approve' ? '✅' : '⛔';
}

/** Says that a system took a choice; of what follows it tells no more than how the run as a whole stands. */
export function takenSentence(approval: Approval, decision: Decision, renderContext: RenderContext): string {
  const { formatter } = renderContext;
  const system = systemOf(approval, renderContext);
  const { status, statusMessage } = approval.instance;
  const run = whereaboutsText(
    { status, ...(statusMessage === undefined ? {} : { statusMessage }) },
    formatter,
  );
  return `${whoDecided(decision, formatter)}. ${system} accepted it; it does not tell whether this step went on. The run is now: ${run}.`;
}

/** Tells whether a step can only be answered in its system for now: nobody has said which activity waits. */
export function isLinkOnly({ told: inbound }: Approval): boolean {
  return inbound !== undefined && inbound.activityId === undefined;
}

/** Says where a step is answered that cannot be answered here yet. */
export function linkOnlySentence(approval: Approval, renderContext: RenderContext): string {
  return `Please decide this one in the inbox of ${systemOf(approval, renderContext)}: the workflow has not said yet which activity waits, so it cannot be answered from here.`;
}

/** Names whom a workflow would ask; nothing where it named nobody. */
export function suggestedLines({ told: inbound }: Approval, { formatter }: RenderContext): readonly string[] {
  if (!inbound || inbound.suggested.length === 0) return [];
  const names = inbound.suggested.slice(0, 5).map((name) => formatter.exact(name, 80));
  const more = inbound.suggested.length - names.length;
  return [`${formatter.label('The workflow asks')} ${names.join(', ')}${more > 0 ? `, +${more} more` : ''}`];
}

/** Warns that commands may have answered the activity already, and whose they were. */
export function answeredLines(
  { answeredBy = [] }: Card,
  { formatter, command = '/workflow' }: RenderContext,
): readonly string[] {
  if (answeredBy.length === 0) return [];
  const who = listSome(
    answeredBy.map((person) => formatter.person(person)),
    mostPeople,
  );
  return [`⚠️ This activity may have been answered already, by command (${command} alert) of ${who}.`];
}

/** Says where comments are kept that a system has no place for. */
export function commentsStay(system: string): string {
  return `Comments stay in Slack; ${system} is told the choice alone.`;
}
