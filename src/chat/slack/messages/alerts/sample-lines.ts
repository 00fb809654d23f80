import type { Sample } from '../../../../domain/alerts/incident.js';
import type { RenderContext } from '../wording.js';
import { messageLine, sampleLine } from './incident-words.js';

/** Tells one run that failed in full: what it is, when it failed and why. */
export function sampleGroup(sample: Sample, renderContext: RenderContext): readonly string[] {
  const { message, failedAtMs } = sample;
  return [
    sampleLine(sample, renderContext),
    `Failed ${renderContext.formatter.moment(failedAtMs)}.`,
    `> ${messageLine({ text: message, count: 1 }, { isCounted: false, maxLength: 800, renderContext })}`,
  ];
}
