import type { Notice } from '../../../domain/notice.js';
import { hasLeftUs } from '../../../domain/receipt.js';
import type { Reply } from '../../../domain/reply.js';
import type { Disowned } from '../../../ports/receipt-desk.js';
import { brokeText } from './answers.js';
import { stateSentence } from './cards/states.js';
import { didOf, subjectOf, typedLine, type Wording, workOf } from './wording.js';

/** The words of the button on a receipt, and of the question behind it. */
export const disownWords = {
  button: "That wasn't me",
  title: "That wasn't you?",
  question:
    'Everything you may do through Countersign is suspended until an operator restores it, the operators are told, and what is still held is cancelled.',
  yes: 'Suspend my rights',
  no: 'Cancel',
} as const;

/** Tells somebody what was just decided in their name, and what to do if it was not them. */
export function receiptLines(
  { receipt, approval }: Extract<Notice, { kind: 'receipt' }>,
  wording: Wording,
): readonly string[] {
  const { ink } = wording;
  const { vote, code } = receipt;
  const what = `${workOf(approval, ink)} ${ink.exact(subjectOf(approval), 200)} (${ink.words(approval.code, 12)})`;
  return [
    `🧾 You ${didOf(vote, ink)} ${ink.moment(vote.atMs)}: ${what}.`,
    `Receipt ${ink.exact(code, 20)}: ${typedLine(wording, `receipt ${code}`)} shows what becomes of it.`,
    `If that wasn't you, press the button at once.`,
  ];
}

/** Tells what became of “That wasn't me”. */
export function disownedText(disowned: Disowned, wording: Wording): string {
  if (disowned.kind === 'unknown-receipt') return 'This is no receipt of yours. Nothing was done.';
  const { approval, cancelled, wasSuspended } = disowned;
  const rights = wasSuspended
    ? 'Your rights in Countersign are suspended already.'
    : 'Your rights in Countersign are suspended, and the operators are told.';
  const held =
    cancelled === 0
      ? []
      : [
          `${cancelled === 1 ? 'One decision was' : `${cancelled} decisions were`} still held and is cancelled.`,
        ];
  const state =
    approval && hasLeftUs(approval)
      ? [`It cannot be called back from here: ${stateSentence(approval, wording)}`]
      : [];
  return [rights, ...held, ...state, 'Please change your Slack password and tell an operator.'].join(' ');
}

/** Admits that “That wasn't me” could not be carried out. */
export function notDisownedText(ref: string, wording: Wording): string {
  return `${brokeText(ref, wording)} Your rights are not suspended yet: please press again, and tell an operator.`;
}

/** Shows what a receipt stands for. */
export function shownReceiptLines(
  { receipt, approval, comment, isDisowned }: Extract<Reply, { kind: 'receipt' }>,
  wording: Wording,
): readonly string[] {
  const { ink } = wording;
  const { vote, shown, code } = receipt;
  const facts = Object.entries({ ...shown, details: '' }).flatMap(([name, value]) =>
    value === '' ? [] : [`${factNames[name] ?? name} ${ink.exact(value, 150)}`],
  );
  return [
    `🧾 ${ink.label(`Receipt ${ink.words(code, 20)}`)} ${ink.words(vote.name, 80)} (${ink.person(vote.person)}) ${didOf(vote, ink)} ${ink.moment(vote.atMs)}: ${workOf(approval, ink)} ${ink.exact(subjectOf(approval), 200)} (${ink.words(approval.code, 12)})`,
    `${ink.label('What they saw')} ${facts.join(' · ')}`,
    ...(vote.comment ? [`${ink.label('They wrote')} ${ink.words(vote.comment, 300)}`] : []),
    `${ink.label(hasLeftUs(approval) ? 'Sent' : 'To be sent')} ${comment === undefined ? 'nothing' : ink.exact(comment, 500)}`,
    `${ink.label('Now')} ${stateSentence(approval, wording)}`,
    ...(isDisowned
      ? [`⚠️ ${ink.words(vote.name, 80)} said that this was not them; their rights are suspended.`]
      : []),
  ];
}

const factNames: Readonly<Record<string, string>> = {
  requester: 'asked by',
  subject: 'subject',
  names: 'SANs',
  key: 'key',
  template: 'template',
  authority: 'CA',
  validity: 'validity',
  revocationReason: 'reason',
  definitionVersion: 'workflow',
};
