import type { RawCall } from './raw-call.js';
import { Refusal } from './refusal.js';

/** Reads what a call sends, by keys as they are spelt: the query of a GET, the JSON body of a POST. */
export function readSent(raw: RawCall): Readonly<Record<string, unknown>> {
  if (raw.method === 'GET') return Object.fromEntries(new URLSearchParams(raw.query));
  if (!/^(application|text)\/json\b/i.test(String(raw.headers['content-type'] ?? ''))) {
    throw new Refusal('media-type', 'The content type is not supported.');
  }
  const value = parse(raw.body);
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) return { ...value };
  throw new Refusal('request', 'The body is not a JSON object.');
}

/** Like `readSent`, but unreadable calls have sent nothing. */
export function sentForTheRecord(raw: RawCall): Readonly<Record<string, unknown>> {
  try {
    return readSent(raw);
  } catch {
    return {};
  }
}

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
