import type { FollowUpContent } from '../../../../domain/alerts/follow-up.js';
import type { Incident } from '../../../../domain/alerts/incident.js';
import { assertNever } from '../../../../shared/assert-never.js';
import type { Wording } from '../wording.js';
import { mentionsText } from './alert-lines.js';
import { batchLines } from './batch-lines.js';
import { failedText, placeLine, reasonLines, sampleLine, sinceLine, workflowOf } from './incident-words.js';
import { overHeads, overLines } from './over-lines.js';

/** Says something in the thread of an alert. */
export function followUpLines(followUp: FollowUpContent, wording: Wording): readonly string[] {
  const { incident } = followUp;
  switch (followUp.kind) {
    case 'more':
      return moreLines(incident, wording);
    case 'changes':
      return batchLines(followUp.records, wording);
    case 'taken':
      return takenLines(incident, wording);
    case 'resolved':
      return resolvedLines(incident, wording);
    case 'call':
      return [
        mentionsText(followUp.mentions, wording.ink),
        `${workflowOf(incident, wording)}: this came during quiet hours and is not over yet.`,
        placeLine(incident, wording),
        sinceLine(incident, wording),
      ];
    default:
      return assertNever(followUp);
  }
}

function moreLines(incident: Incident, wording: Wording): readonly string[] {
  const { samples, count } = incident;
  return [
    // How many are over stands on the alert, which is kept true.
    wording.ink.label(`${failedText(incident, wording)}.`),
    ...reasonLines(incident, wording),
    samples.length < count ? `The first ${samples.length}:` : 'The runs:',
    ...samples.map((one) => `• ${sampleLine(one, wording)}`),
  ];
}

function takenLines({ owner }: Incident, { ink }: Wording): readonly string[] {
  return owner
    ? [`👀 ${ink.words(owner.name, 60)} is on it since ${ink.moment(owner.atMs)}.`]
    : ['Nobody is on it.'];
}

function resolvedLines(incident: Incident, wording: Wording): readonly string[] {
  const { state } = incident;
  if (state.kind === 'open') return [sinceLine(incident, wording)];
  return [wording.ink.label(overHeads[state.how.kind]), ...overLines(incident, wording)];
}
