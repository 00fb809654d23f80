import { el } from '../draw/dom.js';

/** Draws formatted JSON with names, texts and numbers in colours of their own. */
export function jsonNodes(text: string): readonly Node[] {
  const nodes: Node[] = [];
  const pattern = /"(?:[^"\\]|\\.)*"(\s*:)?|-?\b\d+(?:\.\d+)?\b|\b(?:true|false|null)\b/g;
  let at = 0;
  for (const match of text.matchAll(pattern)) {
    nodes.push(document.createTextNode(text.slice(at, match.index)));
    nodes.push(el('span', { class: `json-${sortOf(match[0], match[1])}` }, match[0]));
    at = match.index + match[0].length;
  }
  nodes.push(document.createTextNode(text.slice(at)));
  return nodes;
}

function sortOf(token: string, colon: string | undefined): string {
  if (colon !== undefined) return 'name';
  return token.startsWith('"') ? 'text' : 'word';
}
