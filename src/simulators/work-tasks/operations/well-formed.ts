/** Tells whether text is an XML document with one root, as far as tags and quotes go. */
export function isWellFormed(xml: string): boolean {
  const open: string[] = [];
  let roots = 0;
  let position = 0;
  const tag =
    /<(?:\?[^>]*\?|!--[\s\S]*?--|(\/?)([\w:.-]+)((?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)\s*(\/?))>/g;
  for (const match of xml.matchAll(tag)) {
    const [whole, closing, name, , empty] = match;
    if (!isText(xml.slice(position, match.index), open.length > 0)) return false;
    position = match.index + whole.length;
    if (name === undefined) continue;
    if (closing === '/') {
      if (open.pop() !== name) return false;
      continue;
    }
    if (open.length === 0) roots += 1;
    if (empty !== '/') open.push(name);
  }
  return roots === 1 && open.length === 0 && xml.slice(position).trim() === '';
}

/** Between tags, `<` and a bare `&` are mistakes, and outside the root everything but blanks is. */
function isText(text: string, isInside: boolean): boolean {
  if (!isInside) return text.trim() === '';
  return !/<|&(?!(\w+|#\d+|#x[\da-f]+);)/i.test(text);
}
