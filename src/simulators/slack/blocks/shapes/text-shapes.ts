import { type Fields, flag, list, object, oneOf, type Shape, text, typed, url } from './shape.js';

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
export function mrkdwn(max: number): Shape {
  return object({
    required: { type: oneOf('mrkdwn'), ...mrkdwnFields(max).required },
    optional: { ...mrkdwnFields(max).optional },
  });
}

/** A text object of either kind. */
export function anyText(max: number): Shape {
  return typed({ plain_text: plainFields(max), mrkdwn: mrkdwnFields(max) });
}

/** The two text objects as a table, for lists that mix them with other elements. */
export const textTable: Readonly<Record<string, Fields>> = {
  plain_text: plainFields(3000),
  mrkdwn: mrkdwnFields(3000),
};

/** A confirmation dialog. */
export const confirmDialog: Shape = object({
  required: { title: plainText(100), text: anyText(300), confirm: plainText(30), deny: plainText(30) },
  optional: { style: oneOf('primary', 'danger') },
});

/** An option of a menu; checkboxes and radio buttons may use mrkdwn. */
export function option(label: Shape, describe: Shape = label): Shape {
  return object({ required: { text: label, value: text(75) }, optional: { description: describe } });
}

/** An option of an overflow menu, which may also open a URL. */
export const overflowOption: Shape = object({
  required: { text: plainText(75), value: text(75) },
  optional: { description: plainText(75), url: url(3000) },
});

/** A named group of options. */
export const optionGroup: Shape = object({
  required: { label: plainText(75), options: list(option(plainText(75)), 100) },
});

/** An image given by URL or as a Slack file. */
export const imageSource: Readonly<Record<string, Shape>> = {
  image_url: url(3000, /^https?:\/\//i),
  slack_file: object({ optional: { id: text(255), url: url(3000) } }),
};
