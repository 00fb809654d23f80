import type { KnownBlock } from '@slack/types';
import type { FollowUpContent } from '../../../../domain/alerts/follow-up.js';
import { shortBatchLines } from '../../messages/alerts/batch-lines.js';
import { followUpLines } from '../../messages/alerts/follow-up-lines.js';
import {
  type Formatter,
  fallbackFormatter,
  mrkdwnFormatter,
  plainFormatter,
  tighter,
} from '../../messages/ink.js';
import type { RenderContext } from '../../messages/wording.js';
import type { Rendered } from '../approval-card.js';
import { blocksLength, fitLines, plainSection, sections } from '../blocks.js';

/** Slack has an unwritten limit near 13 200 characters for all blocks together; this keeps well below. */
const maxBlocksLength = 10_000;
const maxTextLength = 3_900;

/** Shows what is said in the thread of an alert. */
export function followUpMessage(followUp: FollowUpContent, labelOf: RenderContext['labelOf']): Rendered {
  const text = fitLines(followUpLines(followUp, { formatter: fallbackFormatter, labelOf }), maxTextLength);
  for (const blocks of forms(followUp, labelOf)) {
    if (blocksLength(blocks) < maxBlocksLength) return { text, blocks };
  }
  return plainFollowUp(followUp, labelOf);
}

/** Shows only plain text; for when Slack finds fault with the real form. */
export function plainFollowUp(followUp: FollowUpContent, labelOf: RenderContext['labelOf']): Rendered {
  return {
    text: fitLines(followUpLines(followUp, { formatter: fallbackFormatter, labelOf }), 1_000),
    blocks: [plainSection(fitLines(followUpLines(followUp, { formatter: plainFormatter, labelOf }), 2_000))],
  };
}

/** The fullest form first; each made only when the one before is too long. */
function* forms(
  followUp: FollowUpContent,
  labelOf: RenderContext['labelOf'],
): Generator<readonly KnownBlock[]> {
  const formatters: readonly Formatter[] = [
    mrkdwnFormatter,
    tighter(mrkdwnFormatter, 0.5),
    tighter(mrkdwnFormatter, 0.25),
  ];
  for (const formatter of formatters) yield sections(followUpLines(followUp, { formatter, labelOf }));
  if (followUp.kind === 'changes') {
    yield sections(shortBatchLines(followUp.records, { formatter: mrkdwnFormatter, labelOf }));
  }
}
