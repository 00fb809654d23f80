import type { KnownBlock, ModalView } from '@slack/types';
import type { Card } from '../../../domain/card.js';
import { type DetailGroup, detailGroups } from '../messages/cards/detail-groups.js';
import { dialogText } from '../messages/dialogs.js';
import { mrkdwnFormatter } from '../messages/ink.js';
import type { RenderContext } from '../messages/wording.js';
import { sections } from './blocks.js';

/** A modal may have 100 blocks. */
const maxBlocks = 90;

/** Shows everything that is known of a request, to be read only. */
export function detailsModal(card: Card, labelOf: RenderContext['labelOf']): ModalView {
  const blocks = detailGroups(card, { formatter: mrkdwnFormatter, labelOf }).flatMap(groupBlocks);
  return {
    type: 'modal',
    title: { type: 'plain_text', text: dialogText.details.title },
    close: { type: 'plain_text', text: dialogText.details.close },
    blocks: blocks.slice(0, maxBlocks),
  };
}

function groupBlocks({ title, lines }: DetailGroup): readonly KnownBlock[] {
  return sections([mrkdwnFormatter.label(title), ...lines]);
}
