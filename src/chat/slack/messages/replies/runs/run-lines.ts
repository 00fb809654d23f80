import type { Instance, InstanceStatus } from '../../../../../domain/instance.js';
import type { Row } from '../../../../../domain/reply.js';
import type { Wording } from '../../wording.js';

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
export function stateMark({ kind, raw }: InstanceStatus, { ink }: Wording): string {
  return kind === 'unknown' ? `❔ ${ink.exact(raw, 60)}` : marks[kind];
}

/** Heads a run: the short code that names it, where all can find it, then its state and title. */
export function runHead({ code, instance }: Row, wording: Wording): string {
  const { ink } = wording;
  return `${ink.exact(code, 24)} ${stateMark(instance.status, wording)} · ${ink.words(instance.title.replace(/[.\s]+$/, ''), 120)}`;
}

/** Tells a run in two lines: what it is, and where and since when it stands. */
export function runLines(row: Row, wording: Wording): readonly string[] {
  const { ink } = wording;
  const { instance, label } = row;
  const { startedAtMs } = instance;
  const parts = [
    ...stepWords(instance, wording),
    ink.words(instance.definition.name, 80),
    ink.words(label, 60),
    ...(startedAtMs === undefined ? [] : [`started ${ink.moment(startedAtMs)}`]),
  ];
  return [runHead(row, wording), parts.join(' · ')];
}

/** Names the step a run stands at, if it stands at one. */
export function stepWords({ step }: Instance, { ink }: Wording): readonly string[] {
  return step ? [ink.words(step.name || step.uniqueName, 80)] : [];
}
