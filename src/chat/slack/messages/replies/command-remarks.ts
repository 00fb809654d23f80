import { cutText } from '../../../../shared/cut-text.js';
import { plainInk } from '../ink.js';

/** What is said on the spot when a command, or something pressed under its answer, leads no further. */
export const commandRemarks = {
  tooSlow: 'That took too long for Slack to open a window. Nothing was done; please type it again.',
  windowRefused: 'Slack did not open the window just now. Nothing was done; please type it again.',
  oldWindow: 'This window is too old. Close it and type the command again; nothing was done.',
  oldChoice: 'This choice is too old. Type the command again; nothing was done.',
  oldProposal:
    'This can no longer be confirmed: it is older than ten minutes, or not yours. Nothing was changed; type the command again.',
  notConfirmed:
    'Nothing was changed: the confirmation could not be stored on our side. Please press again in a moment.',
  cancelled: 'Cancelled: this can no longer be confirmed.',
  working: '⏳ Working on it…',
  nothingChosen: 'Please choose a workflow.',
  nothingTyped: 'Please type a name.',
  noVersion: 'A version is a whole number, such as 3.',
} as const;

/** Says which line of values cannot be read. */
export function notAValueText(line: string): string {
  return cutText(`This line does not have the form name=value: ${plainInk.words(line, 100)}`, 150);
}
