import { type Approval, decisionOf, type Question, type Verdict } from '../../domain/approval.js';
import type { FixedNotice } from '../../domain/notification.js';
import type { ClickReply, Missing } from '../../domain/voting.js';
import { assertNever, defined } from '../../shared/language.js';
import { cutText } from '../../shared/text.js';
import type { AskResult } from '../../use-cases/approvals/ask.js';
import {
  type Formatter,
  finished,
  gaveOf,
  plainFormatter,
  quoted,
  type RenderContext,
  requestName,
  systemOf,
  titled,
  votersOf,
} from '../format.js';
import { changeLines, stateSentence } from './approval-state.js';
import { linkNeededText, notInBulkText, refusalSentence, removedText, shadowMessages } from './phrases.js';

/** Tells somebody privately what became of their click. */
export function clickReplyText(reply: ClickReply, renderContext: RenderContext): string {
  return finished(replyText(reply, renderContext));
}

function replyText(reply: ClickReply, renderContext: RenderContext): string {
  const { formatter } = renderContext;
  switch (reply.kind) {
    case 'refused':
      return `${refusalSentence(reply.why, formatter)} Nothing was decided.`;
    case 'person-not-checked':
      return 'Countersign could not check your account with Slack. Nothing was decided; please click again in a moment.';
    case 'checked-later':
      return 'Your click is saved. Slack cannot confirm right now whether you may decide; Countersign will retry and send you the result. There is no need to click again.';
    case 'replaced':
      return 'You clicked something else before this click was processed. This one decided nothing.';
    case 'unknown-card':
      return 'This button does not belong to a message Countersign knows. Nothing was decided.';
    case 'removed':
      return `${removedText('approval', reply.removedAtMs, formatter)} Nothing was decided.`;
    case 'shadow':
      return shadowMessages.click;
    case 'settling':
      return 'Countersign has just gone live and is reading every request again. Nothing was decided; click again in a minute.';
    case 'no-system':
      return `${formatter.exact(reply.system, 60)} is no longer in Countersign's settings, so nothing can be decided here. Nothing was changed.`;
    case 'over':
      return `This is already over. ${stateSentence(reply.approval, renderContext)} Your click changed nothing.`;
    case 'being-decided':
      return beingDecidedText(reply.approval, renderContext);
    case 'account-counted':
      return `Countersign's service account has already approved this step, and it counts only once. ${stateSentence(reply.approval, renderContext)}`;
    case 'beyond-one-account':
      return `${systemOf(reply.approval, renderContext)} needs several approvers for this, and Countersign's service account counts as one. Nothing was decided; please approve it in ${systemOf(reply.approval, renderContext)}.`;
    case 'incomplete':
      return `${missingText(reply.missing)} Nothing was decided; please click the button again.`;
    case 'not-in-bulk':
      return `${notInBulkText(reply.reason)} It was not approved; please decide it on its own.`;
    case 'link-needed':
      return linkNeededText(reply, renderContext);
    case 'facts-changed':
      return factsChangedText(reply, renderContext);
    case 'shown-otherwise':
      return 'What stands out in this request, or its rule, has changed since it was shown to you. Nothing was decided; please look at the card again.';
    case 'press-again':
      return 'This is decided in a window, which could not open when you clicked. Nothing was decided; please click the button again.';
    case 'already-voted':
      return alreadyVotedText(reply, formatter);
    case 'same-identity':
      return `${formatter.text(reply.other, 60)} has ${reply.output === undefined ? 'approved' : `chosen ${quoted(reply.output, formatter)}`} already. Your usernames are, or could be, one person's, so the two of you count once; someone else has to ${reply.output === undefined ? 'approve' : 'decide'} too.`;
    case 'seat-taken':
      return `${seatTakenText(reply, formatter)} An approver and their delegate count once, so someone else has to ${reply.output === undefined ? 'approve' : 'decide'} too.`;
    case 'vote-counted':
      return `${titled(voteOf(reply, formatter))} recorded (${reply.have} of ${reply.of}). It's sent once enough people ${reply.output === undefined ? 'approve' : 'choose it'}; until then you can withdraw it.`;
    case 'vote-withdrawn':
      return `Your ${reply.approval.inbound ? 'choice' : 'approval'} is withdrawn and no longer counts.`;
    case 'nothing-to-withdraw':
      return 'There is no approval of yours to withdraw.';
    case 'taken-back':
      return `Undone. Nothing was changed in ${systemOf(reply.approval, renderContext)}; the request waits for a decision again.`;
    case 'rule-stopped':
      return `Stopped: no rule will approve this by itself. Nothing was changed in ${systemOf(reply.approval, renderContext)}; the request waits for people to decide.`;
    case 'not-yours-to-take-back':
      return notYoursText(reply, renderContext);
    case 'too-late-to-take-back':
      return `It is too late to undo this. ${stateSentence(reply.approval, renderContext)}`;
    case 'too-old':
      return `Your ${voteOf(reply, formatter)} waited so long to be processed that it is too old to be sent. Nothing was decided; please look at the card again.`;
    case 'decided':
      return stateSentence(reply.approval, renderContext);
    case 'kept':
      return `Your click is saved but could not be processed yet (ref ${formatter.text(reply.ref, 60)}). Countersign tries again by itself; there is no need to click again.`;
    case 'broke':
      return `${brokeText(reply.ref, renderContext)} Nothing was decided.`;
    default:
      return assertNever(reply);
  }
}

