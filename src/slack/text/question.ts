import type { Approval, Question } from '../../domain/approval.js';
import type { FixedNotice } from '../../domain/notification.js';
import { assertNever } from '../../shared/language.js';
import type { AskResult } from '../../use-cases/approvals/ask.js';
import { type Formatter, finished, type RenderContext, requestName, systemOf } from '../format.js';
import { stateSentence } from './approval-state.js';
import { refusalSentence, shadowMessages } from './phrases.js';

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
  return finished(replyText(result, renderContext));
}

function replyText(result: AskResult, renderContext: RenderContext): string {
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
