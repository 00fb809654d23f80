import type { KnownBlock, ModalView } from '@slack/types';
import type { Card } from '../../../domain/card.js';
import { type DetailGroup, detailGroups } from '../messages/cards/detail-groups.js';
import { dialogWords } from '../messages/dialogs.js';
import { mrkdwnInk } from '../messages/ink.js';
import type { Wording } from '../messages/wording.js';
import { sections } from './blocks.js';

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
  return sections([mrkdwnInk.label(title), ...lines]);
}
