import type { Approval } from '../../../domain/approval.js';
import { decisionOf } from '../../../domain/approval-state.js';
import { anchorText } from '../../../domain/ledger/anchor.js';
import type { Notice, OperatorEvent } from '../../../domain/notice.js';
import { assertNever } from '../../../shared/assert-never.js';
import { batchLines } from './alerts/batch-lines.js';
import { clickReplyText } from './answers.js';
import { refusalText } from './cards/notes.js';
import { stateSentence } from './cards/states.js';
import { linkEndedLines, linkedLines } from './links.js';
import { receiptLines } from './receipts.js';
import { changeLines } from './replies/changes/change-lines.js';
import { commentsOf, type RenderContext, subjectOf, systemOf, typedLine, workOf } from './wording.js';

const mostAnchors = 20;

/** Says something once, unprompted: a heading line, then sentences. */
export function noticeLines(notice: Notice, renderContext: RenderContext): readonly string[] {
  switch (notice.kind) {
    case 'outcome':
      return outcomeLines(notice.approval, renderContext);
    case 'released':
      return releasedLines(notice, renderContext);
    case 'late-answer':
      return [
        notice.approval ? `About ${about(notice.approval, renderContext)}:` : 'About a button you pressed:',
        clickReplyText(notice.answer, renderContext),
      ];
    case 'outcome-unknown':
      return [
        `Nobody can tell whether your decision on ${about(notice.approval, renderContext)} ${isOvertaken(notice.approval) ? 'counted' : 'arrived'}.`,
        stateSentence(notice.approval, renderContext),
      ];
    case 'vote-void':
      return [
        `Your decision on ${about(notice.approval, renderContext)} does not count any more.`,
        voidReason(notice, renderContext),
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
        'The alert on which you confirmed this is gone from its channel, so you are told here:',
        ...batchLines(notice.records, renderContext),
      ];
    case 'operators':
      return operatorLines(notice.event, renderContext);
    default:
      return assertNever(notice);
  }
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

function voidReason(
  { why, approval }: Extract<Notice, { kind: 'vote-void' }>,
  renderContext: RenderContext,
): string {
  switch (why) {
    case 'facts-changed':
      return 'The request has changed since. Look at the card, and decide again if you still agree.';
    case 'rights':
      return 'You may not decide this any more.';
    case 'beyond-one-account':
      return `${systemOf(approval, renderContext)} wants more identities by now than the one Countersign signals with. Nothing was sent; please approve it there.`;
    case 'refused':
      return `${systemOf(approval, renderContext)} did not take it, and nothing was changed. The operators have been told.`;
    default:
      return assertNever(why);
  }
}

function releasedLines(
  { approval, why }: Extract<Notice, { kind: 'released' }>,
  renderContext: RenderContext,
): readonly string[] {
  const system = systemOf(approval, renderContext);
  const head = `Your decision on ${about(approval, renderContext)} was not sent.`;
  switch (why) {
    case 'unreachable':
      return [
        head,
        `${system} could not be reached in time, so it was given up. Nothing was changed; please decide again on the card.`,
      ];
    case 'unwatched':
      return [
        head,
        `${system} is not in Countersign's settings any more. Nothing was changed; decide it there.`,
      ];
    case 'overtaken':
      return [
        head,
        `It had moved on in ${system} before your decision was sent. ${stateSentence(approval, renderContext)}`,
      ];
    default:
      return assertNever(why);
  }
}

function operatorLines(event: OperatorEvent, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  switch (event.kind) {
    case 'channel-lost':
      return [
        `⚠️ Countersign cannot post in ${formatter.exact(event.channel, 60)} any more: ${formatter.text(event.reason, 300)}`,
        'Cards meant for it are not seen there. Invite the bot again, or change the route in the settings.',
      ];
    case 'signal-refused': {
      const system = systemOf(event.approval, renderContext);
      return [
        `⚠️ ${system} did not take a decision on ${about(event.approval, renderContext)}: ${refusalText(event.reason, system, event.account && formatter.exact(event.account, 100))}.`,
        'Nothing was changed. People can decide it in the portal meanwhile.',
      ];
    }
    case 'not-moved':
      return [
        `⚠️ ${about(event.approval, renderContext)} does not move.`,
        stateSentence(event.approval, renderContext),
      ];
    case 'system-unreachable':
      return [
        `⚠️ ${formatter.text(renderContext.labelOf(event.system), 60)} (${formatter.exact(event.system, 60)}) has not answered since ${formatter.moment(event.sinceMs)}.`,
        'Cards stay as they were; decisions are kept and tried. The log says what went wrong.',
      ];
    case 'system-back':
      return [
        `✅ ${formatter.text(renderContext.labelOf(event.system), 60)} (${formatter.exact(event.system, 60)}) answers again; it had been silent since ${formatter.moment(event.sinceMs)}.`,
      ];
    case 'undecidable':
      return [
        `⚠️ Nobody can decide ${about(event.approval, renderContext)} here.`,
        'No rule in the settings fits it, or the rule names nobody. People can decide it in the portal meanwhile.',
      ];
    case 'ledger-anchored':
      return [
        '🔏 How far the record of everything goes. Keep this message: it shows later whether records were cut off.',
        ...event.anchors.slice(0, mostAnchors).map((anchor) => formatter.exact(anchorText(anchor), 200)),
        ...(event.anchors.length > mostAnchors
          ? [`${event.anchors.length - mostAnchors} more are not shown here.`]
          : []),
      ];
    case 'too-few': {
      const { approval, gap } = event;
      const able = gap.able === 0 ? 'Nobody' : `Only ${gap.able}`;
      return [
        `⚠️ Too few people can approve ${about(approval, renderContext)} here.`,
        `${able} of those its rule names can act by what the settings and Slack say, and ${gap.wanted} must. ${typedLine(renderContext, `why ${approval.code}`)} says why not.`,
      ];
    }
    case 'disowned':
      return repudiatedLines(event, renderContext);
    case 'restored':
      return [
        `✅ ${formatter.person(event.by)} gave ${formatter.person(event.person)} their rights in Countersign back.`,
      ];
    case 'alerts-off':
      return [
        `⚠️ Alerts are off for ${formatter.text(renderContext.labelOf(event.system), 60)} (${formatter.exact(event.system, 60)}).`,
        `Failures cannot be seen: the account Countersign signs in with lacks ${formatter.exact(event.permission, 100)}.`,
      ];
    case 'result-not-visible':
      return [
        `⚠️ The result of ${about(event.approval, renderContext)} cannot be read.`,
        `The account Countersign signs in with to ${systemOf(event.approval, renderContext)} lacks ${formatter.exact(event.permission, 100)}.`,
      ];
    default:
      return assertNever(event);
  }
}

function repudiatedLines(
  { person, name, receipt, approval, cancelled }: Extract<OperatorEvent, { kind: 'disowned' }>,
  renderContext: RenderContext,
): readonly string[] {
  const { formatter } = renderContext;
  const what = approval
    ? [`It was about ${about(approval, renderContext)}. ${stateSentence(approval, renderContext)}`]
    : [];
  return [
    `🚨 ${formatter.text(name, 60)} (${formatter.person(person)}) says that a decision in their name was not theirs: receipt ${formatter.exact(receipt, 20)}.`,
    ...what,
    `Their rights in Countersign are suspended; decisions of theirs that were still held and are cancelled: ${cancelled}. ${typedLine(renderContext, 'restore @person')} gives rights back.`,
  ];
}

/** Names a request so that it is found again: `Enrolment app.example.com (K7F3)`. */
function about(approval: Approval, { formatter }: RenderContext): string {
  return `${workOf(approval, formatter)} ${formatter.exact(subjectOf(approval), 200)} (${formatter.text(approval.code, 12)})`;
}
