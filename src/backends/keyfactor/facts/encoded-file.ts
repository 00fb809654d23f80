/** A decoded file, or why it could not be decoded. */
export type DecodedFile =
  | { readonly kind: 'decoded'; readonly bytes: Uint8Array<ArrayBuffer>; readonly label?: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

const longestText = 64 * 1024;

/**
 * Decodes a file kept as text: PEM, or bare base64 in either alphabet, with real or written-out line ends.
 *
 * Never throws. The label is what a PEM header calls the content.
 */
export function decodeFile(value: unknown): DecodedFile {
  if (typeof value !== 'string') return unreadable('it is not text');
  if (value.length > longestText) return unreadable('it is too long');
  const text = value
    .replace(/\\r|\\n/g, '\n')
    .replace(/^\uFEFF/, '')
    .trim();
  if (text === '') return unreadable('it is empty');
  const armoured = /^-----BEGIN ([A-Z0-9 ]{1,60})-----([^-]*)-----END [A-Z0-9 ]{1,60}-----/.exec(text);
  if (armoured === null && text.includes('-----')) return unreadable('its PEM form is broken');
  const [, label, inside = text] = armoured ?? [];
  const base64 = inside.replace(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return unreadable('it is not base64');
  const bytes = new Uint8Array(Buffer.from(base64, 'base64'));
  return { kind: 'decoded', bytes, ...(label === undefined ? {} : { label }) };
}

function unreadable(reason: string): DecodedFile {
  return { kind: 'unreadable', reason };
}
