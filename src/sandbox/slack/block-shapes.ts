import { isObject, type JsonObject } from './api-method.js';

/** One thing Slack would refuse, and where. */
export interface Problem {
  readonly message: string;
  /** JSON pointer from the root of the request, such as `/blocks/0/text`. */
  readonly pointer: string;
}

/** Lists what is wrong with a value found at a pointer; an empty list is a good value. */
export type Shape = (value: unknown, pointer: string) => readonly Problem[];

/** The fields an object must and may have; every other field is refused. */
export interface Fields {
  readonly required?: Readonly<Record<string, Shape>>;
  readonly optional?: Readonly<Record<string, Shape>>;
  /** A rule over the whole object, for what single fields cannot say. */
  readonly rule?: (value: JsonObject, pointer: string) => readonly Problem[];
}

/** Makes the one-problem list. */
export function problem(message: string, pointer: string): readonly Problem[] {
  return [{ message, pointer }];
}

/** Accepts text of a length within the limits; both ends count. */
export function text(max: number, min = 1): Shape {
  return (value, pointer) => {
    if (typeof value !== 'string') return problem('must provide a string', pointer);
    if (value.length < min) return problem(`must be more than ${min - 1} characters`, pointer);
    if (value.length > max) return problem(`must be less than ${max + 1} characters`, pointer);
    return [];
  };
}

/** Accepts an absolute URL. */
function url(max: number, pattern = /^[a-z][a-z0-9+.-]*:/i): Shape {
  return (value, pointer) => {
    const problems = text(max)(value, pointer);
    if (problems.length > 0) return problems;
    return pattern.test(String(value)) ? [] : problem('must be a valid URL', pointer);
  };
}

/** Accepts a whole number within the limits. */
function whole(min: number, max: number): Shape {
  return (value, pointer) => {
    if (typeof value !== 'number' || !Number.isInteger(value)) {
      return problem('must provide an integer', pointer);
    }
    if (value < min) return problem(`must be greater than or equal to ${min}`, pointer);
    return value > max ? problem(`must be less than or equal to ${max}`, pointer) : [];
  };
}

/** Accepts `true` and `false`. */
export const flag: Shape = (value, pointer) =>
  typeof value === 'boolean' ? [] : problem('must provide a boolean', pointer);

/** Accepts one of the given values. */
function oneOf(...allowed: readonly (string | number)[]): Shape {
  return (value, pointer) =>
    allowed.some((one) => one === value) ? [] : problem('must be a valid enum value', pointer);
}

/** Accepts a list of a length within the limits whose items all fit. */
export function list(item: Shape, max: number, min = 1): Shape {
  return (value, pointer) => {
    if (!Array.isArray(value)) return problem('must provide an array', pointer);
    if (value.length < min) return problem(`no fewer than ${min} items allowed`, pointer);
    if (value.length > max) return problem(`no more than ${max} items allowed`, pointer);
    return value.flatMap((one, at) => item(one, `${pointer}/${at}`));
  };
}

/** Accepts an object with exactly these fields; `type` is allowed when it was already looked at. */
function object(fields: Fields): Shape {
  const { required = {}, optional = {}, rule } = fields;
  const known: Readonly<Record<string, Shape>> = { ...required, ...optional };
  return (value, pointer) => {
    if (!isObject(value)) return problem('must provide an object', pointer);
    const missing = Object.keys(required)
      .filter((key) => value[key] === undefined || value[key] === null)
      .flatMap((key) => problem(`missing required field: ${key}`, pointer));
    const wrong = Object.entries(value).flatMap(([key, field]) => {
      const shape = known[key];
      if (shape === undefined) return problem(`invalid additional property: ${key}`, pointer);
      return field === undefined || field === null ? [] : shape(field, `${pointer}/${key}`);
    });
    return [...missing, ...wrong, ...(rule?.(value, pointer) ?? [])];
  };
}

/** Accepts an object whose `type` is one of the table's, and whose other fields fit that entry. */
export function typed(table: Readonly<Record<string, Fields>>): Shape {
  return (value, pointer) => {
    if (!isObject(value)) return problem('must provide an object', pointer);
    const type = value.type;
    if (type === undefined) return problem('missing required field: type', pointer);
    const fields = typeof type === 'string' && Object.hasOwn(table, type) ? table[type] : undefined;
    if (fields === undefined) return problem(`unsupported type: ${String(type)}`, `${pointer}/type`);
    return object({ ...fields, required: { type: oneOf(String(type)), ...fields.required } })(value, pointer);
  };
}

