/** Controls, zero-width and bidirectional marks, and halves of characters: what could hide or reorder text. */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu;

/**
 * Writes characters that cannot be seen, or that change how others are seen, as their code: `[U+202E]`.
 *
 * Line breaks and tabs stay. A lone surrogate becomes the replacement character.
 */
export function showInvisible(text: string): string {
  return text.replace(invisible, (character) => {
    if (character === '\n' || character === '\t') return character;
    if (character === '\r') return '';
    const code = character.codePointAt(0) ?? 0;
    if (code >= 0xd800 && code <= 0xdfff) return '\ufffd';
    return `[U+${code.toString(16).toUpperCase().padStart(4, '0')}]`;
  });
}
