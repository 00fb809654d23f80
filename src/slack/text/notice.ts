import { type Approval, decisionOf } from '../../domain/approval.js';
import { isExpiration } from '../../domain/instance.js';
import { anchorText } from '../../domain/ledger.js';
import type { BulkResult, FixedNotice, OperatorEvent } from '../../domain/notification.js';
import { type Urgency, urgencyOf } from '../../domain/reminders.js';
import type { ShadowCount, ShadowReason, ShadowRecord, ShadowSum } from '../../domain/shadow.js';
import { hasLeftUs } from '../../domain/voting.js';
import type { Content, HeldContent, WaitingItem } from '../../ports/chat.js';
import { assertNever } from '../../shared/language.js';
import { joinList, listSome } from '../../shared/text.js';
import type { Repudiation } from '../../use-cases/approvals/repudiate.js';
import {
  commentsOf,
  didOf,
  type Formatter,
  type RenderContext,
  requestName,
  systemOf,
  titled,
  typedLine,
} from '../format.js';
import { absenceLines, unattendedLines } from './absence.js';
import { batchLines, timeSpan } from './alert.js';
import { clickReplyText, questionNoticeLines } from './answer.js';
import { changeLines as factChangeLines, refusalText, stateSentence, unsentText } from './approval-state.js';
import { faultText, linkEndedLines, linkedLines, removedText, serverMessage } from './phrases.js';
import { changeLines } from './reply-changes.js';

/** Says what the button of a digest does: it shows everybody their own. */
export const digestButton = 'Show what waits for me';

/** Says how many requests wait without a card here, or that none does any more. */
export function digestLines(
  count: number,
  { formatter, command }: { readonly formatter: Formatter; readonly command: string },
): readonly string[] {
  if (count === 0) return ['✅ Every request that waited for its card here now has one, or is decided.'];
  return [
    `📚 ${formatter.label(count === 1 ? '1 request waits without a card here.' : `${count} requests wait without a card here.`)}`,
    `Cards are posted one at a time, because Slack accepts about one message a second. To see yours now, click the button or type ${formatter.exact(`${command} approvals`, 60)}.`,
  ];
}

/** What tells somebody what waits for them. */
type Reminder = Extract<Content, { kind: 'reminder' }>;

/** Reminds somebody of what waits for them, the most pressing first. */
export function reminderLines(
  { waiting, total, nudge, nowMs }: Reminder,
  renderContext: RenderContext,
): readonly string[] {
  const { formatter } = renderContext;
  const oldestMs = Math.max(...waiting.map(({ approval }) => nowMs - approval.waitingSinceMs));
  const head =
    total === 1
      ? `1 approval has been waiting for you for ${timeSpan(oldestMs)}.`
      : `${total} approvals are waiting for you. The oldest${total > waiting.length ? ' listed here' : ''} has been waiting for ${timeSpan(oldestMs)}.`;
  return [
    ...(nudge ? [`👋 The requester of ${requestName(nudge, formatter)} sends you this reminder.`] : []),
    `⏰ ${formatter.label(head)}`,
    ...waiting.map((item) => `• ${waitingLine(item, nowMs, renderContext)}`),
    ...(total > waiting.length ? [notListed(total - waiting.length)] : []),
  ];
}

/** Names what was to be shown to somebody who cannot decide it, and still waits. */
export function othersLines(
  { others, nowMs }: Extract<Content, { kind: 'summary' }>,
  renderContext: RenderContext,
): readonly string[] {
  if (others.length === 0) return [];
  const shown = others.slice(0, 10);
  return [
    renderContext.formatter.label('Also sent to you, and still waiting:'),
    ...shown.map((item) => `• ${waitingLine(item, nowMs, renderContext)}`),
    ...(others.length > shown.length ? [notListed(others.length - shown.length)] : []),
  ];
}

function notListed(count: number): string {
  return `${count} more ${count === 1 ? 'is' : 'are'} not listed here.`;
}

/** Says one of the things that were kept for somebody. */
export function heldLines(content: HeldContent, renderContext: RenderContext): readonly string[] {
  return content.kind === 'notice'
    ? noticeLines(content.notice, renderContext)
    : undecidedLines(content, renderContext);
}

