import { commandActionId } from '../command-ids.js';
import { digestButton, digestLines } from '../messages/digest-lines.js';
import { mrkdwnFormatter, plainFormatter } from '../messages/ink.js';
import type { Rendered } from './approval-card.js';
import { actions, section } from './blocks.js';

/** Shows how many requests wait without a card, and lets everybody look at those that wait for them. */
export function digestMessage(count: number, command = '/workflow'): Rendered {
  const lines = digestLines(count, { formatter: mrkdwnFormatter, command });
  const text = digestLines(count, { formatter: plainFormatter, command }).join(' ');
  if (count === 0) return { text, blocks: [section(lines)] };
  const open = {
    type: 'button' as const,
    action_id: commandActionId({ kind: 'approvals-open' }),
    text: { type: 'plain_text' as const, text: digestButton, emoji: false },
  };
  return { text, blocks: [section(lines), actions('command.digest', [open])] };
}
