import type { ActionsBlock, KnownBlock } from '@slack/types';
import type { FixedNotice } from '../../domain/notification.js';
import type { ClickReply } from '../../domain/voting.js';
import type { Content, ReminderContent } from '../../ports/chat.js';
import { mrkdwnFormatter, plainFormatter, type RenderContext } from '../format.js';
import { actionId, writeRevised } from '../ids.js';
import { clickReplyText } from '../text/answer.js';
import { expiringFoot, expiringHeading, expiringLines } from '../text/home.js';
import {
  digestButton,
  digestLines,
  heldLines,
  noticeLines,
  othersLines,
  reminderLines,
  repudiateText,
  summaryText,
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
import { isLink, replyRow } from './card.js';

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
  const buttons = content.kind === 'reminder' ? [listRow(content)] : [];
  const blocks = (formatter: RenderContext['formatter']) => [section(lines(formatter)), ...buttons];
  return { lines, blocks, buttons };
}

/** Leads to the list, and to the window for several where several can be approved together. */
function listRow({ isBulkOffered }: Pick<ReminderContent, 'isBulkOffered'>): ActionsBlock {
  return actions('command.reminder', [
    button(actionId('command', 'approvals-open'), digestButton),
    ...(isBulkOffered ? [button(actionId('command', 'approvals-several'), summaryText.several)] : []),
  ]);
}

type Summary = Extract<Content, { kind: 'summary' | 'expiring' }>;

/** Shows what somebody has missed, or what waits because certificates expire: each thing as it is shown by itself. */
export function summaryMessage(content: Summary, renderContext: SummaryOptions): Rendered {
  return realForm(summaryParts(content, renderContext));
}

/** Shows the same as plain text; for when Slack finds fault with the real form. */
export function plainSummary(content: Summary, renderContext: SummaryOptions): Rendered {
  return plainForm(summaryParts(content, renderContext));
}

type SummaryOptions = Omit<RenderContext, 'formatter'>;

function summaryParts(content: Summary, options: SummaryOptions) {
  const parts = (formatter: RenderContext['formatter']) =>
    content.kind === 'summary'
      ? missedParts(content, { ...options, formatter })
      : expiringParts(content, { ...options, formatter });
  return {
    lines: (formatter: RenderContext['formatter']) => parts(formatter).flatMap(({ lines }) => lines),
    blocks: (formatter: RenderContext['formatter']) =>
      parts(formatter).flatMap(({ lines, buttons = [] }, at): readonly KnownBlock[] => [
        ...(at > 0 ? [{ type: 'divider' } as const] : []),
        section(lines),
        ...buttons,
      ]),
    buttons: parts(plainFormatter).flatMap(({ buttons = [] }) => buttons),
  };
}

interface SummaryPart {
  readonly lines: readonly string[];
  readonly buttons?: readonly ActionsBlock[];
}

function missedParts(
  content: Extract<Content, { kind: 'summary' }>,
  renderContext: RenderContext,
): readonly SummaryPart[] {
  const { list, held } = content;
  const others = othersLines(content, renderContext);
  return [
    ...(list ? [{ lines: reminderLines(list, renderContext), buttons: [listRow(list)] }] : []),
    ...(others.length > 0 ? [{ lines: others }] : []),
    ...held.map((one, at) => ({
      lines: heldLines(one, renderContext),
      // Two that stand alone may well name their rows alike.
      buttons: (one.kind === 'notice' ? noticeActions(one.notice, renderContext) : []).map((row) => ({
        ...row,
        block_id: `${row.block_id}.${at}`,
      })),
    })),
    { lines: [summaryText.note] },
  ];
}

function expiringParts(
  content: Extract<Content, { kind: 'expiring' }>,
  renderContext: RenderContext,
): readonly SummaryPart[] {
  const { rows, isBulkOffered } = content;
  const foot = expiringFoot(content);
  return [
    {
      lines: [`📅 ${renderContext.formatter.label(expiringHeading(content))}`],
      buttons: [listRow(isBulkOffered ? { isBulkOffered } : {})],
    },
    ...rows.map((row) => ({ lines: expiringLines(row, renderContext) })),
    ...(foot.length > 0 ? [{ lines: foot }] : []),
  ];
}