/** What stands in a summary besides what it lists. */
export const summaryText = {
  several: 'Review several…',
  note: "Sent as one message, as you chose under Notifications in Countersign's Home.",
} as const;

/** Names one approval that waits, for how long, and by when it should be decided. */
function waitingLine(
  { approval, urgency }: WaitingItem,
  nowMs: number,
  renderContext: RenderContext,
): string {
  const { formatter } = renderContext;
  const parts = [
    `${requestName(approval, formatter)} in ${systemOf(approval, renderContext)}`,
    `waiting ${timeSpan(nowMs - approval.waitingSinceMs)}`,
    ...deadlineText(urgency, approval, formatter),
  ];
  return parts.join(', ');
}

/** Says by when something should be decided, and whether that is over; nothing where nothing sets a date. */
export function deadlineText(
  { deadlineMs, isOverdue }: Urgency,
  { instance }: Pick<Approval, 'instance'>,
  formatter: Formatter,
): readonly string[] {
  if (deadlineMs === undefined) return [];
  const isCertificate = instance.facts.replaces?.expiresAtMs === deadlineMs;
  const date = formatter.day(deadlineMs);
  if (!isCertificate) return [isOverdue ? `🔴 overdue since ${date}` : `due ${date}`];
  const what = isExpiration(instance) ? 'the certificate' : 'the certificate it replaces';
  return [isOverdue ? `🔴 overdue: ${what} expired ${date}` : `${what} expires ${date}`];
}

/** Says that nobody has decided, and what whoever reads it can do. */
export function undecidedLines(
  { to, card, nowMs }: Extract<Content, { kind: 'undecided' }>,
  renderContext: RenderContext,
): readonly string[] {
  const { formatter } = renderContext;
  const { approval, deciders } = card;
  const span = timeSpan(nowMs - approval.waitingSinceMs);
  const date = deadlineText(urgencyOf(approval, nowMs), approval, formatter).map(
    (text) => `${titled(text)}.`,
  );
  const stop = typedLine(renderContext, `stop ${approval.code}`);
  if (to === 'requester')
    return [
      `⏳ Your request has been waiting ${span} without a decision: ${about(approval, renderContext)}.`,
      ...date,
      `It is still waiting. If you no longer need it, ask an operator to run ${stop}.`,
    ];
  const people = deciders?.people.map(({ name }) => formatter.text(name, 60)) ?? [];
  const shown = people.length <= 8 ? people : [...people.slice(0, 7), `${people.length - 7} more people`];
  const who =
    shown.length > 0
      ? `Who can decide: ${joinList(shown)}.`
      : 'Countersign does not know anyone who can decide it.';
  const head = `${titled(about(approval, renderContext))} in ${systemOf(approval, renderContext)} has been waiting ${span} without a decision.`;
  return [
    `⏳ ${head}`,
    ...date,
    who,
    to === 'operators'
      ? `It is still waiting. ${typedLine(renderContext, `why ${approval.code}`)} explains who may decide; ${stop} stops it.`
      : 'For your information only. Approvers decide on the card.',
  ];
}

/** Stands in for a message whose buttons must go when Slack takes no other form of it: fixed, so nothing in it can be refused. */
export function outdatedText(command = '/workflow'): string {
  return `This message is out of date, and its buttons are gone. Type ${command} approvals to see what still waits.`;
}

const mostAnchors = 20;

