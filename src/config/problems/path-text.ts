import { looksSecret } from './describe-found.js';

/** Way from the top of the settings file to a value. */
export type Path = readonly (string | number)[];

/** Writes a path the way people say it: `keyfactor[0].hostname`. */
export function pathText(path: Path): string {
  const text = path.map(partText).join('').replace(/^\./, '');
  return text === '' ? '(the whole file)' : text;
}

function partText(part: string | number): string {
  if (typeof part === 'number') return `[${part}]`;
  if (looksSecret(part)) return '[a secret]';
  return /^[\w-]+$/.test(part) ? `.${part}` : `[${JSON.stringify(part)}]`;
}
