import type { KnownBlock } from '@slack/types';
import type { Alert } from '../../../../domain/alerts/alert.js';
import { alertGroups, alertHeadline } from '../../messages/alerts/alert-lines.js';
import {
  type Formatter,
  fallbackFormatter,
  mrkdwnFormatter,
  plainFormatter,
  tighter,
} from '../../messages/ink.js';
import type { RenderContext } from '../../messages/wording.js';
import type { Rendered } from '../approval-card.js';
import { actions, blocksLength, fitLines, header, plainSection, section } from '../blocks.js';
import { alertButtons } from './alert-buttons.js';

/** Slack has an unwritten limit near 13 200 characters for all blocks together; this keeps well below. */
const maxBlocksLength = 10_000;
/** `chat.update` refuses texts from 4 000 characters on. */
const maxTextLength = 3_900;

/** Shows an alert as a message: what fails with all that can be done, afterwards calmly how it ended. */
export function alertMessage(alert: Alert, labelOf: RenderContext['labelOf']): Rendered {
  const text = alertText(alert, { formatter: fallbackFormatter, labelOf }, maxTextLength);
  for (const formatter of [mrkdwnFormatter, tighter(mrkdwnFormatter, 0.5), tighter(mrkdwnFormatter, 0.2)]) {
    const blocks = alertBlocks(alert, formatter, labelOf);
    if (blocksLength(blocks) < maxBlocksLength) return { text, blocks };
  }
  return plainAlert(alert, labelOf);
}

/** Shows only plain text and the buttons; for when Slack finds fault with the real alert. */
export function plainAlert(alert: Alert, labelOf: RenderContext['labelOf']): Rendered {
  return {
    text: alertText(alert, { formatter: fallbackFormatter, labelOf }, 1_000),
    blocks: [
      plainSection(alertText(alert, { formatter: plainFormatter, labelOf }, 2_000)),
      ...buttons(alert, labelOf),
    ],
  };
}

function alertText(alert: Alert, renderContext: RenderContext, maxLength: number): string {
  return fitLines(
    [alertHeadline(alert, renderContext), ...alertGroups(alert, renderContext).flat()],
    maxLength,
  );
}

function alertBlocks(
  alert: Alert,
  formatter: Formatter,
  labelOf: RenderContext['labelOf'],
): readonly KnownBlock[] {
  return [
    header(alertHeadline(alert, { formatter: plainFormatter, labelOf })),
    ...alertGroups(alert, { formatter, labelOf }).map((lines) => section(lines)),
    ...buttons(alert, labelOf),
  ];
}

/** Buttons belong to one version of the alert. */
function buttons(alert: Alert, labelOf: RenderContext['labelOf']): readonly KnownBlock[] {
  const elements = alertButtons(alert, labelOf);
  return elements.length === 0 ? [] : [actions(`alert.${alert.incident.version}`, elements)];
}
