import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import { subjectOf } from '../../domain/approval.js';
import type { Card } from '../../domain/card.js';
import type { BulkCandidate } from '../../use-cases/approvals/bulk.js';
import { mrkdwnFormatter, plainFormatter, type RenderContext } from '../format.js';
import { bulkField, callbackIds } from '../ids.js';
import { showsAll } from '../text/card.js';
import { bulkText } from '../text/home.js';
import { blocksLength, context, section, unfoldedText } from './blocks.js';
import { commentInput, summary } from './card.js';

/** A window holds a hundred blocks, three of which are no request's, and 250 kB. */
const mostBlocks = 97;
const maxLength = 150_000;

/** A window in which several can be approved, and which of them stand in it. */
interface BulkModal {
  readonly view: ModalView;
  readonly shown: readonly BulkCandidate[];
}

/**
 * Shows requests in full, each with a box to choose it, unticked at first; as many as there is room for, and none of which not all can
 * be shown.
 */
export function bulkModal(
  candidates: readonly BulkCandidate[],
  {
    id,
    waiting,
    labelOf,
  }: { readonly id: string; readonly waiting: number; readonly labelOf: RenderContext['labelOf'] },
): BulkModal {
  const blocks: KnownBlock[] = [];
  const shown: BulkCandidate[] = [];
  for (const one of candidates) {
    const facts = summary(one.card, labelOf);
    // A way to the rest means that there is one.
    if (facts.some(({ type }) => type === 'actions')) continue;
    if (!showsAll(one.card, mrkdwnFormatter, unfoldedText(facts))) continue;
    const all = [checkbox(one.card, shown.length), ...facts];
    if (blocks.length + all.length > mostBlocks || blocksLength([...blocks, ...all]) > maxLength) break;
    blocks.push(...all);
    shown.push(one);
  }
  const wantsReason = shown.some(({ card }) => card.rule?.approveWith === 'reason');
  const left = waiting - shown.length;
  if (shown.length === 0) {
    return { view: { ...frame(id), blocks: [section([bulkText.none])] }, shown };
  }
  return {
    view: {
      ...frame(id),
      submit: { type: 'plain_text', text: bulkText.submit },
      blocks: [
        section([bulkText.intro(shown.length)]),
        ...blocks,
        commentInput({
          isReason: wantsReason,
          room: mostComment,
          text: { label: wantsReason ? bulkText.reason : bulkText.comment, hint: bulkText.hint },
        }),
        ...(left > 0 ? [context([bulkText.left(left)])] : []),
      ],
    },
    shown,
  };
}

/** Whether a comment fits each of them is checked when it is submitted. */
const mostComment = 500;

function frame(id: string) {
  return {
    type: 'modal',
    callback_id: callbackIds.several,
    private_metadata: id,
    title: { type: 'plain_text', text: bulkText.title },
    close: { type: 'plain_text', text: bulkText.cancel },
  } as const;
}

function checkbox({ approval }: Card, at: number): InputBlock {
  const option = {
    text: { type: 'plain_text', text: bulkText.option },
    value: String(at),
  } as const;
  return {
    type: 'input',
    block_id: bulkField(at),
    optional: true,
    label: {
      type: 'plain_text',
      text: plainFormatter.text(`${approval.code} ${subjectOf(approval)}`, 150),
    },
    element: {
      type: 'checkboxes',
      action_id: bulkField(at),
      options: [option],
    },
  };
}
