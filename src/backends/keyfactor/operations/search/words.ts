/** More words, and longer ones, would not fit into the address of a request. */
const wordsLimit = 6;
const longestWord = 60;

/**
 * Splits what a person typed into words that can stand in a query.
 *
 * Quotation marks, wildcards and characters that cannot be seen part words: how a query would escape them is
 * documented nowhere.
 */
export function wordsOf(text: string): readonly string[] {
  return text
    .replace(/["%*?\p{C}]/gu, ' ')
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, wordsLimit)
    .map((word) => [...word].slice(0, longestWord).join(''));
}

/** Tells whether a text has every one of the words in it; case does not matter. */
export function hasWords(text: string | undefined, words: readonly string[]): boolean {
  const whole = (text ?? '').toLowerCase();
  return words.every((word) => whole.includes(word.toLowerCase()));
}

/** Asks that a field has every one of the words in it. */
export function containsAll(field: string, words: readonly string[]): string {
  return words.map((word) => `${field} -contains "${word}"`).join(' AND ');
}
