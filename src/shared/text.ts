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

/** Splits a text into pieces of at most so many UTF-16 units each once encoded; no character is split or lost. */
export function splitEncoded(
  text: string,
  maxLength: number,
  encode: (character: string) => string,
): readonly string[] {
  const pieces: string[] = [];
  let piece = '';
  let length = 0;
  for (const character of text) {
    const added = encode(character).length;
    if (piece !== '' && length + added > maxLength) {
      pieces.push(piece);
      piece = '';
      length = 0;
    }
    piece += character;
    length += added;
  }
  return [...pieces, piece];
}

/** How a message writes what it would read as markup. */
export const entities: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** Counts how long a text is once a message holds it, with escapes, and with codes for what cannot be seen. */
export function writtenLength(text: string): number {
  return showInvisible(text).replace(/[&<>]/g, (one) => entities[one] ?? one).length;
}

/** Tells whether a text is the address of a PostgreSQL database, with its host and the database's name. */
export function isPostgresUrl(text: string): boolean {
  if (!/^postgres(ql)?:\/\//.test(text) || !URL.canParse(text)) return false;
  const { hostname, pathname } = new URL(text);
  return hostname !== '' && pathname.length > 1;
}

/** Tells whether an address is one that secrets may be sent to: https, or anything on this very machine. */
export function isSafeUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname } = new URL(text);
  if (protocol === 'https:') return true;
  return protocol === 'http:' && /^(localhost|127(\.\d{1,3}){3}|\[::1\])$/.test(hostname);
}

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

/** Finds the candidate a person most likely meant; undefined when nothing is close enough to suggest. */
export function nearMatch(word: string, candidates: readonly string[]): string | undefined {
  const near = candidates
    .map((candidate) => ({ candidate, edits: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ candidate, edits }) => edits <= Math.max(1, Math.floor(candidate.length / 3)))
    .sort((a, b) => a.edits - b.edits);
  return near[0]?.candidate;
}

/** Counts the letters to insert, remove, replace or swap with their neighbour to turn one word into another. */
export function editDistance(from: string, to: string): number {
  let before: readonly number[] = [];
  let row: readonly number[] = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= to.length; j += 1) {
      const isSame = from[i - 1] === to[j - 1];
      const isSwap = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      next.push(
        Math.min(
          at(row, j) + 1,
          at(next, j - 1) + 1,
          at(row, j - 1) + (isSame ? 0 : 1),
          isSwap ? at(before, j - 2) + 1 : Number.POSITIVE_INFINITY,
        ),
      );
    }
    before = row;
    row = next;
  }
  return at(row, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Number.POSITIVE_INFINITY;
}

/** Controls, zero-width and bidirectional marks, halves of characters, and blanks that count as letters or signs. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\u2800]/gu;

/** Scripts whose words are spelled with joiners, and with their opposite. */
const joined =
  /\p{Script=Arab}|\p{Script=Syrc}|\p{Script=Mong}|\p{Script=Deva}|\p{Script=Beng}|\p{Script=Guru}|\p{Script=Gujr}|\p{Script=Orya}|\p{Script=Taml}|\p{Script=Telu}|\p{Script=Knda}|\p{Script=Mlym}|\p{Script=Sinh}|\p{Script=Khmr}|\p{Script=Mymr}|\p{Script=Tibt}/u;

/** Tells whether a character is a joiner that belongs there: between letters of such a script, or two emoji. */
function isJoining(text: string, at: number): boolean {
  const character = text[at];
  if (character !== '\u200c' && character !== '\u200d') return false;
  const before = text.slice(0, at);
  const [next = ''] = text.slice(at + 1);
  const isEmoji = /\p{Extended_Pictographic}[\ufe0f\p{Emoji_Modifier}]*$/u.test(before);
  if (isEmoji) return character === '\u200d' && /\p{Extended_Pictographic}/u.test(next);
  const last = [...before.slice(-2)].at(-1) ?? '';
  return /[\p{L}\p{M}]/u.test(last) && joined.test(last) && /\p{L}/u.test(next) && joined.test(next);
}

/** Which letters and signs a variation selector may stand behind: emoji and keycaps, Mongolian, Han. */
const selected =
  /(?:[\p{Extended_Pictographic}\p{Emoji_Modifier}\d#*][\ufe0e\ufe0f]|\p{Script=Mong}[\u180b-\u180d\u180f]|\p{Script=Han}[\ufe00-\ufe02\u{e0100}-\u{e01ef}])$/u;

/** Tells whether a character chooses how the one before it looks. */
function isSelector(text: string, at: number, character: string): boolean {
  return selected.test(text.slice(Math.max(0, at - 2), at + character.length));
}

/** Tells whether nothing of a text can be seen. */
export function isBlank(text: string): boolean {
  // The last three are blanks by their very name, for hieroglyphs and for notes.
  const seen = text.replace(/[\p{Default_Ignorable_Code_Point}\u2800\u{13441}\u{13442}\u{1d159}]/gu, '');
  return !/[\p{L}\p{N}\p{P}\p{S}]/u.test(seen);
}

/**
 * Writes characters that cannot be seen, or that change how others are seen, as their code: `[U+202E]`.
 *
 * Line breaks and tabs stay, and so do joiners and selectors where living scripts and emoji are written with them. A lone surrogate becomes the replacement character.
 */
export function showInvisible(text: string): string {
  return text.replace(invisible, (character, at: number) => {
    if (character === '\n' || character === '\t' || isJoining(text, at)) return character;
    if (isSelector(text, at, character)) return character;
    if (character === '\r') return '';
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0xd800 && code <= 0xdfff) return '\ufffd';
    return `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
  });
}
