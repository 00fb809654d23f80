import { type Change, inverseOf, systemOfChange } from '../../../../../domain/change.js';
import type { Reply } from '../../../../../domain/reply.js';
import { assertNever } from '../../../../../shared/assert-never.js';
import { typedLine, type Wording } from '../../wording.js';
import { runLines } from '../runs/run-lines.js';
import { changeWords } from './change-words.js';

/** What a change would do, before it is confirmed. */
export type Proposal = Extract<Reply, { kind: 'proposal' }>;

/** Says what would happen, to what, and whether there is a way back. */
export function proposalLines(proposal: Proposal, wording: Wording): readonly string[] {
  const { record } = proposal;
  const { act } = changeWords[record.change.kind];
  return [
    wording.ink.label(`${act}${record.change.kind === 'alert' ? ' for' : ''} this workflow?`),
    ...targetLines(proposal, wording),
    effectText(record.change, wording),
    ...wayBack(proposal, wording),
    ...warning(proposal, wording),
  ];
}

function targetLines({ record, now }: Proposal, wording: Wording): readonly string[] {
  const { ink } = wording;
  const label = wording.labelOf(systemOfChange(record.change));
  if (now) return runLines({ code: record.code ?? '', instance: now, label }, wording);
  return [
    [
      ink.words(record.title, 200),
      ...(record.code === undefined ? [] : [ink.exact(record.code, 24)]),
      ink.words(label, 60),
    ].join(' · '),
  ];
}

function effectText(change: Change, { ink }: Wording): string {
  switch (change.kind) {
    case 'restart': {
      const version = change.version === undefined ? '' : ` with version ${change.version} of the workflow`;
      return `It runs again from its first step${version}, as a new run; this run is given up.`;
    }
    case 'stop':
      return 'It is rejected and goes no further.';
    case 'execute':
      return executionText(change, ink);
    case 'pause':
      return 'It stands still until it is resumed.';
    case 'resume':
      return change.afterError ? 'It tries again where it failed.' : 'It goes on where it was paused.';
    case 'abort':
      return 'It ends at once, wherever it stands.';
    case 'alert':
      return `Activity ${ink.exact(change.activityId, 60)} is told ${ink.exact(change.output, 100)} and goes that way.`;
    default:
      return assertNever(change);
  }
}

function executionText({ variables }: Extract<Change, { kind: 'execute' }>, ink: Wording['ink']): string {
  if (variables.length === 0) return 'A new run starts, without any values.';
  const values = variables
    .slice(0, 20)
    .map(({ name, value }) => `${ink.words(name, 60)} = ${ink.exact(value, 120)}`);
  const more = variables.length > values.length ? [`+${variables.length - values.length} more`] : [];
  return `A new run starts with ${[...values, ...more].join(', ')}.`;
}

function wayBack({ record }: Proposal, wording: Wording): readonly string[] {
  const { change, code } = record;
  if (changeWords[change.kind].isFinal) return ['⚠️ This cannot be undone.'];
  const inverse = inverseOf(change.kind);
  return inverse && code !== undefined
    ? [`${typedLine(wording, `${inverse} ${code}`)} is the way back.`]
    : [];
}

function warning({ record, isLegal }: Proposal, { ink, labelOf }: Wording): readonly string[] {
  if (isLegal) return [];
  const label = ink.words(labelOf(systemOfChange(record.change)), 60);
  return [
    `⚠️ ${label} will likely refuse this: the workflow is not in a state for it. It is sent all the same if you insist.`,
  ];
}
