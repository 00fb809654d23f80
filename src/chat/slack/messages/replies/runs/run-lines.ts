import type { Instance, InstanceStatus } from '../../../../../domain/instance.js';
import type { Row } from '../../../../../domain/reply.js';
import type { RenderContext } from '../../wording.js';

const marks: Readonly<Record<Exclude<InstanceStatus['kind'], 'unknown'>, string>> = {
  running: '🔵 Running',
  suspended: '🟡 Waiting',
  complete: '✅ Complete',
  rejected: '⛔ Rejected',
  failed: '🔴 Failed',
  'canceled-for-restart': '🔁 Canceled for a restart',
  paused: '⏸️ Paused',
  aborted: '⏹️ Aborted',
};

/** Says in a mark and a word how a run stands; a state nobody foresaw is shown as the system wrote it. */
export function stateMark({ kind, raw }: InstanceStatus, { formatter }: RenderContext): string {
  return kind === 'unknown' ? `❔ ${formatter.exact(raw, 60)}` : marks[kind];
}

/** Heads a run: the short code that names it, where all can find it, then its state and title. */
export function runHead({ code, instance }: Row, renderContext: RenderContext): string {
  const { formatter } = renderContext;
  return `${formatter.exact(code, 24)} ${stateMark(instance.status, renderContext)} · ${formatter.text(instance.title.replace(/[.\s]+$/, ''), 120)}`;
}

/** Tells a run in two lines: what it is, and where and since when it stands. */
export function runLines(row: Row, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  const { instance, label } = row;
  const { startedAtMs } = instance;
  const parts = [
    ...stepText(instance, renderContext),
    formatter.text(instance.definition.name, 80),
    formatter.text(label, 60),
    ...(startedAtMs === undefined ? [] : [`started ${formatter.moment(startedAtMs)}`]),
  ];
  return [runHead(row, renderContext), parts.join(' · ')];
}

/** Names the step a run stands at, if it stands at one. */
export function stepText({ step }: Instance, { formatter }: RenderContext): readonly string[] {
  return step ? [formatter.text(step.name || step.uniqueName, 80)] : [];
}
