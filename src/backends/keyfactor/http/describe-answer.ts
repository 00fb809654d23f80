import { withoutCredentials } from '../../../shared/http/without-credentials.js';
import { type HttpAnswer, parsedObject } from './answer.js';

/** Says what an error answer said, in brief and without anything that looks like a credential. */
export function describeAnswer(answer: HttpAnswer): string {
  const body = parsedObject(answer);
  if (body === undefined) return '';
  const fields = new Map(Object.entries(body).map(([name, value]) => [name.toLowerCase(), value]));
  const code = fields.get('errorcode');
  const said = fields.get('message') ?? fields.get('title');
  const parts = [code, said].filter((part) => typeof part === 'string' && part !== '');
  return parts.length === 0 ? '' : ` (${withoutCredentials(parts.join(' ')).slice(0, 200)})`;
}