/** Says something once, unprompted: a heading line, then sentences. */
export function noticeLines(notice: FixedNotice, renderContext: RenderContext): readonly string[] {
  switch (notice.kind) {
    case 'opened':
      return [
        `📨 Your request waits for a decision: ${about(notice.approval, renderContext)} in ${systemOf(notice.approval, renderContext)}.`,
        `${typedLine(renderContext, 'mine')} shows where it stands; ${typedLine(renderContext, `nudge ${notice.approval.code}`)} reminds those who can decide.`,
      ];
    case 'outcome':
      return outcomeLines(notice.approval, renderContext);
    case 'released':
      return releasedLines(notice, renderContext);
    case 'late-answer':
      return [
        notice.approval ? `About ${about(notice.approval, renderContext)}:` : 'About a button you clicked:',
        clickReplyText(notice.reply, renderContext),
      ];
    case 'outcome-unknown':
      return [
        `It is not known whether your decision on ${about(notice.approval, renderContext)} ${isOvertaken(notice.approval) ? 'counted' : 'arrived'}.`,
        stateSentence(notice.approval, renderContext),
      ];
    case 'vote-void':
      return [
        `Your decision on ${about(notice.approval, renderContext)} no longer counts.`,
        voidReason(notice, renderContext),
        ...changesOf(notice, renderContext),
      ];
    case 'receipt':
      return receiptLines(notice, renderContext);
    case 'link-ended':
      return linkEndedLines(notice, renderContext);
    case 'linked':
      return linkedLines(notice, renderContext);
    case 'change':
      return changeLines(notice.record, renderContext);
    case 'batch':
      return [
        'The alert on which you confirmed this is gone from its channel, so the result is here:',
        ...batchLines(notice.records, renderContext),
      ];
    case 'question':
    case 'answered':
      return questionNoticeLines(notice, renderContext);
    case 'bulk':
      return bulkLines(notice.results, renderContext);
    case 'absence':
    case 'absence-ended':
      return absenceLines(notice, renderContext);
    case 'operators':
      return operatorLines(notice.event, renderContext);
    default:
      return assertNever(notice);
  }
}

/** Tells whoever approved several together what came of each; what went well first, and why the others did not. */
function bulkLines(results: readonly BulkResult[], renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  const nameOf = ({ code, subject }: BulkResult) =>
    `${formatter.text(code, 12)} ${formatter.exact(subject, 80)}`;
  const group = (how: BulkResult['how'], head: string): readonly string[] => {
    const some = results.filter((one) => one.how === how);
    return some.length === 0
      ? []
      : [`${formatter.label(`${head}: ${some.length}`)} ${some.map(nameOf).join(', ')}`];
  };
  const refused = results.filter(({ how }) => how === 'refused');
  return [
    results.length === 1
      ? 'You selected one request under Approve several.'
      : `You selected ${results.length} requests under Approve several.`,
    ...group('approved', '✅ Approved'),
    ...group('under-way', '⏳ Decided; the card shows the result'),
    ...group('counted', '☑️ Counted; waiting for others'),
    ...group('not-taken', '⚠️ Not accepted, and waiting again; the card says why'),
    ...refused.map(
      (one) =>
        `⚠️ ${nameOf(one)}: ${one.reply ? clickReplyText(one.reply, renderContext) : 'Nothing was decided.'}`,
    ),
  ];
}

/** Tells the requester how it ended, in whose words. */
function outcomeLines(approval: Approval, renderContext: RenderContext): readonly string[] {
  const decision = decisionOf(approval.state);
  return [
    `About your request ${about(approval, renderContext)}:`,
    stateSentence(approval, renderContext),
    ...(decision ? commentsOf(decision, renderContext.formatter).map((line) => `> ${line}`) : []),
  ];
}

/** It arrived where the system answered; whether that moved the run is another matter. */
function isOvertaken({ state }: Approval): boolean {
  return state.kind === 'ended' && state.ending.kind === 'overtaken';
}

/** Lists what is not as it was when somebody decided. */
function changesOf(
  { why, approval: { state } }: Extract<FixedNotice, { kind: 'vote-void' }>,
  renderContext: RenderContext,
): readonly string[] {
  const isListed =
    why === 'facts-changed' && state.kind === 'waiting' && state.note?.kind === 'facts-changed';
  return isListed ? factChangeLines(state.note.changes, renderContext) : [];
}

function showsMore({ state }: Approval): boolean {
  return state.kind === 'waiting' && state.note?.kind === 'facts-changed' && state.note.isMore === true;
}

function refusedHead(approval: Approval, renderContext: RenderContext): string {
  const { state } = approval;
  const system = systemOf(approval, renderContext);
  const isUnsent = state.kind === 'waiting' && state.note?.kind === 'refused' && state.note.isUnsent;
  return isUnsent ? `It was not sent to ${system}` : `${system} did not accept it`;
}

