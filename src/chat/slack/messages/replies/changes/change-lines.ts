import type { Whereabouts } from '../../../../../domain/approval-state.js';
import { type Change, inverseOf, systemOfChange } from '../../../../../domain/change.js';
import type { ChangeOutcome, ChangeRecord } from '../../../../../domain/change-record.js';
import { assertNever } from '../../../../../shared/assert-never.js';
import { whereaboutsText } from '../../cards/whereabouts.js';
import { typedLine, type Wording } from '../../wording.js';
import { mayRunSentence } from '../people/may-run-sentence.js';
import { changeWords } from './change-words.js';
import { openApprovalText } from './open-approval-text.js';
import { changeRefusalText } from './refused-change.js';

/** Tells how a change stands or ended: what it was about, then what is known and no more. */
export function changeLines(record: ChangeRecord, wording: Wording): readonly string[] {
  const { ink } = wording;
  const { title, code, change, outcome } = record;
  const { act } = changeWords[change.kind];
  const confirmed =
    record.confirmedAtMs === undefined ? '' : ` · confirmed by you ${ink.moment(record.confirmedAtMs)}`;
  const about = `${ink.label(act)} ${ink.words(title, 200)}${code === undefined ? '' : ` · ${ink.exact(code, 24)}`}${confirmed}`;
  if (record.phase !== 'over' || !outcome) return [about, progressText(record, wording)];
  return [about, outcomeText(record, outcome, wording), ...nextLines(record, outcome, wording)];
}

/** Says in a sentence or two how a change that is over ended. */
export function changeOutcomeText(record: ChangeRecord, wording: Wording): string {
  return record.outcome ? outcomeText(record, record.outcome, wording) : progressText(record, wording);
}

function systemOf({ change }: ChangeRecord, { ink, labelOf }: Wording): string {
  return ink.words(labelOf(systemOfChange(change)), 60);
}

function progressText(record: ChangeRecord, wording: Wording): string {
  switch (record.phase) {
    case 'proposed':
      return 'Nothing has been done: this was not confirmed.';
    case 'following': {
      const run = record.started ? ` It goes on as run ${wording.ink.exact(record.started.id, 80)}.` : '';
      return `⏳ ${systemOf(record, wording)} took it.${run} You are told here when it has come to rest.`;
    }
    default:
      return '⏳ Working on it…';
  }
}

function outcomeText(record: ChangeRecord, outcome: ChangeOutcome, wording: Wording): string {
  const { ink } = wording;
  const system = systemOf(record, wording);
  switch (outcome.kind) {
    case 'done':
      return doneText(record, outcome, wording);
    case 'not-allowed':
      return `${mayRunSentence(record.change.kind, outcome.why)} Nothing was changed.`;
    case 'person-not-checked':
      return 'Slack could not be asked who you are just now. Nothing was changed; please try again in a moment.';
    case 'not-found':
      return `${system} shows no such workflow any more. Nothing was changed.`;
    case 'moved-meanwhile':
      return `It is not as you were shown: in ${system} it is now ${whereaboutsText(outcome.now, ink)}. Nothing was changed.`;
    case 'approval-open':
      return openApprovalText(outcome.approval, wording.labelOf(systemOfChange(record.change)), wording);
    case 'refused':
      if (outcome.reason === 'not-sendable') return notSendableText(outcome.said, system, wording);
      return `❌ ${system} did not do it: ${changeRefusalText(outcome.reason, system, ink)}.${saidText(outcome.said, wording)} Nothing was changed.`;
    case 'unreachable':
      return `❌ ${system} did not answer. Nothing was changed.`;
    case 'unknown':
      if (outcome.refused) return answeredNoText(outcome, outcome.refused, wording, system);
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
  wording: Wording,
  system: string,
): string {
  const { ink } = wording;
  const stands = now
    ? `In ${system} it is now ${whereaboutsText(now, ink)}, as it was not before; whether by this is not known.`
    : 'How it stands now could not be seen, so whether it was done is not known.';
  return `❔ It was sent, and ${system} answered no: ${changeRefusalText(reason, system, ink)}.${saidText(said, wording)} ${stands} It is not sent again.`;
}

/** What kept a change from being sent are our own words, and not the system's. */
function notSendableText(said: string | undefined, system: string, { ink }: Wording): string {
  const why = said === undefined ? '' : `: ${ink.words(said, 300)}`;
  return `❌ This could not be sent to ${system}${why}. Nothing was changed.`;
}

function saidText(said: string | undefined, { ink }: Wording): string {
  return said === undefined ? '' : ` It said: ${ink.words(said, 300)}.`;
}

function doneText(
  record: ChangeRecord,
  { now, started = record.started, candidates }: Extract<ChangeOutcome, { kind: 'done' }>,
  wording: Wording,
): string {
  const { ink } = wording;
  const system = systemOf(record, wording);
  const { change } = record;
  const { done } = changeWords[change.kind];
  const stands = now ? ` In ${system} it is now ${whereaboutsText(now, ink)}.` : '';
  if (started)
    return `${done}${change.kind === 'restart' ? '; it goes on' : ''} as run ${ink.exact(started.id, 80)}.${stands}`;
  if (change.kind === 'restart' && candidates !== undefined) {
    return `${done}. ${successorText(candidates)}${stands}`;
  }
  if (!now) return `${system} took it; how it stands now could not be seen.`;
  return hasTakenEffect(change, now)
    ? `${done}.${stands}`
    : `⚠️ ${system} took it, and it is still ${whereaboutsText(now, ink)}.`;
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
function nextLines(record: ChangeRecord, outcome: ChangeOutcome, wording: Wording): readonly string[] {
  const { change, code, definition } = record;
  const inverse = inverseOf(change.kind);
  if (outcome.kind === 'done') {
    const run = outcome.started ?? record.started;
    if (run) return [`Look at it with ${typedLine(wording, `status ${asTyped(run.id)}`)}`];
    return inverse && code !== undefined ? [`To undo: ${typedLine(wording, `${inverse} ${code}`)}`] : [];
  }
  if (outcome.kind === 'unknown' && change.kind === 'execute') {
    return [
      `Look with ${typedLine(wording, `last "${definition}"`)}; that shows the latest run, which may be one that somebody else started meanwhile.`,
    ];
  }
  const needsCheck = outcome.kind === 'unknown' || outcome.kind === 'moved-meanwhile';
  return needsCheck && code !== undefined ? [`Look with ${typedLine(wording, `status ${code}`)}`] : [];
}
