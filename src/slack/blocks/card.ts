import type { Button, InputBlock, KnownBlock, ModalView } from '@slack/types';
import { decisionOf, subjectOf } from '../../domain/approval.js';
import type { Card, CardAction } from '../../domain/card.js';
import { roomForComment } from '../../domain/signal.js';
import type { Dialog } from '../../domain/voting.js';
import {
  buttonText,
  commentsOf,
  type Formatter,
  mrkdwnFormatter,
  plainFormatter,
  type RenderContext,
  systemOf,
  withdrawChoice,
  workOf,
} from '../format.js';
import {
  type ActionKind,
  type ActionName,
  actionId,
  callbackIds,
  commentField,
  typedField,
  writeRevised,
} from '../ids.js';
import { type ChosenText, choiceLine, chosenText, dialogText } from '../text/answer.js';
import { answeredLines, headline, noteLines, stateSentence, suggestedLines } from '../text/approval-state.js';
import {
  type DetailGroup,
  detailGroups,
  factLines,
  findingLines,
  otherLines,
  progressLine,
  requestLine,
  requirementLines,
} from '../text/card.js';
import {
  actions,
  button,
  context,
  header,
  plainForm,
  type Rendered,
  realForm,
  section,
  sections,
} from './blocks.js';

/** Shows an approval as a message: while it waits with all that is asked, afterwards with how it ended. */
export function approvalCard(card: Card, labelOf: RenderContext['labelOf']): Rendered {
  return realForm(messageOf(card, labelOf));
}

/** Shows only plain text and the buttons; for when Slack finds fault with the real card. */
export function plainCard(card: Card, labelOf: RenderContext['labelOf']): Rendered {
  return plainForm(messageOf(card, labelOf));
}

function messageOf(card: Card, labelOf: RenderContext['labelOf']) {
  // Buttons belong to one version of the card.
  const buttons = [actions(`approval.${card.approval.version}`, cardButtons(card, labelOf))];
  return {
    lines: (formatter: Formatter) => cardLines(card, { formatter, labelOf }),
    blocks: (formatter: Formatter) => [...cardBlocks(card, { formatter, labelOf }), ...buttons],
    buttons,
  };
}

/** Tells in plain lines what the card tells. */
function cardLines(card: Card, renderContext: RenderContext): readonly string[] {
  const { approval } = card;
  const isWaiting = approval.state.kind === 'waiting';
  return [
    headline(approval, renderContext),
    renderContext.formatter.exact(subjectOf(approval), 300),
    requestLine(card, renderContext),
    ...answeredLines(card, renderContext),
    ...(isWaiting ? notes(card, renderContext) : [stateSentence(approval, renderContext)]),
    ...comments(card, renderContext.formatter),
    ...findingLines(card, renderContext),
    ...(isWaiting ? [progressLine(card, renderContext)] : []),
  ];
}

function cardBlocks(card: Card, renderContext: RenderContext): readonly KnownBlock[] {
  const { approval } = card;
  const title = header(headline(approval, { ...renderContext, formatter: plainFormatter }));
  const subject = [
    renderContext.formatter.label(renderContext.formatter.exact(subjectOf(approval), 300)),
    requestLine(card, renderContext),
  ];
  if (approval.state.kind === 'ended') {
    const outcome = [
      stateSentence(approval, renderContext),
      ...answeredLines(card, renderContext),
      ...comments(card, renderContext.formatter),
    ];
    return [title, section(subject), section(outcome)];
  }
  const isWaiting = approval.state.kind === 'waiting';
  const small = requirementLines(approval, renderContext);
  const notable = [
    ...answeredLines(card, renderContext),
    ...(isWaiting
      ? notes(card, renderContext)
      : [stateSentence(approval, renderContext), ...comments(card, renderContext.formatter)]),
  ];
  return [
    title,
    section(subject),
    ...(notable.length > 0 ? [section(notable)] : []),
    section(bodyLines(card, renderContext, isWaiting)),
    ...(small.length > 0 ? [context(small)] : []),
  ];
}

function bodyLines(card: Card, renderContext: RenderContext, isWaiting: boolean): readonly string[] {
  const { inbound, instance } = card.approval;
  const requested = factLines(instance.facts, renderContext);
  // What a workflow tells about a step is what people sign for.
  const most = inbound ? 10 : 3;
  return [
    ...requested,
    ...(requested.length === 0 || inbound ? otherLines(instance.facts, renderContext, most) : []),
    ...suggestedLines(card.approval, renderContext),
    ...findingLines(card, renderContext),
    ...(isWaiting ? [progressLine(card, renderContext)] : []),
  ];
}

