import type {
  ActionsBlock,
  Block,
  Button,
  ContextBlock,
  HeaderBlock,
  KnownBlock,
  Overflow,
  PlainTextElement,
  RichTextBlock,
  SectionBlock,
  StaticSelect,
} from '@slack/types';
import { defined } from '../../shared/language.js';
import { cutText, showInvisible } from '../../shared/text.js';
import {
  type Formatter,
  fallbackFormatter,
  finished,
  mrkdwnFormatter,
  plainFormatter,
  tighter,
} from '../format.js';

/** A chart of bars; Slack's own types do not have it yet. */
export interface ChartBlock extends Block {
  readonly type: 'data_visualization';
  readonly title: string;
  readonly chart: {
    readonly type: 'bar';
    readonly series: readonly {
      readonly name: string;
      readonly data: readonly { readonly label: string; readonly value: number }[];
    }[];
    readonly axis_config: {
      readonly categories: readonly string[];
      readonly x_label?: string;
      readonly y_label?: string;
    };
  };
}

/** A block of a message. */
export type MessageBlock = KnownBlock | ChartBlock;

/** A message as Slack takes it: blocks, and a text that tells the same. */
export interface Rendered {
  readonly text: string;
  readonly blocks: readonly MessageBlock[];
}

/** What a message is made of. */
export interface Message {
  /** What it tells, for surfaces without blocks. */
  readonly lines: (formatter: Formatter) => readonly string[];
  readonly blocks: (formatter: Formatter) => readonly MessageBlock[];
  /** What can be pressed, which the plain form keeps. */
  readonly buttons?: readonly MessageBlock[];
  /** Says the same in fewer words, for when not even cut texts fit. */
  readonly short?: () => readonly MessageBlock[];
  /** Makes the text itself, where it has to say how much is missing in it. */
  readonly text?: () => string;
}

/** Slack has an unwritten limit near 13 200 characters for all blocks together; this keeps well below. */
export const maxBlocksLength = 10_000;

/** `chat.update` refuses texts from 4 000 characters on. */
const maxTextLength = 3_900;

/** Shows a message in full, or with its texts cut as far as it takes for all of it to fit. */
export function realForm(message: Message): Rendered {
  const text = message.text?.() ?? fitLines(message.lines(fallbackFormatter), maxTextLength);
  const formatters = [mrkdwnFormatter, tighter(mrkdwnFormatter, 0.5), tighter(mrkdwnFormatter, 0.2)];
  const forms = formatters.map((formatter) => () => message.blocks(formatter));
  for (const form of message.short ? [...forms, message.short] : forms) {
    const blocks = form();
    if (blocksLength(blocks) < maxBlocksLength) return { text, blocks };
  }
  return plainForm(message);
}

/** Shows only plain text and the buttons; for when Slack finds fault with the real form. */
export function plainForm({ lines, buttons = [] }: Message): Rendered {
  return {
    text: fitLines(lines(fallbackFormatter), 1_000),
    blocks: [plainSection(fitLines(lines(plainFormatter), 2_000)), ...buttons],
  };
}

/** The text of a section, and of a context element, may be no longer. */
const maxSectionLength = 3000;

/** A heading. */
export function header(text: string): HeaderBlock {
  return { type: 'header', text: { type: 'plain_text', text: cutText(finished(text), 150), emoji: true } };
}

/**
 * Lines of mrkdwn, as many whole ones as fit.
 *
 * Verbatim, so that Slack makes no link of what merely looks like a host name.
 */
export function section(lines: readonly string[], maxLength = maxSectionLength): SectionBlock {
  return { type: 'section', text: { type: 'mrkdwn', text: fitLines(lines, maxLength), verbatim: true } };
}

/** As many sections as hold the lines; Slack folds none of them by itself. */
export function sections(lines: readonly string[]): readonly SectionBlock[] {
  return chunks(lines).map((chunk) => ({ ...section(chunk), expand: true }));
}

/** A text in which nothing is read as markup. */
export function plainSection(text: string): SectionBlock {
  return {
    type: 'section',
    text: {
      type: 'plain_text',
      text: cutText(showInvisible(finished(text)), maxSectionLength),
      emoji: false,
    },
  };
}

/** A text shown letter by letter, its lines kept; nothing in it is read as markup. */
export function preformatted(text: string, maxLength = maxSectionLength): RichTextBlock {
  const shown = cutText(showInvisible(text), maxLength);
  return {
    type: 'rich_text',
    elements: [{ type: 'rich_text_preformatted', elements: [{ type: 'text', text: shown }] }],
  };
}

