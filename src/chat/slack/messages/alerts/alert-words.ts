import type { RecoveryAction } from '../../../../domain/alerts/alert.js';
import type { MuteSpan } from '../../../../domain/alerts/alert-reply.js';
import { changeText } from '../replies/changes/change-words.js';

/** What stands on the buttons and menus of an alert. */
export const alertText = {
  details: 'Details',
  take: 'I’m on it',
  unmute: 'Unmute',
  cancel: 'Cancel',
  close: 'Close',
  title: 'Alert',
  looking: 'Looking…',
} as const;

/** What stands in the menu of spans. */
export const muteText: Readonly<Record<MuteSpan, string>> = {
  hour: 'Mute for 1 hour',
  day: 'Mute for 1 day',
  cause: 'Mute this cause for 30 days',
};

/** Says what is done to how many runs: `Restart`, `Restart 12`. */
export function wayText(way: RecoveryAction, count: number): string {
  const { act } = changeText[way];
  return count > 1 ? `${act} ${count}` : act;
}

/** What is said on the spot when a press on an alert leads no further. */
export const alertMessages = {
  tooSlow: 'That took too long for Slack to open a window. Please press again.',
  windowRefused: 'Slack did not open the window just now. Please press again.',
  confirmed: '⏳ Confirmed. What becomes of each run is told in the thread of the alert.',
  repeated:
    'This was confirmed before and is not done again. The thread of the alert tells what became of it.',
  oldProposal:
    'This can no longer be confirmed: it is older than ten minutes, cancelled, or not yours. Nothing was changed; press the button on the alert again.',
  notConfirmed:
    'Nothing was changed: the confirmation could not be stored on our side. Please press again in a moment.',
  cancelled: 'Cancelled: this can no longer be confirmed.',
  tooLateToCancel:
    'This was confirmed already, so it cannot be cancelled. The thread of the alert tells what became of it.',
  notCancelled: 'This could not be cancelled just now. Without a confirmation nothing is done.',
} as const;