/** Names what somebody gave: `approval`, `denial`, or `choice “Send back”`. */
function voteOf(
  { verdict = 'approve', output }: { readonly verdict?: Verdict; readonly output?: string },
  formatter: Formatter,
): string {
  return gaveOf({ verdict, votes: [], ...defined({ output }) }, formatter);
}

function alreadyVotedText(
  { have, of, output }: Extract<ClickReply, { kind: 'already-voted' }>,
  formatter: Formatter,
): string {
  if (output === undefined) {
    return `Your approval counts already: ${have} of ${of}. Someone else has to approve too.`;
  }
  return `You have chosen ${quoted(output, formatter)} already, which counts: ${have} of ${of}. Someone else has to choose it too; to change your choice, withdraw it first.`;
}

function seatTakenText(
  { other, seat, output }: Extract<ClickReply, { kind: 'seat-taken' }>,
  formatter: Formatter,
): string {
  const did = output === undefined ? 'approved' : `chosen ${quoted(output, formatter)}`;
  const who = formatter.text(other, 60);
  if (seat === undefined) return `${who} has already ${did}, and you are their delegate.`;
  return `${who} has ${did} already for ${formatter.text(seat, 60)}.`;
}

/** A run takes one decision at a time, so one about another step of it can be in the way. */
function beingDecidedText(approval: Approval, renderContext: RenderContext): string {
  if (approval.state.kind === 'waiting') {
    return `A decision about another step of the same run is on its way to ${systemOf(approval, renderContext)}. Your click changed nothing; please click again in a moment.`;
  }
  return `This is being decided already. ${stateSentence(approval, renderContext)} Your click changed nothing.`;
}

/** Admits a defect of ours; the reference is in the log. */
export function brokeText(ref: string, { formatter }: RenderContext): string {
  return `Something went wrong in Countersign (ref ${formatter.text(ref, 60)}). Operators can find it in the log under that reference.`;
}

function factsChangedText(
  reply: Extract<ClickReply, { kind: 'facts-changed' }>,
  renderContext: RenderContext,
): string {
  const lines = changeLines(reply.changes, renderContext);
  return [
    'The request is no longer what you were shown. Nothing was decided; please look at the card again.',
    ...lines,
  ].join('\n');
}

function notYoursText(
  { approval }: Extract<ClickReply, { kind: 'not-yours-to-take-back' }>,
  { formatter }: RenderContext,
): string {
  const decision = decisionOf(approval.state);
  const who = decision ? `: ${votersOf(decision, formatter)}` : '';
  return `Only those who decided can undo it${who}.`;
}

/** The words of the modals. Titles and buttons of a modal may have 24 characters. */
export const dialogText = {
  approve: {
    title: 'Approve',
    submit: 'Approve',
    label: 'Comment',
    hint: 'Stored with the approval, together with your name.',
    reasonLabel: 'Reason',
    typedLabel: 'Type the short code, or the subject, to approve',
    typedHint: 'Type it exactly, so that nothing is approved by accident.',
    noRoom: 'There is no room left for your comment next to those already given.',
  },
  deny: {
    title: 'Deny',
    submit: 'Deny',
    label: 'Reason',
    hint: 'Stored with the denial, together with your name. A denial ends the workflow.',
  },
  cancel: 'Cancel',
  details: { title: 'Details', close: 'Close' },
} as const;

/** What a modal of one's own output says instead. */
export interface ChosenText {
  readonly title: string;
  readonly submit: string;
  readonly hint: string;
}

/** Names what somebody is about to choose. */
export function choiceLine(output: string, formatter: Formatter): string {
  return `You are choosing ${quoted(output, formatter)}.`;
}

const mostInTitle = 24;

/** Writes the words of a modal that asks about one of the outputs a workflow offered. */
export function chosenText(
  output: string,
  { verb, system }: { readonly verb: 'approve' | 'deny'; readonly system: string },
): ChosenText {
  const name = finished(plainFormatter.text(output, mostInTitle));
  const whole = `${name} — ${verb === 'approve' ? 'comment' : 'reason'}`;
  return {
    title: whole.length <= mostInTitle ? whole : name,
    submit: name,
    hint: cutText(`Stays in Slack, together with your name; only the choice is sent to ${system}.`, 150),
  };
}

