import type { Button, KnownBlock } from '@slack/types';
import { alertActionId } from '../../alert-ids.js';
import { alertWords, wayText } from '../../messages/alerts/alert-words.js';
import { type WayOutProposal, wayOutLines } from '../../messages/alerts/way-out-lines.js';
import { fallbackInk, mrkdwnInk, plainInk } from '../../messages/ink.js';
import type { Wording } from '../../messages/wording.js';
import type { Rendered } from '../approval-card.js';
import { actions, fitLines, plainSection, section } from '../blocks.js';
import { alertButton } from './alert-buttons.js';

/** Asks one person to confirm a way out; nothing happens before. */
export function wayOutMessage(proposal: WayOutProposal, labelOf: Wording['labelOf']): Rendered {
  return {
    text: fitLines(wayOutLines(proposal, { ink: fallbackInk, labelOf }), 3_900),
    blocks: [section(wayOutLines(proposal, { ink: mrkdwnInk, labelOf })), ...confirmRow(proposal)],
  };
}

/** Asks the same in plain text; for when Slack finds fault with the real form. */
export function plainWayOut(proposal: WayOutProposal, labelOf: Wording['labelOf']): Rendered {
  return {
    text: fitLines(wayOutLines(proposal, { ink: fallbackInk, labelOf }), 1_000),
    blocks: [
      plainSection(fitLines(wayOutLines(proposal, { ink: plainInk, labelOf }), 2_000)),
      ...confirmRow(proposal),
    ],
  };
}

function confirmRow({ way, batchId, records }: WayOutProposal): readonly KnownBlock[] {
  if (batchId.length === 0 || batchId.length > 2000) return [];
  const confirm: Button = {
    ...alertButton('confirm', wayText(way, records.length)),
    style: way === 'abort' ? 'danger' : 'primary',
    value: batchId,
  };
  const cancel: Button = { ...alertButton('cancel', alertWords.cancel), value: batchId };
  return [actions(alertActionId('confirm'), [confirm, cancel])];
}
