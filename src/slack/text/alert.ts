import { type ChangeOutcome, type ChangeRecord, systemOfChange } from '../../domain/change.js';
import type {
  Alert,
  AlertReply,
  FollowUpContent,
  Incident,
  Mention,
  MessageCount,
  MuteSpan,
  RecoveryAction,
  Resolution,
  Sample,
  Severity,
} from '../../domain/incident.js';
import { isSamePerson, type PersonId } from '../../domain/person.js';
import type { FailureReport } from '../../domain/reply.js';
import { assertNever } from '../../shared/language.js';
import { joinList, listSome } from '../../shared/text.js';
import { type Formatter, finished, type RenderContext, titled } from '../format.js';
import { brokeText } from './answer.js';
import { mayRunSentence, shadowMessages, whereaboutsText } from './phrases.js';
import { changeOutcomeText, changeText } from './reply-changes.js';

/** What a press on an alert is answered with in one sentence or two. */
type PlainAlertReply = Exclude<AlertReply, { readonly kind: 'proposal' | 'details' }>;

/** Tells somebody privately what became of their press on an alert. */
export function alertReplyText(
  reply: PlainAlertReply,
  reader: { readonly person: PersonId; readonly renderContext: RenderContext },
): string {
  return finished(replyText(reply, reader));
}

function replyText(
  reply: PlainAlertReply,
  { person, renderContext }: { readonly person: PersonId; readonly renderContext: RenderContext },
): string {
  const { formatter } = renderContext;
  switch (reply.kind) {
    case 'taken':
      return 'You are on it now; the alert shows it.';
    case 'taken-before':
      return takenBeforeText(reply, person, renderContext);
    case 'muted':
      return `Muted until ${formatter.moment(reply.mute.untilMs)}: failures like this are counted but not posted. “Unmute” on the alert ends that.`;
    case 'unmuted':
      return 'Failures like this are posted again.';
    case 'handed-back':
      return 'You are no longer on it; anyone can take it.';
    case 'not-owner':
      return 'It is not yours to hand back. Nothing was changed.';
    case 'nothing-failed':
      return 'None of its runs is in a failed state anymore: each has ended or is being retried. Nothing was changed.';
    case 'over':
      return 'This is over already. Nothing was changed.';
    case 'unknown-alert':
      return 'This button does not belong to an alert Countersign knows. Nothing was changed.';
    case 'shadow-off':
      return shadowMessages.command;
    case 'not-allowed':
      return `${mayRunSentence(reply.verb, reply.why)} Nothing was changed.`;
    case 'person-not-checked':
      return 'Countersign could not check your account with Slack. Nothing was changed; please click again in a moment.';
    case 'broke':
      return brokeText(reply.ref, renderContext);
    default:
      return assertNever(reply);
  }
}

function takenBeforeText(
  { incident: { owner } }: Extract<AlertReply, { kind: 'taken-before' }>,
  person: PersonId,
  { formatter }: RenderContext,
): string {
  if (!owner) return 'Someone is on it already.';
  if (isSamePerson(owner.person, person)) return 'You are on it already.';
  return `${formatter.text(owner.name, 60)} has been on it since ${formatter.moment(owner.atMs)}; nothing was changed.`;
}

/** What stands on the buttons and menus of an alert. */
export const alertText = {
  details: 'Details',
  take: 'I’m on it',
  'take-over': 'Take over',
  'hand-back': 'Hand back',
  'mute-hour': 'Mute for 1 hour',
  runbook: 'Runbook',
  unmute: 'Unmute',
  cancel: 'Cancel',
  close: 'Close',
  title: 'Alert',
  searching: 'Loading…',
} as const;

/** What stands in the menu of spans. */
export const muteText: Readonly<Record<MuteSpan, string>> = {
  hour: 'Mute for 1 hour',
  day: 'Mute for 1 day',
  cause: 'Mute this cause for 30 days',
};

/** Says what is done to how many runs: `Restart`, `Restart 12`. */
export function wayText(way: RecoveryAction, count: number): string {
  const { act } = changeText[way];
  return count > 1 ? `${act} ${count}` : act;
}

