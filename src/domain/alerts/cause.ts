import { withoutSecrets } from './without-secrets.js';

const month = '(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*';
const weekday = String.raw`(?:(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,?\s+)?`;

/** What differs between two tellings of the same trouble, the widest first. */
const particulars: readonly RegExp[] = [
  /-----BEGIN [^-]+-----[\s\S]*?(-----END [^-]+-----|$)/g,
  /\bhttps?:\/\/[^\s"'<>)]+/gi,
  /\b[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\b/gi,
  /(?<![\w.+-])[\w.+-]+@[\w-]+(\.[\w-]+)+/g,
  /"[^"]*"|“[^”]*”|‘[^’]*’|(?<!\w)'[^']*'(?!\w)/g,
  /(?<![\w-])[A-Z][\w-]*\\[\w.$-]+/gi,
  /(?<![\w/])(\/[\w.-]+){2,}|\b[a-z]:\\[^\s"']+/gi,
  // Hosts; the name of an exception is no particular but the trouble itself.
  /(?<![\w.*-])(?![\w.]*(?:Exception|Error)\b)(?:[a-z0-9*](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z]{2,}\b(:\d+)?/gi,
  // Addresses and thumbprints written with colons.
  /(?<![\w:])(?=[0-9a-f:]*::|(?:[0-9a-f]+:){5})[0-9a-f:]{3,}/gi,
  // A distinguished name; its last value ends with the word, since more of the sentence may follow.
  /\b(?:CN|OU|O|L|S|ST|C|DC|E)=(?:[^,;=]*[,;]\s*(?:CN|OU|O|L|S|ST|C|DC|E)=)*[^\s,;)\]]+/g,
  new RegExp(
    String.raw`\b${weekday}(?:\d{1,2}[\s.-]+${month}|${month}\.?\s+\d{1,2}\b)(?:,?[\s-]+\d{4})?`,
    'gi',
  ),
];

/**
 * Numbers, and names that look random. What says which trouble it is stays: the error codes of Windows, of HTTP, and
 * whatever is called an error code.
 */
const numbers =
  /(\b0x[8c][0-9a-f]{7}\b|\bHTTP(?:\/[\d.]+)?[ :]{1,2}\d{3}\b|\b(?:error|status|exit|return|result) code[ :=]{0,3}\d{1,5}\b)|\b0x[0-9a-f]+\b|\b(?=\w*\d)(?=\w*[a-z])\w{16,}\b|\b(?=[0-9a-f]*\d)[0-9a-f]{8,}\b|\d+([.,:/-]\d+)*(?:\s?[ap]m\b)?/gi;

const longest = 200;

/**
 * Gives what stands for the cause of a failure: its message with ids, names and numbers taken out.
 *
 * Two failures with the same cause are told as one. An empty message is a cause of its own.
 */
export function causeOf(message: string | undefined): string {
  const plain = particulars.reduce(
    (text, pattern) => text.replace(pattern, '…'),
    withoutSecrets(message ?? ''),
  );
  return plain
    .replace(numbers, (_, kept: string | undefined) => kept ?? '#')
    .replace(/(…[\s,;]*)+/g, '… ')
    .replace(/\s+/g, ' ')
    .trim()
    .toLowerCase()
    .slice(0, longest);
}
