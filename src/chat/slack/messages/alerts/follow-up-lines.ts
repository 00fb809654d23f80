import type { FollowUpContent } from '../../../../domain/alerts/follow-up.js';
import type { Incident } from '../../../../domain/alerts/incident.js';
import { assertNever } from '../../../../shared/assert-never.js';
import type { RenderContext } from '../wording.js';
import { mentionsText } from './alert-lines.js';
import { batchLines } from './batch-lines.js';
import { failedText, placeLine, reasonLines, sampleLine, sinceLine, workflowOf } from './incident-words.js';
import { overHeads, overLines } from './over-lines.js';

/** Says something in the thread of an alert. */
export function followUpLines(followUp: FollowUpContent, renderContext: RenderContext): readonly string[] {
  const { incident } = followUp;
  switch (followUp.kind) {
    case 'more':
      return moreLines(incident, renderContext);
    case 'changes':
      return batchLines(followUp.records, renderContext);
    case 'taken':
      return takenLines(incident, renderContext);
    case 'resolved':
      return resolvedLines(incident, renderContext);
    case 'call':
      return [
        mentionsText(followUp.mentions, renderContext.formatter),
        `${workflowOf(incident, renderContext)}: this came during quiet hours and is not over yet.`,
        placeLine(incident, renderContext),
        sinceLine(incident, renderContext),
      ];
    default:
      return assertNever(followUp);
  }
}

function moreLines(incident: Incident, renderContext: RenderContext): readonly string[] {
  const { samples, count } = incident;
  return [
    // How many are over stands on the alert, which is kept true.
    renderContext.formatter.label(`${failedText(incident, renderContext)}.`),
    ...reasonLines(incident, renderContext),
    samples.length < count ? `The first ${samples.length}:` : 'The runs:',
    ...samples.map((one) => `• ${sampleLine(one, renderContext)}`),
  ];
}

function takenLines({ owner }: Incident, { formatter }: RenderContext): readonly string[] {
  return owner
    ? [`👀 ${formatter.text(owner.name, 60)} is on it since ${formatter.moment(owner.atMs)}.`]
    : ['Nobody is on it.'];
}

function resolvedLines(incident: Incident, renderContext: RenderContext): readonly string[] {
  const { state } = incident;
  if (state.kind === 'open') return [sinceLine(incident, renderContext)];
  return [renderContext.formatter.label(overHeads[state.how.kind]), ...overLines(incident, renderContext)];
}
