import type { KnownBlock } from '@slack/types';
import { decisionOf } from '../../../domain/approval-state.js';
import type { Card } from '../../../domain/card.js';
import { progressLine, requirementLines } from '../messages/cards/approval-lines.js';
import { noteLines } from '../messages/cards/notes.js';
import { factLines, findingLines, otherLines, requestLine } from '../messages/cards/request-lines.js';
import { headline, stateSentence } from '../messages/cards/states.js';
import { answeredLines, suggestedLines } from '../messages/cards/told-words.js';
import { fallbackInk, type Ink, mrkdwnInk, plainInk, tighter } from '../messages/ink.js';
import { commentsOf, subjectOf, type Wording } from '../messages/wording.js';
import { actions, blocksLength, context, fitLines, header, plainSection, section } from './blocks.js';
import { cardButtons } from './card-buttons.js';

/** A message as Slack takes it: blocks, and a text that tells the same. */
export interface Rendered {
  readonly text: string;
  readonly blocks: readonly KnownBlock[];
}

/** Slack has an unwritten limit near 13 200 characters for all blocks together; this keeps well below. */
const maxBlocksLength = 10_000;
/** `chat.update` refuses texts from 4 000 characters on. */
const maxTextLength = 3_900;

/** Shows an approval as a message: while it waits with all that is asked, afterwards with how it ended. */
export function approvalCard(card: Card, labelOf: Wording['labelOf']): Rendered {
  const text = cardText(card, { ink: fallbackInk, labelOf });
  for (const ink of [mrkdwnInk, tighter(mrkdwnInk, 0.5), tighter(mrkdwnInk, 0.2)]) {
    const blocks = cardBlocks(card, { ink, labelOf });
    if (blocksLength(blocks) < maxBlocksLength) return { text, blocks };
  }
  return plainCard(card, labelOf);
}

/** Shows only plain text and the buttons; for when Slack finds fault with the real card. */
export function plainCard(card: Card, labelOf: Wording['labelOf']): Rendered {
  const wording = { ink: plainInk, labelOf };
  return {
    text: cardText(card, { ink: fallbackInk, labelOf }, 1000),
    blocks: [
      plainSection(cardText(card, wording, 2000)),
      actions(buttonsId(card), cardButtons(card, wording)),
    ],
  };
}

/** Tells in plain lines what the card tells. */
export function cardText(card: Card, wording: Wording, maxLength = maxTextLength): string {
  const { approval } = card;
  return fitLines(
    [
      headline(approval, wording),
      wording.ink.exact(subjectOf(approval), 300),
      requestLine(card, wording),
      ...answeredLines(card, wording),
      ...(approval.state.kind === 'waiting' ? notes(card, wording) : [stateSentence(approval, wording)]),
      ...comments(card, wording.ink),
      ...findingLines(card, wording),
      ...(approval.state.kind === 'waiting' ? [progressLine(card, wording)] : []),
    ],
    maxLength,
  );
}

function cardBlocks(card: Card, wording: Wording): readonly KnownBlock[] {
  const { approval } = card;
  const title = header(headline(approval, { ...wording, ink: plainInk }));
  const subject = [
    wording.ink.label(wording.ink.exact(subjectOf(approval), 300)),
    requestLine(card, wording),
  ];
  const buttons = actions(buttonsId(card), cardButtons(card, wording));
  if (approval.state.kind === 'ended') {
    const outcome = [
      stateSentence(approval, wording),
      ...answeredLines(card, wording),
      ...comments(card, wording.ink),
    ];
    return [title, section(subject), section(outcome), buttons];
  }
  const isWaiting = approval.state.kind === 'waiting';
  const small = requirementLines(approval, wording);
  const notable = [
    ...answeredLines(card, wording),
    ...(isWaiting
      ? notes(card, wording)
      : [stateSentence(approval, wording), ...comments(card, wording.ink)]),
  ];
  return [
    title,
    section(subject),
    ...(notable.length > 0 ? [section(notable)] : []),
    section(bodyLines(card, wording, isWaiting)),
    ...(small.length > 0 ? [context(small)] : []),
    buttons,
  ];
}

function bodyLines(card: Card, wording: Wording, isWaiting: boolean): readonly string[] {
  const { told: inbound, instance } = card.approval;
  const asked = factLines(instance.facts, wording);
  // What a workflow tells about a step is what people sign for.
  const most = inbound ? 10 : 3;
  return [
    ...asked,
    ...(asked.length === 0 || inbound ? otherLines(instance.facts, wording, most) : []),
    ...suggestedLines(card.approval, wording),
    ...findingLines(card, wording),
    ...(isWaiting ? [progressLine(card, wording)] : []),
  ];
}

function notes({ approval }: Card, wording: Wording): readonly string[] {
  const { state } = approval;
  return state.kind === 'waiting' && state.note ? noteLines(approval, state.note, wording) : [];
}

function comments({ approval }: Card, ink: Ink): readonly string[] {
  const decision = decisionOf(approval.state);
  return decision
    ? commentsOf(decision, ink)
        .slice(0, 4)
        .map((line) => `> ${line}`)
    : [];
}

/** Buttons belong to one version of the card. */
function buttonsId({ approval }: Card): string {
  return `approval.${approval.version}`;
}