function voidReason(
  { why, approval }: Extract<FixedNotice, { kind: 'vote-void' }>,
  renderContext: RenderContext,
): string {
  switch (why) {
    case 'facts-changed':
      if (showsMore(approval))
        return 'Countersign now shows more of this request. Look at the card, and decide again if you still agree.';
      return 'The request has changed since. Look at the card, and decide again if you still agree.';
    case 'findings':
      return 'What stands out in the request has changed since. Look at the card, and approve again if you still agree.';
    case 'rights':
      return 'You can no longer decide this.';
    case 'beyond-one-account':
      return `${systemOf(approval, renderContext)} now needs several approvers, and Countersign's service account counts as one. Nothing was sent; please approve it in ${systemOf(approval, renderContext)}.`;
    case 'refused':
      return `${refusedHead(approval, renderContext)}, and nothing was changed. The operators have been notified.`;
    default:
      return assertNever(why);
  }
}

function releasedLines(
  { approval, why }: Extract<FixedNotice, { kind: 'released' }>,
  renderContext: RenderContext,
): readonly string[] {
  const system = systemOf(approval, renderContext);
  const head = `Your decision on ${about(approval, renderContext)} was not sent.`;
  switch (why) {
    case 'unreachable':
      return [
        head,
        `It could not be sent to ${system} in time, so it was dropped. Nothing was changed; please decide again on the card.`,
      ];
    case 'unwatched':
      return [
        head,
        `${system} is no longer in Countersign's settings. Nothing was changed; decide it in ${system}.`,
      ];
    case 'undecided':
      return [
        head,
        `Others still had to approve. ${stateSentence(approval, renderContext)}`,
        ...(isHidden(approval)
          ? ['If Countersign can read the request again and it has not changed, your approval counts again.']
          : []),
      ];
    case 'overtaken':
      return [
        head,
        `The workflow had moved on in ${system} before your decision was sent. ${stateSentence(approval, renderContext)}`,
      ];
    default:
      return assertNever(why);
  }
}

function isHidden({ state }: Approval): boolean {
  return state.kind === 'ended' && state.ending.kind === 'not-visible';
}