/** What is said on the spot when a press on an alert leads no further. */
export const alertMessages = {
  tooSlow: 'That took too long for Slack to open a window. Please click again.',
  windowRefused: 'Slack did not open the window just now. Please click again.',
  confirmed: '⏳ Confirmed. The thread of the alert shows what happens to each run.',
  repeated: 'This was confirmed before and is not done again. The thread of the alert shows what happened.',
  oldProposal:
    'This can no longer be confirmed: it is older than ten minutes, canceled, or not yours. Nothing was changed; click the button on the alert again.',
  notConfirmed: 'Nothing was changed: the confirmation could not be stored. Please click again in a moment.',
  cancelled: 'Canceled: this can no longer be confirmed.',
  tooLateToCancel:
    'This was confirmed already, so it cannot be canceled. The thread of the alert shows what happened.',
  notCancelled: 'This could not be canceled just now. Nothing is done unless it is confirmed.',
} as const;

/** Says something in the thread of an alert. */
export function followUpLines(followUp: FollowUpContent, renderContext: RenderContext): readonly string[] {
  const { incident } = followUp;
  switch (followUp.kind) {
    case 'more':
      return moreLines(incident, renderContext);
    case 'changes':
      return batchLines(followUp.records, renderContext);
    case 'taken':
      return takenLines(incident, renderContext);
    case 'resolved':
      return resolvedLines(incident, renderContext);
    case 'call':
      return [
        mentionsText(followUp.mentions, renderContext.formatter),
        `${workflowOf(incident, renderContext)}: this alert came in during quiet hours and is still open.`,
        placeLine(incident, renderContext),
        sinceLine(incident, renderContext),
      ];
    default:
      return assertNever(followUp);
  }
}

function moreLines(incident: Incident, renderContext: RenderContext): readonly string[] {
  const { samples, count } = incident;
  return [
    // How many are over stands on the alert, which is kept true.
    renderContext.formatter.label(`${failedText(incident, renderContext)}.`),
    ...reasonLines(incident, renderContext),
    samples.length < count ? `The first ${samples.length}:` : 'The runs:',
    ...samples.map((one) => `• ${sampleLine(one, renderContext)}`),
  ];
}

function takenLines({ owner }: Incident, { formatter }: RenderContext): readonly string[] {
  return owner
    ? [`👀 ${formatter.text(owner.name, 60)} has been on it since ${formatter.moment(owner.atMs)}.`]
    : ['Nobody is on it.'];
}

function resolvedLines(incident: Incident, renderContext: RenderContext): readonly string[] {
  const { state } = incident;
  if (state.kind === 'open') return [sinceLine(incident, renderContext)];
  return [renderContext.formatter.label(overHeads[state.how.kind]), ...overLines(incident, renderContext)];
}

/** Explains where a failure is told, by which rule, whom that calls, and whether it is muted. */
export function routeLines(
  report: FailureReport | undefined,
  { formatter }: RenderContext,
): readonly string[] {
  if (!report) return [`${formatter.label('Alerts')} are off, so failures are not posted`];
  const { route, mute, hasFailed } = report;
  const { rule, channels, mentions, severity, quietUntilMs } = route;
  const by = rule === undefined ? 'no alert rule matches, so the default' : `“${formatter.text(rule, 80)}”`;
  const places = listSome(channels.map(formatter.channel), 8);
  const calls = mentions.length === 0 ? 'mentions nobody' : `mentions ${mentionsText(mentions, formatter)}`;
  const quiet =
    quietUntilMs === undefined || mentions.length === 0
      ? ''
      : `, but nobody before ${formatter.moment(quietUntilMs)}, because of quiet hours`;
  const head = hasFailed ? 'Its failure is posted in' : 'If it fails at this step, that is posted in';
  return [
    `${formatter.label(head)} ${places} (${by}), severity ${severity}; ${calls}${quiet}`,
    ...(mute
      ? [
          `🔕 Muted by ${formatter.text(mute.name, 60)} until ${formatter.moment(mute.untilMs)}: failures are not posted`,
        ]
      : []),
  ];
}

