import { cutText } from '../../../shared/cut-text.js';
import { withoutCredentials } from '../../../shared/http/without-credentials.js';
import { fieldsWithin, textAmong } from './fields.js';
import type { Body } from './read-body.js';
import { decoded } from './xml-value.js';

/** The detailed one comes first: the general one is "An error has occurred" then. */
const names = ['exceptionmessage', 'errormessage', 'messagedetail', 'message', 'error_description', 'error'];

const longestSentence = 200;

/** Gives the sentence of an error answer, in brief; empty if it says nothing. */
export function saidBy(body: Body): string {
  return cutText(withoutCredentials(sentenceOf(body)).replace(/\s+/g, ' ').trim(), longestSentence);
}

function sentenceOf(body: Body): string {
  switch (body.kind) {
    case 'empty':
      return '';
    case 'page':
      return decoded(/<title[^>]*>([^<]{1,500})<\/title>/i.exec(body.text)?.[1] ?? '');
    case 'value': {
      const named = textAmong(fieldsWithin(body.value), names);
      return named ?? (typeof body.value === 'string' ? body.value : '');
    }
  }
}
