import type { ActionsBlock, Button, InputBlock, KnownBlock, ModalView } from '@slack/types';
import {
  type Approval,
  decisionOf,
  isPlanned,
  type Question,
  roomForComment,
  subjectOf,
} from '../../domain/approval.js';
import { type Card, type CardAction, namesOnCard } from '../../domain/card.js';
import { isSamePerson, type PersonId } from '../../domain/person.js';
import type { Dialog, MessageRef } from '../../domain/voting.js';
import { mostLetters } from '../../use-cases/approvals/ask.js';
import {
  buttonText,
  commentsOf,
  type Formatter,
  fallbackFormatter,
  finished,
  mrkdwnFormatter,
  plainFormatter,
  type RenderContext,
  requestName,
  stopRule,
  systemOf,
  titled,
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
  writeCardRow,
  writeDetailsPlace,
  writeRevised,
} from '../ids.js';
import {
  type ChosenText,
  choiceLine,
  chosenText,
  dialogText,
  questionLines,
  questionText,
} from '../text/answer.js';
import {
  decidedLines,
  headline,
  noteLines,
  planLines,
  stateSentence,
  suggestedLines,
} from '../text/approval-state.js';
import {
  type DetailGroup,
  detailGroups,
  factLines,
  findingLines,
  foldedNames,
  linksLines,
  nameLines,
  otherLines,
  placeLine,
  progressLine,
  requestLine,
  requirementLines,
  showsAll,
  wholeFactLines,
} from '../text/card.js';
import {
  actions,
  blocksLength,
  button,
  context,
  header,
  maxBlocksLength,
  plainForm,
  type Rendered,
  realForm,
  section,
  sections,
  unfoldedText,
} from './blocks.js';

/** How a card may look in this workspace. */
interface CardForm {
  /** False where Slack refuses blocks that fold. */
  readonly canFold: boolean;
}

/** Shows an approval as a message: while it waits with all that is asked, afterwards with how it ended. */
export function approvalCard(
  card: Card,
  labelOf: RenderContext['labelOf'],
  form: CardForm = { canFold: true },
): Rendered {
  return realForm(messageOf(card, labelOf, form));
}

/** Shows only plain text and the buttons; for when Slack finds fault with the real card. */
export function plainCard(card: Card, labelOf: RenderContext['labelOf']): Rendered {
  return plainForm(messageOf(card, labelOf, { canFold: false }));
}

function messageOf(card: Card, labelOf: RenderContext['labelOf'], form: CardForm) {
  const buttons = (isWhole: boolean) =>
    actions(
      writeCardRow(card.approval.version, isWhole ? card.basis : undefined),
      cardButtons(card, labelOf),
    );
  return {
    lines: (formatter: Formatter) => cardLines(card, { formatter, labelOf }).lines,
    text: () => cardText(card, { formatter: quiet(card), labelOf }),
    blocks: (formatter: Formatter) => {
      const blocksWith = (folded: readonly KnownBlock[]) => {
        const shown = cardBlocks(card, { formatter, labelOf }, { ...form, folded });
        // On a form whose texts were cut to fit no single click decides.
        const isWhole = formatter === mrkdwnFormatter && showsAll(card, formatter, unfoldedText(shown));
        return [...shown, buttons(isWhole)];
      };
      const blocks = blocksWith([]);
      const room = maxBlocksLength - blocksLength(blocks);
      const folded = form.canFold ? foldedBlocks(card, formatter, room) : [];
      return folded.length > 0 ? blocksWith(folded) : blocks;
    },
    buttons: [buttons(false)],
  };
}

/** The blocks mention people already: nobody is mentioned a second time beside them. */
function quiet({ deciders }: Card): Formatter {
  const nameOf = (id: PersonId) => deciders?.people.find((one) => isSamePerson(one.id, id))?.name;
  return {
    ...fallbackFormatter,
    person: (id) => fallbackFormatter.text(nameOf(id) ?? `@${id.userId}`, 60),
    group: () => 'a user group',
    everybody: () => 'everyone in the channel',
  };
}

