import type { RunEvent } from '../../../../../domain/run-history.js';
import { assertNever } from '../../../../../shared/assert-never.js';
import { stateSentence } from '../../cards/states.js';
import type { RenderContext } from '../../wording.js';
import { changeLines } from '../changes/change-lines.js';
import { changeText } from '../changes/change-words.js';

const mostEvents = 12;

/** Tells what is remembered of a run, oldest first; of much, only the latest. */
export function eventLines(history: readonly RunEvent[], renderContext: RenderContext): readonly string[] {
  if (history.length === 0) return [];
  const { formatter } = renderContext;
  const left = history.length - mostEvents;
  return [
    formatter.label('What Countersign knows of it'),
    ...(left > 0 ? [`• ${left} earlier`] : []),
    ...history
      .slice(-mostEvents)
      .map((event) => `• ${formatter.moment(event.atMs)}: ${eventText(event, renderContext)}`),
  ];
}

function eventText(event: RunEvent, renderContext: RenderContext): string {
  const { formatter } = renderContext;
  switch (event.kind) {
    case 'put': {
      const { code, instance, step } = event.approval;
      const at = instance.step?.uniqueName === step ? instance.step.name : step;
      return `it came to wait at ${formatter.text(at, 80)}; card ${formatter.exact(code, 24)}`;
    }
    case 'vote': {
      const { name, verdict, output, comment } = event.vote;
      const chose = output === undefined ? '' : ` with ${formatter.exact(output, 60)}`;
      const said = comment === undefined ? '' : `: “${formatter.text(comment, 120)}”`;
      return `${formatter.text(name, 60)} ${verdict === 'approve' ? 'approved' : 'denied'}${chose}${said}`;
    }
    case 'ended':
      return stateSentence(event.approval, renderContext);
    case 'change': {
      const { change, person } = event.record;
      const [, reported = ''] = changeLines(event.record, renderContext);
      return `${formatter.person(person)} asked to ${changeText[change.kind].verb} it. ${reported}`;
    }
    default:
      return assertNever(event);
  }
}
