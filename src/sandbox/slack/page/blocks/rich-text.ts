import { el } from '../draw/dom.js';
import type { Json } from '../draw/json.js';
import { recordOf, recordsOf, stringOf } from '../draw/json.js';
import { emojiGlyph } from '../text/emoji.js';
import { formatSlackDate } from '../text/slack-date.js';
import type { Reader } from '../text/text-nodes.js';
import { channelNode, linkNode, memberNode } from '../text/text-nodes.js';

/** Draws a rich text block or the rich text of a table cell. */
export function richTextNode(block: Json, reader: Reader): HTMLElement {
  const parts = recordsOf(block.elements).map((part) => partNode(part, reader));
  return el('div', { class: 'block block-rich' }, ...parts);
}

function partNode(part: Json, reader: Reader): HTMLElement {
  const children = recordsOf(part.elements);
  switch (part.type) {
    case 'rich_text_list': {
      const items = children.map((item) => el('li', {}, ...pieces(item, reader)));
      const indent = typeof part.indent === 'number' ? Math.min(part.indent, 8) : 0;
      return el(part.style === 'ordered' ? 'ol' : 'ul', { class: `list list-indent-${indent}` }, ...items);
    }
    case 'rich_text_preformatted':
      return el('pre', { class: 'pre' }, ...pieces(part, reader));
    case 'rich_text_quote':
      return el('blockquote', { class: 'quote' }, ...pieces(part, reader));
    default:
      return el('div', { class: 'rich-section' }, ...pieces(part, reader));
  }
}

function pieces(part: Json, reader: Reader): readonly Node[] {
  return recordsOf(part.elements).map((piece) => styled(pieceNode(piece, reader), recordOf(piece.style)));
}

function pieceNode(piece: Json, reader: Reader): Node {
  const text = stringOf(piece.text);
  switch (piece.type) {
    case 'link':
      return linkNode(stringOf(piece.url), text || stringOf(piece.url));
    case 'user':
      return memberNode(stringOf(piece.user_id), '', reader);
    case 'channel':
      return channelNode(stringOf(piece.channel_id), '', reader);
    case 'broadcast':
      return el('span', { class: 'mention mention-all' }, `@${stringOf(piece.range)}`);
    case 'emoji': {
      const name = stringOf(piece.name);
      return document.createTextNode(emojiGlyph(name) ?? `:${name}:`);
    }
    case 'date':
      return document.createTextNode(
        formatSlackDate(stringOf(piece.format), Number(piece.timestamp), reader),
      );
    default:
      return document.createTextNode(text);
  }
}

function styled(node: Node, style: Json): Node {
  const tags = { bold: 'strong', italic: 'em', strike: 's', code: 'code' } as const;
  let wrapped = node;
  for (const [name, tag] of Object.entries(tags)) {
    if (style[name] === true) wrapped = el(tag, { class: tag === 'code' ? 'code' : undefined }, wrapped);
  }
  return wrapped;
}
