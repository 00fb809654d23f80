import { isObject, type JsonObject, objectsAt } from './api-method.js';

/** One thing Slack would refuse, and where. */
export interface Problem {
  readonly message: string;
  /** JSON pointer from the root of the request, such as `/blocks/0/text`. */
  readonly pointer: string;
}

/** Lists what is wrong with a value found at a pointer; an empty list is a good value. */
export type Shape = (value: unknown, pointer: string) => readonly Problem[];

type Shapes = Readonly<Record<string, Shape>>;

/** What single fields cannot say: a rule over the whole object. */
export type Rule = (value: JsonObject, pointer: string) => readonly Problem[];

/** The fields an object must and may have; every other field is refused. */
export interface Fields {
  readonly required: Shapes;
  readonly optional: Shapes;
  readonly rule?: Rule | undefined;
}

/** Things of several types, by type. */
export type Table = Readonly<Record<string, Fields>>;

/** Describes an object by the fields it must have, those it may have, and a rule over the whole. */
export function fields(required: Shapes, optional: Shapes = {}, rule?: Rule): Fields {
  return { required, optional, rule };
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
function object(required: Shapes, optional: Shapes = {}, rule?: Rule): Shape {
  const known: Shapes = { ...required, ...optional };
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
export function typed(table: Table): Shape {
  return (value, pointer) => {
    if (!isObject(value)) return problem('must provide an object', pointer);
    const type = value.type;
    if (type === undefined) return problem('missing required field: type', pointer);
    const found = typeof type === 'string' && Object.hasOwn(table, type) ? table[type] : undefined;
    if (found === undefined) return problem(`unsupported type: ${String(type)}`, `${pointer}/type`);
    const required = { type: oneOf(String(type)), ...found.required };
    return object(required, found.optional, found.rule)(value, pointer);
  };
}

/** Demands at least one of the named fields. */
function needsOneOf(...keys: readonly string[]): Rule {
  return (value, pointer) =>
    keys.some((key) => value[key] !== undefined && value[key] !== null)
      ? []
      : problem(`missing required field: ${keys.join(' or ')}`, pointer);
}

/** Picks entries of a table by name, for a place that allows only those. */
export function pick(table: Table, ...names: readonly string[]): Table {
  return Object.fromEntries(Object.entries(table).filter(([name]) => names.includes(name)));
}

const many = Number.MAX_SAFE_INTEGER;

const anything: Shape = () => [];

const anyNumber: Shape = (value, pointer) =>
  typeof value === 'number' ? [] : problem('must provide a number', pointer);

const plainFields = (max: number): Fields => fields({ text: text(max) }, { emoji: flag });

const mrkdwnFields = (max: number): Fields => fields({ text: text(max) }, { verbatim: flag });

/** A text object that must be `plain_text`. */
export const plainText = (max: number): Shape => typedAs('plain_text', plainFields(max));

/** A text object that must be `mrkdwn`. */
const mrkdwn = (max: number): Shape => typedAs('mrkdwn', mrkdwnFields(max));

/** A text object of either kind. */
const anyText = (max: number): Shape => typed({ plain_text: plainFields(max), mrkdwn: mrkdwnFields(max) });

function typedAs(type: string, { required, optional }: Fields): Shape {
  return object({ type: oneOf(type), ...required }, optional);
}

const style = { style: object({}, { bold: flag, code: flag, italic: flag, strike: flag, underline: flag }) };

const named = (key: string): Fields => fields({ [key]: text(255) }, style);

const inline = list(
  typed({
    text: fields({ text: text(many) }, style),
    link: fields({ url: url(3000) }, { ...style, text: text(many, 0), unsafe: flag }),
    user: named('user_id'),
    usergroup: named('usergroup_id'),
    team: named('team_id'),
    channel: named('channel_id'),
    color: named('value'),
    emoji: fields({ name: text(255) }, { ...style, unicode: text(255), url: url(3000) }),
    broadcast: fields({ range: oneOf('here', 'channel', 'everyone') }, style),
    date: fields(
      { timestamp: whole(0, many), format: text(255) },
      { ...style, url: url(3000), fallback: text(3000) },
    ),
  }),
  many,
  0,
);

const border = { border: whole(0, 1) };

const richSection = { rich_text_section: fields({ elements: inline }) };

/** The fields of a `rich_text` block besides its type. */
const richText = fields({
  elements: list(
    typed({
      ...richSection,
      rich_text_quote: fields({ elements: inline }, border),
      rich_text_preformatted: fields({ elements: inline }, border),
      rich_text_list: fields(
        { elements: list(typed(richSection), many), style: oneOf('bullet', 'ordered') },
        { ...border, indent: whole(0, 8), offset: whole(0, many) },
      ),
    }),
    many,
    0,
  ),
});

const blockId = { block_id: text(255) };

/** A whole `rich_text` block, where one is a value of something else. */
const richTextBlock = typed({ rich_text: fields(richText.required, blockId) });

const cell = typed({
  rich_text: fields(richText.required, blockId),
  raw_text: fields({ text: text(3000) }),
  raw_number: fields({ value: anyNumber, text: text(3000) }),
});

const tableRows = list(list(cell, 20), 100);

/** The first row is the heading, which holds no rich text; every row is as long as it. */
const dataTableRows: Shape = (value, pointer) => {
  const problems = list(list(cell, 20), 101, 2)(value, pointer);
  const rows: readonly unknown[] = Array.isArray(value) ? value : [];
  const [head, ...body] = rows.map((row): readonly unknown[] => (Array.isArray(row) ? row : []));
  const odd = body.flatMap((row, at) =>
    row.length === head?.length
      ? []
      : problem('all rows must have the same number of cells', `${pointer}/${at + 1}`),
  );
  const rich = (head ?? []).flatMap((one, at) =>
    isObject(one) && one.type === 'rich_text'
      ? problem('rich_text is not allowed in the header row', `${pointer}/0/${at}`)
      : [],
  );
  return [...problems, ...odd, ...rich];
};

const aboveZero: Shape = (value, pointer) =>
  typeof value === 'number' && value > 0 ? [] : problem('must be greater than 0', pointer);

const seriesShape = object({
  name: text(20),
  data: list(object({ label: text(20), value: anyNumber }), 20),
});

const axisConfig = object({ categories: list(text(20), 20) }, { x_label: text(50), y_label: text(50) });

/** Every series has one point for each category, and no other; no two are called the same. */
const pointsFit: Rule = (value, pointer) => {
  const { categories } = isObject(value.axis_config) ? value.axis_config : {};
  const wanted: readonly unknown[] = Array.isArray(categories) ? categories : [];
  const series = objectsAt(value, 'series');
  const problems = series.flatMap((one, at) => {
    const labels = objectsAt(one, 'data').map(({ label: called }) => called);
    const isFit =
      labels.length === wanted.length &&
      new Set(labels).size === labels.length &&
      labels.every((label) => wanted.includes(label));
    return isFit
      ? []
      : problem('each series must have one data point per category', `${pointer}/series/${at}/data`);
  });
  const names = series.map(({ name }) => name);
  const isDouble = new Set(names).size < names.length;
  return [...problems, ...(isDouble ? problem('series names must be unique', `${pointer}/series`) : [])];
};

const xyChart = fields({ series: list(seriesShape, 6), axis_config: axisConfig }, {}, pointsFit);

const chart = typed({
  pie: fields({ segments: list(object({ label: text(20), value: aboveZero }), 6) }),
  bar: xyChart,
  line: xyChart,
  area: xyChart,
});

/** A confirmation dialog. */
const confirmDialog = object(
  { title: plainText(100), text: anyText(300), confirm: plainText(30), deny: plainText(30) },
  { style: oneOf('primary', 'danger') },
);

/** An option of a menu; checkboxes and radio buttons may use mrkdwn. */
const option = (label: Shape): Shape => object({ text: label, value: text(75) }, { description: label });

const choice = option(anyText(75));

const menuOption = option(plainText(75));

/** An option of an overflow menu, which may also open a URL. */
const overflowOption = object(
  { text: plainText(75), value: text(75) },
  { description: plainText(75), url: url(3000) },
);

const label = { accessibility_label: text(75) };

/** An image given by URL or as a Slack file. */
const imageSource = {
  image_url: url(3000, /^https?:\/\//i),
  slack_file: object({}, { id: text(255), url: url(3000) }),
};

const action = { action_id: text(255) };

const confirmable = { ...action, confirm: confirmDialog };

const focusable = { focus_on_load: flag };

const placeholder = { placeholder: plainText(150) };

const menu = { ...confirmable, ...focusable, ...placeholder };

const typing = list(oneOf('on_enter_pressed', 'on_character_entered'), 2);

const dispatchable = {
  ...action,
  ...focusable,
  ...placeholder,
  dispatch_action_config: object({}, { trigger_actions_on: typing }),
};

const atMost = { max_selected_items: whole(1, 100) };

const colored = { style: oneOf('primary', 'danger') };

const optionGroup = object({ label: plainText(75), options: list(menuOption, 100) });

const menuSource = { options: list(menuOption, 100), option_groups: list(optionGroup, 100) };

const eitherSource: Rule = (value, pointer) =>
  value.options !== undefined && value.option_groups !== undefined
    ? problem('only one of options or option_groups is allowed', pointer)
    : needsOneOf('options', 'option_groups')(value, pointer);

const lengthsInOrder: Rule = (value, pointer) =>
  Number(value.min_length ?? 0) > Number(value.max_length ?? 3000)
    ? problem('min_length must not be greater than max_length', pointer)
    : [];

const filter = object(
  {},
  {
    include: list(oneOf('im', 'mpim', 'private', 'public'), 4),
    exclude_external_shared_channels: flag,
    exclude_bot_users: flag,
  },
);

const conversationMenu = { ...menu, default_to_current_conversation: flag, filter };

const respondable = { response_url_enabled: flag };

const query = { min_query_length: whole(0, 100) };

const manyIds = list(text(255), 100);

const manyOptions = { initial_options: list(menuOption, 100) };

const feedbackButton = object({ text: plainText(75), value: text(2000) }, label);

const typedText = { ...dispatchable, initial_value: text(3000, 0) };

/** The fields of every interactive element, by type. */
const elementTable: Table = {
  button: fields(
    { text: plainText(75) },
    { ...confirmable, ...colored, ...label, value: text(2000), url: url(3000) },
  ),
  workflow_button: fields(
    { text: plainText(75), workflow: anything },
    { ...confirmable, ...colored, ...label },
  ),
  checkboxes: fields(
    { options: list(choice, 10) },
    { ...confirmable, ...focusable, initial_options: list(choice, 10) },
  ),
  radio_buttons: fields(
    { options: list(choice, 10) },
    { ...confirmable, ...focusable, initial_option: choice },
  ),
  overflow: fields({ options: list(overflowOption, 5) }, confirmable),
  static_select: fields({}, { ...menu, ...menuSource, initial_option: menuOption }, eitherSource),
  multi_static_select: fields({}, { ...menu, ...menuSource, ...atMost, ...manyOptions }, eitherSource),
  external_select: fields({}, { ...menu, ...query, initial_option: menuOption }),
  multi_external_select: fields({}, { ...menu, ...query, ...atMost, ...manyOptions }),
  users_select: fields({}, { ...menu, initial_user: text(255) }),
  multi_users_select: fields({}, { ...menu, ...atMost, initial_users: manyIds }),
  conversations_select: fields({}, { ...conversationMenu, ...respondable, initial_conversation: text(255) }),
  multi_conversations_select: fields({}, { ...conversationMenu, ...atMost, initial_conversations: manyIds }),
  channels_select: fields({}, { ...menu, ...respondable, initial_channel: text(255) }),
  multi_channels_select: fields({}, { ...menu, ...atMost, initial_channels: manyIds }),
  datepicker: fields({}, { ...menu, initial_date: text(10, 10) }),
  timepicker: fields({}, { ...menu, initial_time: text(5, 5), timezone: text(255) }),
  datetimepicker: fields(
    {},
    { ...confirmable, ...focusable, initial_date_time: whole(1_000_000_000, 9_999_999_999) },
  ),
  plain_text_input: fields(
    {},
    { ...typedText, multiline: flag, min_length: whole(0, 3000), max_length: whole(1, 3000) },
    lengthsInOrder,
  ),
  email_text_input: fields({}, typedText),
  url_text_input: fields({}, typedText),
  number_input: fields(
    { is_decimal_allowed: flag },
    { ...dispatchable, initial_value: text(255, 0), min_value: text(255), max_value: text(255) },
  ),
  rich_text_input: fields(
    {},
    { ...dispatchable, initial_value: richTextBlock, min_lines: whole(1, 100), max_lines: whole(1, 100) },
  ),
  file_input: fields({}, { ...action, filetypes: manyIds, max_files: whole(1, 10) }),
  feedback_buttons: fields({ positive_button: feedbackButton, negative_button: feedbackButton }, action),
  icon_button: fields(
    { icon: text(255), text: plainText(75) },
    { ...confirmable, ...label, value: text(2000), visible_to_user_ids: manyIds },
  ),
};

const choices = [
  ...['checkboxes', 'radio_buttons', 'datepicker', 'timepicker'],
  ...['static', 'external', 'users', 'conversations', 'channels'].flatMap((source) => [
    `${source}_select`,
    `multi_${source}_select`,
  ]),
];

const pressable = ['button', 'overflow', 'workflow_button', ...choices];

/** An image inside a context or as an accessory. */
const imageElement = {
  image: fields({ alt_text: text(2000) }, imageSource, needsOneOf('image_url', 'slack_file')),
};

const accessory = typed({ ...imageElement, ...pick(elementTable, ...pressable) });

const actionElement = typed(pick(elementTable, ...pressable, 'datetimepicker', 'rich_text_input'));

const inputNames = ['plain_text_input', 'email_text_input', 'url_text_input', 'number_input'];

const inputElement = typed(
  pick(elementTable, ...inputNames, 'rich_text_input', 'file_input', 'datetimepicker', ...choices),
);

const commonBlocks = withBlockId({
  section: fields(
    {},
    { text: anyText(3000), fields: list(anyText(2000), 10), accessory, expand: flag },
    needsOneOf('text', 'fields'),
  ),
  header: fields({ text: plainText(150) }),
  divider: fields({}),
  image: fields(
    { alt_text: text(2000) },
    { ...imageSource, title: plainText(2000) },
    needsOneOf('image_url', 'slack_file'),
  ),
  context: fields({
    elements: list(typed({ ...imageElement, plain_text: plainFields(3000), mrkdwn: mrkdwnFields(3000) }), 10),
  }),
  actions: fields({ elements: list(actionElement, 25) }),
  input: fields(
    { label: plainText(2000), element: inputElement },
    { hint: plainText(2000), optional: flag, dispatch_action: flag },
  ),
  rich_text: richText,
});

const image = typed(imageElement);

const https = url(3000, /^https:\/\//i);

const source = typed({ url: fields({ url: url(3000), text: text(3000) }) });

const column = object({}, { align: oneOf('left', 'center', 'right'), is_wrapped: flag });

/** Blocks that may stand alone or inside another. */
const innerBlocks = withBlockId({
  table: fields({ rows: tableRows }, { column_settings: list(column, 20) }),
  video: fields(
    { video_url: https, thumbnail_url: url(3000), alt_text: text(2000), title: plainText(199) },
    {
      title_url: https,
      author_name: text(49),
      provider_name: text(255),
      provider_icon_url: url(3000),
      description: plainText(199),
    },
  ),
  file: fields({ source: oneOf('remote'), external_id: text(255) }),
  card: fields(
    {},
    {
      hero_image: image,
      icon: image,
      title: mrkdwn(150),
      subtitle: mrkdwn(150),
      body: mrkdwn(200),
      actions: list(typed(pick(elementTable, 'button')), 5),
    },
    needsOneOf('hero_image', 'title', 'actions', 'body'),
  ),
  task_card: fields(
    {
      task_id: text(255),
      title: text(3000),
      status: oneOf('pending', 'in_progress', 'complete', 'error'),
    },
    { details: richTextBlock, output: richTextBlock, sources: list(source, 100) },
  ),
});

/** Only what can be collapsed begins collapsed, and only what cannot has a line under its title. */
const collapsing: Rule = (value, pointer) => {
  const canCollapse = value.is_collapsible === true;
  if (value.default_collapsed === true && !canCollapse)
    return problem('default_collapsed requires is_collapsible', pointer);
  return value.has_header_divider === true && canCollapse
    ? problem('has_header_divider requires is_collapsible to be false', pointer)
    : [];
};

/** The fields of every block, by type. */
export const blockTable: Table = {
  ...commonBlocks,
  ...innerBlocks,
  ...withBlockId({
    alert: fields({ text: anyText(200) }, { level: oneOf('default', 'info', 'warning', 'error', 'success') }),
    markdown: fields({ text: text(12_000) }),
    data_table: fields(
      { rows: dataTableRows, caption: text(3000) },
      { page_size: whole(1, 100), row_header_column_index: whole(0, 19) },
    ),
    data_visualization: fields({ title: text(50), chart }),
    carousel: fields({ elements: list(typed(pick(innerBlocks, 'card')), 10) }),
    context_actions: fields({
      elements: list(typed(pick(elementTable, 'feedback_buttons', 'icon_button')), 5),
    }),
    plan: fields({ title: text(3000) }, { tasks: list(typed(pick(innerBlocks, 'task_card')), 50) }),
    container: fields(
      {
        child_blocks: list(typed({ ...commonBlocks, ...pick(innerBlocks, 'table', 'video', 'file') }), 10),
      },
      {
        title: plainText(150),
        rich_text_title: richTextBlock,
        subtitle: anyText(150),
        width: oneOf('narrow', 'standard', 'wide', 'full'),
        icon: image,
        is_collapsible: flag,
        default_collapsed: flag,
        has_header_divider: flag,
      },
      (value, pointer) => [
        ...needsOneOf('title', 'rich_text_title')(value, pointer),
        ...collapsing(value, pointer),
      ],
    ),
  }),
};

/** Every block may name itself. */
function withBlockId(table: Table): Table {
  const named = Object.entries(table).map(([type, block]) => {
    return [type, { ...block, optional: { ...blockId, ...block.optional } }] as const;
  });
  return Object.fromEntries(named);
}
