import type { Button, KnownBlock } from '@slack/types';
import { alertActionId } from '../../alert-ids.js';
import { alertText, wayText } from '../../messages/alerts/alert-words.js';
import { type RecoveryProposal, recoveryLines } from '../../messages/alerts/way-out-lines.js';
import { fallbackFormatter, mrkdwnFormatter, plainFormatter } from '../../messages/ink.js';
import type { RenderContext } from '../../messages/wording.js';
import type { Rendered } from '../approval-card.js';
import { actions, fitLines, plainSection, section } from '../blocks.js';
import { alertButton } from './alert-buttons.js';

/** Asks one person to confirm a way out; nothing happens before. */
export function recoveryMessage(proposal: RecoveryProposal, labelOf: RenderContext['labelOf']): Rendered {
  return {
    text: fitLines(recoveryLines(proposal, { formatter: fallbackFormatter, labelOf }), 3_900),
    blocks: [
      section(recoveryLines(proposal, { formatter: mrkdwnFormatter, labelOf })),
      ...confirmRow(proposal),
    ],
  };
}

/** Asks the same in plain text; for when Slack finds fault with the real form. */
export function plainRecovery(proposal: RecoveryProposal, labelOf: RenderContext['labelOf']): Rendered {
  return {
    text: fitLines(recoveryLines(proposal, { formatter: fallbackFormatter, labelOf }), 1_000),
    blocks: [
      plainSection(fitLines(recoveryLines(proposal, { formatter: plainFormatter, labelOf }), 2_000)),
      ...confirmRow(proposal),
    ],
  };
}

function confirmRow({ way, batchId, records }: RecoveryProposal): readonly KnownBlock[] {
  if (batchId.length === 0 || batchId.length > 2000) return [];
  const confirm: Button = {
    ...alertButton('confirm', wayText(way, records.length)),
    style: way === 'abort' ? 'danger' : 'primary',
    value: batchId,
  };
  const cancel: Button = { ...alertButton('cancel', alertText.cancel), value: batchId };
  return [actions(alertActionId('confirm'), [confirm, cancel])];
}
