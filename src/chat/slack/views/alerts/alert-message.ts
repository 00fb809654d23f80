import type { KnownBlock } from '@slack/types';
import type { Alert } from '../../../../domain/alerts/alert.js';
import { alertGroups, alertHeadline } from '../../messages/alerts/alert-lines.js';
import { fallbackInk, type Ink, mrkdwnInk, plainInk, tighter } from '../../messages/ink.js';
import type { Wording } from '../../messages/wording.js';
import type { Rendered } from '../approval-card.js';
import { actions, blocksLength, fitLines, header, plainSection, section } from '../blocks.js';
import { alertButtons } from './alert-buttons.js';

/** Slack has an unwritten limit near 13 200 characters for all blocks together; this keeps well below. */
const maxBlocksLength = 10_000;
/** `chat.update` refuses texts from 4 000 characters on. */
const maxTextLength = 3_900;

/** Shows an alert as a message: what fails with all that can be done, afterwards calmly how it ended. */
export function alertMessage(alert: Alert, labelOf: Wording['labelOf']): Rendered {
  const text = alertText(alert, { ink: fallbackInk, labelOf }, maxTextLength);
  for (const ink of [mrkdwnInk, tighter(mrkdwnInk, 0.5), tighter(mrkdwnInk, 0.2)]) {
    const blocks = alertBlocks(alert, ink, labelOf);
    if (blocksLength(blocks) < maxBlocksLength) return { text, blocks };
  }
  return plainAlert(alert, labelOf);
}

/** Shows only plain text and the buttons; for when Slack finds fault with the real alert. */
export function plainAlert(alert: Alert, labelOf: Wording['labelOf']): Rendered {
  return {
    text: alertText(alert, { ink: fallbackInk, labelOf }, 1_000),
    blocks: [plainSection(alertText(alert, { ink: plainInk, labelOf }, 2_000)), ...buttons(alert, labelOf)],
  };
}

function alertText(alert: Alert, wording: Wording, maxLength: number): string {
  return fitLines([alertHeadline(alert, wording), ...alertGroups(alert, wording).flat()], maxLength);
}

function alertBlocks(alert: Alert, ink: Ink, labelOf: Wording['labelOf']): readonly KnownBlock[] {
  return [
    header(alertHeadline(alert, { ink: plainInk, labelOf })),
    ...alertGroups(alert, { ink, labelOf }).map((lines) => section(lines)),
    ...buttons(alert, labelOf),
  ];
}

/** Buttons belong to one version of the alert. */
function buttons(alert: Alert, labelOf: Wording['labelOf']): readonly KnownBlock[] {
  const elements = alertButtons(alert, labelOf);
  return elements.length === 0 ? [] : [actions(`alert.${alert.incident.version}`, elements)];
}
