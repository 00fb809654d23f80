import type { ActionsBlock } from '@slack/types';
import type { Notice } from '../../../domain/notice.js';
import { fallbackFormatter, mrkdwnFormatter, plainFormatter } from '../messages/ink.js';
import { noticeLines } from '../messages/notices.js';
import { repudiateText } from '../messages/receipts.js';
import type { RenderContext } from '../messages/wording.js';
import { repudiateActionId } from '../receipts/disown-action-id.js';
import type { Rendered } from './approval-card.js';
import { actions, fitLines, plainSection, section } from './blocks.js';
import { noticeLinkActions } from './link-blocks.js';

/** What a notice is written with besides what people call systems. */
type NoticeRenderOptions = Pick<RenderContext, 'command' | 'linkUrlOf'>;

/** A receipt can be disowned, an account be linked; nothing else that is said once can be pressed. */
function noticeActions(notice: Notice, options: NoticeRenderOptions): readonly ActionsBlock[] {
  if (notice.kind !== 'receipt') return noticeLinkActions(notice, options);
  const plain = (text: string) => ({ type: 'plain_text' as const, text, emoji: false });
  const { button, title, question, yes, no } = repudiateText;
  return [
    actions(`receipt.${notice.receipt.code}`, [
      {
        type: 'button',
        action_id: repudiateActionId,
        text: plain(button),
        style: 'danger',
        value: notice.receipt.code,
        confirm: {
          title: plain(title),
          text: plain(question),
          confirm: plain(yes),
          deny: plain(no),
          style: 'danger',
        },
      },
    ]),
  ];
}

/** Shows a notice as a message. */
export function noticeMessage(
  notice: Notice,
  labelOf: RenderContext['labelOf'],
  options: NoticeRenderOptions = {},
): Rendered {
  const [head = '', ...rest] = noticeLines(notice, { formatter: mrkdwnFormatter, labelOf, ...options });
  return {
    text: fitLines(noticeLines(notice, { formatter: fallbackFormatter, labelOf, ...options }), 3_900),
    blocks: [section([head, ...rest]), ...noticeActions(notice, options)],
  };
}

/** Shows only plain text; for when Slack finds fault with the real notice. */
export function plainNotice(
  notice: Notice,
  labelOf: RenderContext['labelOf'],
  options: NoticeRenderOptions = {},
): Rendered {
  const lines = noticeLines(notice, { formatter: plainFormatter, labelOf, ...options });
  return {
    text: fitLines(noticeLines(notice, { formatter: fallbackFormatter, labelOf, ...options }), 1_000),
    blocks: [plainSection(fitLines(lines, 2_000)), ...noticeActions(notice, options)],
  };
}
