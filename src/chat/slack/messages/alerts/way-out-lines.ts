import type { RecoveryAction } from '../../../../domain/alerts/alert.js';
import type { AlertReply } from '../../../../domain/alerts/alert-reply.js';
import { changeText } from '../replies/changes/change-words.js';
import type { RenderContext } from '../wording.js';
import { runsText, systemOfIncident, workflowOf } from './incident-words.js';

/** What a way out of an incident would do, before it is confirmed. */
export type RecoveryProposal = Extract<AlertReply, { kind: 'proposal' }>;

const mostNamed = 5;

const effects: Readonly<Record<RecoveryAction, { readonly one: string; readonly each: string }>> = {
  restart: {
    one: 'It runs again from its first step, as a new run; the failed run is given up.',
    each: 'Each runs again from its first step, as a new run; the failed runs are given up.',
  },
  resume: { one: 'It tries again where it failed.', each: 'Each tries again where it failed.' },
  abort: { one: 'It ends at once, for good.', each: 'Each ends at once, for good.' },
};

/** Says what would happen, to how many runs and to which, and whether there is a way back. */
export function recoveryLines(proposal: RecoveryProposal, renderContext: RenderContext): readonly string[] {
  const { incident, way, records } = proposal;
  const { formatter } = renderContext;
  const { act, isFinal } = changeText[way];
  const isOne = records.length === 1;
  return [
    formatter.label(`${act} ${runsText(records.length)} of ${workflowOf(incident, renderContext)}?`),
    `${isOne ? effects[way].one : effects[way].each}${isFinal ? ' ⚠️ This cannot be undone.' : ''}`,
    ...runNames(proposal, renderContext),
    ...moreLines(proposal),
    isOne
      ? `What becomes of it in ${systemOfIncident(incident, renderContext)} is told in the thread of the alert.`
      : `They go to ${systemOfIncident(incident, renderContext)} one after the other; what becomes of each is told in the thread of the alert.`,
  ];
}

function runNames({ records }: RecoveryProposal, { formatter }: RenderContext): readonly string[] {
  const named = records.slice(0, mostNamed).map(({ title, code }) => {
    return `• ${[formatter.text(title, 120), ...(code === undefined ? [] : [formatter.exact(code, 24)])].join(' · ')}`;
  });
  const rest = records.length - named.length;
  return rest > 0 ? [...named, `• and ${rest} more`] : named;
}

function moreLines({ more, records }: RecoveryProposal): readonly string[] {
  if (more === 0) return [];
  return [
    `${runsText(more)} more ${more === 1 ? 'stands' : 'stand'} failed: one confirmation covers the latest ${records.length}. Press the button again for the others.`,
  ];
}
