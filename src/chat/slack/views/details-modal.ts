import type { KnownBlock, ModalView } from '@slack/types';
import type { Card } from '../../../domain/card.js';
import { type DetailGroup, detailGroups } from '../messages/cards/detail-groups.js';
import { dialogWords } from '../messages/dialogs.js';
import { mrkdwnInk } from '../messages/ink.js';
import type { Wording } from '../messages/wording.js';
import { maxSectionLength, section } from './blocks.js';

/** A modal may have 100 blocks. */
const maxBlocks = 90;

/** Shows everything that is known of a request, to be read only. */
export function detailsModal(card: Card, labelOf: Wording['labelOf']): ModalView {
  const blocks = detailGroups(card, { ink: mrkdwnInk, labelOf }).flatMap(groupBlocks);
  return {
    type: 'modal',
    title: { type: 'plain_text', text: dialogWords.details.title },
    close: { type: 'plain_text', text: dialogWords.details.close },
    blocks: blocks.slice(0, maxBlocks),
  };
}

function groupBlocks({ title, lines }: DetailGroup): readonly KnownBlock[] {
  return chunks([mrkdwnInk.label(title), ...lines]).map((chunk) => section(chunk));
}

/** Spreads lines over as few sections as hold them. */
function chunks(lines: readonly string[]): readonly (readonly string[])[] {
  const all: string[][] = [[]];
  let length = 0;
  for (const line of lines) {
    if (length + line.length + 1 > maxSectionLength - 10 && length > 0) {
      all.push([]);
      length = 0;
    }
    all.at(-1)?.push(line);
    length += line.length + 1;
  }
  return all;
}
