import type { Notice } from '../../../domain/notice.js';
import { fallbackInk, mrkdwnInk, plainInk } from '../messages/ink.js';
import { noticeLines } from '../messages/notices.js';
import type { Wording } from '../messages/wording.js';
import type { Rendered } from './approval-card.js';
import { fitLines, plainSection, section } from './blocks.js';

/** Shows a notice as a message. */
export function noticeMessage(notice: Notice, labelOf: Wording['labelOf'], command = '/workflow'): Rendered {
  const [head = '', ...rest] = noticeLines(notice, { ink: mrkdwnInk, labelOf, command });
  return {
    text: fitLines(noticeLines(notice, { ink: fallbackInk, labelOf, command }), 3_900),
    blocks: [section([head, ...rest])],
  };
}

/** Shows only plain text; for when Slack finds fault with the real notice. */
export function plainNotice(notice: Notice, labelOf: Wording['labelOf'], command = '/workflow'): Rendered {
  const lines = noticeLines(notice, { ink: plainInk, labelOf, command });
  return {
    text: fitLines(noticeLines(notice, { ink: fallbackInk, labelOf, command }), 1_000),
    blocks: [plainSection(fitLines(lines, 2_000))],
  };
}
