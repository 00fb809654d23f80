import { unescapeEntities } from './entities.js';

/** What stands between angle brackets: a link, a mention, a broadcast or a date. */
export type Reference =
  | { readonly kind: 'link'; readonly url: string; readonly label: string }
  | { readonly kind: 'user'; readonly id: string; readonly label: string }
  | { readonly kind: 'channel'; readonly id: string; readonly label: string }
  | { readonly kind: 'group'; readonly id: string; readonly label: string }
  | { readonly kind: 'broadcast'; readonly label: string }
  | {
      readonly kind: 'date';
      readonly seconds: number;
      readonly format: string;
      readonly fallback: string;
      readonly url?: string;
    };

const broadcasts: ReadonlySet<string> = new Set(['channel', 'here', 'everyone']);

/** Reads the inside of `<…>`; undefined when it is no reference, so that it stays text. */
export function parseReference(inside: string): Reference | undefined {
  const bar = inside.indexOf('|');
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = unescapeEntities(bar < 0 ? '' : inside.slice(bar + 1));
  if (/^@[A-Z0-9]+$/.test(target)) return { kind: 'user', id: target.slice(1), label };
  if (/^#[A-Z0-9]+$/.test(target)) return { kind: 'channel', id: target.slice(1), label };
  if (target.startsWith('!')) return parseSpecial(target.slice(1), label);
  if (!/^(?:https?:\/\/|mailto:|tel:)\S+$/i.test(target)) return undefined;
  const url = unescapeEntities(target);
  return { kind: 'link', url, label: label === '' ? url.replace(/^(?:mailto|tel):/i, '') : label };
}

function parseSpecial(word: string, label: string): Reference | undefined {
  if (broadcasts.has(word)) return { kind: 'broadcast', label: `@${word}` };
  const [, group] = /^subteam\^([A-Z0-9]+)$/.exec(word) ?? [];
  if (group !== undefined) return { kind: 'group', id: group, label };
  const [name, seconds, format, url] = word.split('^');
  if (name !== 'date' || !/^\d+$/.test(seconds ?? '') || format === undefined) return undefined;
  const date = { kind: 'date', seconds: Number(seconds), format, fallback: label } as const;
  return url === undefined ? date : { ...date, url: unescapeEntities(url) };
}
