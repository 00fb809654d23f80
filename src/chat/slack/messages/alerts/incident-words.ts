import type { Incident, MessageCount, Sample } from '../../../../domain/alerts/incident.js';
import type { RenderContext } from '../wording.js';

/** Says what people call the system of an incident. */
export function systemOfIncident({ system }: Incident, { formatter, labelOf }: RenderContext): string {
  return formatter.text(labelOf(system), 60);
}

/** Names the workflow an incident is about. */
export function workflowOf({ definition }: Incident, { formatter }: RenderContext): string {
  return formatter.text(definition.name || definition.id, 70);
}

/** Counts runs: `1 run`, `12 runs`. */
export function runsText(count: number): string {
  return count === 1 ? '1 run' : `${count} runs`;
}

/** Says what happened to the runs of an incident: `failed`, or `aborted` where somebody or something ended them. */
export function verbOf({ kind }: Incident): string {
  return kind === 'aborted' ? 'aborted' : 'failed';
}

/** Says where it happened; who aborted a run is never told, so nobody is named. */
export function placeLine(incident: Incident, renderContext: RenderContext): string {
  const { step, lastGoodStep, kind } = incident;
  const { formatter } = renderContext;
  const system = systemOfIncident(incident, renderContext);
  const at = step ? ` at step ${formatter.text(step.name || step.uniqueName, 100)}` : '';
  const after = lastGoodStep === undefined ? '' : `, after step ${formatter.text(lastGoodStep, 100)}`;
  if (kind === 'aborted') return `Aborted${at}${after}; ${system} does not tell by whom.`;
  return `Failed${at}${after}, in ${system}.`;
}

/** Tells one message with how often it came, as a quotation. */
export function messageLine(
  { text, count }: MessageCount,
  {
    isCounted,
    maxLength,
    renderContext,
  }: { isCounted: boolean; maxLength: number; renderContext: RenderContext },
): string {
  const times = isCounted ? `${count}× ` : '';
  return `${times}${text.trim() === '' ? 'without a message' : renderContext.formatter.text(text, maxLength)}`;
}

/** Lists why runs failed, the commonest reason first. */
export function reasonLines({ messages, count }: Incident, renderContext: RenderContext): readonly string[] {
  const listed = messages.reduce((sum, one) => sum + one.count, 0);
  return [
    'Why:',
    ...messages.map((one) => `• ${messageLine(one, { isCounted: true, maxLength: 200, renderContext })}`),
    ...(listed < count ? [`• ${count - listed}× for other reasons`] : []),
  ];
}

/** Says since when runs have failed, and how many of them are not over. */
export function sinceLine(incident: Incident, renderContext: RenderContext): string {
  const { count, unresolved, kind, firstAtMs } = incident;
  if (count === 1)
    return `${kind === 'aborted' ? 'Aborted' : 'Failed'} ${renderContext.formatter.moment(firstAtMs)}.`;
  return `${failedText(incident, renderContext)}; ${openText(unresolved, count)}.`;
}

/** Says how many runs have failed, and when. */
export function failedText(
  { count, firstAtMs, lastAtMs, kind }: Incident,
  { formatter }: RenderContext,
): string {
  const aborted = count === 1 ? 'was aborted' : 'were aborted';
  const were = kind === 'aborted' ? aborted : 'failed';
  const first = formatter.moment(firstAtMs);
  const last = formatter.moment(lastAtMs);
  // Runs that fail at once are said to have failed then, and not since then.
  const when = isSameMinute(firstAtMs, lastAtMs) ? first : `since ${first}, the latest ${last}`;
  return `${runsText(count)} ${were} ${when}`;
}

/** Tells whether two times read alike. */
export function isSameMinute(oneMs: number, otherMs: number): boolean {
  return Math.floor(oneMs / 60_000) === Math.floor(otherMs / 60_000);
}

/** Says how many of an incident's runs are neither brought back nor dealt with. */
export function openText(unresolved: number, count: number): string {
  if (unresolved >= count) return 'none of them is over yet';
  if (unresolved === 0) return 'all of them are over';
  return `${unresolved} of them ${unresolved === 1 ? 'is' : 'are'} not over yet`;
}

/** Names one run that failed: title, code, who started it and when. */
export function sampleLine(
  { title, code, startedBy, startedAtMs }: Sample,
  { formatter }: RenderContext,
): string {
  const by = startedBy === undefined ? '' : ` by ${formatter.text(startedBy, 80)}`;
  const when = startedAtMs === undefined ? '' : ` ${formatter.moment(startedAtMs)}`;
  const started = by === '' && when === '' ? [] : [`started${by}${when}`];
  return [formatter.text(title, 120), formatter.exact(code, 24), ...started].join(' · ');
}
