import { isObject } from './json-object.js';

const SECRETS: readonly (readonly [RegExp, string])[] = [
  [/\b(xox[a-z]|xapp)-[\w-]+/g, '$1-…'],
  [/\bv0=[0-9a-f]{8,}/g, 'v0=…'],
  [/(\/(?:actions|commands)\/[^/\s"]+\/[^/\s"]+\/)[\w-]+/g, '$1…'],
  [/([?&]ticket=)[^&\s"]+/g, '$1…'],
];

/** Copies a value with every token, signature, response URL and verification token made unreadable. */
export function mask(value: unknown): unknown {
  if (typeof value === 'string') return SECRETS.reduce((text, [find, put]) => text.replace(find, put), value);
  if (Array.isArray(value)) return value.map(mask);
  if (!isObject(value)) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, field]) => [
      key,
      key === 'token' && typeof field === 'string' ? '…' : mask(field),
    ]),
  );
}
