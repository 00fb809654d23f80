/** Lists words the way people do: `Ana, Bo and Li`. */
export function listWords(words: readonly string[]): string {
  const last = words.at(-1) ?? '';
  return words.length < 2 ? last : `${words.slice(0, -1).join(', ')} and ${last}`;
}

/** Lists the first words of many and counts the rest: `a, b, +3 more`. */
export function listSome(words: readonly string[], most: number): string {
  const more = words.length - most;
  return more <= 0 ? words.join(', ') : [...words.slice(0, most), `+${more} more`].join(', ');
}