/** Tells one run that failed in full: what it is, when it failed and why. */
export function sampleGroup(sample: Sample, renderContext: RenderContext): readonly string[] {
  const { message, failedAtMs } = sample;
  return [
    sampleLine(sample, renderContext),
    `Failed ${renderContext.formatter.moment(failedAtMs)}.`,
    `> ${messageLine({ text: message, count: 1 }, { isCounted: false, maxLength: 800, renderContext })}`,
  ];
}

/** What a way out of an incident would do, before it is confirmed. */
export type RecoveryProposal = Extract<AlertReply, { kind: 'proposal' }>;

const mostNamed = 5;

const effects: Readonly<Record<RecoveryAction, { readonly one: string; readonly each: string }>> = {
  restart: {
    one: 'Starts over from step 1 as a new run and cancels the failed one.',
    each: 'Each starts over from step 1 as a new run; the failed runs are canceled.',
  },
  resume: { one: 'It tries again from where it failed.', each: 'Each tries again from where it failed.' },
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
    ...restLines(proposal),
    isOne
      ? `The thread of the alert shows what happens to it in ${systemOfIncident(incident, renderContext)}.`
      : `They go to ${systemOfIncident(incident, renderContext)} one after the other; the thread of the alert shows what happens to each.`,
  ];
}

function runNames({ records }: RecoveryProposal, { formatter }: RenderContext): readonly string[] {
  const named = records.slice(0, mostNamed).map(({ title, code }) => {
    return `• ${[formatter.text(title, 120), ...(code === undefined ? [] : [formatter.exact(code, 24)])].join(' · ')}`;
  });
  const rest = records.length - named.length;
  return rest > 0 ? [...named, `• and ${rest} more`] : named;
}

function restLines({ more, records }: RecoveryProposal): readonly string[] {
  if (more === 0) return [];
  return [
    `One confirmation covers the latest ${records.length} of ${records.length + more} failed runs. Click the button again for the others.`,
  ];
}

/** Tells what became of changes that were asked for together: how many of what, then one line each. */
export function batchLines(
  records: readonly ChangeRecord[],
  renderContext: RenderContext,
): readonly string[] {
  const fate = records.length === 1 ? fateOf : briefFateOf;
  const lines = records.map((record) => lineOf(record, fate(record, renderContext), renderContext));
  return [batchHead(records, renderContext), ...lines];
}

/** Tells the same with no more than a word for each; for when the whole would be too long for a message. */
export function shortBatchLines(
  records: readonly ChangeRecord[],
  renderContext: RenderContext,
): readonly string[] {
  return [
    batchHead(records, renderContext),
    ...records.map((record) => `${codeOf(record, renderContext)} ${wordOf(record)}`),
  ];
}

function batchHead(records: readonly ChangeRecord[], renderContext: RenderContext): string {
  const [first] = records;
  if (!first) return 'No change was requested.';
  const { act } = changeText[first.change.kind];
  const head = renderContext.formatter.label(`${act}: ${runsText(records.length)}`);
  const counts = new Map<string, number>();
  for (const record of records) counts.set(wordOf(record), (counts.get(wordOf(record)) ?? 0) + 1);
  const summary = [...counts].map(([word, count]) => `${count} ${word}`).join(', ');
  return `${head} by ${renderContext.formatter.person(first.person)} — ${summary}.`;
}

function codeOf({ code, title }: ChangeRecord, { formatter }: RenderContext): string {
  return code === undefined ? formatter.text(title, 24) : formatter.exact(code, 24);
}

function lineOf(record: ChangeRecord, fate: string, { formatter }: RenderContext): string {
  const code = record.code === undefined ? '' : `${formatter.exact(record.code, 24)} `;
  return `${code}${formatter.text(record.title, 80)} — ${fate}`;
}

