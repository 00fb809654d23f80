import type { Notice } from '../../../domain/notice.js';
import { hasLeftUs } from '../../../domain/receipt.js';
import type { Reply } from '../../../domain/reply.js';
import type { Repudiation } from '../../../ports/receipt-desk.js';
import { brokeText } from './answers.js';
import { stateSentence } from './cards/states.js';
import { didOf, type RenderContext, subjectOf, typedLine, workOf } from './wording.js';

/** The words of the button on a receipt, and of the question behind it. */
export const repudiateText = {
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
  renderContext: RenderContext,
): readonly string[] {
  const { formatter } = renderContext;
  const { vote, code } = receipt;
  const what = `${workOf(approval, formatter)} ${formatter.exact(subjectOf(approval), 200)} (${formatter.text(approval.code, 12)})`;
  return [
    `🧾 You ${didOf(vote, formatter)} ${formatter.moment(vote.atMs)}: ${what}.`,
    `Receipt ${formatter.exact(code, 20)}: ${typedLine(renderContext, `receipt ${code}`)} shows what becomes of it.`,
    `If that wasn't you, press the button at once.`,
  ];
}

/** Tells what became of “That wasn't me”. */
export function repudiatedText(repudiated: Repudiation, renderContext: RenderContext): string {
  if (repudiated.kind === 'unknown-receipt') return 'This is no receipt of yours. Nothing was done.';
  const { approval, cancelled, wasSuspended } = repudiated;
  const rights = wasSuspended
    ? 'Your rights in Countersign are suspended already.'
    : 'Your rights in Countersign are suspended, and the operators are told.';
  const delayed =
    cancelled === 0
      ? []
      : [
          `${cancelled === 1 ? 'One decision was' : `${cancelled} decisions were`} still held and is cancelled.`,
        ];
  const state =
    approval && hasLeftUs(approval)
      ? [`It cannot be called back from here: ${stateSentence(approval, renderContext)}`]
      : [];
  return [rights, ...delayed, ...state, 'Please change your Slack password and tell an operator.'].join(' ');
}

/** Admits that “That wasn't me” could not be carried out. */
export function notRepudiatedText(ref: string, renderContext: RenderContext): string {
  return `${brokeText(ref, renderContext)} Your rights are not suspended yet: please press again, and tell an operator.`;
}

/** Shows what a receipt stands for. */
export function shownReceiptLines(
  { receipt, approval, comment, isRepudiated }: Extract<Reply, { kind: 'receipt' }>,
  renderContext: RenderContext,
): readonly string[] {
  const { formatter } = renderContext;
  const { vote, shown, code } = receipt;
  const facts = Object.entries({ ...shown, details: '' }).flatMap(([name, value]) =>
    value === '' ? [] : [`${factNames[name] ?? name} ${formatter.exact(value, 150)}`],
  );
  return [
    `🧾 ${formatter.label(`Receipt ${formatter.text(code, 20)}`)} ${formatter.text(vote.name, 80)} (${formatter.person(vote.person)}) ${didOf(vote, formatter)} ${formatter.moment(vote.atMs)}: ${workOf(approval, formatter)} ${formatter.exact(subjectOf(approval), 200)} (${formatter.text(approval.code, 12)})`,
    `${formatter.label('What they saw')} ${facts.join(' · ')}`,
    ...(vote.comment ? [`${formatter.label('They wrote')} ${formatter.text(vote.comment, 300)}`] : []),
    `${formatter.label(hasLeftUs(approval) ? 'Sent' : 'To be sent')} ${comment === undefined ? 'nothing' : formatter.exact(comment, 500)}`,
    `${formatter.label('Now')} ${stateSentence(approval, renderContext)}`,
    ...(isRepudiated
      ? [`⚠️ ${formatter.text(vote.name, 80)} said that this was not them; their rights are suspended.`]
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
