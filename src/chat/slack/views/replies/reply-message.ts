import type { KnownBlock } from '@slack/types';
import type { Reply } from '../../../../domain/reply.js';
import {
  type Formatter,
  fallbackFormatter,
  mrkdwnFormatter,
  plainFormatter,
  tighter,
} from '../../messages/ink.js';
import { replyLines } from '../../messages/replies/reply-lines.js';
import { ambiguousHead, listGroups } from '../../messages/replies/runs/list-lines.js';
import type { Rendered } from '../approval-card.js';
import { blocksLength, fitLines, plainSection, preformatted, section, sections } from '../blocks.js';
import { approvalBlocks } from './approval-blocks.js';
import { replyActions } from './reply-actions.js';
import type { ReplyRenderOptions } from './reply-words.js';

/** Slack has an unwritten limit near 13 200 characters for all blocks together; this keeps well below. */
const maxBlocksLength = 10_000;
/** Lines beside the buttons; what is longer than this is cut, and the list says so by `…`. */
const maxLines = 140;
const maxTextLength = 3_900;

/** Shows an answer to a command as a message for one person's eyes. */
export function replyMessage(reply: Reply, options: ReplyRenderOptions): Rendered {
  const text = fitLines(replyLines(reply, { ...options, formatter: fallbackFormatter }), maxTextLength);
  for (const formatter of [mrkdwnFormatter, tighter(mrkdwnFormatter, 0.6), tighter(mrkdwnFormatter, 0.3)]) {
    const blocks = replyBlocks(reply, options, formatter);
    if (blocksLength(blocks) < maxBlocksLength) return { text, blocks };
  }
  return plainReply(reply, options);
}

/** Shows only plain text and the buttons; for when Slack finds fault with the real answer. */
export function plainReply(reply: Reply, options: ReplyRenderOptions): Rendered {
  return {
    text: fitLines(replyLines(reply, { ...options, formatter: fallbackFormatter }), 1_000),
    blocks: [
      plainSection(fitLines(replyLines(reply, { ...options, formatter: plainFormatter }), 2_000)),
      ...replyActions(reply, options),
    ],
  };
}

function replyBlocks(reply: Reply, options: ReplyRenderOptions, formatter: Formatter): readonly KnownBlock[] {
  const renderContext = { ...options, formatter };
  if (reply.kind === 'value' && reply.text !== undefined && reply.text.trim() !== '') {
    const [head = ''] = replyLines(reply, renderContext);
    return [section([head]), preformatted(reply.text)];
  }
  if (reply.kind === 'list') {
    return [
      ...listGroups(reply, renderContext).map((group) => section(group)),
      ...replyActions(reply, options),
    ];
  }
  if (reply.kind === 'approvals')
    return [...approvalBlocks(reply, renderContext), ...replyActions(reply, options)];
  const lines =
    reply.kind === 'ambiguous' && options.choiceId !== undefined
      ? ambiguousHead(reply, renderContext)
      : replyLines(reply, renderContext);
  return [...sections(lines.slice(0, maxLines)), ...replyActions(reply, options)];
}
