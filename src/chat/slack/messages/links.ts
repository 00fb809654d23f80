import type { ClickReply } from '../../../domain/answer.js';
import type { Notice } from '../../../domain/notice.js';
import type { Formatter } from './ink.js';
import { type RenderContext, subjectOf, workOf } from './wording.js';

/** Stands on the button that leads to the page on which an account is linked. */
export const linkButtonText = 'Link my account';

/** Tells somebody who wanted to decide that they must link their account first. */
export function linkNeededText(
  { system, hasEnded }: Extract<ClickReply, { kind: 'link-needed' }>,
  { formatter, labelOf }: RenderContext,
): string {
  const label = formatter.text(labelOf(system), 60);
  const why = hasEnded
    ? `Your link to ${label} has ended, so nothing can be sent there in your name.`
    : `Decisions reach ${label} in your own name, and you have not linked your account there yet.`;
  return `${why} Nothing was decided. Press Link within ten minutes; then you can go on where you left off.`;
}

/** Tells somebody that their decision could not be sent, since their link has ended. */
export function linkEndedLines(
  { approval, system }: Extract<Notice, { kind: 'link-ended' }>,
  { formatter, labelOf }: RenderContext,
): readonly string[] {
  const label = formatter.text(labelOf(system), 60);
  const { code } = approval;
  return [
    `Your decision on ${workOf(approval, formatter)} ${formatter.exact(subjectOf(approval), 200)} (${formatter.text(code, 12)}) was not sent.`,
    `Your link to ${label} has ended, so nothing could be sent in your name. Nothing was changed. Link your account again to go on.`,
  ];
}

/** Tells somebody as whom they are linked, and asks whether to go on with what they had wanted. */
export function linkedLines(
  { system, username, press: action, approval }: Extract<Notice, { kind: 'linked' }>,
  { formatter, labelOf }: RenderContext,
): readonly string[] {
  const label = formatter.text(labelOf(system), 60);
  const linked = `You are linked to ${formatter.exact(username, 100)} in ${label}. What you decide there from here is sent in that name.`;
  if (!action || !approval) return [linked];
  const act = action.verb === 'approve' ? 'Approve' : 'Deny';
  const said =
    action.comment === undefined ? [] : [`You had written: ${formatter.text(action.comment, 400)}`];
  return [
    linked,
    `${act} ${formatter.exact(subjectOf(approval), 200)} (${formatter.text(approval.code, 12)})? Nothing was decided yet.`,
    ...said,
  ];
}

/** Stands on the button with which somebody goes on after linking. */
export function goOnButtonText(verb: 'approve' | 'deny'): string {
  return verb === 'approve' ? 'Approve…' : 'Deny…';
}

/** Explains on a card that a decision could not be sent in somebody's name. */
export function linkEndedNote(
  name: string,
  { formatter, system }: { readonly formatter: Formatter; readonly system: string },
): string {
  return `⚠️ ${formatter.text(name, 60)} has no account linked to ${system} any more, so the decision could not be sent in that name. Nothing was changed.`;
}
