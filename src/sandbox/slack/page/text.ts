import type { VNode } from 'preact';
import { type Json, recordOf, recordsOf, stringOf } from './block-kit.js';
import { formatSlackDate } from './dates.js';
import { emojiGlyph, type Inline, type Paragraph, parseMrkdwn, plainText } from './mrkdwn.js';
import { type Child, html } from './parts.js';

/** What a text needs to know about the workspace and its reader. */
export interface Reader {
  readonly actingAs: string;
  readonly nowMs: number;
  memberName(id: string): string | undefined;
  channelName(id: string): string | undefined;
  groupHandle(id: string): string | undefined;
}

/** Draws a Block Kit text object, plain or mrkdwn; anything else draws nothing. */
export function textObject(object: unknown, reader: Reader): Child {
  const { type, text } = recordOf(object);
  return type === 'mrkdwn' ? mrkdwn(stringOf(text), reader) : plainText(stringOf(text));
}

/** Draws mrkdwn. */
export function mrkdwn(source: string, reader: Reader): Child {
  return parseMrkdwn(source).map((paragraph) => paragraphNode(paragraph, reader));
}

/** Draws a rich text block or the rich text of a table cell. */
export function richText(block: Json, reader: Reader): VNode {
  const parts = recordsOf(block.elements).map((part) => richPart(part, reader));
  return html`<div class="block block-rich">${parts}</div>`;
}

function paragraphNode(paragraph: Paragraph, reader: Reader): VNode {
  if (paragraph.kind === 'pre') return html`<pre class="pre">${paragraph.text}</pre>`;
  const content = inlines(paragraph.children, reader);
  return paragraph.kind === 'quote'
    ? html`<blockquote class="quote">${content}</blockquote>`
    : html`<span>${content}</span>`;
}

function inlines(tokens: readonly Inline[], reader: Reader): Child {
  return tokens.map((token) => inline(token, reader));
}

function inline(token: Inline, reader: Reader): Child {
  switch (token.kind) {
    case 'text':
      return token.text;
    case 'line-break':
      return html`<br />`;
    case 'code':
      return html`<code class="code">${token.text}</code>`;
    case 'emoji':
      return html`<span class="emoji" title=${`:${token.name}:`}>${token.glyph}</span>`;
    case 'bold':
      return html`<strong>${inlines(token.children, reader)}</strong>`;
    case 'italic':
      return html`<em>${inlines(token.children, reader)}</em>`;
    case 'strike':
      return html`<s>${inlines(token.children, reader)}</s>`;
    case 'link':
      return link(token.url, token.label);
    case 'user':
      return memberMention(token.id, token.label, reader);
    case 'channel':
      return channelMention(token.id, token.label, reader);
    case 'group':
      return mentionOfAll(reader.groupHandle(token.id) ?? (token.label.replace(/^@/, '') || token.id));
    case 'broadcast':
      return mentionOfAll(token.label.replace(/^@/, ''));
    case 'date': {
      const text = formatSlackDate(token.format, token.seconds, reader);
      return token.url === undefined
        ? html`<time title=${token.fallback}>${text}</time>`
        : link(token.url, text);
    }
  }
}

/** Draws a link that can only lead to a web page or a mail program. */
function link(url: string, label: string): VNode {
  if (!/^(?:https?:|mailto:|tel:)/i.test(url)) return html`<span>${label}</span>`;
  return html`<a class="link" href=${url} target="_blank" rel="noopener noreferrer">${label}</a>`;
}

/** Draws the mention of a member; the reader's own stands out. */
function memberMention(id: string, label: string, reader: Reader): VNode {
  const name = reader.memberName(id) ?? (label || id);
  return html`<span class=${id === reader.actingAs ? 'mention mention-me' : 'mention'}>@${name}</span>`;
}

function channelMention(id: string, label: string, reader: Reader): VNode {
  return html`<span class="mention">#${reader.channelName(id) ?? (label || id)}</span>`;
}

function mentionOfAll(name: string): VNode {
  return html`<span class="mention mention-all">@${name}</span>`;
}

function richPart(part: Json, reader: Reader): VNode {
  if (part.type === 'rich_text_list') {
    const items = recordsOf(part.elements).map((item) => html`<li>${richPieces(item, reader)}</li>`);
    const indent = typeof part.indent === 'number' ? Math.min(part.indent, 8) : 0;
    const tag = part.style === 'ordered' ? 'ol' : 'ul';
    return html`<${tag} class="list list-indent-${indent}">${items}<//>`;
  }
  const content = richPieces(part, reader);
  if (part.type === 'rich_text_preformatted') return html`<pre class="pre">${content}</pre>`;
  return part.type === 'rich_text_quote'
    ? html`<blockquote class="quote">${content}</blockquote>`
    : html`<div class="rich-section">${content}</div>`;
}

function richPieces(part: Json, reader: Reader): Child {
  return recordsOf(part.elements).map((piece) => {
    const { bold, italic, strike, code } = recordOf(piece.style);
    let node = richPiece(piece, reader);
    if (bold === true) node = html`<strong>${node}</strong>`;
    if (italic === true) node = html`<em>${node}</em>`;
    if (strike === true) node = html`<s>${node}</s>`;
    return code === true ? html`<code class="code">${node}</code>` : node;
  });
}

function richPiece(piece: Json, reader: Reader): Child {
  switch (piece.type) {
    case 'link':
      return link(stringOf(piece.url), stringOf(piece.text) || stringOf(piece.url));
    case 'user':
      return memberMention(stringOf(piece.user_id), '', reader);
    case 'channel':
      return channelMention(stringOf(piece.channel_id), '', reader);
    case 'broadcast':
      return mentionOfAll(stringOf(piece.range));
    case 'emoji':
      return emojiGlyph(stringOf(piece.name)) ?? `:${stringOf(piece.name)}:`;
    case 'date':
      return formatSlackDate(stringOf(piece.format), Number(piece.timestamp), reader);
    default:
      return stringOf(piece.text);
  }
}
