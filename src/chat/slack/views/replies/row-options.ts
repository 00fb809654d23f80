import type { PlainTextOption } from '@slack/types';
import type { Row } from '../../../../domain/reply.js';
import { cutMiddle } from '../../../../shared/cut-text.js';
import { plainFormatter } from '../../messages/ink.js';
import { mostChoices } from '../../messages/replies/runs/list-lines.js';

/** Slack takes so many options in one menu. */
const mostOptions = { modal: 100, message: mostChoices } as const;
const maxOptionLength = 75;

/** Makes a menu of runs: title, step and code, and the code as what is chosen. */
export function rowOptions(rows: readonly Row[], place: 'modal' | 'message'): readonly PlainTextOption[] {
  const known = rows.filter(
    ({ code }, index) =>
      /^[\w-]{1,40}$/.test(code) && rows.findIndex((other) => other.code === code) === index,
  );
  return known.slice(0, mostOptions[place]).map((row) => ({
    text: { type: 'plain_text', text: optionText(row), emoji: false },
    value: row.code,
  }));
}

/** A title says what for at its end: without it, what one person asks for would all look the same. */
function optionText({ code, instance }: Row): string {
  const { step, status, title } = instance;
  const at = plainFormatter.text(step?.name || step?.uniqueName || status.raw, 20);
  const rest = ` — ${at} — ${plainFormatter.text(code, 20)}`;
  const room = maxOptionLength - rest.length;
  return `${cutMiddle(plainFormatter.text(title, 500).replace(/[.\s]+$/, ''), room)}${rest}`;
}
