import { cutText } from '../../../../shared/cut-text.js';
import { plainFormatter } from '../ink.js';

/** What is said on the spot when a command, or something pressed under its answer, leads no further. */
export const commandMessages = {
  tooSlow: 'That took too long for Slack to open a window. Nothing was done; please type it again.',
  windowRefused: 'Slack did not open the window just now. Nothing was done; please type it again.',
  oldWindow: 'This window is too old. Close it and type the command again; nothing was done.',
  oldChoice: 'This choice is too old. Type the command again; nothing was done.',
  noCardYet: 'Its card is not posted yet. Nothing was decided; please press again in a moment.',
  oldProposal:
    'This can no longer be confirmed: it is older than ten minutes, or not yours. Nothing was changed; type the command again.',
  notConfirmed:
    'Nothing was changed: the confirmation could not be stored on our side. Please press again in a moment.',
  notCancelled:
    'This could not be cancelled on our side just now. Nothing was changed, and nothing will be unless you confirm it.',
  working: '⏳ Working on it…',
  nothingChosen: 'Please choose a workflow.',
  valuesNotShown: 'This workflow takes values that were not shown here. Please choose it once more.',
  nothingTyped: 'Please type a name.',
  noVersion: 'A version is a whole number, such as 3.',
} as const;

/** Says what a field takes, under it. */
export function wrongValueText({
  typed,
  expected,
}: {
  readonly typed: string;
  readonly expected: string;
}): string {
  return typed === ''
    ? 'Please give a value here.'
    : cutText(`Please give ${plainFormatter.text(expected)}.`, 150);
}
