import type { ActionsBlock, Button } from '@slack/types';
import type { Reply, StatusReport } from '../../../../domain/reply.js';
import {
  commandActionId,
  openActionId,
  proposableVerbs,
  writeChoiceBlock,
  writeHistoryPlace,
  writeListPlace,
} from '../../command-ids.js';
import { plainFormatter } from '../../messages/ink.js';
import type { ApprovalList } from '../../messages/replies/approval-list.js';
import { changeText } from '../../messages/replies/changes/change-words.js';
import type { Proposal } from '../../messages/replies/changes/proposal-lines.js';
import type { ListReply } from '../../messages/replies/runs/list-lines.js';
import { actions } from '../blocks.js';
import { isLink } from '../card-buttons.js';
import { linkActions } from '../link-blocks.js';
import type { ReplyRenderOptions } from './reply-words.js';
import { rowOptions } from './row-options.js';

/** Makes what can be pressed under an answer; nothing where there is nothing to press. */
export function replyActions(reply: Reply, options: ReplyRenderOptions): readonly ActionsBlock[] {
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
    ? [{ ...button(`Open in ${plainFormatter.text(label, 60)}`), action_id: openActionId, url: link }]
    : [];
  if (!isValue(code)) return open;
  const proposals = proposableVerbs
    .filter((verb) => allowed.includes(verb))
    .map((verb) => ({
      ...button(`${changeText[verb].act}…`),
      action_id: commandActionId({ kind: 'propose', verb }),
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
      : [{ ...button('Previous page'), action_id: commandActionId({ kind: 'page-before' }), value: before }]),
    ...(after === undefined
      ? []
      : [{ ...button('Next page'), action_id: commandActionId({ kind: 'page-after' }), value: after }]),
  ];
}

function approvalPageButtons({ page, hasMore }: ApprovalList): readonly Button[] {
  const to = (kind: 'approvals-before' | 'approvals-after', text: string, value: number): Button => ({
    ...button(text),
    action_id: commandActionId({ kind }),
    value: String(value),
  });
  return [
    ...(page > 1 ? [to('approvals-before', 'Previous page', page - 1)] : []),
    ...(hasMore ? [to('approvals-after', 'Next page', page + 1)] : []),
  ];
}

function historyPageButtons({ page, hasMore, code }: Extract<Reply, { kind: 'history' }>): readonly Button[] {
  const to = (kind: 'history-before' | 'history-after', text: string, at: number): readonly Button[] => {
    const value = writeHistoryPlace(code, at);
    return value === undefined ? [] : [{ ...button(text), action_id: commandActionId({ kind }), value }];
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
      action_id: commandActionId({ kind: 'confirm' }),
      style: isGrave ? 'danger' : 'primary',
      value: id,
    },
    { ...button('Cancel'), action_id: commandActionId({ kind: 'cancel' }), value: id },
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
        action_id: commandActionId({ kind: 'choose' }),
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
  return value.length > 0 && value.length <= 2000;
}
