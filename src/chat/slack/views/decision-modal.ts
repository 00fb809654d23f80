import type { InputBlock, KnownBlock, ModalView } from '@slack/types';
import type { Card } from '../../../domain/card.js';
import type { Dialog } from '../../../domain/click.js';
import { roomForComment } from '../../../domain/signal.js';
import { actionId, commentField, typedField, writeRevised } from '../ids.js';
import { factLines, findingLines, otherLines, requestLine } from '../messages/cards/request-lines.js';
import { answeredLines } from '../messages/cards/told-words.js';
import { type ChosenText, choiceLine, chosenText, dialogText } from '../messages/dialogs.js';
import { mrkdwnFormatter, plainFormatter } from '../messages/ink.js';
import { type RenderContext, subjectOf, systemOf, workOf } from '../messages/wording.js';
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
  options: { readonly labelOf: RenderContext['labelOf']; readonly decider: Decider },
): ModalView {
  const text = { ...dialogText[dialog.verb], ...chosenIn(card, dialog, options.labelOf) };
  const room = roomForComment(dialog.verb, dialog.verb === 'approve' ? card.votes : [], options.decider);
  const approveWith = card.rule?.approveWith;
  const isReason = dialog.verb === 'deny' || approveWith === 'reason';
  const { reasonLabel } = dialogText.approve;
  return {
    type: 'modal',
    callback_id: actionId(dialog.verb),
    private_metadata: writeRevised({ id: dialog.id, revision: dialog.revision }),
    title: { type: 'plain_text', text: text.title },
    submit: { type: 'plain_text', text: text.submit },
    close: { type: 'plain_text', text: dialogText.cancel },
    blocks: [
      ...choiceSection(card, dialog),
      ...summary(card, options.labelOf),
      ...(dialog.verb === 'approve' && approveWith === 'typed' ? [typedInput()] : []),
      room > 0
        ? commentInput({ isReason, room, text: isReason ? { ...text, label: reasonLabel } : text })
        : context([dialogText.approve.noRoom]),
    ],
  };
}

function outputOf({ approval }: Card, { output }: Dialog): string | undefined {
  return output === undefined ? undefined : approval.told?.outputs[output]?.name;
}

function chosenIn(card: Card, dialog: Dialog, labelOf: RenderContext['labelOf']): Partial<ChosenText> {
  const output = outputOf(card, dialog);
  const system = systemOf(card.approval, { formatter: plainFormatter, labelOf });
  return output === undefined ? {} : chosenText(output, { verb: dialog.verb, system });
}

/** A title has little room, so the whole name of what is chosen stands above all else. */
function choiceSection(card: Card, dialog: Dialog): readonly KnownBlock[] {
  const output = outputOf(card, dialog);
  return output === undefined ? [] : [section([choiceLine(output, mrkdwnFormatter)])];
}

function summary(card: Card, labelOf: RenderContext['labelOf']): readonly KnownBlock[] {
  const renderContext = { formatter: mrkdwnFormatter, labelOf };
  const { approval } = card;
  return [
    section([
      `${workOf(approval, mrkdwnFormatter)} ${mrkdwnFormatter.label(mrkdwnFormatter.exact(subjectOf(approval), 300))}`,
      requestLine(card, renderContext),
    ]),
    ...sectionIfAny([
      ...answeredLines(card, renderContext),
      ...factLines(approval.instance.facts, renderContext),
      ...(approval.told ? otherLines(approval.instance.facts, renderContext, 10) : []),
      ...findingLines(card, renderContext),
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
    label: { type: 'plain_text', text: dialogText.approve.typedLabel },
    hint: { type: 'plain_text', text: dialogText.approve.typedHint },
    element: { type: 'plain_text_input', action_id: typedField, max_length: 1000, focus_on_load: true },
  };
}

function commentInput({
  isReason,
  room,
  text,
}: {
  readonly isReason: boolean;
  readonly room: number;
  readonly text: { readonly label: string; readonly hint: string };
}): InputBlock {
  return {
    type: 'input',
    block_id: commentField,
    optional: !isReason,
    label: { type: 'plain_text', text: text.label },
    hint: { type: 'plain_text', text: text.hint },
    element: {
      type: 'plain_text_input',
      action_id: commentField,
      multiline: true,
      max_length: room,
      focus_on_load: isReason,
    },
  };
}
