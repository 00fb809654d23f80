import type { KnownBlock, ModalView, SectionBlock } from '@slack/types';
import type { Alert } from '../../../../domain/alerts/alert.js';
import type { Sample } from '../../../../domain/alerts/incident.js';
import { alertGroups, alertHeadline } from '../../messages/alerts/alert-lines.js';
import { alertText } from '../../messages/alerts/alert-words.js';
import { reasonLines } from '../../messages/alerts/incident-words.js';
import { sampleGroup } from '../../messages/alerts/sample-lines.js';
import { buttonText } from '../../messages/buttons.js';
import { mrkdwnFormatter, plainFormatter } from '../../messages/ink.js';
import type { RenderContext } from '../../messages/wording.js';
import { header, section, sections } from '../blocks.js';
import { isLink } from '../card-buttons.js';
import { alertButton } from './alert-buttons.js';

/** Opens at once, while an alert is still being looked for. */
export function waitingAlertModal(): ModalView {
  return sentenceModal(alertText.looking);
}

/** Shows a sentence of our own in the place of an alert. */
export function sentenceModal(sentence: string): ModalView {
  return modal([section([sentence])]);
}

/** Shows everything that is known of an alert, to be read only. */
export function alertModal(alert: Alert, labelOf: RenderContext['labelOf']): ModalView {
  const renderContext = { formatter: mrkdwnFormatter, labelOf };
  const { incident } = alert;
  return modal([
    header(alertHeadline(alert, { formatter: plainFormatter, labelOf })),
    ...alertGroups(alert, renderContext).map((lines) => section(lines)),
    { type: 'divider' },
    ...sections(reasonLines(incident, renderContext)),
    { type: 'divider' },
    ...incident.samples.map((sample) => sampleBlock(sample, { renderContext, system: incident.system })),
  ]);
}

function sampleBlock(
  sample: Sample,
  { renderContext, system }: { readonly renderContext: RenderContext; readonly system: string },
): SectionBlock {
  const block = section(sampleGroup(sample, renderContext));
  if (!isLink(sample.link)) return block;
  const text = buttonText('open', plainFormatter.text(renderContext.labelOf(system), 60));
  return { ...block, accessory: { ...alertButton('open', text), url: sample.link } };
}

function modal(blocks: readonly KnownBlock[]): ModalView {
  return {
    type: 'modal',
    title: { type: 'plain_text', text: alertText.title },
    close: { type: 'plain_text', text: alertText.close },
    blocks: [...blocks],
  };
}
