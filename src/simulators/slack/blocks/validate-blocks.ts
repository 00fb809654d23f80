import { isObject, type JsonObject, textAt } from '../wire/json-object.js';
import { findElements } from './find-elements.js';
import { blockTable } from './shapes/block-shapes.js';
import { list, type Problem, pick, problem, typed } from './shapes/shape.js';

/** Where blocks are shown. */
export type Surface = 'message' | 'modal' | 'home';

const everywhere = [
  'section',
  'header',
  'divider',
  'image',
  'context',
  'actions',
  'input',
  'rich_text',
  'video',
];
const messageOnly = ['markdown', 'table', 'data_table', 'plan', 'task_card', 'context_actions', 'file'];

const surfaces: Readonly<Record<Surface, { readonly most: number; readonly blocks: readonly string[] }>> = {
  message: { most: 50, blocks: [...everywhere, ...messageOnly, 'card', 'carousel', 'container'] },
  modal: { most: 100, blocks: [...everywhere, 'alert'] },
  home: { most: 100, blocks: [...everywhere, 'card', 'carousel', 'container'] },
};

const MARKDOWN_TOTAL = 12_000;

/**
 * Lists everything Slack would refuse in these blocks on this surface.
 *
 * The limits are those of the Block Kit reference (https://docs.slack.dev/reference/block-kit/blocks). Action
 * ids must be unique within their block, block ids within the whole.
 */
export function validateBlocks(blocks: unknown, surface: Surface, pointer = '/blocks'): readonly Problem[] {
  const { most, blocks: allowed } = surfaces[surface];
  const shaped = list(typed(pick(blockTable, ...allowed)), most, 0)(blocks, pointer);
  if (!Array.isArray(blocks)) return shaped;
  const objects = blocks.filter(isObject);
  return [
    ...shaped,
    ...doubleBlockIds(objects, pointer),
    ...doubleActionIds(objects, pointer),
    ...doubleFocus(objects, pointer),
    ...tooMuch(objects, pointer),
  ];
}

/** Puts a problem the way Slack's SDKs print it. */
export function describeProblem({ message, pointer }: Problem): string {
  return `[ERROR] ${message} [json-pointer:${pointer}]`;
}

function doubleBlockIds(blocks: readonly JsonObject[], pointer: string): readonly Problem[] {
  const ids = blocks.map((block) => textAt(block, 'block_id'));
  return ids.flatMap((id, at) =>
    id !== undefined && ids.indexOf(id) < at
      ? problem(`\`block_id\` ${id} already exists`, `${pointer}/${at}/block_id`)
      : [],
  );
}

function doubleActionIds(blocks: readonly JsonObject[], pointer: string): readonly Problem[] {
  return blocks.flatMap((block, at) => {
    const ids = findElements([block]).map(({ actionId }) => actionId);
    const doubles = new Set(ids.filter((id, index) => ids.indexOf(id) < index));
    return [...doubles].flatMap((id) =>
      problem(`\`action_id\` ${id} already exists in this block`, `${pointer}/${at}`),
    );
  });
}

function doubleFocus(blocks: readonly JsonObject[], pointer: string): readonly Problem[] {
  const focused = findElements(blocks).filter(({ element }) => element.focus_on_load === true);
  return focused.length > 1 ? problem('only one element may have focus_on_load', pointer) : [];
}

function tooMuch(blocks: readonly JsonObject[], pointer: string): readonly Problem[] {
  const count = (type: string) => blocks.filter((block) => block.type === type).length;
  const markdown = blocks
    .filter((block) => block.type === 'markdown')
    .reduce((total, block) => total + (textAt(block, 'text')?.length ?? 0), 0);
  return [
    ...(count('table') > 1 ? problem('only one table is allowed', pointer) : []),
    ...(markdown > MARKDOWN_TOTAL
      ? problem(`markdown must be less than ${MARKDOWN_TOTAL + 1} characters in all`, pointer)
      : []),
  ];
}
