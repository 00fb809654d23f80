import type { KnownBlock } from '@slack/types';
import { decisionOf } from '../../../domain/approval-state.js';
import type { Card } from '../../../domain/card.js';
import { progressLine, requirementLines } from '../messages/cards/approval-lines.js';
import { noteLines } from '../messages/cards/notes.js';
import { factLines, findingLines, otherLines, requestLine } from '../messages/cards/request-lines.js';
import { headline, stateSentence } from '../messages/cards/states.js';
import { answeredLines, suggestedLines } from '../messages/cards/told-words.js';
import {
  type Formatter,
  fallbackFormatter,
  mrkdwnFormatter,
  plainFormatter,
  tighter,
} from '../messages/ink.js';
import { commentsOf, type RenderContext, subjectOf } from '../messages/wording.js';
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
export function approvalCard(card: Card, labelOf: RenderContext['labelOf']): Rendered {
  const text = cardText(card, { formatter: fallbackFormatter, labelOf });
  for (const formatter of [mrkdwnFormatter, tighter(mrkdwnFormatter, 0.5), tighter(mrkdwnFormatter, 0.2)]) {
    const blocks = cardBlocks(card, { formatter, labelOf });
    if (blocksLength(blocks) < maxBlocksLength) return { text, blocks };
  }
  return plainCard(card, labelOf);
}

/** Shows only plain text and the buttons; for when Slack finds fault with the real card. */
export function plainCard(card: Card, labelOf: RenderContext['labelOf']): Rendered {
  const renderContext = { formatter: plainFormatter, labelOf };
  return {
    text: cardText(card, { formatter: fallbackFormatter, labelOf }, 1000),
    blocks: [
      plainSection(cardText(card, renderContext, 2000)),
      actions(buttonsId(card), cardButtons(card, renderContext)),
    ],
  };
}

/** Tells in plain lines what the card tells. */
export function cardText(card: Card, renderContext: RenderContext, maxLength = maxTextLength): string {
  const { approval } = card;
  return fitLines(
    [
      headline(approval, renderContext),
      renderContext.formatter.exact(subjectOf(approval), 300),
      requestLine(card, renderContext),
      ...answeredLines(card, renderContext),
      ...(approval.state.kind === 'waiting'
        ? notes(card, renderContext)
        : [stateSentence(approval, renderContext)]),
      ...comments(card, renderContext.formatter),
      ...findingLines(card, renderContext),
      ...(approval.state.kind === 'waiting' ? [progressLine(card, renderContext)] : []),
    ],
    maxLength,
  );
}

function cardBlocks(card: Card, renderContext: RenderContext): readonly KnownBlock[] {
  const { approval } = card;
  const title = header(headline(approval, { ...renderContext, formatter: plainFormatter }));
  const subject = [
    renderContext.formatter.label(renderContext.formatter.exact(subjectOf(approval), 300)),
    requestLine(card, renderContext),
  ];
  const buttons = actions(buttonsId(card), cardButtons(card, renderContext));
  if (approval.state.kind === 'ended') {
    const outcome = [
      stateSentence(approval, renderContext),
      ...answeredLines(card, renderContext),
      ...comments(card, renderContext.formatter),
    ];
    return [title, section(subject), section(outcome), buttons];
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
    buttons,
  ];
}

function bodyLines(card: Card, renderContext: RenderContext, isWaiting: boolean): readonly string[] {
  const { told: inbound, instance } = card.approval;
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

/** Buttons belong to one version of the card. */
function buttonsId({ approval }: Card): string {
  return `approval.${approval.version}`;
}
