import { type Fields, flag, list, object, oneOf, type Shape, text, typed, url, whole } from './shape.js';

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
export const richTextFields: Fields = {
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

/** A whole `rich_text` block, where one is a value of something else. */
export const richTextBlock: Shape = typed({ rich_text: richTextFields });
