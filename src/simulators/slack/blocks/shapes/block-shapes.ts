import { elementTable, imageElement } from './element-shapes.js';
import { rareBlockTable } from './rare-block-shapes.js';
import { richTextFields } from './rich-text-shapes.js';
import { type Fields, flag, list, needsOneOf, pick, text, typed } from './shape.js';
import { anyText, imageSource, plainText, textTable } from './text-shapes.js';

const menus = [
  ...['static', 'external', 'users', 'conversations', 'channels'].flatMap((source) => [
    `${source}_select`,
    `multi_${source}_select`,
  ]),
];
const choices = ['checkboxes', 'radio_buttons', 'datepicker', 'timepicker', ...menus];

const accessory = typed({
  image: imageElement,
  ...pick(elementTable, 'button', 'overflow', 'workflow_button', ...choices),
});
const actionElement = typed(
  pick(
    elementTable,
    'button',
    'overflow',
    'workflow_button',
    'datetimepicker',
    'rich_text_input',
    ...choices,
  ),
);
const inputElement = typed(
  pick(
    elementTable,
    'plain_text_input',
    'email_text_input',
    'url_text_input',
    'number_input',
    'rich_text_input',
    'file_input',
    'datetimepicker',
    ...choices,
  ),
);

const id = { block_id: text(255) };

const commonBlockTable: Readonly<Record<string, Fields>> = {
  section: {
    optional: {
      ...id,
      text: anyText(3000),
      fields: list(anyText(2000), 10),
      accessory,
      expand: flag,
    },
    rule: needsOneOf('text', 'fields'),
  },
  header: { required: { text: plainText(150) }, optional: id },
  divider: { optional: id },
  image: {
    required: { alt_text: text(2000) },
    optional: { ...id, ...imageSource, title: plainText(2000) },
    rule: needsOneOf('image_url', 'slack_file'),
  },
  context: {
    required: { elements: list(typed({ image: imageElement, ...textTable }), 10) },
    optional: id,
  },
  actions: { required: { elements: list(actionElement, 25) }, optional: id },
  input: {
    required: { label: plainText(2000), element: inputElement },
    optional: { ...id, hint: plainText(2000), optional: flag, dispatch_action: flag },
  },
  rich_text: richTextFields,
};

/** The fields of every block, by type. */
export const blockTable: Readonly<Record<string, Fields>> = {
  ...commonBlockTable,
  ...rareBlockTable(commonBlockTable),
};