function notes({ approval }: Card, renderContext: RenderContext): readonly string[] {
  const { state } = approval;
  return state.kind === 'waiting' && state.note ? noteLines(approval, state.note, renderContext) : [];
}

function comments({ approval }: Card, formatter: Formatter): readonly string[] {
  const decision = decisionOf(approval.state);
  return decision
    ? commentsOf(decision, formatter)
        .slice(0, 4)
        .map((line) => `> ${line}`)
    : [];
}

/** Who is about to decide, as far as that is known before anybody is asked. */
interface Decider {
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
    callback_id: callbackIds[dialog.verb],
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
  return output === undefined ? undefined : approval.inbound?.outputs[output]?.name;
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
    ...sections([
      ...answeredLines(card, renderContext),
      ...factLines(approval.instance.facts, renderContext),
      ...(approval.inbound ? otherLines(approval.instance.facts, renderContext, 10) : []),
      ...findingLines(card, renderContext),
    ]),
  ];
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

/** A modal may have 100 blocks. */
const maxBlocks = 90;

/** Shows everything that is known of a request, to be read only. */
export function detailsModal(card: Card, labelOf: RenderContext['labelOf']): ModalView {
  const blocks = detailGroups(card, { formatter: mrkdwnFormatter, labelOf }).flatMap(groupBlocks);
  return {
    type: 'modal',
    title: { type: 'plain_text', text: dialogText.details.title },
    close: { type: 'plain_text', text: dialogText.details.close },
    blocks: blocks.slice(0, maxBlocks),
  };
}

function groupBlocks({ title, lines }: DetailGroup): readonly KnownBlock[] {
  return sections([mrkdwnFormatter.label(title), ...lines]);
}

type Style = 'primary' | 'danger';

const styles: Readonly<Partial<Record<CardAction, Style>>> = { approve: 'primary', deny: 'danger' };

/** Makes the buttons of a card: those that would do something, and the way to the portal. */
function cardButtons(card: Card, labelOf: RenderContext['labelOf']): readonly Button[] {
  const { approval, link } = card;
  const renderContext = { formatter: plainFormatter, labelOf };
  const value = writeRevised({ id: approval.id, revision: approval.revision });
  const buttons = cardButtonActions(card, renderContext).map(({ kind, output, text, style }) =>
    button(actionId('approval', kind, output), text, { value, style }),
  );
  const open = actionId('approval', 'open');
  return isLink(link)
    ? [...buttons, button(open, textOf({ kind: 'open' }, card, renderContext), { url: link })]
    : buttons;
}

/** Lists what can be pressed on a card besides the way to the portal, with what the button says. */
export function cardButtonActions(
  card: Card,
  renderContext: RenderContext,
): readonly (StyledAction & { readonly text: string })[] {
  return styledActionsOf(card).map((action) => ({ ...action, text: textOf(action, card, renderContext) }));
}

function textOf(
  { kind, output }: ActionName<ActionKind<'approval'>>,
  { approval }: Card,
  renderContext: RenderContext,
): string {
  const { inbound } = approval;
  const system = systemOf(approval, { ...renderContext, formatter: plainFormatter });
  const chosen = output === undefined ? undefined : inbound?.outputs[output]?.name;
  if (kind === 'withdraw' && inbound) return withdrawChoice;
  return chosen ?? buttonText(kind, system);
}

interface StyledAction extends ActionName<ActionKind<'approval'>> {
  readonly style?: Style | undefined;
}

/** Where a workflow offered outputs of its own, they stand in for the two answers, in its order. */
function styledActionsOf({ approval: { inbound }, actions }: Card): readonly StyledAction[] {
  if (!inbound) return actions.map((kind) => ({ kind, style: styles[kind] }));
  const firstYes = inbound.outputs.findIndex(({ verdict }) => verdict === 'approve');
  const decisions = inbound.outputs.map(({ verdict }, output) => {
    const isFurtherYes = verdict === 'approve' && output !== firstYes;
    return { kind: verdict, output, style: isFurtherYes ? undefined : styles[verdict] };
  });
  const others = actions.filter((kind) => kind !== 'approve' && kind !== 'deny');
  return [...decisions.filter(({ kind }) => actions.includes(kind)), ...others.map((kind) => ({ kind }))];
}

/** Tells whether Slack takes a link; for one it does not take it refuses the whole message. */
export function isLink(link: string | undefined): link is string {
  return link !== undefined && link.length <= 1000 && /^https?:\/\/[!-~]+$/i.test(link);
}
