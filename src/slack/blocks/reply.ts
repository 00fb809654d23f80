import type { ActionsBlock, Button, KnownBlock, ModalView } from '@slack/types';
import type { Card } from '../../domain/card.js';
import { statusVerbs } from '../../domain/commands.js';
import type { ApprovalRow, StatusReport } from '../../domain/reply.js';
import type { Reply } from '../../use-cases/commands/run-command.js';
import {
  buttonText,
  type Formatter,
  mrkdwnFormatter,
  plainFormatter,
  type RenderContext,
  systemOf,
} from '../format.js';
import {
  actionId,
  callbackIds,
  maxValueLength,
  writeChoiceBlock,
  writeHistoryPlace,
  writeListPlace,
  writeRevised,
} from '../ids.js';
import { bulkText } from '../text/home.js';
import { ambiguousHead, replyLines } from '../text/reply.js';
import { cancelText, changeText, type Proposal } from '../text/reply-changes.js';
import {
  type ApprovalList,
  approvalRowLines,
  approvalsFoot,
  approvalsHead,
  listGroups,
} from '../text/reply-queries.js';
import {
  actions,
  button,
  context,
  type Message,
  plainForm,
  preformatted,
  type Rendered,
  realForm,
  section,
  sections,
} from './blocks.js';
import { cardButtonActions, evidenceButton, isLink } from './card.js';
import { linkActions } from './notice.js';
import { rowOptions } from './pickers.js';
import { reportMessage } from './report.js';

/** Shows an answer to a command as a message for one person's eyes. */
export function replyMessage(reply: Reply, options: ReplyRenderOptions): Rendered {
  return realForm(messageOf(reply, options));
}

/** Shows only plain text and the buttons; for when Slack finds fault with the real answer. */
export function plainReply(reply: Reply, options: ReplyRenderOptions): Rendered {
  return plainForm(messageOf(reply, options));
}

/** Shows what would be canceled, to be confirmed, or why nothing is; absent while that is looked for. */
export function cancelModal(reply: Reply | undefined, options: ReplyRenderOptions): ModalView {
  const renderContext = { ...options, formatter: mrkdwnFormatter };
  const lines = reply ? replyLines(reply, renderContext).slice(0, maxLines) : [cancelText.searching];
  const isProposal = reply?.kind === 'proposal';
  return {
    type: 'modal',
    callback_id: callbackIds.cancel,
    ...(isProposal
      ? {
          private_metadata: reply.record.id,
          submit: { type: 'plain_text', text: cancelText.submit } as const,
        }
      : {}),
    title: { type: 'plain_text', text: cancelText.title },
    close: { type: 'plain_text', text: cancelText.close },
    blocks: [...sections(lines)],
  };
}

/** Says above the details what becomes of sending evidence; without a reply, that it is under way. */
export function evidenceModal(reply: Reply | undefined, options: ReplyRenderOptions): ModalView {
  const renderContext = { ...options, formatter: mrkdwnFormatter };
  return {
    type: 'modal',
    title: { type: 'plain_text', text: 'Evidence' },
    close: { type: 'plain_text', text: 'Close' },
    blocks: [...sections(reply ? replyLines(reply, renderContext).slice(0, maxLines) : ['Collecting…'])],
  };
}

/** What an answer is written with besides what it says. */
interface ReplyRenderOptions extends Omit<RenderContext, 'formatter'> {
  /** Under which the line is remembered that an ambiguous answer is about; without it nothing can be chosen. */
  readonly choiceId?: string;
  /** Whether a report may have charts; it has none unless told. */
  readonly canChart?: boolean;
}

function messageOf(reply: Reply, options: ReplyRenderOptions): Message {
  if (reply.kind === 'report')
    return reportMessage(reply.report, { ...options, canChart: options.canChart === true });
  const buttons = replyActions(reply, options);
  return {
    lines: (formatter: Formatter) => replyLines(reply, { ...options, formatter }),
    blocks: (formatter: Formatter) => [...replyBlocks(reply, options, formatter), ...buttons],
    buttons,
  };
}

/** Lines beside the buttons; what is longer than this is cut, and the list says so by `…`. */
const maxLines = 140;

function replyBlocks(reply: Reply, options: ReplyRenderOptions, formatter: Formatter): readonly KnownBlock[] {
  const renderContext = { ...options, formatter };
  if (reply.kind === 'value' && reply.text !== undefined && reply.text.trim() !== '') {
    const [head = ''] = replyLines(reply, renderContext);
    return [section([head]), preformatted(reply.text)];
  }
  if (reply.kind === 'list') return listGroups(reply, renderContext).map((group) => section(group));
  if (reply.kind === 'approvals') return approvalBlocks(reply, renderContext);
  const lines =
    reply.kind === 'ambiguous' && options.choiceId !== undefined
      ? ambiguousHead(reply, renderContext)
      : replyLines(reply, renderContext);
  return sections(lines.slice(0, maxLines));
}

/** Shows what waits for somebody's decision, with buttons at each that lead to the same modals as its card. */
function approvalBlocks(list: ApprovalList, renderContext: RenderContext): readonly KnownBlock[] {
  const foot = approvalsFoot(list);
  return [
    section([approvalsHead(list, renderContext)]),
    ...list.rows.flatMap((row, index) => [
      section(approvalRowLines(row, renderContext)),
      ...rowActions(row, { blockId: `command.approval.${list.page}.${index}`, renderContext }),
    ]),
    ...(foot.length > 0 ? [context(foot)] : []),
  ];
}

/** The answers a person can give here; where a workflow offers many, its card has them all. */
const mostButtons = 3;

function rowActions(
  { card }: ApprovalRow,
  { blockId, renderContext }: { readonly blockId: string; readonly renderContext: RenderContext },
): readonly KnownBlock[] {
  return row(blockId, decisionButtons(card, 'command', renderContext));
}

