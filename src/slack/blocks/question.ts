import type { ActionsBlock, ModalView } from '@slack/types';
import type { Approval, Question } from '../../domain/approval.js';
import { mostLetters } from '../../use-cases/approvals/ask.js';
import { mrkdwnFormatter, requestName } from '../format.js';
import { actionId, callbackIds, commentField, writeRevised } from '../ids.js';
import { questionText } from '../text/question.js';
import { actions, button, section } from './blocks.js';

/** Asks for a question to a requester. */
export function askModal(approval: Approval): ModalView {
  const { id, revision } = approval;
  return modalOf('ask', writeRevised({ id, revision }), [requestName(approval, mrkdwnFormatter)]);
}

/** Asks a requester for the answer to a question. */
export function replyModal(approval: Approval, { number, text }: Question): ModalView {
  return modalOf('answer', writeRevised({ id: approval.id, revision: number }), [
    requestName(approval, mrkdwnFormatter),
    `> ${mrkdwnFormatter.text(text, 700)}`,
  ]);
}

function modalOf(kind: 'ask' | 'answer', metadata: string, lines: readonly string[]): ModalView {
  const { title, submit, label, hint } = questionText[kind];
  return {
    type: 'modal',
    callback_id: callbackIds[kind],
    private_metadata: metadata,
    title: { type: 'plain_text', text: title },
    submit: { type: 'plain_text', text: submit },
    close: { type: 'plain_text', text: questionText.cancel },
    blocks: [
      section(lines),
      {
        type: 'input',
        block_id: commentField,
        label: { type: 'plain_text', text: label },
        hint: { type: 'plain_text', text: hint },
        element: {
          type: 'plain_text_input',
          action_id: commentField,
          multiline: true,
          max_length: mostLetters,
          focus_on_load: true,
        },
      },
    ],
  };
}

/** Makes the row with the button under a question to a requester. */
export function replyRow({ id }: Approval, { number }: Question): ActionsBlock {
  const value = writeRevised({ id, revision: number });
  return actions(`question.${number}`, [
    button(actionId('question', 'answer'), questionText.answer.button, { style: 'primary', value }),
  ]);
}