/** Of many restarted runs the ids of the new ones would bury what became of them. */
function briefFateOf(record: ChangeRecord, renderContext: RenderContext): string {
  const { change, outcome } = record;
  if (change.kind !== 'restart' || outcome?.kind !== 'done' || !outcome.now || !outcome.started)
    return fateOf(record, renderContext);
  const now = whereaboutsText(outcome.now, renderContext.formatter);
  return `${changeText.restart.done}. The new run is now ${now}.`;
}

function fateOf(record: ChangeRecord, renderContext: RenderContext): string {
  if (record.phase === 'over') return changeOutcomeText(record, renderContext);
  const system = renderContext.formatter.text(renderContext.labelOf(systemOfChange(record.change)), 60);
  if (record.phase === 'following') {
    const run = record.started
      ? ` It continues as run ${renderContext.formatter.exact(record.started.id, 80)}.`
      : '';
    return `⏳ ${system} accepted it.${run}`;
  }
  return record.phase === 'sending' ? `⏳ on its way to ${system}` : '⏳ waiting its turn';
}

/** A word for each fate, so that fifty of them can be counted at a glance. */
const text: Readonly<Record<ChangeOutcome['kind'], string>> = {
  done: 'accepted',
  'not-allowed': 'not allowed',
  'person-not-checked': 'not checked',
  'not-found': 'not found',
  'not-linked': 'no linked account',
  'moved-meanwhile': 'changed meanwhile',
  'approval-open': 'approval open',
  refused: 'refused',
  unreachable: 'unreachable',
  unknown: 'outcome not known',
  'not-sent': 'not sent',
};

function wordOf({ phase, outcome }: ChangeRecord): string {
  if (phase === 'over') return outcome ? text[outcome.kind] : 'over';
  return phase === 'proposed' ? 'not confirmed' : 'under way';
}

const signs: Readonly<Record<Severity, string>> = { info: 'ℹ️', warning: '⚠️', critical: '🚨' };

/** Heads an alert: how grave, what failed, how often, and its code. */
export function alertHeadline({ incident, route }: Alert, renderContext: RenderContext): string {
  const { count, code, state, kind } = incident;
  const name = workflowOf(incident, renderContext);
  const what =
    state.kind === 'resolved'
      ? `${overHeads[state.how.kind]}: ${name}`
      : `${signs[route.severity]} ${name} ${kind === 'aborted' ? 'was aborted' : 'failed'}`;
  return [what, ...(count > 1 ? [runsText(count)] : []), renderContext.formatter.text(code, 24)].join(' · ');
}

/** Tells everything an alert says below its head, in groups that belong together; none is empty. */
export function alertGroups(alert: Alert, renderContext: RenderContext): readonly (readonly string[])[] {
  const { incident } = alert;
  const what = [placeLine(incident, renderContext), whyLine(incident, renderContext)];
  if (incident.state.kind === 'resolved') return [overLines(incident, renderContext), what];
  const people = [
    ...(incident.owner ? takenLines(incident, renderContext) : []),
    ...muteLines(alert, renderContext),
    ...mentionLines(alert, renderContext.formatter),
  ];
  const runs = [...firstLines(incident, renderContext), sinceLine(incident, renderContext)];
  return [what, runs, ...(people.length > 0 ? [people] : [])];
}

/** Quotes the commonest message, and says that there are others. */
function whyLine(incident: Incident, renderContext: RenderContext): string {
  const [first, ...others] = incident.messages;
  if (!first || (first.text.trim() === '' && others.length === 0)) {
    return `> ${systemOfIncident(incident, renderContext)} gives no reason.`;
  }
  const isCounted = others.length > 0;
  const more = isCounted
    ? ` — and ${others.length} other ${others.length === 1 ? 'message' : 'messages'}`
    : '';
  return `> ${messageLine(first, { isCounted, maxLength: 500, renderContext })}${more}`;
}

function firstLines({ samples, count }: Incident, renderContext: RenderContext): readonly string[] {
  const [first] = samples;
  return first ? [`${count > 1 ? 'First: ' : ''}${sampleLine(first, renderContext)}`] : [];
}

