import type { HttpResponse } from '../../../shared/http/http-answer.js';
import { xmlValue } from './xml-value.js';

/**
 * What a body holds. The forms of answers are documented nowhere, so every likely one is read.
 *
 * A `page` comes from the web server or a proxy, never from the API as it is.
 */
export type Body =
  | { readonly kind: 'empty' }
  | { readonly kind: 'value'; readonly value: unknown; readonly text: string }
  | { readonly kind: 'page'; readonly text: string };

/** Reads a body whatever its form; never throws. */
export function readBody({ body }: Pick<HttpResponse, 'body'>): Body {
  const text = body.replace(/^\ufeff/, '').trim();
  if (text === '') return { kind: 'empty' };
  if (/^(<\?xml[^>]*\?>\s*)?<(!doctype html|html)\b/i.test(text)) return { kind: 'page', text };
  // A text says `Started` or `EX`; one that only begins like JSON was torn or tampered with on its way.
  if (/^[{[]/.test(text) && parsed(text) === text) return { kind: 'page', text };
  const value = unwrapped(text.startsWith('<') ? (xmlValue(text) ?? text) : parsed(text));
  return value === null || value === '' ? { kind: 'empty' } : { kind: 'value', value, text };
}

function parsed(text: string): unknown {
  try {
    const value: unknown = JSON.parse(text);
    return value;
  } catch {
    return text;
  }
}

/** Opens a text that holds JSON once more; a plain text stays one even if it reads like a number. */
function unwrapped(value: unknown): unknown {
  return typeof value === 'string' && /^\s*[{["]/.test(value) ? parsed(value) : value;
}
