import type { Whereabouts } from '../../domain/approval.js';
import {
  type Change,
  type ChangeOutcome,
  type ChangeRecord,
  inverseOf,
  type OpenApproval,
  systemOfChange,
} from '../../domain/change.js';
import type { CommonReply } from '../../domain/reply.js';
import { assertNever } from '../../shared/language.js';
import { joinList } from '../../shared/text.js';
import { type Formatter, type RenderContext, typedLine } from '../format.js';
import { faultText, mayRunSentence, runLines, serverMessage, whereaboutsText } from './phrases.js';

/** The words of every change. Titles of questions are followed by what they are about. */
export const changeText: Readonly<
  Record<
    Change['kind'],
    {
      /** On a button, and as a question. */
      readonly act: string;
      /** Follows “asked to”. */
      readonly verb: string;
      readonly done: string;
      /** Nothing takes it back. */
      readonly isFinal: boolean;
      /** The run is over after it. */
      readonly isGrave?: true;
    }
  >
> = {
  restart: { act: 'Restart', verb: 'restart', done: '🔁 Restarted', isFinal: true },
  stop: { act: 'Stop', verb: 'stop', done: '⛔ Stopped', isFinal: true, isGrave: true },
  cancel: { act: 'Cancel', verb: 'cancel', done: '🚫 Canceled', isFinal: true, isGrave: true },
  execute: { act: 'Start', verb: 'start', done: '▶️ Started', isFinal: false },
  pause: { act: 'Pause', verb: 'pause', done: '⏸️ Paused', isFinal: false },
  resume: { act: 'Resume', verb: 'resume', done: '▶️ Resumed', isFinal: false },
  abort: { act: 'Abort', verb: 'abort', done: '⏹️ Aborted', isFinal: true, isGrave: true },
  alert: { act: 'Answer', verb: 'answer', done: '📣 Answered', isFinal: true },
};

/** The words of the window in which whoever requested something cancels it. */
export const cancelText = {
  title: 'Cancel your request',
  submit: 'Cancel request',
  close: 'Close',
  searching: 'Reading its state…',
} as const;

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
        ? ` It continues as run ${renderContext.formatter.exact(record.started.id, 80)}.`
        : '';
      return `⏳ ${systemOf(record, renderContext)} accepted it.${run} You get a message here when it stops running.`;
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
      return 'Countersign could not check your account with Slack. Nothing was changed; please try again in a moment.';
    case 'not-found':
      return `${system} no longer shows this workflow. Nothing was changed.`;
    case 'not-linked':
      return notLinkedText(outcome.linkState, systemOfChange(record.change), renderContext);
    case 'moved-meanwhile':
      return `It has changed since you were shown it: in ${system} it is now ${whereaboutsText(outcome.now, formatter)}. Nothing was changed.`;
    case 'approval-open':
      return openApprovalText(outcome.approval, renderContext, {
        label: renderContext.labelOf(systemOfChange(record.change)),
        isRestart: record.change.kind === 'restart',
      });
    case 'refused':
      if (outcome.reason === 'not-sendable') return notSendableText(outcome.said, system, renderContext);
      return `❌ ${system} refused${whyNotText(outcome, system, renderContext)} Nothing was changed.`;
    case 'unreachable':
      return `❌ ${system} ${faultText(outcome.fault)}. Nothing was changed.`;
    case 'unknown':
      if (outcome.refused) return refusedAfterText(outcome, outcome.refused, renderContext, system);
      return `❔ The request was sent; whether ${system} accepted it is not known. It is not sent again.`;
    case 'not-sent':
      return record.confirmedAtMs === undefined
        ? 'Canceled. Nothing was changed.'
        : 'This was not sent. Nothing was changed.';
    default:
      return assertNever(outcome);
  }
}

function notLinkedText(
  state: 'missing' | 'ended' | 'unchecked',
  system: string,
  renderContext: RenderContext,
): string {
  const label = renderContext.formatter.text(renderContext.labelOf(system), 60);
  if (state === 'unchecked')
    return `❌ The identity provider of ${label} did not answer, so nothing could be sent in your name. Nothing was changed.`;
  const why =
    state === 'ended' ? `Your link to ${label} has ended` : `You have not linked an account in ${label}`;
  return `❌ ${why}, and changes are sent there in your own name. Nothing was changed. Link your account with ${typedLine(renderContext, `link ${system}`)}, then type the command again.`;
}