function muteLines({ mute }: Alert, { formatter }: RenderContext): readonly string[] {
  if (!mute) return [];
  return [
    `🔕 Muted by ${formatter.text(mute.name, 60)} until ${formatter.moment(mute.untilMs)}; failures like this are counted but not posted.`,
  ];
}

/** Calls whom the rule names; while quiet hours last it says when that is done. */
function mentionLines({ route }: Alert, formatter: Formatter): readonly string[] {
  if (route.mentions.length === 0) return [];
  if (route.quietUntilMs !== undefined) {
    return [`🌙 Quiet hours: nobody is mentioned before ${formatter.moment(route.quietUntilMs)}.`];
  }
  return [mentionsText(route.mentions, formatter)];
}

const mostMentions = 20;

/** Names the people and groups to be called, which calls them in Slack. */
function mentionsText(mentions: readonly Mention[], formatter: Formatter): string {
  return mentions
    .slice(0, mostMentions)
    .map((one) => (one.kind === 'person' ? formatter.person(one.person) : formatter.group(one.groupId)))
    .join(' ');
}

/** Heads an incident that is over. */
const overHeads: Readonly<Record<Resolution['kind'], string>> = {
  recovered: '✅ Recovered',
  'dealt-with': '☑️ Handled',
  quiet: '☑️ Quiet again',
};

/** Says who or what ended an incident, how many runs it was and how long it took; nothing while it is open. */
function overLines(incident: Incident, renderContext: RenderContext): readonly string[] {
  const { state } = incident;
  if (state.kind === 'open') return [];
  return [howLine(incident, state.how, renderContext), spanLine(incident, state.atMs, renderContext)];
}

function howLine(incident: Incident, how: Resolution, renderContext: RenderContext): string {
  const { formatter } = renderContext;
  const system = systemOfIncident(incident, renderContext);
  switch (how.kind) {
    case 'recovered': {
      const who = namesOf(how.by, renderContext);
      return who === ''
        ? `Recovered in ${system} itself: every run continued or was restarted.`
        : `Recovered by ${who}: every run continued or was restarted.`;
    }
    case 'dealt-with': {
      const who = namesOf(how.by, renderContext);
      const some =
        incident.count === 1
          ? 'it needs no attention here anymore. It was stopped, failed for another reason, or can no longer be tracked.'
          : 'none needs attention here anymore. Some were stopped, failed for another reason, or can no longer be tracked.';
      return who === '' ? `Handled in ${system} itself: ${some}` : `Handled by ${who}: ${some}`;
    }
    case 'quiet': {
      const { unresolved, count, lastAtMs } = incident;
      const open = count > 1 || unresolved > 0 ? ` ${openOfAll(unresolved, count)}.` : '';
      const what = incident.kind === 'aborted' ? 'aborted runs' : 'failures';
      return `No new ${what} like this since ${formatter.moment(lastAtMs)}.${open}`;
    }
    default:
      return assertNever(how);
  }
}

function openOfAll(unresolved: number, count: number): string {
  return count === 1 ? 'That run still needs attention' : titled(openText(unresolved, count));
}

function namesOf(by: readonly string[], { formatter }: RenderContext): string {
  const names = by.map((name) => formatter.text(name, 60));
  return names.length > 5 ? listSome(names, 5) : joinList(names);
}

function spanLine(incident: Incident, atMs: number, { formatter }: RenderContext): string {
  const { count, firstAtMs, kind } = incident;
  const were = kind === 'aborted' ? (count === 1 ? 'was aborted' : 'were aborted') : 'failed';
  const took = timeSpan(atMs - firstAtMs);
  const when = `${count === 1 ? '' : ', the first'} ${formatter.moment(firstAtMs)}`;
  const closed = isSameMinute(firstAtMs, atMs) ? '' : ` ${formatter.moment(atMs)},`;
  return `${runsText(count)} ${were}${when}. Alert closed${closed} ${took} later.`;
}

const minuteMs = 60_000;

const hourMs = 60 * minuteMs;

const dayMs = 24 * hourMs;