/** The text beside the blocks may be no longer, besides the line that says what is missing in it. */
const textRoom = 3_500;

/** Tells in plain lines all that stands unfolded; names give way first, and what is missing is counted. */
function cardText(card: Card, renderContext: RenderContext): string {
  const without = cardLines(card, renderContext, 0);
  const room = textRoom - without.lines.join('\n').length - 20;
  const { lines, more } = room > 0 ? cardLines(card, renderContext, room) : without;
  const shown: string[] = [];
  let length = 0;
  for (const line of lines) {
    length += line.length + 1;
    if (length > textRoom) break;
    shown.push(line);
  }
  const left = more + lines.length - shown.length;
  return [...shown, ...(left > 0 ? [`${left} more in Details`] : [])].map(finished).join('\n');
}

/** Tells in plain lines what the card tells, with as many names as there is room for. */
function cardLines(
  card: Card,
  renderContext: RenderContext,
  room?: number,
): { readonly lines: readonly string[]; readonly more: number } {
  const { approval, findings } = card;
  const { facts } = approval.instance;
  const isWaiting = approval.state.kind === 'waiting';
  const options = {
    findings,
    ...(room === undefined ? {} : { room, moreText: () => '' }),
  };
  const { more } = nameLines(facts, renderContext.formatter, options);
  const lines = [
    headline(approval, renderContext),
    ...headLines(card, renderContext),
    ...decidedLines(card, renderContext),
    ...(isWaiting ? notes(card, renderContext) : [stateSentence(approval, renderContext)]),
    ...comments(card, renderContext.formatter),
    ...questionLines(approval, renderContext.formatter),
    ...factLines(facts, renderContext, options),
    ...otherLines(facts, renderContext),
    ...linksLines(facts, renderContext.formatter),
    ...suggestedLines(approval, renderContext),
    ...findingLines(card, renderContext),
    ...(isWaiting ? [progressLine(card, renderContext)] : []),
    ...requirementLines(approval, renderContext),
  ];
  return { lines, more };
}

/** Says what is asked, by whom, and where. */
function headLines(card: Card, renderContext: RenderContext): readonly string[] {
  const { formatter } = renderContext;
  const place = placeLine(card, renderContext);
  return [
    formatter.exact(subjectOf(card.approval), 300),
    requestLine(card, renderContext),
    ...(place === '' ? [] : [place]),
  ];
}

function cardBlocks(
  card: Card,
  renderContext: RenderContext,
  form: CardForm & { readonly folded: readonly KnownBlock[] },
): readonly KnownBlock[] {
  const { approval } = card;
  const { formatter } = renderContext;
  const title = header(headline(approval, { ...renderContext, formatter: plainFormatter }));
  const [subject = '', ...where] = headLines(card, renderContext);
  const head = { ...section([formatter.label(subject), ...where]), expand: true };
  const isWaiting = approval.state.kind === 'waiting';
  const isEnded = approval.state.kind === 'ended';
  const notable = [
    ...(isEnded ? [stateSentence(approval, renderContext)] : []),
    ...decidedLines(card, renderContext),
    ...(isWaiting ? notes(card, renderContext) : []),
    ...(isWaiting || isEnded ? [] : [stateSentence(approval, renderContext)]),
    ...(isWaiting ? [] : comments(card, formatter)),
    ...questionLines(approval, formatter),
  ];
  const small = isEnded ? [] : smallLines(card, renderContext);
  const { named, rest } = bodyLines(card, renderContext, form);
  const { folded } = form;
  return [
    title,
    head,
    ...(notable.length > 0 ? [section(notable)] : []),
    ...(folded.length > 0
      ? [...sections(named), ...folded, ...sections(rest)]
      : sections([...named, ...rest])),
    ...(small.length > 0 ? [context(small)] : []),
  ];
}

