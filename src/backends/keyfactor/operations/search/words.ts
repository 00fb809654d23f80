/** More words, and longer ones, would not fit into the address of a request. */
const termsLimit = 6;
const longestTerm = 60;

/**
 * Splits what a person typed into words that can stand in a query.
 *
 * Quotation marks, wildcards and characters that cannot be seen part words: how a query would escape them is
 * documented nowhere.
 */
export function termsOf(text: string): readonly string[] {
  return text
    .replace(/["%*?\p{C}]/gu, ' ')
    .split(/\s+/)
    .filter((term) => term !== '')
    .slice(0, termsLimit)
    .map((term) => [...term].slice(0, longestTerm).join(''));
}

/** Tells whether a text has every one of the words in it; case does not matter. */
export function hasTerms(text: string | undefined, terms: readonly string[]): boolean {
  const whole = (text ?? '').toLowerCase();
  return terms.every((term) => whole.includes(term.toLowerCase()));
}

/** Asks that a field has every one of the words in it. */
export function containsAll(field: string, terms: readonly string[]): string {
  return terms.map((term) => `${field} -contains "${term}"`).join(' AND ');
}