/** Says how long something took, in its two largest units: `2 h 10 min`. */
export function timeSpan(durationMs: number): string {
  if (!(durationMs >= minuteMs)) return 'less than a minute';
  const [largeMs, large, smallMs, small] =
    durationMs >= dayMs ? ([dayMs, 'd', hourMs, 'h'] as const) : ([hourMs, 'h', minuteMs, 'min'] as const);
  const whole = Math.floor(durationMs / largeMs);
  const rest = Math.floor((durationMs % largeMs) / smallMs);
  const parts = [
    ...(whole > 0 ? [`${whole} ${large}`] : []),
    ...(rest > 0 || whole === 0 ? [`${rest} ${small}`] : []),
  ];
  return parts.join(' ');
}

/** Says what people call the system of an incident. */
function systemOfIncident({ system }: Incident, { formatter, labelOf }: RenderContext): string {
  return formatter.text(labelOf(system), 60);
}

/** Names the workflow an incident is about. */
function workflowOf({ definition }: Incident, { formatter }: RenderContext): string {
  return formatter.text(definition.name || definition.id, 70);
}

/** Counts runs: `1 run`, `12 runs`. */
function runsText(count: number): string {
  return count === 1 ? '1 run' : `${count} runs`;
}

/** Says what happened to the runs of an incident: `failed`, or `aborted` where somebody or something ended them. */
/** Says where it happened; who aborted a run is never told, so nobody is named. */
function placeLine(incident: Incident, renderContext: RenderContext): string {
  const { step, lastGoodStep, kind } = incident;
  const { formatter } = renderContext;
  const system = systemOfIncident(incident, renderContext);
  const at = step ? ` at step ${formatter.text(step.name || step.uniqueName, 100)}` : '';
  const after = lastGoodStep === undefined ? '' : `, after step ${formatter.text(lastGoodStep, 100)}`;
  if (kind === 'aborted') return `Aborted${at}${after}; ${system} does not say by whom.`;
  return `Failed${at}${after}, in ${system}.`;
}

/** Tells one message with how often it came, as a quotation. */
function messageLine(
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
function sinceLine(incident: Incident, renderContext: RenderContext): string {
  const { count, unresolved, kind, firstAtMs } = incident;
  if (count === 1)
    return `${kind === 'aborted' ? 'Aborted' : 'Failed'} ${renderContext.formatter.moment(firstAtMs)}.`;
  return `${failedText(incident, renderContext)}; ${openText(unresolved, count)}.`;
}

/** Says how many runs have failed, and when. */
function failedText({ count, firstAtMs, lastAtMs, kind }: Incident, { formatter }: RenderContext): string {
  const aborted = count === 1 ? 'was aborted' : 'were aborted';
  const were = kind === 'aborted' ? aborted : 'failed';
  const first = formatter.moment(firstAtMs);
  const last = formatter.moment(lastAtMs);
  // Runs that fail at once are said to have failed then, and not since then.
  const when = isSameMinute(firstAtMs, lastAtMs) ? first : `between ${first} and ${last}`;
  return `${runsText(count)} ${were} ${when}`;
}

/** Tells whether two times read alike. */
function isSameMinute(oneMs: number, otherMs: number): boolean {
  return Math.floor(oneMs / 60_000) === Math.floor(otherMs / 60_000);
}

/** Says how many of an incident's runs are neither recovered nor dealt with. */
function openText(unresolved: number, count: number): string {
  if (unresolved >= count) return `all ${count} still need attention`;
  if (unresolved === 0) return 'none needs attention anymore';
  return `${unresolved} still ${unresolved === 1 ? 'needs' : 'need'} attention`;
}

/** Names one run that failed: title, code, who started it and when. */
function sampleLine({ title, code, startedBy, startedAtMs }: Sample, { formatter }: RenderContext): string {
  const by = startedBy === undefined ? '' : ` by ${formatter.text(startedBy, 80)}`;
  const when = startedAtMs === undefined ? '' : ` ${formatter.moment(startedAtMs)}`;
  const started = by === '' && when === '' ? [] : [`started${by}${when}`];
  return [formatter.text(title, 120), formatter.exact(code, 24), ...started].join(' · ');
}
