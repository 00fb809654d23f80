import type { Incident, Resolution } from '../../../../domain/alerts/incident.js';
import { assertNever } from '../../../../shared/assert-never.js';
import { listSome, listWords } from '../../../../shared/list-words.js';
import type { Wording } from '../wording.js';
import { isSameMinute, openText, runsText, systemOfIncident, verbOf } from './incident-words.js';
import { timeSpan } from './time-span.js';

/** Heads an incident that is over. */
export const overHeads: Readonly<Record<Resolution['kind'], string>> = {
  recovered: '✅ Recovered',
  'dealt-with': '☑️ Dealt with',
  quiet: '☑️ Quiet again',
};

/** Says who or what ended an incident, how many runs it was and how long it took; nothing while it is open. */
export function overLines(incident: Incident, wording: Wording): readonly string[] {
  const { state } = incident;
  if (state.kind === 'open') return [];
  return [howLine(incident, state.how, wording), spanLine(incident, state.atMs, wording)];
}

function howLine(incident: Incident, how: Resolution, wording: Wording): string {
  const { ink } = wording;
  const system = systemOfIncident(incident, wording);
  switch (how.kind) {
    case 'recovered': {
      const who = namesOf(how.by, wording);
      return who === ''
        ? `Brought back in ${system} itself: every run went on or was restarted.`
        : `Brought back by ${who}: every run went on or was restarted.`;
    }
    case 'dealt-with': {
      const who = namesOf(how.by, wording);
      const some = 'none stands as it did; some were stopped, or cannot be followed any further.';
      return who === '' ? `Dealt with in ${system} itself: ${some}` : `Dealt with by ${who}: ${some}`;
    }
    case 'quiet': {
      const { unresolved, count, lastAtMs } = incident;
      const open = count > 1 || unresolved > 0 ? `; ${openOfAll(unresolved, count)}` : '';
      return `None ${verbOf(incident)} like this since ${ink.moment(lastAtMs)}${open}.`;
    }
    default:
      return assertNever(how);
  }
}

function openOfAll(unresolved: number, count: number): string {
  return count === 1 ? 'that run is not over yet' : openText(unresolved, count);
}

function namesOf(by: readonly string[], { ink }: Wording): string {
  const names = by.map((name) => ink.words(name, 60));
  return names.length > 5 ? listSome(names, 5) : listWords(names);
}

function spanLine(incident: Incident, atMs: number, { ink }: Wording): string {
  const { count, firstAtMs, kind } = incident;
  const were = kind === 'aborted' ? (count === 1 ? 'was aborted' : 'were aborted') : 'failed';
  const took = timeSpan(atMs - firstAtMs);
  if (isSameMinute(firstAtMs, atMs))
    return `${runsText(count)} ${were} ${ink.moment(firstAtMs)}; over in ${took}.`;
  return `${runsText(count)} ${were} since ${ink.moment(firstAtMs)}; over ${ink.moment(atMs)}, after ${took}.`;
}