function operatorLines(event: OperatorEvent, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  switch (event.kind) {
    case 'channel-lost':
      return [
        `⚠️ Countersign can no longer post in ${formatter.exact(event.channel, 60)}: ${formatter.text(event.reason, 300)}`,
        'Cards for it do not appear there. Invite Countersign again, or change the route in the settings.',
      ];
    case 'person-lost':
      return [
        `⚠️ Countersign can't send ${formatter.person(event.person)} direct messages: ${formatter.text(event.reason, 300)}`,
        `Their own copies of cards are not sent; everyone else on the route still gets theirs. Take them out of ${formatter.exact('routes[].people', 60)}, or check their account in Slack.`,
      ];
    case 'not-editable':
      return [
        `⚠️ Slack won't let Countersign edit a message in ${formatter.exact(event.channel, 60)}: ${formatter.text(event.reason, 300)}`,
        'Its current text is posted in its thread, or as a new message; the old message and its buttons no longer count.',
      ];
    case 'cards-missing':
      return [
        `⚠️ ${event.count} open cards are gone from ${formatter.exact(event.channel, 60)}.`,
        `They are not posted again one by one: a digest takes their place, and ${typedLine(renderContext, 'approvals')} lists them. Find out who removed them, or invite Countersign to the channel again.`,
      ];
    case 'signal-refused': {
      const system = systemOf(event.approval, renderContext);
      const head = event.isUnsent
        ? `A decision on ${about(event.approval, renderContext)} was not sent to ${system}`
        : `${system} did not accept a decision on ${about(event.approval, renderContext)}`;
      return [
        `⚠️ ${head}: ${event.isUnsent ? unsentText(event.reason, system) : refusalText(event.reason, system, event.account && formatter.exact(event.account, 100))}.${serverMessage(event.said, formatter)}`,
        'Nothing was changed. People can decide it in the portal meanwhile.',
      ];
    }
    case 'not-moved':
      return [
        `⚠️ ${titled(about(event.approval, renderContext))} is not moving on.`,
        stateSentence(event.approval, renderContext),
      ];
    case 'system-unreachable':
      return [
        event.fault === undefined || event.fault === 'silence'
          ? `⚠️ ${formatter.text(renderContext.labelOf(event.system), 60)} (${formatter.exact(event.system, 60)}) has not answered since ${formatter.moment(event.sinceMs)}.`
          : `⚠️ Countersign has not been able to read anything from ${formatter.text(renderContext.labelOf(event.system), 60)} (${formatter.exact(event.system, 60)}) since ${formatter.moment(event.sinceMs)}: it ${faultText(event.fault)}.`,
        'Cards stay as they were; decisions are kept and retried. The log says what went wrong.',
      ];
    case 'system-back': {
      const name = `${formatter.text(renderContext.labelOf(event.system), 60)} (${formatter.exact(event.system, 60)})`;
      return [
        event.fault === undefined || event.fault === 'silence'
          ? `✅ ${name} answers again; it had been silent since ${formatter.moment(event.sinceMs)}.`
          : `✅ ${name} can be read again, after being unreadable since ${formatter.moment(event.sinceMs)}.`,
      ];
    }
    case 'undecidable':
      return [
        `⚠️ Nobody can decide ${about(event.approval, renderContext)} here.`,
        `No rule in the settings matches it, or the rule names nobody. People can decide it in ${systemOf(event.approval, renderContext)} meanwhile.`,
      ];
    case 'no-step': {
      const system = formatter.text(renderContext.labelOf(event.system), 60);
      return [
        `⚠️ No card for a run that waits in ${system}: ${formatter.text(event.name, 200)} (run ${formatter.exact(event.run, 80)}).`,
        `${system} doesn't name the step it is waiting at, so no decision could be sent from here. Decide it in ${system}.`,
      ];
    }
    case 'ledger-anchored':
      return [
        '🔏 Ledger checkpoint. Keep this message: it can later show whether entries were removed from the end of the ledger.',
        ...event.anchors.slice(0, mostAnchors).map((anchor) => formatter.exact(anchorText(anchor), 200)),
        ...(event.anchors.length > mostAnchors ? [notListed(event.anchors.length - mostAnchors)] : []),
      ];
    case 'store-restored':
      return [
        '⚠️ The store is older than its last anchor: a backup was restored, or someone changed the store.',
        'Decisions made before the restore are on hold, because they may have been undone after the backup was taken. They expire on their own. Countersign does not know what was sent, or whose rights were suspended, after the backup.',
        `If you restored the backup on purpose, run ${formatter.exact('countersign store confirm-restore', 60)}.`,
      ];
    case 'too-few': {
      const { approval, gap } = event;
      const able = gap.able === 0 ? 'nobody' : `only ${gap.able} ${gap.able === 1 ? 'person' : 'people'}`;
      return [
        `⚠️ Too few people can approve ${about(approval, renderContext)} here.`,
        `${gap.wanted} must approve, but ${able} named by the rule can, according to the settings and Slack. ${typedLine(renderContext, `why ${approval.code}`)} explains why.`,
      ];
    }
    case 'disowned':
      return repudiatedLines(event, renderContext);
    case 'absence':
    case 'absence-ended':
      return absenceLines(event, renderContext);
    case 'unattended':
      return unattendedLines(event.rule, renderContext);
    case 'restored':
      return [
        `✅ ${formatter.person(event.by)} restored the rights of ${formatter.person(event.person)} in Countersign.`,
      ];
    case 'shadow-day':
      return shadowLines(event.sum, renderContext);
    case 'mode-switched':
      return event.switchedTo === 'live'
        ? [
            `Countersign is live: approvers can decide from Slack from now on. ${waitedText(event.count)}`,
            'Every request is read again first, and no click made in shadow mode counts.',
          ]
        : [
            `Countersign is in shadow mode: nothing is decided or changed from Slack. ${waitedText(event.count)}`,
            'Approvals that were recorded but not sent yet no longer count.',
          ];
    case 'unsignable': {
      const label = formatter.text(renderContext.labelOf(event.system), 60);
      return [
        `⚠️ ${event.count === 1 ? 'One request that waits' : `${event.count} requests that wait`} in ${label} can't be decided by Countersign's service account: ${formatter.text(event.name, 200)}${event.count > 1 ? ` and ${event.count - 1} more` : ''}.`,
        event.count === 1
          ? `The account lacks the role for its step, or has already signaled at that step. Give the account the role, or decide the request in ${label}.`
          : `The account lacks the role for their steps, or has already signaled at those steps. Give the account the role, or decide the requests in ${label}.`,
      ];
    }
    case 'access-missing':
      return [
        `⚠️ ${formatter.text(renderContext.labelOf(event.system), 60)} (${formatter.exact(event.system, 60)}) can't be watched completely: ${formatter.text(event.reason, 300)}.`,
        ...(event.said === undefined ? [] : [`To fix it: ${formatter.text(event.said, 300)}.`]),
      ];
    case 'alerts-off':
      return [
        `⚠️ Alerts are off for ${formatter.text(renderContext.labelOf(event.system), 60)} (${formatter.exact(event.system, 60)}).`,
        `Failures cannot be seen: Countersign's service account lacks ${formatter.exact(event.permission, 100)}.`,
      ];
    case 'nothing-visible': {
      const label = formatter.text(renderContext.labelOf(event.system), 60);
      return [
        `⚠️ ${event.approvals === 1 ? 'The only open approval' : `None of the ${event.approvals} open approvals`} in ${label} (${formatter.exact(event.system, 60)}) ${event.approvals === 1 ? "can't" : 'can'} be read.`,
        `Cards stay as they are. Check whether Countersign's service account has lost a role or a permission in ${label}.`,
      ];
    }
    case 'result-not-visible':
      return [
        `⚠️ The result of ${about(event.approval, renderContext)} cannot be read.`,
        `Countersign's service account in ${systemOf(event.approval, renderContext)} lacks ${formatter.exact(event.permission, 100)}.`,
      ];
    default:
      return assertNever(event);
  }
}