/** Lists what is asked and what stands out: the names, and the rest. */
function bodyLines(
  card: Card,
  renderContext: RenderContext,
  { canFold }: CardForm,
): { readonly named: readonly string[]; readonly rest: readonly string[] } {
  const { approval, findings } = card;
  const { inbound, instance, state } = approval;
  const { facts } = instance;
  const isWaiting = state.kind === 'waiting';
  const folded = canFold && isWaiting ? namesOnCard(facts, findings).folded.length : 0;
  const moreText = (count: number) => (count > folded ? `+${count - folded} more in Details` : '');
  const named = nameLines(facts, renderContext.formatter, { findings, moreText }).lines;
  const requested = factLines({ ...facts, names: [] }, renderContext);
  if (state.kind === 'ended') return { named, rest: requested };
  const isBare = named.length + requested.length === 0;
  const rest = [
    ...requested,
    // What a workflow tells about a step is what people sign for.
    ...(isBare || inbound ? otherLines(facts, renderContext) : []),
    ...linksLines(facts, renderContext.formatter),
    ...suggestedLines(approval, renderContext),
    ...findingLines(card, renderContext),
    ...(isWaiting ? [progressLine(card, renderContext)] : []),
  ];
  return { named, rest };
}

/** What is told besides, in small print. */
function smallLines({ approval }: Card, renderContext: RenderContext): readonly string[] {
  const { facts } = approval.instance;
  const isTold = approval.inbound || factLines(facts, renderContext).length === 0;
  const others = isTold ? [] : otherLines(facts, renderContext);
  return [...(others.length > 0 ? [others.join(' · ')] : []), ...requirementLines(approval, renderContext)];
}

/** A block that folds may hold ten others. */
const mostFoldedBlocks = 9;

/** Folds away the names that need not be seen at once; what has no room there is counted. */
function foldedBlocks(card: Card, formatter: Formatter, room: number): readonly KnownBlock[] {
  if (card.approval.state.kind !== 'waiting') return [];
  const { lines, shown, all } = foldedNames(card, formatter, Math.min(room - 800, mostFoldedBlocks * 2_600));
  if (all === 0) return [];
  if (shown === 0) return [section([`+${all} more in Details`])];
  return [
    {
      type: 'container',
      title: { type: 'plain_text', text: `${all} more name${all === 1 ? '' : 's'}` },
      ...(shown < all
        ? { subtitle: { type: 'plain_text', text: `The first ${shown}; all of them are in Details` } }
        : {}),
      is_collapsible: true,
      default_collapsed: true,
      child_blocks: lines.map((line) => ({ ...section([line]), expand: true })),
    },
  ];
}

function notes(card: Card, renderContext: RenderContext): readonly string[] {
  const { approval } = card;
  const { state } = approval;
  const noted = state.kind === 'waiting' && state.note ? noteLines(approval, state.note, renderContext) : [];
  return [...noted, ...planLines(card, renderContext)];
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
  const approveWith = card.rule?.approveWith;
  const isReason = dialog.verb === 'deny' || approveWith === 'reason';
  const others = dialog.verb === 'approve' ? card.votes : [];
  const room = roomForComment(dialog.verb, others, { ...options.decider, isReason });
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
  const system = finished(systemOf(card.approval, { formatter: plainFormatter, labelOf }));
  return output === undefined ? {} : chosenText(output, { verb: dialog.verb, system });
}

/** A title has little room, so the whole name of what is chosen stands above all else. */
function choiceSection(card: Card, dialog: Dialog): readonly KnownBlock[] {
  const output = outputOf(card, dialog);
  return output === undefined ? [] : [section([choiceLine(output, mrkdwnFormatter)])];
}

