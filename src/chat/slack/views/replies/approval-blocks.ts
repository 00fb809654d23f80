import type { Button, KnownBlock } from '@slack/types';
import type { Card } from '../../../../domain/card.js';
import type { ApprovalRow } from '../../../../domain/reply.js';
import { commandActionId, openActionId } from '../../command-ids.js';
import { writeRevised } from '../../ids.js';
import { buttonText } from '../../messages/buttons.js';
import { plainFormatter } from '../../messages/ink.js';
import {
  type ApprovalList,
  approvalRowLines,
  approvalsFoot,
  approvalsHead,
} from '../../messages/replies/approval-list.js';
import { type RenderContext, systemOf } from '../../messages/wording.js';
import { actions, context, section } from '../blocks.js';
import { cardButtonActions, isLink } from '../card-buttons.js';

/** Shows what waits for somebody's decision, with buttons at each that lead to the same modals as its card. */
export function approvalBlocks(list: ApprovalList, renderContext: RenderContext): readonly KnownBlock[] {
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
  if (value.length > 2000) return [];
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
      action_id: commandActionId({ kind: 'decide', what, ...(output === undefined ? {} : { output }) }),
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
      action_id: openActionId,
      text: { type: 'plain_text', text: plainFormatter.text(text, 75), emoji: false },
      url: link,
    },
  ];
}