/** Whatever was answered, a run that stands otherwise than before may have been moved by this. */
function refusedAfterText(
  { now }: Extract<ChangeOutcome, { kind: 'unknown' }>,
  { reason, said }: { readonly reason: string; readonly said?: string },
  renderContext: RenderContext,
  system: string,
): string {
  const { formatter } = renderContext;
  const stands = now
    ? `In ${system} it is now ${whereaboutsText(now, formatter)}, unlike before; whether this request did that is not known.`
    : 'Its state now could not be read, so whether it was done is not known.';
  return `❔ It was sent, and ${system} refused it: ${changeRefusalText(reason, system, formatter)}.${serverMessage(said, renderContext.formatter)} ${stands} It is not sent again.`;
}

/** What kept a change from being sent are our own words, and not the system's. */
function notSendableText(said: string | undefined, system: string, { formatter }: RenderContext): string {
  const why = said === undefined ? '' : `: ${formatter.text(said, 300)}`;
  return `❌ This could not be sent to ${system}${why}. Nothing was changed.`;
}

/** What a system says itself goes before what we make of it, unless that tells what would help. */
function whyNotText(
  { reason, said }: { readonly reason: string; readonly said?: string },
  system: string,
  renderContext: RenderContext,
): string {
  const isOurGuess = reason === 'wrong-state' || reason === 'bad-request';
  if (said !== undefined && isOurGuess) return `.${serverMessage(said, renderContext.formatter)}`;
  return `: ${changeRefusalText(reason, system, renderContext.formatter)}.${serverMessage(said, renderContext.formatter)}`;
}

function doneText(
  record: ChangeRecord,
  { now, started = record.started, startedCode, candidates }: Extract<ChangeOutcome, { kind: 'done' }>,
  renderContext: RenderContext,
): string {
  const { formatter } = renderContext;
  const system = systemOf(record, renderContext);
  const { change } = record;
  const { done } = changeText[change.kind];
  const stands = now ? ` In ${system} it is now ${whereaboutsText(now, formatter)}.` : '';
  if (started)
    return `${done}${change.kind === 'restart' ? '; it continues' : ''} as ${startedCode === undefined ? '' : `${formatter.exact(startedCode, 24)}, `}run ${formatter.exact(started.id, 80)}.${stands}`;
  if (change.kind === 'restart' && candidates !== undefined) {
    return `${done}. ${successorText(candidates)}${stands}`;
  }
  if (!now) return `${system} accepted it; its state now could not be read.`;
  return hasTakenEffect(change, now)
    ? `${done}.${stands}`
    : `⚠️ ${system} accepted it, but shows the workflow as ${whereaboutsText(now, formatter)}.`;
}

function successorText(candidates: number): string {
  return candidates === 0
    ? 'Countersign has not found the new run.'
    : `Countersign cannot tell which of ${candidates} runs is the new one.`;
}

/** Systems say yes before they have done it; only what can be seen counts as done. */
function hasTakenEffect({ kind }: Change, { status }: Whereabouts): boolean {
  switch (kind) {
    case 'stop':
      return status.kind === 'rejected';
    case 'cancel':
      return status.kind === 'rejected' || status.kind === 'aborted';
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
    if (run)
      return [`See it with ${typedLine(renderContext, `status ${outcome.startedCode ?? asTyped(run.id)}`)}`];
    return inverse && code !== undefined
      ? [`To undo: ${typedLine(renderContext, `${inverse} ${code}`)}`]
      : [];
  }
  if (outcome.kind === 'unknown' && change.kind === 'execute') {
    return [
      `Check with ${typedLine(renderContext, `last "${definition}"`)}; that shows the latest run, which someone else may have started meanwhile.`,
    ];
  }
  const needsCheck = outcome.kind === 'unknown' || outcome.kind === 'moved-meanwhile';
  return needsCheck && code !== undefined ? [`Check with ${typedLine(renderContext, `status ${code}`)}`] : [];
}

/** What a change would do, before it is confirmed. */
export type Proposal = Extract<CommonReply, { kind: 'proposal' }>;

/** Says what would happen, to what, and whether there is a way back. */
export function proposalLines(proposal: Proposal, renderContext: RenderContext): readonly string[] {
  const { record } = proposal;
  const { act } = changeText[record.change.kind];
  return [
    renderContext.formatter.label(`${act} this ${record.change.kind === 'alert' ? 'activity' : 'workflow'}?`),
    ...targetLines(proposal, renderContext),
    effectText(record.change, renderContext),
    ...wayBack(proposal, renderContext),
    ...warning(proposal, renderContext),
    ...(proposal.note === undefined ? [] : [`ℹ️ ${renderContext.formatter.text(proposal.note, 300)}`]),
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
      return `Starts over from step 1${version} as a new run and cancels this one.`;
    }
    case 'stop':
      return 'It is rejected and goes no further.';
    case 'cancel':
      return 'It ends now and goes no further.';
    case 'execute':
      return executionText(change, formatter);
    case 'pause':
      return 'Pauses until someone resumes it.';
    case 'resume':
      return change.afterError
        ? 'It tries again from where it failed.'
        : 'It continues from where it was paused.';
    case 'abort':
      return 'It ends at once, wherever it stands.';
    case 'alert':
      return alertText(change, formatter);
    default:
      return assertNever(change);
  }
}

