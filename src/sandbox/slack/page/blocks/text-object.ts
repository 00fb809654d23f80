import { recordOf, stringOf } from '../draw/json.js';
import { plainText } from '../text/inline.js';
import type { Reader } from '../text/text-nodes.js';
import { mrkdwnNodes } from '../text/text-nodes.js';

/** Draws a Block Kit text object, plain or mrkdwn; anything else draws nothing. */
export function textNodes(object: unknown, reader: Reader): readonly Node[] {
  const { type, text } = recordOf(object);
  return type === 'mrkdwn'
    ? mrkdwnNodes(stringOf(text), reader)
    : [document.createTextNode(plainText(stringOf(text)))];
}
