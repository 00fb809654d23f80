import type { HttpResponse } from './http-answer.js';

/** Reads how long the server asks to wait, in milliseconds; undefined if it does not say. */
export function retryAfterMs(response: HttpResponse, nowMs: number): number | undefined {
  const text = response.headers['retry-after'];
  if (text === undefined) return undefined;
  if (/^\d+$/.test(text)) return Number(text) * 1000;
  const atMs = Date.parse(text);
  return Number.isNaN(atMs) ? undefined : Math.max(0, atMs - nowMs);
}
