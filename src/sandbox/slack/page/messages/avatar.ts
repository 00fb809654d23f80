import { el } from '../draw/dom.js';
import { icon } from '../draw/icons.js';
import type { Member } from '../protocol.js';

const tints = 8;

/** Draws a member's picture: coloured initials, or the mark of an app. */
export function avatarNode(member: Member | undefined, size: 'large' | 'small' = 'large'): HTMLElement {
  const isBot = member?.isBot ?? false;
  const tint = isBot ? 'app' : String(tintOf(member?.id ?? ''));
  const faded = member?.isDeactivated === true ? ' is-faded' : '';
  const classes = `avatar avatar-${size} tint-${tint}${faded}`;
  return el(
    'span',
    { class: classes, 'aria-hidden': 'true' },
    isBot ? icon('check') : initialsOf(member?.realName ?? '?'),
  );
}

/** Answers up to two letters that stand for a name. */
function initialsOf(name: string): string {
  const text = name.split(/[\s._-]+/).filter((word) => /^[\p{L}\p{N}]/u.test(word));
  const letters = text.length > 1 ? [text[0], text.at(-1)] : [text[0]];
  return letters.map((word) => (word ?? '?').charAt(0).toUpperCase()).join('');
}

/** Spreads ids that differ in one letter over all tints (FNV-1a). */
function tintOf(id: string): number {
  let hash = 0x811c9dc5;
  for (const letter of id) hash = Math.imul(hash ^ letter.charCodeAt(0), 0x01000193);
  return ((hash ^ (hash >>> 13)) >>> 0) % tints;
}
