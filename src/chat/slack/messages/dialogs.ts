import { cutText } from '../../../shared/cut-text.js';
import { type Formatter, plainFormatter } from './ink.js';
import { quoted } from './wording.js';

/** The words of the modals. Titles and buttons of a modal may have 24 characters. */
export const dialogText = {
  approve: {
    title: 'Approve',
    submit: 'Approve',
    label: 'Comment',
    hint: 'Stored with the approval, together with your name.',
    reasonLabel: 'Reason',
    typedLabel: 'Type the short code, or the subject, to approve',
    typedHint: 'Letter by letter, so that nothing is approved by a slip of the hand.',
    noRoom: 'There is no room left for a comment beside those already given.',
  },
  deny: {
    title: 'Deny',
    submit: 'Deny',
    label: 'Reason',
    hint: 'Stored with the denial, together with your name. A denial ends the workflow.',
  },
  cancel: 'Cancel',
  details: { title: 'Details', close: 'Close' },
} as const;

/** What a modal of one's own output says instead. */
export interface ChosenText {
  readonly title: string;
  readonly submit: string;
  readonly hint: string;
}

/** Names what somebody is about to choose. */
export function choiceLine(output: string, formatter: Formatter): string {
  return `You choose ${quoted(output, formatter)}.`;
}

const mostInTitle = 24;

/** Writes the words of a modal that asks about one of the outputs a workflow offered. */
export function chosenText(
  output: string,
  { verb, system }: { readonly verb: 'approve' | 'deny'; readonly system: string },
): ChosenText {
  const name = plainFormatter.text(output, mostInTitle);
  const whole = `${name} — ${verb === 'approve' ? 'comment' : 'reason'}`;
  return {
    title: whole.length <= mostInTitle ? whole : name,
    submit: name,
    hint: cutText(`Stays in Slack, together with your name; ${system} is told the choice alone.`, 150),
  };
}
