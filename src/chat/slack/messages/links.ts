import type { Answer } from '../../../domain/answer.js';
import type { Notice } from '../../../domain/notice.js';
import type { Ink } from './ink.js';
import { subjectOf, type Wording, workOf } from './wording.js';

/** Stands on the button that leads to the page on which an account is linked. */
export const linkButtonText = 'Link my account';

/** Tells somebody who wanted to decide that they must link their account first. */
export function linkNeededText(
  { system, hasEnded }: Extract<Answer, { kind: 'link-needed' }>,
  { ink, labelOf }: Wording,
): string {
  const label = ink.words(labelOf(system), 60);
  const why = hasEnded
    ? `Your link to ${label} has ended, so nothing can be sent there in your name.`
    : `Decisions reach ${label} in your own name, and you have not linked your account there yet.`;
  return `${why} Nothing was decided. Press Link within ten minutes; then you can go on where you left off.`;
}

/** Tells somebody that their decision could not be sent, since their link has ended. */
export function linkEndedLines(
  { approval, system }: Extract<Notice, { kind: 'link-ended' }>,
  { ink, labelOf }: Wording,
): readonly string[] {
  const label = ink.words(labelOf(system), 60);
  const { code } = approval;
  return [
    `Your decision on ${workOf(approval, ink)} ${ink.exact(subjectOf(approval), 200)} (${ink.words(code, 12)}) was not sent.`,
    `Your link to ${label} has ended, so nothing could be sent in your name. Nothing was changed. Link your account again to go on.`,
  ];
}

/** Tells somebody as whom they are linked, and asks whether to go on with what they had wanted. */
export function linkedLines(
  { system, username, press: action, approval }: Extract<Notice, { kind: 'linked' }>,
  { ink, labelOf }: Wording,
): readonly string[] {
  const label = ink.words(labelOf(system), 60);
  const linked = `You are linked to ${ink.exact(username, 100)} in ${label}. What you decide there from here is sent in that name.`;
  if (!action || !approval) return [linked];
  const act = action.verb === 'approve' ? 'Approve' : 'Deny';
  const said = action.comment === undefined ? [] : [`You had written: ${ink.words(action.comment, 400)}`];
  return [
    linked,
    `${act} ${ink.exact(subjectOf(approval), 200)} (${ink.words(approval.code, 12)})? Nothing was decided yet.`,
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
  { ink, system }: { readonly ink: Ink; readonly system: string },
): string {
  return `⚠️ ${ink.words(name, 60)} has no account linked to ${system} any more, so the decision could not be sent in that name. Nothing was changed.`;
}
