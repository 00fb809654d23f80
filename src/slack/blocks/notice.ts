import type { ActionsBlock } from '@slack/types';
import type { Notice } from '../../domain/notification.js';
import type { ClickReply } from '../../domain/voting.js';
import { fallbackFormatter, mrkdwnFormatter, plainFormatter, type RenderContext } from '../format.js';
import { actionId, writeRevised } from '../ids.js';
import { clickReplyText } from '../text/answer.js';
import { digestButton, digestLines, noticeLines, repudiateText } from '../text/notice.js';
import { goOnButtonText, linkButtonText } from '../text/phrases.js';
import { actions, fitLines, plainSection, section } from './blocks.js';
import { isLink, type Rendered } from './card.js';

/** Shows how many requests wait without a card, and lets everybody look at those that wait for them. */
export function digestMessage(count: number, command = '/workflow'): Rendered {
  const lines = digestLines(count, { formatter: mrkdwnFormatter, command });
  const text = digestLines(count, { formatter: plainFormatter, command }).join(' ');
  if (count === 0) return { text, blocks: [section(lines)] };
  const open = {
    type: 'button' as const,
    action_id: actionId('command', 'approvals-open'),
    text: { type: 'plain_text' as const, text: digestButton, emoji: false },
  };
  return { text, blocks: [section(lines), actions('command.digest', [open])] };
}

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
        action_id: actionId('receipt', 'disown'),
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

/** Shows an answer to a click in both its forms; with the button to link an account where that is needed. */
export function clickReplyForms(reply: ClickReply, renderContext: RenderContext) {
  const text = clickReplyText(reply, renderContext);
  const buttons = reply.kind === 'link-needed' ? linkActions(reply.requestId, renderContext) : [];
  return {
    rendered: { text, blocks: [section([text]), ...buttons] },
    plain: { text, blocks: [plainSection(text), ...buttons] },
  };
}

/** Makes the button that leads to the page on which an account is linked; Slack reports a press on it as well. */
export function linkActions(
  requestId: string,
  { linkUrlOf }: Pick<RenderContext, 'linkUrlOf'>,
): readonly ActionsBlock[] {
  const url = linkUrlOf?.(requestId);
  if (!isLink(url)) return [];
  return [
    actions('link', [
      {
        type: 'button',
        action_id: actionId('command', 'open'),
        text: plain(linkButtonText),
        style: 'primary',
        url,
      },
    ]),
  ];
}

/** Makes what can be pressed under a notice about a link. */
function noticeLinkActions(
  notice: Notice,
  options: Pick<RenderContext, 'linkUrlOf'>,
): readonly ActionsBlock[] {
  switch (notice.kind) {
    case 'link-ended':
      return linkActions(notice.requestId, options);
    case 'late-answer':
      return notice.answer.kind === 'link-needed' ? linkActions(notice.answer.requestId, options) : [];
    case 'linked':
      return goOn(notice);
    default:
      return [];
  }
}

/** It opens the same window as the card, about the revision of the facts that was pressed on. */
function goOn({ press: action }: Extract<Notice, { kind: 'linked' }>): readonly ActionsBlock[] {
  if (!action) return [];
  const { verb, output, approvalId, revision } = action;
  return [
    actions('go-on', [
      {
        type: 'button',
        action_id: actionId('command', `decide.${verb}`, output),
        text: plain(goOnButtonText(verb)),
        style: verb === 'approve' ? 'primary' : 'danger',
        value: writeRevised({ id: approvalId, revision }),
      },
    ]),
  ];
}

function plain(text: string) {
  return { type: 'plain_text' as const, text, emoji: false };
}