/** Makes what can be clicked beside an approval in a list; nothing decides without a window. */
export function decisionButtons(
  card: Card,
  on: 'command' | 'home',
  options: Omit<RenderContext, 'formatter'>,
): readonly Button[] {
  const renderContext = { ...options, formatter: plainFormatter };
  const { approval } = card;
  const value = writeRevised({ id: approval.id, revision: approval.revision });
  if (!isValue(value)) return [];
  const offered = cardButtonActions(card, renderContext).flatMap(({ kind, ...rest }) =>
    kind === 'approve' || kind === 'deny' || kind === 'details' ? [{ what: kind, ...rest }] : [],
  );
  const decisions = offered.filter(({ what }) => what !== 'details');
  const shown = decisions.length > mostButtons ? offered.filter(({ what }) => what === 'details') : offered;
  const buttons = shown.map(({ what, output, style, text }) => {
    // An answer opens a window first, which three dots say.
    const label = what === 'details' ? text : `${plainFormatter.text(text, 74)}…`;
    return button(actionId(on, `decide.${what}`, output), label, { value, style });
  });
  return buttons.length === 0 ? [] : [...buttons, ...portalButton(card, on, renderContext)];
}

/** Where no answer can be sent from here, people decide in the system's own inbox. */
function portalButton(card: Card, on: 'command' | 'home', renderContext: RenderContext): readonly Button[] {
  const { approval, link, actions: offered } = card;
  const canDecide = offered.some((action) => action === 'approve' || action === 'deny');
  if (canDecide) return [];
  return openButton(link, systemOf(approval, renderContext), on);
}

function openButton(
  link: string | undefined,
  label: string,
  on: 'command' | 'home' = 'command',
): readonly Button[] {
  if (!isLink(link)) return [];
  const text = buttonText('open', plainFormatter.text(label, 60));
  return [button(actionId(on, 'open'), text, { url: link })];
}

/** Makes what can be pressed under an answer; nothing where there is nothing to press. */
function replyActions(reply: Reply, options: ReplyRenderOptions): readonly ActionsBlock[] {
  switch (reply.kind) {
    case 'status':
      return row('command.status', proposeButtons(reply.status));
    case 'list':
      return row(
        `command.list.${reply.page}`,
        pageButtons(reply, 'page', (page) => writeListPlace({ ...reply, page })),
      );
    case 'approvals':
      return row(`command.approvals.${reply.page}`, [
        ...(reply.isBulkOffered ? [button(actionId('command', 'approvals-several'), bulkText.open)] : []),
        ...pageButtons(reply, 'approvals', String),
      ]);
    case 'history':
      return row(
        `command.history.${reply.page}`,
        pageButtons(reply, 'history', (page) => writeHistoryPlace(reply.code, page)),
      );
    case 'evidence':
      return row('command.evidence', reply.sending === 'possible' ? [evidenceButton(reply.code)] : []);
    case 'proposal':
      return row('command.proposal', confirmButtons(reply));
    case 'ambiguous':
      return choice(reply, options);
    case 'link':
      return linkActions(reply.requestId, options);
    default:
      return [];
  }
}

function row(blockId: string, buttons: readonly Button[]): readonly ActionsBlock[] {
  return buttons.length === 0 ? [] : [actions(blockId, buttons)];
}

/** Buttons under a status change nothing: each leads to a proposal. */
function proposeButtons({ allowed, code, link, label }: StatusReport): readonly Button[] {
  const open = openButton(link, label);
  if (!isValue(code)) return open;
  const proposals = statusVerbs
    .filter((verb) => allowed.includes(verb))
    .map((verb) =>
      button(actionId('command', `propose.${verb}`), `${changeText[verb].act}…`, { value: code }),
    );
  return [...proposals, ...open];
}

/** A page whose place is too long for a button cannot be turned to. */
function pageButtons(
  { page, hasMore }: { readonly page: number; readonly hasMore: boolean },
  what: 'page' | 'approvals' | 'history',
  placeOf: (page: number) => string | undefined,
): readonly Button[] {
  const to = (where: 'before' | 'after', text: string, at: number): readonly Button[] => {
    const value = placeOf(at);
    return value === undefined ? [] : [button(actionId('command', `${what}-${where}`), text, { value })];
  };
  return [
    ...(page > 1 ? to('before', 'Previous page', page - 1) : []),
    ...(hasMore ? to('after', 'Next page', page + 1) : []),
  ];
}

function confirmButtons({ record: { id, change }, isAllowed }: Proposal): readonly Button[] {
  if (!isValue(id)) return [];
  const { act, isGrave } = changeText[change.kind];
  const isCancel = change.kind === 'cancel';
  const text = isAllowed ? (isCancel ? cancelText.submit : act) : 'Try anyway';
  const style = isGrave ? 'danger' : 'primary';
  return [
    button(actionId('command', 'confirm'), text, { style, value: id }),
    button(actionId('command', 'cancel'), isCancel ? 'Keep it' : 'Cancel', { value: id }),
  ];
}

function choice(
  { rows }: Extract<Reply, { kind: 'ambiguous' }>,
  { choiceId }: ReplyRenderOptions,
): readonly ActionsBlock[] {
  const options = rowOptions(rows, 'message');
  if (choiceId === undefined || options.length === 0) return [];
  return [
    actions(writeChoiceBlock(choiceId), [
      {
        type: 'static_select',
        action_id: actionId('command', 'choose'),
        placeholder: { type: 'plain_text', text: 'Choose a workflow' },
        options: [...options],
      },
    ]),
  ];
}

function isValue(value: string): boolean {
  return value.length > 0 && value.length <= maxValueLength;
}
