/** One named value, with or without something in it. */
const member = /<([\w.:-]+)(?:\s[^<>]*)?(?:\/>|>([^<]*)<\/\1>)/g;

/** Longer XML is somebody's document, not the form of an answer. */
const longestXml = 100_000;

/**
 * Reads the answer a server writes in XML where it does not agree on JSON: a bare value or named values.
 *
 * Undefined when the text is no XML of these two flat forms.
 */
export function xmlValue(text: string): unknown {
  if (text.length > longestXml) return undefined;
  const [, attributes, inner] =
    /^(?:<\?xml[^>]*\?>\s*)?<[\w.:-]+((?:\s[^>]*)?)>(.*)<\/[\w.:-]+>$/s.exec(text) ?? [];
  if (inner === undefined) return isEmptyElement(text) ? '' : undefined;
  if (isNil(attributes ?? '')) return '';
  if (!inner.includes('<')) return decoded(inner);
  const members = [...inner.matchAll(member)];
  if (members.length === 0 || inner.replace(member, '').trim() !== '') return undefined;
  return Object.fromEntries(members.map(([, name = '', value = '']) => [localName(name), decoded(value)]));
}

function isEmptyElement(text: string): boolean {
  return /^(?:<\?xml[^>]*\?>\s*)?<[\w.:-]+(?:\s[^>]*)?\/>$/s.test(text);
}

function isNil(attributes: string): boolean {
  return /\bnil\s*=\s*["']true["']/.test(attributes);
}

function localName(name: string): string {
  return name.slice(name.indexOf(':') + 1);
}

/** Named by their numbers in HTML pages as well, so that these two share one reading. */
export function decoded(text: string): string {
  return text
    .replace(/&#(\d{1,7});/g, (_, code: string) => characterOf(Number(code)))
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&apos;', "'")
    .replaceAll('&amp;', '&')
    .trim();
}

function characterOf(code: number): string {
  return code > 0 && code <= 0x10ffff ? String.fromCodePoint(code) : '';
}
