import type { ActionsBlock } from '@slack/types';
import type { FixedNotice } from '../../domain/notification.js';
import type { ClickReply } from '../../domain/voting.js';
import type { Content } from '../../ports/chat.js';
import { mrkdwnFormatter, plainFormatter, type RenderContext } from '../format.js';
import { actionId, writeRevised } from '../ids.js';
import { clickReplyText } from '../text/answer.js';
import {
  digestButton,
  digestLines,
  noticeLines,
  reminderLines,
  repudiateText,
  undecidedLines,
} from '../text/notice.js';
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
import { replyRow } from './question.js';

/** What a notice is written with besides what people call systems. */
type NoticeRenderOptions = Pick<RenderContext, 'command' | 'linkUrlOf'>;

/** Shows a notice as a message. */
export function noticeMessage(
  notice: FixedNotice,
  labelOf: RenderContext['labelOf'],
  options: NoticeRenderOptions = {},
): Rendered {
  return realForm(messageOf(notice, labelOf, options));
}

/** Shows only plain text; for when Slack finds fault with the real notice. */
export function plainNotice(
  notice: FixedNotice,
  labelOf: RenderContext['labelOf'],
  options: NoticeRenderOptions = {},
): Rendered {
  return plainForm(messageOf(notice, labelOf, options));
}

function messageOf(notice: FixedNotice, labelOf: RenderContext['labelOf'], options: NoticeRenderOptions) {
  const lines = (formatter: RenderContext['formatter']) =>
    noticeLines(notice, { formatter, labelOf, ...options });
  const buttons = noticeActions(notice, options);
  const blocks = (formatter: RenderContext['formatter']) => [section(lines(formatter)), ...buttons];
  return { lines, blocks, buttons };
}

/** A receipt can be disowned, an account be linked; nothing else that is said once can be pressed. */
function noticeActions(notice: FixedNotice, options: NoticeRenderOptions): readonly ActionsBlock[] {
  switch (notice.kind) {
    case 'receipt':
      return [repudiateRow(notice.receipt.code)];
    case 'absence':
      return notice.to === 'approver' ? [repudiateRow(notice.absence.id)] : [];
    case 'link-ended':
      return linkActions(notice.requestId, options);
    case 'late-answer':
      return notice.reply.kind === 'link-needed' ? linkActions(notice.reply.requestId, options) : [];
    case 'linked':
      return goOn(notice);
    case 'question':
      return [replyRow(notice.approval, notice.question)];
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
  const repudiate = button(actionId('receipt', 'disown'), label, { style: 'danger', value: code });
  return actions(`receipt.${code}`, [{ ...repudiate, confirm }]);
}

/** It opens the same window as the card, about the revision of the facts that was pressed on. */
function goOn({ pendingClick: action }: Extract<FixedNotice, { kind: 'linked' }>): readonly ActionsBlock[] {
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

/** What is said while nobody decides. */
type Undecided = Extract<Content, { kind: 'reminder' | 'undecided' }>;

/** Shows what is said while nobody decides: a reminder leads to the list, which has the buttons. */
export function undecidedMessage(
  content: Undecided,
  renderContext: Omit<RenderContext, 'formatter'>,
): Rendered {
  return realForm(undecidedParts(content, renderContext));
}

/** Shows the same as plain text; for when Slack finds fault with the real form. */
export function plainUndecided(
  content: Undecided,
  renderContext: Omit<RenderContext, 'formatter'>,
): Rendered {
  return plainForm(undecidedParts(content, renderContext));
}

function undecidedParts(content: Undecided, renderContext: Omit<RenderContext, 'formatter'>) {
  const lines = (formatter: RenderContext['formatter']) =>
    content.kind === 'reminder'
      ? reminderLines(content, { ...renderContext, formatter })
      : undecidedLines(content, { ...renderContext, formatter });
  const open = button(actionId('command', 'approvals-open'), digestButton);
  const buttons = content.kind === 'reminder' ? [actions('command.reminder', [open])] : [];
  const blocks = (formatter: RenderContext['formatter']) => [section(lines(formatter)), ...buttons];
  return { lines, blocks, buttons };
}
