import type { Whereabouts } from '../../../../../domain/approval-state.js';
import { type Change, inverseOf, systemOfChange } from '../../../../../domain/change.js';
import type { ChangeOutcome, ChangeRecord } from '../../../../../domain/change-record.js';
import { assertNever } from '../../../../../shared/assert-never.js';
import { whereaboutsText } from '../../cards/whereabouts.js';
import { type RenderContext, typedLine } from '../../wording.js';
import { mayRunSentence } from '../people/may-run-sentence.js';
import { changeText } from './change-words.js';
import { openApprovalText } from './open-approval-text.js';
import { changeRefusalText } from './refused-change.js';

/** Tells how a change stands or ended: what it was about, then what is known and no more. */
export function changeLines(record: ChangeRecord, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  const { title, code, change, outcome } = record;
  const { act } = changeText[change.kind];
  const confirmed =
    record.confirmedAtMs === undefined ? '' : ` · confirmed by you ${formatter.moment(record.confirmedAtMs)}`;
  const about = `${formatter.label(act)} ${formatter.text(title, 200)}${code === undefined ? '' : ` · ${formatter.exact(code, 24)}`}${confirmed}`;
  if (record.phase !== 'over' || !outcome) return [about, progressText(record, renderContext)];
  return [about, outcomeText(record, outcome, renderContext), ...nextLines(record, outcome, renderContext)];
}

/** Says in a sentence or two how a change that is over ended. */
export function changeOutcomeText(record: ChangeRecord, renderContext: RenderContext): string {
  return record.outcome
    ? outcomeText(record, record.outcome, renderContext)
    : progressText(record, renderContext);
}

function systemOf({ change }: ChangeRecord, { formatter, labelOf }: RenderContext): string {
  return formatter.text(labelOf(systemOfChange(change)), 60);
}

function progressText(record: ChangeRecord, renderContext: RenderContext): string {
  switch (record.phase) {
    case 'proposed':
      return 'Nothing has been done: this was not confirmed.';
    case 'following': {
      const run = record.started
        ? ` It goes on as run ${renderContext.formatter.exact(record.started.id, 80)}.`
        : '';
      return `⏳ ${systemOf(record, renderContext)} took it.${run} You are told here when it has come to rest.`;
    }
    default:
      return '⏳ Working on it…';
  }
}

function outcomeText(record: ChangeRecord, outcome: ChangeOutcome, renderContext: RenderContext): string {
  const { formatter } = renderContext;
  const system = systemOf(record, renderContext);
  switch (outcome.kind) {
    case 'done':
      return doneText(record, outcome, renderContext);
    case 'not-allowed':
      return `${mayRunSentence(record.change.kind, outcome.why)} Nothing was changed.`;
    case 'person-not-checked':
      return 'Slack could not be asked who you are just now. Nothing was changed; please try again in a moment.';
    case 'not-found':
      return `${system} shows no such workflow any more. Nothing was changed.`;
    case 'moved-meanwhile':
      return `It is not as you were shown: in ${system} it is now ${whereaboutsText(outcome.now, formatter)}. Nothing was changed.`;
    case 'approval-open':
      return openApprovalText(
        outcome.approval,
        renderContext.labelOf(systemOfChange(record.change)),
        renderContext,
      );
    case 'refused':
      if (outcome.reason === 'not-sendable') return notSendableText(outcome.said, system, renderContext);
      return `❌ ${system} did not do it: ${changeRefusalText(outcome.reason, system, formatter)}.${saidText(outcome.said, renderContext)} Nothing was changed.`;
    case 'unreachable':
      return `❌ ${system} did not answer. Nothing was changed.`;
    case 'unknown':
      if (outcome.refused) return answeredNoText(outcome, outcome.refused, renderContext, system);
      return `❔ The request went out, and whether ${system} took it is not known. It is not sent again.`;
    case 'not-sent':
      return record.confirmedAtMs === undefined
        ? 'Cancelled. Nothing was changed.'
        : 'This was not sent. Nothing was changed.';
    default:
      return assertNever(outcome);
  }
}

