/** Nothing longer is read: no name or comment of a request is. */
const longestText = 4_000;

/** Longest value that is shown as it is. */
const shownLength = 200;

/** Gives a scalar as clean text: no control characters, no outer blanks; undefined if nothing is left. */
export function plainText(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  const text = String(value)
    .slice(0, longestText)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .trim();
  return text === '' ? undefined : text;
}

/** Gives a scalar as clean text, cut where it gets long. */
export function shortText(value: unknown): string | undefined {
  const text = plainText(value);
  return text !== undefined && text.length > shownLength ? `${text.slice(0, shownLength - 1)}…` : text;
}
