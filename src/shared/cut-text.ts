/** Cuts a text to so many UTF-16 units, ending in `…`; never splits a character written as two of them. */
export function cutText(text: string, maxLength: number): string {
  return cutEncoded(text, maxLength, (character) => character);
}

/**
 * Encodes a text character by character and cuts the outcome to so many UTF-16 units, ending in `…`.
 *
 * What one character became is kept whole or left out, so an entity such as `&amp;` is never split.
 */
export function cutEncoded(text: string, maxLength: number, encode: (character: string) => string): string {
  let whole = '';
  let shortened = '';
  for (const character of text) {
    whole += encode(character);
    if (whole.length <= maxLength - 1) shortened = whole;
    if (whole.length > maxLength) return maxLength < 1 ? '' : `${shortened}…`;
  }
  return whole;
}

/** Cuts a text in its middle to so many UTF-16 units: of its length one third is beginning, the rest end. */
export function cutMiddle(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const start = cutText(text, Math.floor(maxLength / 3));
  const end = text.slice(text.length - Math.max(0, maxLength - start.length));
  return start + end.replace(/^[\udc00-\udfff]/, '');
}
