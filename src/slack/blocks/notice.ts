import type { ActionsBlock } from '@slack/types';
import type { Notice } from '../../domain/notification.js';
import type { ClickReply } from '../../domain/voting.js';
import { mrkdwnFormatter, plainFormatter, type RenderContext } from '../format.js';
import { actionId, writeRevised } from '../ids.js';
import { clickReplyText } from '../text/answer.js';
import { digestButton, digestLines, noticeLines, repudiateText } from '../text/notice.js';
import { goOnButtonText, linkButtonText } from '../text/phrases.js';
import {
  actions,
  button,
  plainForm,
  plainSection,
  plainText,
  type Rendered,
  realForm,
  section,
} from './blocks.js';
import { isLink } from './card.js';

/** What a notice is written with besides what people call systems. */
type NoticeRenderOptions = Pick<RenderContext, 'command' | 'linkUrlOf'>;

/** Shows a notice as a message. */
export function noticeMessage(
  notice: Notice,
  labelOf: RenderContext['labelOf'],
  options: NoticeRenderOptions = {},
): Rendered {
  return realForm(messageOf(notice, labelOf, options));
}

/** Shows only plain text; for when Slack finds fault with the real notice. */
export function plainNotice(
  notice: Notice,
  labelOf: RenderContext['labelOf'],
  options: NoticeRenderOptions = {},
): Rendered {
  return plainForm(messageOf(notice, labelOf, options));
}

function messageOf(notice: Notice, labelOf: RenderContext['labelOf'], options: NoticeRenderOptions) {
  const lines = (formatter: RenderContext['formatter']) =>
    noticeLines(notice, { formatter, labelOf, ...options });
  const buttons = noticeActions(notice, options);
  const blocks = (formatter: RenderContext['formatter']) => [section(lines(formatter)), ...buttons];
  return { lines, blocks, buttons };
}

/** A receipt can be disowned, an account be linked; nothing else that is said once can be pressed. */
function noticeActions(notice: Notice, options: NoticeRenderOptions): readonly ActionsBlock[] {
  switch (notice.kind) {
    case 'receipt':
      return [repudiateRow(notice.receipt.code)];
    case 'link-ended':
      return linkActions(notice.requestId, options);
    case 'late-answer':
      return notice.reply.kind === 'link-needed' ? linkActions(notice.reply.requestId, options) : [];
    case 'linked':
      return goOn(notice);
    default:
      return [];
  }
}

function repudiateRow(code: string): ActionsBlock {
  const { button: label, title, question, yes, no } = repudiateText;
  const confirm = {
    title: plainText(title),
    text: plainText(question, 300),
    confirm: plainText(yes),
    deny: plainText(no),
    style: 'danger',
  } as const;
  const disown = button(actionId('receipt', 'disown'), label, { style: 'danger', value: code });
  return actions(`receipt.${code}`, [{ ...disown, confirm }]);
}

/** It opens the same window as the card, about the revision of the facts that was pressed on. */
function goOn({ pendingClick: action }: Extract<Notice, { kind: 'linked' }>): readonly ActionsBlock[] {
  if (!action) return [];
  const { verb, output, approvalId, revision } = action;
  const style = verb === 'approve' ? 'primary' : 'danger';
  const value = writeRevised({ id: approvalId, revision });
  const id = actionId('command', `decide.${verb}`, output);
  return [actions('go-on', [button(id, goOnButtonText(verb), { style, value })])];
}

/** Makes the button that leads to the page on which an account is linked; Slack reports a press on it as well. */
export function linkActions(
  requestId: string,
  { linkUrlOf }: Pick<RenderContext, 'linkUrlOf'>,
): readonly ActionsBlock[] {
  const url = linkUrlOf?.(requestId);
  if (!isLink(url)) return [];
  return [actions('link', [button(actionId('command', 'open'), linkButtonText, { style: 'primary', url })])];
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

/** Shows how many requests wait without a card, and lets everybody look at those that wait for them. */
export function digestMessage(count: number, command = '/workflow'): Rendered {
  const lines = digestLines(count, { formatter: mrkdwnFormatter, command });
  const text = digestLines(count, { formatter: plainFormatter, command }).join(' ');
  if (count === 0) return { text, blocks: [section(lines)] };
  const open = button(actionId('command', 'approvals-open'), digestButton);
  return { text, blocks: [section(lines), actions('command.digest', [open])] };
}
