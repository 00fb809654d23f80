import type { Incident, Resolution } from '../../../../domain/alerts/incident.js';
import { assertNever } from '../../../../shared/assert-never.js';
import { joinList, listSome } from '../../../../shared/list-words.js';
import type { RenderContext } from '../wording.js';
import { isSameMinute, openText, runsText, systemOfIncident, verbOf } from './incident-words.js';
import { timeSpan } from './time-span.js';

/** Heads an incident that is over. */
export const overHeads: Readonly<Record<Resolution['kind'], string>> = {
  recovered: '✅ Recovered',
  'dealt-with': '☑️ Dealt with',
  quiet: '☑️ Quiet again',
};

/** Says who or what ended an incident, how many runs it was and how long it took; nothing while it is open. */
export function overLines(incident: Incident, renderContext: RenderContext): readonly string[] {
  const { state } = incident;
  if (state.kind === 'open') return [];
  return [howLine(incident, state.how, renderContext), spanLine(incident, state.atMs, renderContext)];
}

function howLine(incident: Incident, how: Resolution, renderContext: RenderContext): string {
  const { formatter } = renderContext;
  const system = systemOfIncident(incident, renderContext);
  switch (how.kind) {
    case 'recovered': {
      const who = namesOf(how.by, renderContext);
      return who === ''
        ? `Brought back in ${system} itself: every run went on or was restarted.`
        : `Brought back by ${who}: every run went on or was restarted.`;
    }
    case 'dealt-with': {
      const who = namesOf(how.by, renderContext);
      const some = 'none stands as it did; some were stopped, or cannot be followed any further.';
      return who === '' ? `Dealt with in ${system} itself: ${some}` : `Dealt with by ${who}: ${some}`;
    }
    case 'quiet': {
      const { unresolved, count, lastAtMs } = incident;
      const open = count > 1 || unresolved > 0 ? `; ${openOfAll(unresolved, count)}` : '';
      return `None ${verbOf(incident)} like this since ${formatter.moment(lastAtMs)}${open}.`;
    }
    default:
      return assertNever(how);
  }
}

function openOfAll(unresolved: number, count: number): string {
  return count === 1 ? 'that run is not over yet' : openText(unresolved, count);
}

function namesOf(by: readonly string[], { formatter }: RenderContext): string {
  const names = by.map((name) => formatter.text(name, 60));
  return names.length > 5 ? listSome(names, 5) : joinList(names);
}

function spanLine(incident: Incident, atMs: number, { formatter }: RenderContext): string {
  const { count, firstAtMs, kind } = incident;
  const were = kind === 'aborted' ? (count === 1 ? 'was aborted' : 'were aborted') : 'failed';
  const took = timeSpan(atMs - firstAtMs);
  if (isSameMinute(firstAtMs, atMs))
    return `${runsText(count)} ${were} ${formatter.moment(firstAtMs)}; over in ${took}.`;
  return `${runsText(count)} ${were} since ${formatter.moment(firstAtMs)}; over ${formatter.moment(atMs)}, after ${took}.`;
}
