import { elementTable, imageElement } from './element-shapes.js';
import { richTextBlock, richTextFields } from './rich-text-shapes.js';
import {
  type Fields,
  flag,
  list,
  needsOneOf,
  object,
  oneOf,
  pick,
  type Shape,
  text,
  typed,
  url,
  whole,
} from './shape.js';
import { anyText, mrkdwn, plainText } from './text-shapes.js';

const id = { block_id: text(255) };
const button = typed(pick(elementTable, 'button'));
const image = typed({ image: imageElement });
const https = url(3000, /^https:\/\//i);
const anyNumber: Shape = (value, pointer) =>
  typeof value === 'number' ? [] : [{ message: 'must provide a number', pointer }];

const cell = typed({
  rich_text: richTextFields,
  raw_text: { required: { text: text(3000) } },
  raw_number: { required: { value: anyNumber, text: text(3000) } },
});

const card: Fields = {
  optional: {
    ...id,
    hero_image: image,
    icon: image,
    title: mrkdwn(150),
    subtitle: mrkdwn(150),
    body: mrkdwn(200),
    actions: list(button, 5),
  },
  rule: needsOneOf('hero_image', 'title', 'actions', 'body'),
};

const source = typed({ url: { required: { url: url(3000), text: text(3000) } } });
const taskCard: Fields = {
  required: {
    task_id: text(255),
    title: text(3000),
    status: oneOf('pending', 'in_progress', 'complete', 'error'),
  },
  optional: { ...id, details: richTextBlock, output: richTextBlock, sources: list(source, 100) },
};

const video: Fields = {
  required: { video_url: https, thumbnail_url: url(3000), alt_text: text(2000), title: plainText(199) },
  optional: {
    ...id,
    title_url: https,
    author_name: text(49),
    provider_name: text(255),
    provider_icon_url: url(3000),
    description: plainText(199),
  },
};

const table: Fields = {
  required: { rows: list(list(cell, 20), 100) },
  optional: {
    ...id,
    column_settings: list(
      object({ optional: { align: oneOf('left', 'center', 'right'), is_wrapped: flag } }),
      20,
    ),
  },
};

/** The fields of the blocks few apps use; a container may hold the common blocks it is given. */
export function rareBlockTable(common: Readonly<Record<string, Fields>>): Readonly<Record<string, Fields>> {
  const file: Fields = { required: { source: oneOf('remote'), external_id: text(255) }, optional: id };
  return {
    alert: {
      required: { text: anyText(200) },
      optional: { ...id, level: oneOf('default', 'info', 'warning', 'error', 'success') },
    },
    markdown: { required: { text: text(12_000) }, optional: id },
    table,
    data_table: {
      required: { rows: list(list(cell, 20), 100), caption: text(3000) },
      optional: { ...id, page_size: whole(1, 100), row_header_column_index: whole(0, 19) },
    },
    card,
    carousel: { required: { elements: list(typed({ card }), 10) }, optional: id },
    context_actions: {
      required: { elements: list(typed(pick(elementTable, 'feedback_buttons', 'icon_button')), 5) },
      optional: id,
    },
    task_card: taskCard,
    plan: {
      required: { title: text(3000) },
      optional: { ...id, tasks: list(typed({ task_card: taskCard }), 50) },
    },
    video,
    file,
    container: containerOf({ ...common, table, video, file }),
  };
}

function containerOf(children: Readonly<Record<string, Fields>>): Fields {
  return {
    required: { child_blocks: list(typed(children), 10) },
    optional: {
      ...id,
      title: plainText(150),
      rich_text_title: richTextBlock,
      subtitle: anyText(150),
      width: oneOf('narrow', 'standard', 'wide', 'full'),
      icon: image,
      is_collapsible: flag,
      default_collapsed: flag,
      has_header_divider: flag,
    },
    rule: needsOneOf('title', 'rich_text_title'),
  };
}