/** Demands at least one of the named fields. */
function needsOneOf(...keys: readonly string[]): NonNullable<Fields['rule']> {
  return (value, pointer) =>
    keys.some((key) => value[key] !== undefined && value[key] !== null)
      ? []
      : problem(`missing required field: ${keys.join(' or ')}`, pointer);
}

/** Picks entries of a table by name, for a place that allows only those. */
export function pick(
  table: Readonly<Record<string, Fields>>,
  ...names: readonly string[]
): Readonly<Record<string, Fields>> {
  return Object.fromEntries(Object.entries(table).filter(([name]) => names.includes(name)));
}

const style = {
  style: object({ optional: { bold: flag, code: flag, italic: flag, strike: flag, underline: flag } }),
};

const named = (key: string): Fields => ({ required: { [key]: text(255) }, optional: style });

const inlineTable: Readonly<Record<string, Fields>> = {
  text: { required: { text: text(Number.MAX_SAFE_INTEGER) }, optional: style },
  link: {
    required: { url: url(3000) },
    optional: { ...style, text: text(Number.MAX_SAFE_INTEGER, 0), unsafe: flag },
  },
  user: named('user_id'),
  usergroup: named('usergroup_id'),
  team: named('team_id'),
  channel: named('channel_id'),
  color: named('value'),
  emoji: { required: { name: text(255) }, optional: { ...style, unicode: text(255), url: url(3000) } },
  broadcast: { required: { range: oneOf('here', 'channel', 'everyone') }, optional: style },
  date: {
    required: { timestamp: whole(0, Number.MAX_SAFE_INTEGER), format: text(255) },
    optional: { ...style, url: url(3000), fallback: text(3000) },
  },
};

const many = Number.MAX_SAFE_INTEGER;

const inline = list(typed(inlineTable), many, 0);

const section: Fields = { required: { elements: inline } };

const border = { border: whole(0, 1) };

/** The fields of a `rich_text` block besides its type. */
const richTextFields: Fields = {
  required: {
    elements: list(
      typed({
        rich_text_section: section,
        rich_text_quote: { required: { elements: inline }, optional: border },
        rich_text_preformatted: { required: { elements: inline }, optional: border },
        rich_text_list: {
          required: {
            elements: list(typed({ rich_text_section: section }), many),
            style: oneOf('bullet', 'ordered'),
          },
          optional: { ...border, indent: whole(0, 8), offset: whole(0, many) },
        },
      }),
      many,
      0,
    ),
  },
  optional: { block_id: text(255) },
};

const anyNumber: Shape = (value, pointer) =>
  typeof value === 'number' ? [] : [{ message: 'must provide a number', pointer }];

const cell = typed({
  rich_text: richTextFields,
  raw_text: { required: { text: text(3000) } },
  raw_number: { required: { value: anyNumber, text: text(3000) } },
});

const id = { block_id: text(255) };

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

/** A whole `rich_text` block, where one is a value of something else. */
const richTextBlock: Shape = typed({ rich_text: richTextFields });

const plainFields = (max: number): Fields => ({ required: { text: text(max) }, optional: { emoji: flag } });

const mrkdwnFields = (max: number): Fields => ({
  required: { text: text(max) },
  optional: { verbatim: flag },
});

/** A text object that must be `plain_text`. */
export function plainText(max: number): Shape {
  return object({
    required: { type: oneOf('plain_text'), ...plainFields(max).required },
    optional: { ...plainFields(max).optional },
  });
}

/** A text object that must be `mrkdwn`. */
function mrkdwn(max: number): Shape {
  return object({
    required: { type: oneOf('mrkdwn'), ...mrkdwnFields(max).required },
    optional: { ...mrkdwnFields(max).optional },
  });
}

/** A text object of either kind. */
function anyText(max: number): Shape {
  return typed({ plain_text: plainFields(max), mrkdwn: mrkdwnFields(max) });
}