/** Shows what the card shows, with what that folds; what has no room even here is counted, with a way to it. */
export function summary(card: Card, labelOf: RenderContext['labelOf']): readonly KnownBlock[] {
  const renderContext = { formatter: mrkdwnFormatter, labelOf };
  const { approval, findings } = card;
  const { facts } = approval.instance;
  const [subject = '', ...where] = headLines(card, renderContext);
  const options = { findings, isWhole: true, room: nameRoomInModal, moreText: () => '' };
  const names = nameLines(facts, mrkdwnFormatter, options);
  const lines = [
    ...decidedLines(card, renderContext),
    ...notes(card, renderContext),
    ...questionLines(approval, mrkdwnFormatter),
    ...findingLines(card, renderContext, findings.length),
    ...names.lines,
    ...wholeFactLines(facts, mrkdwnFormatter),
    ...suggestedLines(approval, renderContext),
    progressLine(card, renderContext),
    ...requirementLines(approval, renderContext),
  ];
  const all = sections(lines);
  const shown = all.slice(0, mostBlocksInModal);
  const linesLeft = all
    .slice(shown.length)
    .reduce((sum, { text }) => sum + (text?.text.split('\n').length ?? 0), 0);
  const more = names.more + linesLeft;
  return [
    section([`${titled(workOf(approval, mrkdwnFormatter))} ${mrkdwnFormatter.label(subject)}`, ...where]),
    ...shown,
    ...(more > 0 ? [section([`+${more} more in Details`]), detailsRow(card, labelOf)] : []),
  ];
}

/** A modal holds a hundred blocks and 250 kB. */
const nameRoomInModal = 60_000;
const mostBlocksInModal = 45;

function detailsRow({ approval: { id, revision } }: Card, labelOf: RenderContext['labelOf']): KnownBlock {
  const value = writeRevised({ id, revision });
  return actions('details', [
    button(actionId('approval', 'details'), buttonText('details', labelOf('')), { value }),
  ]);
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

/** Makes the field for a comment, or for a reason, which cannot be left out. */
export function commentInput({
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

/** A modal may have 100 blocks and 250 kB; pages stay well below. */
const mostBlocksOnPage = 90;
const mostBytesOnPage = 150_000;

/** Where a page of the details is: of which card, and what was known of the request when it was opened. */
interface DetailsPlace {
  readonly message: MessageRef;
  readonly page: number;
}

/** Shows everything that is known of a request, to be read only; as many pages as it takes. */
export function detailsModal(
  card: Card,
  labelOf: RenderContext['labelOf'],
  place?: DetailsPlace & { readonly hasEvidence?: boolean | undefined },
): ModalView {
  const groups = detailGroups(card, { formatter: mrkdwnFormatter, labelOf });
  const pages = paged(groups.flatMap(groupBlocks));
  const at = Math.min(Math.max(place?.page ?? 1, 1), pages.length);
  const { id, revision } = card.approval;
  const { title, close } = dialogText.details;
  return {
    type: 'modal',
    ...(place ? { private_metadata: writeDetailsPlace({ id, revision, ...place.message }) } : {}),
    title: { type: 'plain_text', text: pages.length > 1 ? `${title} ${at}/${pages.length}` : title },
    close: { type: 'plain_text', text: close },
    blocks: [
      ...(pages[at - 1] ?? []),
      ...pager(at, pages.length),
      ...(place?.hasEvidence ? [actions('details.evidence', [evidenceButton(card.approval.code)])] : []),
    ],
  };
}

/** Makes what has the evidence about a run sent to whoever presses it. */
export function evidenceButton(code: string): Button {
  return button(actionId('command', 'evidence'), 'Evidence', { value: code });
}

/** Spreads blocks over as few pages as hold them. */
function paged(blocks: readonly KnownBlock[]): readonly (readonly KnownBlock[])[] {
  const pages: KnownBlock[][] = [[]];
  let bytes = 0;
  for (const block of blocks) {
    const size = Buffer.byteLength(JSON.stringify(block));
    const last = pages.at(-1) ?? [];
    if (last.length >= mostBlocksOnPage || (last.length > 0 && bytes + size > mostBytesOnPage)) {
      pages.push([block]);
      bytes = size;
    } else {
      last.push(block);
      bytes += size;
    }
  }
  return pages;
}

function pager(page: number, pages: number): readonly KnownBlock[] {
  if (pages < 2) return [];
  const to = (where: 'before' | 'after', text: string, at: number) =>
    button(actionId('approval', `page-${where}`), text, { value: String(at) });
  return [
    actions(`details.${page}`, [
      ...(page > 1 ? [to('before', 'Previous page', page - 1)] : []),
      ...(page < pages ? [to('after', 'Next page', page + 1)] : []),
    ]),
  ];
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
  if (kind === 'take-back' && isPlanned(approval)) return stopRule;
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