function repudiatedLines(
  { person, name, receipt, approval, cancelled, isAbsence }: Extract<OperatorEvent, { kind: 'disowned' }>,
  renderContext: RenderContext,
): readonly string[] {
  const { formatter } = renderContext;
  const what = approval
    ? [`It was about ${about(approval, renderContext)}. ${stateSentence(approval, renderContext)}`]
    : [];
  return [
    `🚨 ${formatter.text(name, 60)} (${formatter.person(person)}) reports that ${isAbsence ? 'they did not name this delegate' : 'a decision in their name was not theirs'}: receipt ${formatter.exact(receipt, 20)}.`,
    ...what,
    `Their rights in Countersign are suspended; pending decisions canceled: ${cancelled}. ${typedLine(renderContext, 'restore @person')} gives their rights back.`,
  ];
}

function about(approval: Approval, { formatter }: RenderContext): string {
  return requestName(approval, formatter);
}

/** The words of the button on a receipt, and of the question behind it. */
export const repudiateText = {
  button: "That wasn't me",
  title: "That wasn't you?",
  question:
    'If you confirm, your rights in Countersign are suspended until an operator restores them, the operators are notified, and your pending decisions are canceled.',
  yes: 'Suspend my rights',
  no: 'Cancel',
} as const;

/** Tells somebody what was just decided in their name, and what to do if it was not them. */
function receiptLines(
  { receipt, approval, isWithdrawn }: Extract<FixedNotice, { kind: 'receipt' }>,
  renderContext: RenderContext,
): readonly string[] {
  const { formatter } = renderContext;
  const { vote, code } = receipt;
  return [
    `🧾 You ${didOf(vote, formatter)} ${formatter.moment(vote.atMs)}: ${requestName(approval, formatter)}.`,
    ...(isWithdrawn ? ['It was withdrawn and did not count.'] : []),
    `Receipt ${formatter.exact(code, 20)}: ${typedLine(renderContext, `receipt ${code}`)} shows the result.`,
    `If that wasn't you, click the button at once.`,
  ];
}

