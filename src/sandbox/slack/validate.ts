import { isObject, type JsonObject, objectsAt, textAt } from './api-method.js';
import {
  blockTable,
  fields,
  flag,
  list,
  type Problem,
  pick,
  plainText,
  problem,
  type Rule,
  type Shape,
  text,
  typed,
} from './block-shapes.js';
import { findElements } from './elements.js';

const identified = {
  private_metadata: text(3000, 0),
  callback_id: text(255, 0),
  external_id: text(255, 0),
};

const checkedApart: Shape = () => [];

const submitWithInput: Rule = (view, pointer) =>
  objectsAt(view, 'blocks').some((block) => block.type === 'input') && view.submit == null
    ? problem('missing required field: submit', pointer)
    : [];

const modal = fields(
  { title: plainText(24), blocks: checkedApart },
  {
    ...identified,
    submit: plainText(24),
    close: plainText(24),
    clear_on_close: flag,
    notify_on_close: flag,
  },
  submitWithInput,
);

const home = fields({ blocks: checkedApart }, identified);

/** Lists everything Slack would refuse in a modal or a Home tab; pointers start at `/view`. */
export function validateView(view: unknown, kind: 'modal' | 'home', pointer = '/view'): readonly Problem[] {
  const own = typed(kind === 'modal' ? { modal } : { home })(view, pointer);
  if (!isObject(view) || view.blocks === undefined) return own;
  return [...own, ...validateBlocks(view.blocks, kind, { pointer: `${pointer}/blocks` })];
}

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
  'data_table',
];

const messageOnly = [
  'markdown',
  'table',
  'data_visualization',
  'plan',
  'task_card',
  'context_actions',
  'file',
];

const surfaces: Readonly<Record<Surface, { readonly most: number; readonly blocks: readonly string[] }>> = {
  message: { most: 50, blocks: [...everywhere, ...messageOnly, 'card', 'carousel', 'container'] },
  modal: { most: 100, blocks: [...everywhere, 'alert'] },
  home: { most: 100, blocks: [...everywhere, 'card', 'carousel'] },
};

const MARKDOWN_TOTAL = 12_000;

/** Of all data tables of a message together. */
const DATA_TABLES_TOTAL = 10_000;

const MOST_CHARTS = 2;

/**
 * Lists everything Slack would refuse in these blocks on this surface.
 *
 * The limits are those of the Block Kit reference (https://docs.slack.dev/reference/block-kit/blocks). Action
 * ids must be unique within their block, block ids within the whole.
 */
export function validateBlocks(
  blocks: unknown,
  surface: Surface,
  {
    pointer = '/blocks',
    missing = [],
  }: {
    readonly pointer?: string;
    /** Types that have not come to the workspace yet. */
    readonly missing?: readonly string[];
  } = {},
): readonly Problem[] {
  const { most, blocks: known } = surfaces[surface];
  const allowed = known.filter((type) => !missing.includes(type));
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
    ...(count('data_visualization') > MOST_CHARTS
      ? problem(`no more than ${MOST_CHARTS} data_visualization blocks allowed`, pointer)
      : []),
    ...(tableCharacters(blocks) > DATA_TABLES_TOTAL
      ? problem(`data tables must be less than ${DATA_TABLES_TOTAL + 1} characters in all`, pointer)
      : []),
    ...(count('table') > 1 ? problem('only one table is allowed', pointer) : []),
    ...(markdown > MARKDOWN_TOTAL
      ? problem(`markdown must be less than ${MARKDOWN_TOTAL + 1} characters in all`, pointer)
      : []),
  ];
}

/** Counts what stands in the cells; of rich text, all its texts. */
function tableCharacters(blocks: readonly JsonObject[]): number {
  const cells = blocks.filter(({ type }) => type === 'data_table').map(({ rows }) => rows);
  let count = 0;
  JSON.stringify(cells, (key, value: unknown) => {
    if (key === 'text' && typeof value === 'string') count += value.length;
    return value;
  });
  return count;
}
