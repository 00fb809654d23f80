import type { KnownBlock } from '@slack/types';
import type { Reply } from '../../../../domain/reply.js';
import { fallbackInk, type Ink, mrkdwnInk, plainInk, tighter } from '../../messages/ink.js';
import { replyLines } from '../../messages/replies/reply-lines.js';
import { ambiguousHead, listGroups } from '../../messages/replies/runs/list-lines.js';
import type { Rendered } from '../approval-card.js';
import { blocksLength, fitLines, plainSection, preformatted, section, sections } from '../blocks.js';
import { approvalBlocks } from './approval-blocks.js';
import { replyActions } from './reply-actions.js';
import type { ReplyWords } from './reply-words.js';

/** Slack has an unwritten limit near 13 200 characters for all blocks together; this keeps well below. */
const maxBlocksLength = 10_000;
/** Lines beside the buttons; what is longer than this is cut, and the list says so by `…`. */
const maxLines = 140;
const maxTextLength = 3_900;

/** Shows an answer to a command as a message for one person's eyes. */
export function replyMessage(reply: Reply, words: ReplyWords): Rendered {
  const text = fitLines(replyLines(reply, { ...words, ink: fallbackInk }), maxTextLength);
  for (const ink of [mrkdwnInk, tighter(mrkdwnInk, 0.6), tighter(mrkdwnInk, 0.3)]) {
    const blocks = replyBlocks(reply, words, ink);
    if (blocksLength(blocks) < maxBlocksLength) return { text, blocks };
  }
  return plainReply(reply, words);
}

/** Shows only plain text and the buttons; for when Slack finds fault with the real answer. */
export function plainReply(reply: Reply, words: ReplyWords): Rendered {
  return {
    text: fitLines(replyLines(reply, { ...words, ink: fallbackInk }), 1_000),
    blocks: [
      plainSection(fitLines(replyLines(reply, { ...words, ink: plainInk }), 2_000)),
      ...replyActions(reply, words),
    ],
  };
}

function replyBlocks(reply: Reply, words: ReplyWords, ink: Ink): readonly KnownBlock[] {
  const wording = { ...words, ink };
  if (reply.kind === 'value' && reply.text !== undefined && reply.text.trim() !== '') {
    const [head = ''] = replyLines(reply, wording);
    return [section([head]), preformatted(reply.text)];
  }
  if (reply.kind === 'list') {
    return [...listGroups(reply, wording).map((group) => section(group)), ...replyActions(reply, words)];
  }
  if (reply.kind === 'approvals') return [...approvalBlocks(reply, wording), ...replyActions(reply, words)];
  const lines =
    reply.kind === 'ambiguous' && words.choiceId !== undefined
      ? ambiguousHead(reply, wording)
      : replyLines(reply, wording);
  return [...sections(lines.slice(0, maxLines)), ...replyActions(reply, words)];
}
