import { type Change, inverseOf, systemOfChange } from '../../../../../domain/change.js';
import type { Reply } from '../../../../../domain/reply.js';
import { assertNever } from '../../../../../shared/assert-never.js';
import { type RenderContext, typedLine } from '../../wording.js';
import { runLines } from '../runs/run-lines.js';
import { changeText } from './change-words.js';

/** What a change would do, before it is confirmed. */
export type Proposal = Extract<Reply, { kind: 'proposal' }>;

/** Says what would happen, to what, and whether there is a way back. */
export function proposalLines(proposal: Proposal, renderContext: RenderContext): readonly string[] {
  const { record } = proposal;
  const { act } = changeText[record.change.kind];
  return [
    renderContext.formatter.label(`${act}${record.change.kind === 'alert' ? ' for' : ''} this workflow?`),
    ...targetLines(proposal, renderContext),
    effectText(record.change, renderContext),
    ...wayBack(proposal, renderContext),
    ...warning(proposal, renderContext),
  ];
}

function targetLines({ record, now }: Proposal, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  const label = renderContext.labelOf(systemOfChange(record.change));
  if (now) return runLines({ code: record.code ?? '', instance: now, label }, renderContext);
  return [
    [
      formatter.text(record.title, 200),
      ...(record.code === undefined ? [] : [formatter.exact(record.code, 24)]),
      formatter.text(label, 60),
    ].join(' · '),
  ];
}

function effectText(change: Change, { formatter }: RenderContext): string {
  switch (change.kind) {
    case 'restart': {
      const version = change.version === undefined ? '' : ` with version ${change.version} of the workflow`;
      return `It runs again from its first step${version}, as a new run; this run is given up.`;
    }
    case 'stop':
      return 'It is rejected and goes no further.';
    case 'execute':
      return executionText(change, formatter);
    case 'pause':
      return 'It stands still until it is resumed.';
    case 'resume':
      return change.afterError ? 'It tries again where it failed.' : 'It goes on where it was paused.';
    case 'abort':
      return 'It ends at once, wherever it stands.';
    case 'alert':
      return `Activity ${formatter.exact(change.activityId, 60)} is told ${formatter.exact(change.output, 100)} and goes that way.`;
    default:
      return assertNever(change);
  }
}

function executionText(
  { variables }: Extract<Change, { kind: 'execute' }>,
  formatter: RenderContext['formatter'],
): string {
  if (variables.length === 0) return 'A new run starts, without any values.';
  const values = variables
    .slice(0, 20)
    .map(({ name, value }) => `${formatter.text(name, 60)} = ${formatter.exact(value, 120)}`);
  const more = variables.length > values.length ? [`+${variables.length - values.length} more`] : [];
  return `A new run starts with ${[...values, ...more].join(', ')}.`;
}

function wayBack({ record }: Proposal, renderContext: RenderContext): readonly string[] {
  const { change, code } = record;
  if (changeText[change.kind].isFinal) return ['⚠️ This cannot be undone.'];
  const inverse = inverseOf(change.kind);
  return inverse && code !== undefined
    ? [`${typedLine(renderContext, `${inverse} ${code}`)} is the way back.`]
    : [];
}

function warning({ record, isAllowed }: Proposal, { formatter, labelOf }: RenderContext): readonly string[] {
  if (isAllowed) return [];
  const label = formatter.text(labelOf(systemOfChange(record.change)), 60);
  return [
    `⚠️ ${label} will likely refuse this: the workflow is not in a state for it. It is sent all the same if you insist.`,
  ];
}
