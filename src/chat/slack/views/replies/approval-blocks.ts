import type { Button, KnownBlock } from '@slack/types';
import type { ApprovalRow } from '../../../../domain/reply.js';
import { commandActionId, decidePresses, openActionId } from '../../command-ids.js';
import { writeRevised } from '../../ids.js';
import { buttonText } from '../../messages/buttons.js';
import { plainInk } from '../../messages/ink.js';
import {
  type ApprovalList,
  approvalRowLines,
  approvalsFoot,
  approvalsHead,
} from '../../messages/replies/approval-list.js';
import { systemOf, type Wording } from '../../messages/wording.js';
import { actions, context, section } from '../blocks.js';
import { isLink } from '../card-buttons.js';

/** Shows what waits for somebody's decision, with buttons at each that lead to the same modals as its card. */
export function approvalBlocks(list: ApprovalList, wording: Wording): readonly KnownBlock[] {
  const foot = approvalsFoot(list);
  return [
    section([approvalsHead(list, wording)]),
    ...list.rows.flatMap((row, index) => [
      section(approvalRowLines(row, wording)),
      ...rowActions(row, { blockId: `command.approval.${list.page}.${index}`, wording }),
    ]),
    ...(foot.length > 0 ? [context(foot)] : []),
  ];
}

function rowActions(
  { card }: ApprovalRow,
  { blockId, wording }: { readonly blockId: string; readonly wording: Wording },
): readonly KnownBlock[] {
  const { approval, link } = card;
  const system = plainInk.words(systemOf(approval, { ...wording, ink: plainInk }), 60);
  const value = writeRevised({ id: approval.id, revision: approval.revision });
  if (value.length > 2000) return [];
  // Where a workflow offers outputs of its own, its card has a button for each.
  const offered = approval.told ? (['details'] as const) : decidePresses;
  const presses = offered
    .filter((what) => card.actions.includes(what))
    .map((what): Button => {
      const text = what === 'details' ? buttonText(what, system) : `${buttonText(what, system)}…`;
      return {
        type: 'button',
        action_id: commandActionId({ kind: 'decide', what }),
        text: { type: 'plain_text', text, emoji: false },
        value,
        ...(what === 'details' ? {} : { style: what === 'approve' ? 'primary' : 'danger' }),
      };
    });
  const open: readonly Button[] =
    approval.told && isLink(link)
      ? [
          {
            type: 'button',
            action_id: openActionId,
            text: { type: 'plain_text', text: buttonText('open', system), emoji: false },
            url: link,
          },
        ]
      : [];
  const buttons = [...presses, ...open];
  return buttons.length === 0 ? [] : [actions(blockId, buttons)];
}
