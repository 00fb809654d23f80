import { withoutCredentials } from '../../../shared/http/without-credentials.js';
import { type HttpResponse, parsedObject } from './answer.js';

/** Says what an error answer said, in brief and without anything that looks like a credential. */
export function describeResponse(response: HttpResponse): string {
  const { code, message } = textsOf(response);
  const parts = [code, message].filter((part) => part !== undefined);
  return parts.length === 0 ? '' : ` (${brief(parts.join(' '))})`;
}

/** Gives the sentence in an error answer, under the same limits; undefined if there is none. */
export function messageIn(response: HttpResponse): string | undefined {
  const { message } = textsOf(response);
  return message === undefined ? undefined : brief(message);
}

function brief(text: string): string {
  return withoutCredentials(text).slice(0, 200);
}

function textsOf(response: HttpResponse) {
  const body = parsedObject(response) ?? {};
  const fields = new Map(Object.entries(body).map(([name, value]) => [name.toLowerCase(), value]));
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
  return { code: text(fields.get('errorcode')), message: text(fields.get('message') ?? fields.get('title')) };
}