/** Tells what became of “That wasn't me”. */
export function repudiatedText(repudiated: Repudiation, renderContext: RenderContext): string {
  if (repudiated.kind === 'unknown-receipt') return 'This is not one of your receipts. Nothing was done.';
  if (repudiated.kind === 'removed')
    return `${removedText('receipt', repudiated.removedAtMs, renderContext.formatter)} Nothing was done. If that wasn't you, tell an operator.`;
  const { approval, cancelled, wasSuspended } = repudiated;
  const rights = wasSuspended
    ? 'Your rights in Countersign are suspended already.'
    : 'Your rights in Countersign are suspended, and the operators are notified.';
  const delayed =
    cancelled === 0
      ? []
      : [`${cancelled === 1 ? 'One pending decision was' : `${cancelled} pending decisions were`} canceled.`];
  const state =
    approval && hasLeftUs(approval)
      ? [
          `The reported decision was already sent, so Countersign cannot undo it: ${stateSentence(approval, renderContext)}`,
        ]
      : [];
  return [rights, ...delayed, ...state, 'Please change your Slack password and tell an operator.'].join(' ');
}

/** Admits that “That wasn't me” could not be carried out. */
export function notRepudiatedText(why: string): string {
  return `${why} Your rights are not suspended yet: please click again, and tell an operator.`;
}

function waitedText(count: number): string {
  if (count === 0) return 'Nothing waited at that moment.';
  return count === 1 ? 'One request waited at that moment.' : `${count} requests waited at that moment.`;
}

/** Says of each reason why a request could not have been decided from Slack, or was not shown. */
const shadowReasonTexts: Readonly<Record<ShadowReason, string>> = {
  'no-rule': 'no approver rule matches',
  'nobody-named': 'the rule names nobody',
  'nobody-can': 'nobody with a known username can act',
  'too-few': 'fewer people can act than the rule needs',
  'portal-only': 'the rule requires the portal',
  'several-accounts': "the step needs several approvers, and Countersign's service account counts as one",
  'not-seen': 'over before a poll saw it waiting, if it ever waited',
  unreadable: 'could not be read in full',
};

/** Tells what live mode would have done, and what happened in the systems instead. */
export function shadowLines(sum: ShadowSum, { formatter }: RenderContext): readonly string[] {
  const { sinceMs, posted, asked, refused, missed, decided, medianMs, waiting } = sum;
  const total = (counts: readonly ShadowCount[]) => counts.reduce((all, { count }) => all + count, 0);
  const people = asked.map(({ name, count }) => `${formatter.text(name, 60)} ${count}`);
  const reasons = (counts: readonly ShadowCount[]) =>
    counts.map(({ name, count }) => `${count}: ${shadowReasonTexts[name as ShadowReason] ?? name}`);
  const listed = (texts: readonly string[]) => (texts.length === 0 ? '' : ` (${listSome(texts, 8)})`);
  const after =
    medianMs === undefined
      ? ''
      : `, half of them within ${timeSpan(medianMs)} after they could have been decided in Slack`;
  return [
    `Shadow mode since ${formatter.moment(sinceMs)}`,
    `${formatter.label('Would have posted')} ${posted}${waiting > 0 ? `, ${waiting} still waiting` : ''}`,
    `${formatter.label('Would have asked')} ${people.length === 0 ? 'nobody' : listSome(people, 10)}`,
    `${formatter.label('Would have refused')} ${total(refused)}${listed(reasons(refused))}`,
    `${formatter.label('Missed')} ${total(missed)}${listed(reasons(missed))}`,
    `${formatter.label('Ended in the system')} ${decided}${after}`,
  ];
}

/** Says of a run of shadow mode what its system did, beside what live mode would have done. */
export function shadowComparison(record: ShadowRecord): readonly string[] {
  const { how, reason, atMs, endedAtMs, ending } = record;
  const isDecided = endedAtMs !== undefined && ending === 'decided-elsewhere';
  return [
    ...(how === 'refused' && reason
      ? [`A decision from Slack would have been refused: ${shadowReasonTexts[reason]}`]
      : []),
    ...(isDecided
      ? [`Ended in the system ${timeSpan(endedAtMs - atMs)} after you could have decided it in Slack`]
      : []),
  ];
}
