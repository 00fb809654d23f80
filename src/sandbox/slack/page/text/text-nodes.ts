import { el } from '../draw/dom.js';
import type { Inline } from './inline.js';
import type { Paragraph } from './mrkdwn.js';
import { parseMrkdwn } from './mrkdwn.js';
import { formatSlackDate } from './slack-date.js';

/** What a text needs to know about the workspace and its reader. */
export interface Reader {
  readonly actingAs: string;
  readonly nowMs: number;
  memberName(id: string): string | undefined;
  channelName(id: string): string | undefined;
  groupHandle(id: string): string | undefined;
}

/** Draws mrkdwn as nodes. */
export function mrkdwnNodes(source: string, reader: Reader): readonly Node[] {
  return parseMrkdwn(source).map((paragraph) => paragraphNode(paragraph, reader));
}

/** Draws a link that can only lead to a web page or a mail program. */
export function linkNode(url: string, label: string): HTMLElement {
  if (!/^(?:https?:|mailto:|tel:)/i.test(url)) return el('span', {}, label);
  return el('a', { class: 'link', href: url, target: '_blank', rel: 'noopener noreferrer' }, label);
}

/** Draws the mention of a member; the reader's own stands out. */
export function memberNode(id: string, label: string, reader: Reader): HTMLElement {
  const name = reader.memberName(id) ?? (label === '' ? id : label);
  return el('span', { class: id === reader.actingAs ? 'mention mention-me' : 'mention' }, `@${name}`);
}

/** Draws the mention of a user group. */
function groupNode(id: string, label: string, reader: Reader): HTMLElement {
  const name = reader.groupHandle(id) ?? (label === '' ? id : label.replace(/^@/, ''));
  return el('span', { class: 'mention mention-all' }, `@${name}`);
}

/** Draws the mention of a channel. */
export function channelNode(id: string, label: string, reader: Reader): HTMLElement {
  return el('span', { class: 'mention' }, `#${reader.channelName(id) ?? (label === '' ? id : label)}`);
}

function paragraphNode(paragraph: Paragraph, reader: Reader): Node {
  switch (paragraph.kind) {
    case 'pre':
      return el('pre', { class: 'pre' }, paragraph.text);
    case 'quote':
      return el('blockquote', { class: 'quote' }, ...inlineNodes(paragraph.children, reader));
    case 'lines':
      return el('span', {}, ...inlineNodes(paragraph.children, reader));
  }
}

function inlineNodes(tokens: readonly Inline[], reader: Reader): readonly Node[] {
  return tokens.map((token) => inlineNode(token, reader));
}

function inlineNode(token: Inline, reader: Reader): Node {
  switch (token.kind) {
    case 'text':
      return document.createTextNode(token.text);
    case 'line-break':
      return el('br');
    case 'code':
      return el('code', { class: 'code' }, token.text);
    case 'emoji':
      return el('span', { class: 'emoji', title: `:${token.name}:` }, token.glyph);
    case 'bold':
      return el('strong', {}, ...inlineNodes(token.children, reader));
    case 'italic':
      return el('em', {}, ...inlineNodes(token.children, reader));
    case 'strike':
      return el('s', {}, ...inlineNodes(token.children, reader));
    case 'link':
      return linkNode(token.url, token.label);
    case 'user':
      return memberNode(token.id, token.label, reader);
    case 'channel':
      return channelNode(token.id, token.label, reader);
    case 'group':
      return groupNode(token.id, token.label, reader);
    case 'broadcast':
      return el('span', { class: 'mention mention-all' }, token.label);
    case 'date': {
      const text = formatSlackDate(token.format, token.seconds, reader);
      return token.url === undefined
        ? el('time', { title: token.fallback }, text)
        : linkNode(token.url, text);
    }
  }
}
