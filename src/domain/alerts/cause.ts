/** What differs between two tellings of the same trouble, the widest first. */
const particulars: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [^-]+-----[\s\S]*?(-----END [^-]+-----|$)/g, '…'],
  [/\bhttps?:\/\/[^\s"'<>)]+/gi, '…'],
  [/\b[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\b/gi, '…'],
  [/[\w.+-]+@[\w-]+(\.[\w-]+)+/g, '…'],
  [/"[^"]*"|“[^”]*”|‘[^’]*’|(?<!\w)'[^']*'(?!\w)/g, '…'],
  [/\b[A-Z][\w-]*\\[\w.$-]+/gi, '…'],
  [/(?<![\w/])(\/[\w.-]+){2,}|\b[a-z]:\\[^\s"']+/gi, '…'],
  [/\b(?:[a-z0-9*](?:[a-z0-9-]*[a-z0-9])?\.){1,}[a-z]{2,}\b(:\d+)?/gi, '…'],
  [/\b(?:CN|OU|O|L|S|C|DC|E)=[^,;]+(?=[,;]|$)/g, '…'],
  [/\b0x[0-9a-f]+\b/gi, '#'],
  [/\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b/gi, '#'],
  [/\d+([.,:/-]\d+)*/g, '#'],
];

const longest = 200;

/**
 * Gives what stands for the cause of a failure: its message with ids, names and numbers taken out.
 *
 * Two failures with the same cause are told as one. An empty message is a cause of its own.
 */
export function causeOf(message: string | undefined): string {
  const plain = particulars.reduce((text, [pattern, sign]) => text.replace(pattern, sign), message ?? '');
  return plain
    .replace(/(…[\s,;]*)+/g, '… ')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase()
    .slice(0, longest);
}

/** What may be a secret in a message that was written for operators' eyes only. */
const secrets: readonly (readonly [RegExp, string])[] = [
  [/-----BEGIN [^-]+-----[\s\S]*?(-----END [^-]+-----|$)/g, '[removed]'],
  [/\b(Bearer|Basic|Negotiate)\s+[\w.~+/=-]{6,}/gi, '$1 [removed]'],
  [/\beyJ[\w-]{5,}\.[\w-]{5,}(\.[\w-]*)?/g, '[removed]'],
  [/(:\/\/)[^\s/@:]*:[^\s/@]+@/g, '$1[removed]@'],
  [
    /\b([\w-]*(?:passw(?:or)?d|passwd|pwd|pin|secret|token|api[-_ ]?key|private[-_ ]?key|credential)s?)(["']?\s*(?:[:=]|\bis\b)\s*)("[^"]*"|'[^']*'|[^\s,;)}\]]+)/gi,
    '$1$2[removed]',
  ],
  [/\b(?=[\w+/]*\d)(?=[\w+/]*[a-z])(?=[\w+/]*[A-Z])[\w+/]{40,}={0,2}/g, '[removed]'],
];

/** Gives an error message without whatever in it may be a secret. */
export function withoutSecrets(message: string): string {
  return secrets.reduce((text, [pattern, sign]) => text.replace(pattern, sign), message);
}
