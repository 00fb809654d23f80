/** Tells whether a text fits a pattern in which `*` stands for any run of characters; case does not matter. */
export function matchesPattern(text: string, pattern: string): boolean {
  const [first = '', ...rest] = pattern.toLowerCase().split('*');
  let remaining = text.toLowerCase();
  if (rest.length === 0) return remaining === first;
  if (!remaining.startsWith(first)) return false;
  remaining = remaining.slice(first.length);
  const last = rest.pop() ?? '';
  for (const part of rest) {
    const at = remaining.indexOf(part);
    if (at < 0) return false;
    remaining = remaining.slice(at + part.length);
  }
  return remaining.endsWith(last);
}
