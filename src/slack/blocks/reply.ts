import type { ActionsBlock, Button, KnownBlock } from '@slack/types';
import type { Card } from '../../domain/card.js';
import { statusVerbs } from '../../domain/commands.js';
import type { ApprovalRow, StatusReport } from '../../domain/reply.js';
import type { QueryReply } from '../../use-cases/commands/queries.js';
import type { Reply } from '../../use-cases/commands/run-command.js';
import {
  buttonText,
  type Formatter,
  fallbackFormatter,
  mrkdwnFormatter,
  plainFormatter,
  type RenderContext,
  systemOf,
  tighter,
} from '../format.js';
import {
  actionId,
  maxValueLength,
  writeChoiceBlock,
  writeHistoryPlace,
  writeListPlace,
  writeRevised,
} from '../ids.js';
import { ambiguousHead, replyLines } from '../text/reply.js';
import { changeText, type Proposal } from '../text/reply-changes.js';
import {
  type ApprovalList,
  approvalRowLines,
  approvalsFoot,
  approvalsHead,
  type ListReply,
  listGroups,
} from '../text/reply-queries.js';
import {
  actions,
  blocksLength,
  context,
  fitLines,
  plainSection,
  preformatted,
  section,
  sections,
} from './blocks.js';
import { cardButtonActions, isLink, type Rendered } from './card.js';
import { linkActions } from './notice.js';
import { rowOptions } from './pickers.js';

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
  const { approval } = card;
  const value = writeRevised({ id: approval.id, revision: approval.revision });
  if (value.length > maxValueLength) return [];
  const offered = cardButtonActions(card, renderContext).flatMap(({ kind, ...rest }) =>
    kind === 'approve' || kind === 'deny' || kind === 'details' ? [{ what: kind, ...rest }] : [],
  );
  const decisions = offered.filter(({ what }) => what !== 'details');
  const shown = decisions.length > mostButtons ? offered.filter(({ what }) => what === 'details') : offered;
  const buttons = shown.map(({ what, output, style, text }): Button => {
    // An answer opens a window first, which three dots say.
    const label = what === 'details' ? text : `${plainFormatter.text(text, 74)}…`;
    return {
      type: 'button',
      action_id: actionId('command', `decide.${what}`, output),
      text: { type: 'plain_text', text: plainFormatter.text(label, 75), emoji: false },
      value,
      ...(style ? { style } : {}),
    };
  });
  return buttons.length === 0 ? [] : [actions(blockId, [...buttons, ...openButton(card, renderContext)])];
}

/** Where no answer can be sent from here, people decide in the system's own inbox. */
function openButton(card: Card, renderContext: RenderContext): readonly Button[] {
  const { approval, link, actions: offered } = card;
  const canDecide = offered.some((action) => action === 'approve' || action === 'deny');
  if (canDecide || !isLink(link)) return [];
  const text = buttonText('open', systemOf(approval, { ...renderContext, formatter: plainFormatter }));
  return [
    {
      type: 'button',
      action_id: actionId('command', 'open'),
      text: { type: 'plain_text', text: plainFormatter.text(text, 75), emoji: false },
      url: link,
    },
  ];
}

/** Makes what can be pressed under an answer; nothing where there is nothing to press. */
function replyActions(reply: Reply, options: ReplyRenderOptions): readonly ActionsBlock[] {
  switch (reply.kind) {
    case 'status':
      return row('command.status', proposeButtons(reply.status));
    case 'list':
      return row(`command.list.${reply.page}`, pageButtons(reply));
    case 'approvals':
      return row(`command.approvals.${reply.page}`, approvalPageButtons(reply));
    case 'history':
      return row(`command.history.${reply.page}`, historyPageButtons(reply));
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
  const open: readonly Button[] = isLink(link)
    ? [
        {
          ...button(`Open in ${plainFormatter.text(label, 60)}`),
          action_id: actionId('command', 'open'),
          url: link,
        },
      ]
    : [];
  if (!isValue(code)) return open;
  const proposals = statusVerbs
    .filter((verb) => allowed.includes(verb))
    .map((verb) => ({
      ...button(`${changeText[verb].act}…`),
      action_id: actionId('command', `propose.${verb}`),
      value: code,
    }));
  return [...proposals, ...open];
}

function pageButtons({ state, text, page, hasMore }: ListReply): readonly Button[] {
  const named = text === undefined ? { state } : { state, text };
  const before = page > 1 ? writeListPlace({ ...named, page: page - 1 }) : undefined;
  const after = hasMore ? writeListPlace({ ...named, page: page + 1 }) : undefined;
  return [
    ...(before === undefined
      ? []
      : [{ ...button('Previous page'), action_id: actionId('command', 'page-before'), value: before }]),
    ...(after === undefined
      ? []
      : [{ ...button('Next page'), action_id: actionId('command', 'page-after'), value: after }]),
  ];
}

function approvalPageButtons({ page, hasMore }: ApprovalList): readonly Button[] {
  const to = (kind: 'approvals-before' | 'approvals-after', text: string, value: number): Button => ({
    ...button(text),
    action_id: actionId('command', kind),
    value: String(value),
  });
  return [
    ...(page > 1 ? [to('approvals-before', 'Previous page', page - 1)] : []),
    ...(hasMore ? [to('approvals-after', 'Next page', page + 1)] : []),
  ];
}

function historyPageButtons({
  page,
  hasMore,
  code,
}: Extract<QueryReply, { kind: 'history' }>): readonly Button[] {
  const to = (kind: 'history-before' | 'history-after', text: string, at: number): readonly Button[] => {
    const value = writeHistoryPlace(code, at);
    return value === undefined ? [] : [{ ...button(text), action_id: actionId('command', kind), value }];
  };
  return [
    ...(page > 1 ? to('history-before', 'Previous page', page - 1) : []),
    ...(hasMore ? to('history-after', 'Next page', page + 1) : []),
  ];
}

function confirmButtons({ record, isAllowed }: Proposal): readonly Button[] {
  const { id, change } = record;
  if (!isValue(id)) return [];
  const { act } = changeText[change.kind];
  const isGrave = change.kind === 'stop' || change.kind === 'abort';
  return [
    {
      ...button(isAllowed ? act : `${act} all the same`),
      action_id: actionId('command', 'confirm'),
      style: isGrave ? 'danger' : 'primary',
      value: id,
    },
    { ...button('Cancel'), action_id: actionId('command', 'cancel'), value: id },
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

function button(text: string): Pick<Button, 'type' | 'text'> {
  return { type: 'button', text: { type: 'plain_text', text, emoji: false } };
}

function isValue(value: string): boolean {
  return value.length > 0 && value.length <= maxValueLength;
}

/** What an answer is written with besides what it says. */
interface ReplyRenderOptions extends Omit<RenderContext, 'formatter'> {
  /** Under which the line is remembered that an ambiguous answer is about; without it nothing can be chosen. */
  readonly choiceId?: string;
}
