import type { Button, KnownBlock } from '@slack/types';
import { alertActionId } from '../../alert-ids.js';
import { alertText, wayText } from '../../messages/alerts/alert-words.js';
import { type WayOutProposal, wayOutLines } from '../../messages/alerts/way-out-lines.js';
import { fallbackFormatter, mrkdwnFormatter, plainFormatter } from '../../messages/ink.js';
import type { RenderContext } from '../../messages/wording.js';
import type { Rendered } from '../approval-card.js';
import { actions, fitLines, plainSection, section } from '../blocks.js';
import { alertButton } from './alert-buttons.js';

/** Asks one person to confirm a way out; nothing happens before. */
export function wayOutMessage(proposal: WayOutProposal, labelOf: RenderContext['labelOf']): Rendered {
  return {
    text: fitLines(wayOutLines(proposal, { formatter: fallbackFormatter, labelOf }), 3_900),
    blocks: [section(wayOutLines(proposal, { formatter: mrkdwnFormatter, labelOf })), ...confirmRow(proposal)],
  };
}

/** Asks the same in plain text; for when Slack finds fault with the real form. */
export function plainWayOut(proposal: WayOutProposal, labelOf: RenderContext['labelOf']): Rendered {
  return {
    text: fitLines(wayOutLines(proposal, { formatter: fallbackFormatter, labelOf }), 1_000),
    blocks: [
      plainSection(fitLines(wayOutLines(proposal, { formatter: plainFormatter, labelOf }), 2_000)),
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
  const cancel: Button = { ...alertButton('cancel', alertText.cancel), value: batchId };
  return [actions(alertActionId('confirm'), [confirm, cancel])];
}