/** Whatever was answered, a run that stands otherwise than before may have been moved by this. */
function answeredNoText(
  { now }: Extract<ChangeOutcome, { kind: 'unknown' }>,
  { reason, said }: { readonly reason: string; readonly said?: string },
  renderContext: RenderContext,
  system: string,
): string {
  const { formatter } = renderContext;
  const stands = now
    ? `In ${system} it is now ${whereaboutsText(now, formatter)}, as it was not before; whether by this is not known.`
    : 'How it stands now could not be seen, so whether it was done is not known.';
  return `❔ It was sent, and ${system} answered no: ${changeRefusalText(reason, system, formatter)}.${saidText(said, renderContext)} ${stands} It is not sent again.`;
}

/** What kept a change from being sent are our own words, and not the system's. */
function notSendableText(said: string | undefined, system: string, { formatter }: RenderContext): string {
  const why = said === undefined ? '' : `: ${formatter.text(said, 300)}`;
  return `❌ This could not be sent to ${system}${why}. Nothing was changed.`;
}

function saidText(said: string | undefined, { formatter }: RenderContext): string {
  return said === undefined ? '' : ` It said: ${formatter.text(said, 300)}.`;
}

function doneText(
  record: ChangeRecord,
  { now, started = record.started, candidates }: Extract<ChangeOutcome, { kind: 'done' }>,
  renderContext: RenderContext,
): string {
  const { formatter } = renderContext;
  const system = systemOf(record, renderContext);
  const { change } = record;
  const { done } = changeText[change.kind];
  const stands = now ? ` In ${system} it is now ${whereaboutsText(now, formatter)}.` : '';
  if (started)
    return `${done}${change.kind === 'restart' ? '; it goes on' : ''} as run ${formatter.exact(started.id, 80)}.${stands}`;
  if (change.kind === 'restart' && candidates !== undefined) {
    return `${done}. ${successorText(candidates)}${stands}`;
  }
  if (!now) return `${system} took it; how it stands now could not be seen.`;
  return hasTakenEffect(change, now)
    ? `${done}.${stands}`
    : `⚠️ ${system} took it, and it is still ${whereaboutsText(now, formatter)}.`;
}

function successorText(candidates: number): string {
  return candidates === 0
    ? 'No run was seen that could be its successor.'
    : `${candidates} runs could be its successor, so none is named.`;
}

/** Systems say yes before they have done it; only what can be seen counts as done. */
function hasTakenEffect({ kind }: Change, { status }: Whereabouts): boolean {
  switch (kind) {
    case 'stop':
      return status.kind === 'rejected';
    case 'pause':
      return status.kind === 'paused';
    case 'abort':
      return status.kind === 'aborted';
    case 'resume':
      return status.kind !== 'paused' && status.kind !== 'failed';
    case 'restart':
      return status.kind === 'canceled-for-restart';
    case 'execute':
    case 'alert':
      return true;
    default:
      return assertNever(kind);
  }
}

/** Puts what holds a blank between quotation marks, as it has to be typed. */
function asTyped(id: string): string {
  return /\s/.test(id) ? `"${id}"` : id;
}

/** Says what can be typed next: the way back, or how to look. */
function nextLines(
  record: ChangeRecord,
  outcome: ChangeOutcome,
  renderContext: RenderContext,
): readonly string[] {
  const { change, code, definition } = record;
  const inverse = inverseOf(change.kind);
  if (outcome.kind === 'done') {
    const run = outcome.started ?? record.started;
    if (run) return [`Look at it with ${typedLine(renderContext, `status ${asTyped(run.id)}`)}`];
    return inverse && code !== undefined
      ? [`To undo: ${typedLine(renderContext, `${inverse} ${code}`)}`]
      : [];
  }
  if (outcome.kind === 'unknown' && change.kind === 'execute') {
    return [
      `Look with ${typedLine(renderContext, `last "${definition}"`)}; that shows the latest run, which may be one that somebody else started meanwhile.`,
    ];
  }
  const needsCheck = outcome.kind === 'unknown' || outcome.kind === 'moved-meanwhile';
  return needsCheck && code !== undefined ? [`Look with ${typedLine(renderContext, `status ${code}`)}`] : [];
}