function alertText(
  { activityId, output, status, data }: Extract<Change, { kind: 'alert' }>,
  formatter: Formatter,
): string {
  const parts = [
    formatter.exact(output, 100),
    ...(status === undefined ? [] : [`status ${formatter.exact(status, 60)}`]),
    ...(data === undefined ? [] : [`data ${formatter.exact(data, 300)}`]),
  ];
  return `Answers activity ${formatter.exact(activityId, 60)} with ${joinList(parts)}; the workflow continues on that path.`;
}

function executionText(
  { variables, version, data }: Extract<Change, { kind: 'execute' }>,
  formatter: Formatter,
): string {
  const inVersion = version === undefined ? '' : ` of version ${formatter.exact(version, 40)}`;
  const withData = data === undefined ? [] : [`the data ${formatter.exact(data, 300)}`];
  if (variables.length === 0 && data === undefined)
    return `A new run${inVersion} starts, without any values.`;
  const values = variables
    .slice(0, 20)
    .map(({ name, value }) => `${formatter.text(name, 60)} = ${formatter.exact(value, 120)}`);
  const more = variables.length > values.length ? [`+${variables.length - values.length} more`] : [];
  return `A new run${inVersion} starts with ${[...values, ...more, ...withData].join(', ')}.`;
}

function wayBack({ record }: Proposal, renderContext: RenderContext): readonly string[] {
  const { change, code } = record;
  if (changeText[change.kind].isFinal) return ['⚠️ This cannot be undone.'];
  const inverse = inverseOf(change.kind);
  return inverse && code !== undefined
    ? [`Undo later: ${typedLine(renderContext, `${inverse} ${code}`)}`]
    : [];
}

function warning(
  { record, isAllowed, now }: Proposal,
  { formatter, labelOf }: RenderContext,
): readonly string[] {
  if (isAllowed) return [];
  const label = formatter.text(labelOf(systemOfChange(record.change)), 60);
  const state = now ? ` while a workflow is ${whereaboutsText({ status: now.status }, formatter)}` : '';
  return [`⚠️ ${label} usually refuses this${state}.`];
}

/** Says which open approval a command would have answered or gone around, where its card is, and that nothing was sent. */
export function openApprovalText(
  { code, channel, isActivityKnown }: OpenApproval,
  { formatter }: RenderContext,
  { label, isRestart }: { readonly label: string; readonly isRestart: boolean },
): string {
  const approval = `Approval ${formatter.exact(code, 24)}`;
  const card = channel === undefined ? 'its card' : `its card in ${formatter.channel(channel)}`;
  if (isRestart)
    return `❌ ${approval} of this workflow is open, and a different version might not ask for it. Decide it on ${card} first, or restart without a version. Nothing was changed.`;
  if (isActivityKnown)
    return `❌ ${approval} is open for this activity, so no command can answer it. Decide it on ${card}. Nothing was changed.`;
  const system = formatter.text(label, 60);
  return `❌ ${approval} of this workflow is open, but the workflow has not said for which activity. Until it does, no command can answer any of its activities. See ${card}, and decide it in ${system}. Nothing was changed.`;
}

/** Says why a system would not make a change, to follow a colon; a reason nobody foresaw is shown as it is. */
function changeRefusalText(reason: string, system: string, formatter: Formatter): string {
  const texts: Readonly<Record<string, string>> = {
    'no-permission': `Countersign's service account lacks the permission for it in ${system}`,
    'not-found': 'it does not know this workflow',
    'wrong-state': 'the state of the workflow does not allow it',
    'bad-request': 'it rejected the request as malformed',
    'not-published': 'the workflow is not published there',
    'engine-down': 'its engine is not running',
    'sign-in': `Countersign could not sign in to ${system}`,
    'own-no-permission': `your own account lacks the permission for it in ${system}`,
    'own-sign-in': 'it did not accept your sign-in',
  };
  return (Object.hasOwn(texts, reason) ? texts[reason] : undefined) ?? formatter.exact(reason, 80);
}