/** The two text objects as a table, for lists that mix them with other elements. */
const textTable: Readonly<Record<string, Fields>> = {
  plain_text: plainFields(3000),
  mrkdwn: mrkdwnFields(3000),
};

/** A confirmation dialog. */
const confirmDialog: Shape = object({
  required: { title: plainText(100), text: anyText(300), confirm: plainText(30), deny: plainText(30) },
  optional: { style: oneOf('primary', 'danger') },
});

/** An option of a menu; checkboxes and radio buttons may use mrkdwn. */
function option(label: Shape, describe: Shape = label): Shape {
  return object({ required: { text: label, value: text(75) }, optional: { description: describe } });
}

/** An option of an overflow menu, which may also open a URL. */
const overflowOption: Shape = object({
  required: { text: plainText(75), value: text(75) },
  optional: { description: plainText(75), url: url(3000) },
});

const label = { accessibility_label: text(75) };

/** A named group of options. */
const optionGroup: Shape = object({
  required: { label: plainText(75), options: list(option(plainText(75)), 100) },
});

/** An image given by URL or as a Slack file. */
const imageSource: Readonly<Record<string, Shape>> = {
  image_url: url(3000, /^https?:\/\//i),
  slack_file: object({ optional: { id: text(255), url: url(3000) } }),
};

const action = { action_id: text(255) };

const confirmable = { ...action, confirm: confirmDialog };

const focusable = { focus_on_load: flag };

const placeholder = { placeholder: plainText(150) };

const menu = { ...confirmable, ...focusable, ...placeholder };

const dispatchable = {
  ...action,
  ...focusable,
  ...placeholder,
  dispatch_action_config: object({
    optional: { trigger_actions_on: list(oneOf('on_enter_pressed', 'on_character_entered'), 2) },
  }),
};

const choice = option(anyText(75));

const menuOption = option(plainText(75));

const atMost = { max_selected_items: whole(1, 100) };

const styleElementShapes = { style: oneOf('primary', 'danger') };

const anything: Shape = () => [];

const menuSource = {
  options: list(menuOption, 100),
  option_groups: list(optionGroup, 100),
};

const eitherSource: NonNullable<Fields['rule']> = (value, pointer) =>
  value.options !== undefined && value.option_groups !== undefined
    ? problem('only one of options or option_groups is allowed', pointer)
    : needsOneOf('options', 'option_groups')(value, pointer);

const lengthsInOrder: NonNullable<Fields['rule']> = (value, pointer) =>
  Number(value.min_length ?? 0) > Number(value.max_length ?? 3000)
    ? problem('min_length must not be greater than max_length', pointer)
    : [];

const filter = object({
  optional: {
    include: list(oneOf('im', 'mpim', 'private', 'public'), 4),
    exclude_external_shared_channels: flag,
    exclude_bot_users: flag,
  },
});

const conversationMenu = {
  ...menu,
  default_to_current_conversation: flag,
  filter,
};

const respondable = { response_url_enabled: flag };

const date = text(10, 10);

const time = text(5, 5);

const feedbackButton = object({ required: { text: plainText(75), value: text(2000) }, optional: label });

/** The fields of every interactive element, by type. */
const elementTable: Readonly<Record<string, Fields>> = {
  button: {
    required: { text: plainText(75) },
    optional: { ...confirmable, ...styleElementShapes, ...label, value: text(2000), url: url(3000) },
  },
  workflow_button: {
    required: { text: plainText(75), workflow: anything },
    optional: { ...confirmable, ...styleElementShapes, ...label },
  },
  checkboxes: {
    required: { options: list(choice, 10) },
    optional: { ...confirmable, ...focusable, initial_options: list(choice, 10) },
  },
  radio_buttons: {
    required: { options: list(choice, 10) },
    optional: { ...confirmable, ...focusable, initial_option: choice },
  },
  overflow: { required: { options: list(overflowOption, 5) }, optional: confirmable },
  static_select: { optional: { ...menu, ...menuSource, initial_option: menuOption }, rule: eitherSource },
  multi_static_select: {
    optional: { ...menu, ...menuSource, ...atMost, initial_options: list(menuOption, 100) },
    rule: eitherSource,
  },
  external_select: { optional: { ...menu, initial_option: menuOption, min_query_length: whole(0, 100) } },
  multi_external_select: {
    optional: { ...menu, ...atMost, initial_options: list(menuOption, 100), min_query_length: whole(0, 100) },
  },
  users_select: { optional: { ...menu, initial_user: text(255) } },
  multi_users_select: { optional: { ...menu, ...atMost, initial_users: list(text(255), 100) } },
  conversations_select: {
    optional: { ...conversationMenu, ...respondable, initial_conversation: text(255) },
  },
  multi_conversations_select: {
    optional: { ...conversationMenu, ...atMost, initial_conversations: list(text(255), 100) },
  },
  channels_select: { optional: { ...menu, ...respondable, initial_channel: text(255) } },
  multi_channels_select: { optional: { ...menu, ...atMost, initial_channels: list(text(255), 100) } },
  datepicker: { optional: { ...menu, initial_date: date } },
  timepicker: { optional: { ...menu, initial_time: time, timezone: text(255) } },
  datetimepicker: {
    optional: { ...confirmable, ...focusable, initial_date_time: whole(1_000_000_000, 9_999_999_999) },
  },
  plain_text_input: {
    optional: {
      ...dispatchable,
      initial_value: text(3000, 0),
      multiline: flag,
      min_length: whole(0, 3000),
      max_length: whole(1, 3000),
    },
    rule: lengthsInOrder,
  },
  email_text_input: { optional: { ...dispatchable, initial_value: text(3000, 0) } },
  url_text_input: { optional: { ...dispatchable, initial_value: text(3000, 0) } },
  number_input: {
    required: { is_decimal_allowed: flag },
    optional: {
      ...dispatchable,
      initial_value: text(255, 0),
      min_value: text(255),
      max_value: text(255),
    },
  },
  rich_text_input: {
    optional: {
      ...dispatchable,
      initial_value: richTextBlock,
      min_lines: whole(1, 100),
      max_lines: whole(1, 100),
    },
  },
  file_input: { optional: { ...action, filetypes: list(text(255), 100), max_files: whole(1, 10) } },
  feedback_buttons: {
    required: { positive_button: feedbackButton, negative_button: feedbackButton },
    optional: action,
  },
  icon_button: {
    required: { icon: text(255), text: plainText(75) },
    optional: { ...confirmable, ...label, value: text(2000), visible_to_user_ids: list(text(255), 100) },
  },
};

/** An image inside a context or as an accessory. */
const imageElement: Fields = {
  required: { alt_text: text(2000) },
  optional: imageSource,
  rule: needsOneOf('image_url', 'slack_file'),
};

const button = typed(pick(elementTable, 'button'));

const image = typed({ image: imageElement });

const https = url(3000, /^https:\/\//i);

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

/** The fields of the blocks few apps use; a container may hold the common blocks it is given. */
function rareBlockTable(common: Readonly<Record<string, Fields>>): Readonly<Record<string, Fields>> {
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

const idBlockShapes = { block_id: text(255) };

const commonBlockTable: Readonly<Record<string, Fields>> = {
  section: {
    optional: {
      ...idBlockShapes,
      text: anyText(3000),
      fields: list(anyText(2000), 10),
      accessory,
      expand: flag,
    },
    rule: needsOneOf('text', 'fields'),
  },
  header: { required: { text: plainText(150) }, optional: idBlockShapes },
  divider: { optional: idBlockShapes },
  image: {
    required: { alt_text: text(2000) },
    optional: { ...idBlockShapes, ...imageSource, title: plainText(2000) },
    rule: needsOneOf('image_url', 'slack_file'),
  },
  context: {
    required: { elements: list(typed({ image: imageElement, ...textTable }), 10) },
    optional: idBlockShapes,
  },
  actions: { required: { elements: list(actionElement, 25) }, optional: idBlockShapes },
  input: {
    required: { label: plainText(2000), element: inputElement },
    optional: { ...idBlockShapes, hint: plainText(2000), optional: flag, dispatch_action: flag },
  },
  rich_text: richTextFields,
};

/** The fields of every block, by type. */
export const blockTable: Readonly<Record<string, Fields>> = {
  ...commonBlockTable,
  ...rareBlockTable(commonBlockTable),
};