/** What is said on the spot when a press or a modal leads to nothing. */
export const messages = {
  rulesChanging:
    'The settings are being reloaded, so nothing has happened yet. A decision you made is kept and processed within a minute; please repeat anything else.',
  unread:
    "Countersign can't read what Slack sent, so nothing was done. Please try again; if it keeps happening, tell an operator.",
  tooSlow: 'That took too long for Slack to open a window. Nothing was decided; please click again.',
  windowRefused: 'Slack did not open the window just now. Nothing was decided; please click again.',
  notWritten:
    'Nothing was decided: Countersign could not store the decision. Please click again in a moment.',
  notKnownWritten:
    'Countersign could not confirm that your decision was stored. If it was, it is processed once the store is back, without another click. Check the card before you click again.',
  notNow:
    'Countersign could not check your account with Slack. Nothing was sent; please try again in a moment.',
  takenBefore:
    'Your first submission was accepted. What you changed after that was not. Close this window and check the card.',
  oldWindow: 'This window is too old. Click the button on the card again; nothing was decided.',
} as const;

/** Says what a decision lacks by its rule. */
export function missingText(missing: Missing): string {
  switch (missing) {
    case 'reason':
      return 'Please give a reason; it is stored with the decision.';
    case 'typed':
      return 'Please type the short code of this request, or its subject, exactly as shown.';
    default:
      return assertNever(missing);
  }
}

/** Says by how much a comment is too long. */
export function tooLongText(byCharacters: number): string {
  return `Too long by ${byCharacters} ${byCharacters === 1 ? 'character' : 'characters'}, counting the line that says who decided.`;
}

/** Titles, labels and buttons of asking and answering; titles and labels have little room. */
export const questionText = {
  ask: {
    title: 'Ask the requester',
    submit: 'Ask',
    label: 'Your question',
    hint: 'Sent to them as a direct message, and shown on the card with their answer.',
  },
  answer: {
    title: 'Answer a question',
    submit: 'Answer',
    label: 'Your answer',
    hint: 'Shown on the card, to everyone who can see it.',
    button: 'Answer',
  },
  cancel: 'Cancel',
  blank: 'Please write something.',
} as const;

/** Tells somebody what became of their question or answer. */
export function askReplyText(result: AskResult, renderContext: RenderContext): string {
  return finished(askReplySentence(result, renderContext));
}

function askReplySentence(result: AskResult, renderContext: RenderContext): string {
  const { formatter } = renderContext;
  switch (result.kind) {
    case 'asked':
      return `Your question about ${requestName(result.approval, formatter)} goes to the requester. The answer will appear on the card, and you get it as a direct message.`;
    case 'answered':
      return `Thank you. Your answer about ${requestName(result.approval, formatter)} is added to the card.`;
    case 'asked-before':
      return `Your first question was accepted: “${formatter.text(result.question.text, 300)}”. What you changed after that was not. Close this window and click the button again to ask more.`;
    case 'requester-unknown':
      return `Nobody was asked: Countersign does not know who the requester of ${requestName(result.approval, formatter)} is in Slack. Operators can add them under “people”, with their username in ${systemOf(result.approval, renderContext)}.`;
    case 'over':
      return `This is no longer open for decisions. ${stateSentence(result.approval, renderContext)} Nothing was sent.`;
    case 'refused':
      return `${refusalSentence(result.why, formatter)} Only those who can decide can ask the requester. Nothing was sent.`;
    case 'too-many':
      return `${result.most} questions were asked about this already. Please talk to the requester directly.`;
    case 'answered-before':
      return `You have answered that already: “${formatter.text(result.question.answer?.text ?? '', 300)}”`;
    case 'shadow-off':
      return shadowMessages.command;
    case 'unknown-question':
      return "This question isn't yours to answer. Nothing was sent.";
    default:
      return assertNever(result);
  }
}

/** Shows what the requester was asked and what they answered, oldest first; of many only the last. */
export function questionLines(
  { questions = [] }: Pick<Approval, 'questions'>,
  formatter: Formatter,
): readonly string[] {
  return questions.flatMap((question) => [
    `❓ ${formatter.label(`${askerOf(question, formatter)} asked:`)} ${formatter.text(question.text, 700)}`,
    question.answer
      ? `💬 ${formatter.label('The requester answered:')} ${formatter.text(question.answer.text, 700)}`
      : '💬 The requester has not answered yet.',
  ]);
}

function askerOf({ name, person }: Question, formatter: Formatter): string {
  return name === '' ? formatter.person(person) : formatter.text(name, 60);
}

/** Puts a question to the requester, or its answer to whoever asked. */
export function questionNoticeLines(
  { kind, approval, question }: Extract<FixedNotice, { kind: 'question' | 'answered' }>,
  renderContext: RenderContext,
): readonly string[] {
  const { formatter } = renderContext;
  const about = requestName(approval, formatter);
  if (kind === 'question')
    return [
      `❓ ${askerOf(question, formatter)} asks about your request ${about}:`,
      `> ${formatter.text(question.text, 700)}`,
    ];
  return [
    `💬 The requester has answered your question about ${about}.`,
    `> ${formatter.text(question.text, 700)}`,
    `Answer: ${formatter.text(question.answer?.text ?? '', 700)}`,
    `It is on the card as well; ${formatter.exact(`${renderContext.command ?? '/workflow'} approvals`, 60)} lists what waits for you.`,
  ];
}
