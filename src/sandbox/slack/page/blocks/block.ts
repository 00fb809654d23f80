import { el } from '../draw/dom.js';
import type { Json } from '../draw/json.js';
import { recordsOf, stringOf, textOf } from '../draw/json.js';
import { elementNode } from '../elements/element.js';
import { imageChip } from '../elements/image-chip.js';
import { blockIdOf } from '../modal/view-values.js';
import { markdownToMrkdwn } from '../text/markdown.js';
import { mrkdwnNodes } from '../text/text-nodes.js';
import { inputNode } from './input.js';
import { richTextNode } from './rich-text.js';
import type { BlockPlace, BlockScope } from './scope.js';
import { slotAt } from './scope.js';
import { sectionNode } from './section.js';
import { tableNode } from './table.js';
import { textNodes } from './text-object.js';

/** Draws Block Kit blocks; one of an unknown type says so in its place. */
export function blockNodes(blocks: readonly Json[], scope: BlockScope): readonly HTMLElement[] {
  return blocks.map((block, index) => blockNode({ block, blockId: blockIdOf(block, index), scope }));
}

function blockNode(place: BlockPlace): HTMLElement {
  const { block, scope } = place;
  switch (block.type) {
    case 'header':
      return el('h3', { class: 'block block-header' }, ...textNodes(block.text, scope.reader));
    case 'section':
      return sectionNode(place);
    case 'context':
      return contextNode(place);
    case 'divider':
      return el('hr', { class: 'block block-divider' });
    case 'actions':
      return actionsNode(place);
    case 'input':
      return inputNode(place);
    case 'image':
      return imageNode(block);
    case 'rich_text':
      return richTextNode(block, scope.reader);
    case 'markdown':
      return el(
        'div',
        { class: 'block' },
        ...mrkdwnNodes(markdownToMrkdwn(stringOf(block.text)), scope.reader),
      );
    case 'table':
      return tableNode(block, scope.reader);
    default:
      return el(
        'p',
        { class: 'block block-unknown' },
        `This page does not draw “${stringOf(block.type)}” blocks.`,
      );
  }
}

function contextNode({ block, scope }: BlockPlace): HTMLElement {
  const items = recordsOf(block.elements).map((element) => {
    const isImage = element.type === 'image';
    return el(
      'span',
      { class: 'context-item' },
      ...(isImage ? [imageChip(element)] : textNodes(element, scope.reader)),
    );
  });
  return el('div', { class: 'block block-context' }, ...items);
}

function actionsNode({ block, blockId, scope }: BlockPlace): HTMLElement {
  const items = recordsOf(block.elements).map((element) =>
    elementNode(slotAt({ scope, blockId, element, isDispatching: true })),
  );
  return el('div', { class: 'block block-actions' }, ...items);
}

function imageNode(block: Json): HTMLElement {
  const title = textOf(block.title);
  return el(
    'figure',
    { class: 'block block-image' },
    imageChip(block),
    title !== '' && el('figcaption', {}, title),
  );
}
