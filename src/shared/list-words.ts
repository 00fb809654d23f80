/** Lists words the way people do: `Ana, Bo and Li`. */
export function joinList(text: readonly string[]): string {
  const last = text.at(-1) ?? '';
  return text.length < 2 ? last : `${text.slice(0, -1).join(', ')} and ${last}`;
}

/** Lists the first words of many and counts the rest: `a, b, +3 more`. */
export function listSome(text: readonly string[], most: number): string {
  const more = text.length - most;
  return more <= 0 ? text.join(', ') : [...text.slice(0, most), `+${more} more`].join(', ');
}
