import { richTextBlock } from './rich-text-shapes.js';
import {
  type Fields,
  flag,
  list,
  needsOneOf,
  object,
  oneOf,
  problem,
  type Shape,
  text,
  url,
  whole,
} from './shape.js';
import {
  anyText,
  confirmDialog,
  imageSource,
  option,
  optionGroup,
  overflowOption,
  plainText,
} from './text-shapes.js';

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
const style = { style: oneOf('primary', 'danger') };
const label = { accessibility_label: text(75) };
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
export const elementTable: Readonly<Record<string, Fields>> = {
  button: {
    required: { text: plainText(75) },
    optional: { ...confirmable, ...style, ...label, value: text(2000), url: url(3000) },
  },
  workflow_button: {
    required: { text: plainText(75), workflow: anything },
    optional: { ...confirmable, ...style, ...label },
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
export const imageElement: Fields = {
  required: { alt_text: text(2000) },
  optional: imageSource,
  rule: needsOneOf('image_url', 'slack_file'),
};
