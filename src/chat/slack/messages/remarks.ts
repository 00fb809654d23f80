import type { Missing } from '../../../domain/missing-in.js';
import { assertNever } from '../../../shared/assert-never.js';

/** What is said on the spot when a press or a modal leads to nothing. */
export const messages = {
  tooSlow: 'That took too long for Slack to open a window. Nothing was decided; please press again.',
  windowRefused: 'Slack did not open the window just now. Nothing was decided; please press again.',
  notWritten:
    'Nothing was decided: the decision could not be stored on our side. Please press again in a moment.',
  oldWindow: 'This window is too old. Press the button on the card again; nothing was decided.',
} as const;

/** Says what a decision lacks by its rule. */
export function missingText(missing: Missing): string {
  switch (missing) {
    case 'reason':
      return 'Please give a reason; it is stored with the decision.';
    case 'typed':
      return 'Please type the short code of this request, or its subject letter by letter.';
    default:
      return assertNever(missing);
  }
}

/** Says by how much a comment is too long. */
export function tooLongText(byCharacters: number): string {
  return `Too long by ${byCharacters} ${byCharacters === 1 ? 'character' : 'characters'}, counting the line that says who decided.`;
}