/** Small print. */
export function context(lines: readonly string[]): ContextBlock {
  return {
    type: 'context',
    elements: [{ type: 'mrkdwn', text: fitLines(lines, maxSectionLength), verbatim: true }],
  };
}

/** A text in which nothing is read as markup, on a button, an option or a field. */
export function plainText(text: string, maxLength = 75): PlainTextElement {
  return { type: 'plain_text', text: finished(plainFormatter.text(finished(text), maxLength)), emoji: false };
}

/** A button; one with an address is a link. */
export function button(
  id: string,
  text: string,
  more: { readonly value?: string; readonly url?: string; readonly style?: Button['style'] | undefined } = {},
): Button {
  return { type: 'button', action_id: id, text: plainText(text), ...defined(more) };
}

/** A row of buttons; a new id at every change keeps Slack's apps from showing a button's old state. */
export function actions(
  blockId: string,
  elements: readonly (Button | StaticSelect | Overflow)[],
): ActionsBlock {
  return { type: 'actions', block_id: blockId, elements: [...elements] };
}

/** Gives what is read in some blocks without opening anything, as it is written there. */
export function unfoldedText(blocks: readonly MessageBlock[]): string {
  const texts = blocks.flatMap((block) => {
    if (block.type === 'section') return 'text' in block ? [block.text?.text ?? ''] : [];
    return block.type === 'context' ? block.elements.flatMap((one) => ('text' in one ? [one.text] : [])) : [];
  });
  return texts.join('\n');
}

/** Joins lines while they fit; the rest is left out, marked by `…`. */
function fitLines(lines: readonly string[], maxLength: number): string {
  let text = '';
  for (const line of lines.map(finished)) {
    const next = text === '' ? line : `${text}\n${line}`;
    if (next.length > maxLength - 3) return text === '' ? '…' : `${text}\n…`;
    text = next;
  }
  return text === '' ? '—' : text;
}

/** Counts what Slack counts when it says that blocks are too long. */
export function blocksLength(blocks: readonly unknown[]): number {
  return JSON.stringify(blocks).length;
}

/** Spreads lines over as few sections as hold them. */
function chunks(lines: readonly string[]): readonly (readonly string[])[] {
  const all: string[][] = [];
  let length = maxSectionLength;
  for (const line of lines) {
    if (length + line.length + 1 > maxSectionLength - 10) {
      all.push([]);
      length = 0;
    }
    all.at(-1)?.push(line);
    length += line.length + 1;
  }
  return all;
}

/** What a message of shadow mode says besides, and what to call those it must not mention. */
export interface ShadowForm {
  readonly heading: string;
  readonly lines: readonly string[];
  readonly nameOf: (userId: string) => string | undefined;
}

/** Makes a message one of shadow mode: headed so, mentioning nobody, with no button but Details and links. */
export function inShadow({ text, blocks }: Rendered, { heading, lines, nameOf }: ShadowForm): Rendered {
  const quiet = (said: string) => withoutMentions(said, nameOf);
  const head = [header(heading), ...(lines.length > 0 ? [context(lines.map(quiet))] : [])];
  return {
    text: cutText(`${heading}. ${quiet(text)}`, maxTextLength),
    blocks: [...head, ...blocks.flatMap(withoutDecisions).map((block) => quietBlock(block, quiet))],
  };
}

/** Takes a block's buttons away that do more than show something; a row without any goes as well. */
function withoutDecisions(block: MessageBlock): readonly MessageBlock[] {
  if (block.type !== 'actions') return [block];
  const shown = block.elements.filter(
    (one) => 'url' in one || ('action_id' in one && /[.]details$/.test(one.action_id ?? '')),
  );
  return shown.length === 0 ? [] : [{ ...block, elements: shown }];
}

/** Every text that Slack reads as markup is in an object of its own, of type `mrkdwn`. */
function quietBlock(block: MessageBlock, quiet: (said: string) => string): MessageBlock {
  return JSON.parse(JSON.stringify(block), (_key, value: unknown) => {
    const isMarkup =
      typeof value === 'object' && value !== null && 'type' in value && value.type === 'mrkdwn';
    return isMarkup && 'text' in value ? { ...value, text: quiet(String(value.text)) } : value;
  });
}

function withoutMentions(said: string, nameOf: ShadowForm['nameOf']): string {
  return said
    .replace(/<@([A-Z0-9]+)(?:[|][^<>]*)?>/g, (_all, id: string) =>
      mrkdwnFormatter.text(nameOf(id) ?? id, 60),
    )
    .replace(/<!subteam\^[^<>]*>/g, 'a user group')
    .replace(/<!(?:channel|here|everyone)(?:[|][^<>]*)?>/g, 'everyone in the channel');
}
