import { withoutCredentials } from '../../../shared/http/without-credentials.js';
import { type HttpAnswer, parsedObject } from './answer.js';

/** Says what an error answer said, in brief and without anything that looks like a credential. */
export function describeAnswer(answer: HttpAnswer): string {
  const { code, message } = textsOf(answer);
  const parts = [code, message].filter((part) => part !== undefined);
  return parts.length === 0 ? '' : ` (${brief(parts.join(' '))})`;
}

/** Gives the sentence in an error answer, under the same limits; undefined if there is none. */
export function messageIn(answer: HttpAnswer): string | undefined {
  const { message } = textsOf(answer);
  return message === undefined ? undefined : brief(message);
}

function brief(text: string): string {
  return withoutCredentials(text).slice(0, 200);
}

function textsOf(answer: HttpAnswer) {
  const body = parsedObject(answer) ?? {};
  const fields = new Map(Object.entries(body).map(([name, value]) => [name.toLowerCase(), value]));
  const text = (value: unknown) => (typeof value === 'string' && value !== '' ? value : undefined);
  return { code: text(fields.get('errorcode')), message: text(fields.get('message') ?? fields.get('title')) };
}
