import type { RunEvent } from '../../../../../domain/run-history.js';
import { assertNever } from '../../../../../shared/assert-never.js';
import { stateSentence } from '../../cards/states.js';
import type { Wording } from '../../wording.js';
import { changeLines } from '../changes/change-lines.js';
import { changeWords } from '../changes/change-words.js';

const mostEvents = 12;

/** Tells what is remembered of a run, oldest first; of much, only the latest. */
export function eventLines(history: readonly RunEvent[], wording: Wording): readonly string[] {
  if (history.length === 0) return [];
  const { ink } = wording;
  const left = history.length - mostEvents;
  return [
    ink.label('What Countersign knows of it'),
    ...(left > 0 ? [`• ${left} earlier`] : []),
    ...history.slice(-mostEvents).map((event) => `• ${ink.moment(event.atMs)}: ${eventText(event, wording)}`),
  ];
}

function eventText(event: RunEvent, wording: Wording): string {
  const { ink } = wording;
  switch (event.kind) {
    case 'put': {
      const { code, instance, step } = event.approval;
      const at = instance.step?.uniqueName === step ? instance.step.name : step;
      return `it came to wait at ${ink.words(at, 80)}; card ${ink.exact(code, 24)}`;
    }
    case 'vote': {
      const { name, verdict, output, comment } = event.vote;
      const chose = output === undefined ? '' : ` with ${ink.exact(output, 60)}`;
      const said = comment === undefined ? '' : `: “${ink.words(comment, 120)}”`;
      return `${ink.words(name, 60)} ${verdict === 'approve' ? 'approved' : 'denied'}${chose}${said}`;
    }
    case 'ended':
      return stateSentence(event.approval, wording);
    case 'change': {
      const { change, person } = event.record;
      const [, reported = ''] = changeLines(event.record, wording);
      return `${ink.person(person)} asked to ${changeWords[change.kind].verb} it. ${reported}`;
    }
    default:
      return assertNever(event);
  }
}
