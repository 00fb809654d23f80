import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import type { Card } from '../../../domain/card.js';
import type { Dialog } from '../../../domain/click.js';
import { roomForComment } from '../../../domain/signal.js';
import { actionId, commentField, typedField, writeRevised } from '../ids.js';
import { factLines, findingLines, otherLines, requestLine } from '../messages/cards/request-lines.js';
import { answeredLines } from '../messages/cards/told-words.js';
import { type ChosenWords, choiceLine, chosenWords, dialogWords } from '../messages/dialogs.js';
import { mrkdwnInk, plainInk } from '../messages/ink.js';
import { subjectOf, systemOf, type Wording, workOf } from '../messages/wording.js';
import { context, section } from './blocks.js';

/** Who is about to decide, as far as that is known before anybody is asked. */
export interface Decider {
  readonly name: string;
  readonly identities: readonly string[];
}

/** Asks for the comment of an approval, or for the reason of a denial; what is at stake stands above it. */
export function decisionModal(
  card: Card,
  dialog: Dialog,
  options: { readonly labelOf: Wording['labelOf']; readonly decider: Decider },
): ModalView {
  const words = { ...dialogWords[dialog.verb], ...chosenIn(card, dialog, options.labelOf) };
  const room = roomForComment(dialog.verb, dialog.verb === 'approve' ? card.votes : [], options.decider);
  const approveWith = card.rule?.approveWith;
  const isReason = dialog.verb === 'deny' || approveWith === 'reason';
  const { reasonLabel } = dialogWords.approve;
  return {
    type: 'modal',
    callback_id: actionId(dialog.verb),
    private_metadata: writeRevised({ id: dialog.id, revision: dialog.revision }),
    title: { type: 'plain_text', text: words.title },
    submit: { type: 'plain_text', text: words.submit },
    close: { type: 'plain_text', text: dialogWords.cancel },
    blocks: [
      ...choiceSection(card, dialog),
      ...summary(card, options.labelOf),
      ...(dialog.verb === 'approve' && approveWith === 'typed' ? [typedInput()] : []),
      room > 0
        ? commentInput({ isReason, room, words: isReason ? { ...words, label: reasonLabel } : words })
        : context([dialogWords.approve.noRoom]),
    ],
  };
}

function outputOf({ approval }: Card, { output }: Dialog): string | undefined {
  return output === undefined ? undefined : approval.told?.outputs[output]?.name;
}

function chosenIn(card: Card, dialog: Dialog, labelOf: Wording['labelOf']): Partial<ChosenWords> {
  const output = outputOf(card, dialog);
  const system = systemOf(card.approval, { ink: plainInk, labelOf });
  return output === undefined ? {} : chosenWords(output, { verb: dialog.verb, system });
}

/** A title has little room, so the whole name of what is chosen stands above all else. */
function choiceSection(card: Card, dialog: Dialog): readonly KnownBlock[] {
  const output = outputOf(card, dialog);
  return output === undefined ? [] : [section([choiceLine(output, mrkdwnInk)])];
}

function summary(card: Card, labelOf: Wording['labelOf']): readonly KnownBlock[] {
  const wording = { ink: mrkdwnInk, labelOf };
  const { approval } = card;
  return [
    section([
      `${workOf(approval, mrkdwnInk)} ${mrkdwnInk.label(mrkdwnInk.exact(subjectOf(approval), 300))}`,
      requestLine(card, wording),
    ]),
    ...sectionIfAny([
      ...answeredLines(card, wording),
      ...factLines(approval.instance.facts, wording),
      ...(approval.told ? otherLines(approval.instance.facts, wording, 10) : []),
      ...findingLines(card, wording),
    ]),
  ];
}

function sectionIfAny(lines: readonly string[]): readonly KnownBlock[] {
  return lines.length > 0 ? [section(lines)] : [];
}

function typedInput(): InputBlock {
  return {
    type: 'input',
    block_id: typedField,
    label: { type: 'plain_text', text: dialogWords.approve.typedLabel },
    hint: { type: 'plain_text', text: dialogWords.approve.typedHint },
    element: { type: 'plain_text_input', action_id: typedField, max_length: 1000, focus_on_load: true },
  };
}

function commentInput({
  isReason,
  room,
  words,
}: {
  readonly isReason: boolean;
  readonly room: number;
  readonly words: { readonly label: string; readonly hint: string };
}): InputBlock {
  return {
    type: 'input',
    block_id: commentField,
    optional: !isReason,
    label: { type: 'plain_text', text: words.label },
    hint: { type: 'plain_text', text: words.hint },
    element: {
      type: 'plain_text_input',
      action_id: commentField,
      multiline: true,
      max_length: room,
      focus_on_load: isReason,
    },
  };
}
