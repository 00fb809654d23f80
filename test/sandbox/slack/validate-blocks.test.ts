import { describe, expect, it } from '@jest/globals';
import {
  describeProblem,
  type Surface,
  validateBlocks,
  validateView,
} from '../../../src/sandbox/slack/validate.js';
import { aCard, aReasonModal } from './a-workspace.js';

const plain = (text = 'x') => ({ type: 'plain_text', text });
const mrkdwn = (text = 'x') => ({ type: 'mrkdwn', text });
const times = <T>(count: number, make: (n: number) => T) => Array.from({ length: count }, (_, n) => make(n));
const option = (n: number | string = 1) => ({ text: plain(`Option ${n}`), value: `${n}` });
const button = (fields: object = {}) => ({ type: 'button', action_id: 'a', text: plain('Go'), ...fields });
const actions = (...elements: object[]) => [{ type: 'actions', elements }];
const section = (fields: object = {}) => [{ type: 'section', text: mrkdwn(), ...fields }];
const input = (element: object, fields: object = {}) => [
  { type: 'input', label: plain('Why?'), element, ...fields },
];
const confirm = (fields: object = {}) => ({
  title: plain('Sure?'),
  text: mrkdwn('Really?'),
  confirm: plain('Yes'),
  deny: plain('No'),
  ...fields,
});
const long = (length: number) => 'x'.repeat(length);

const container = (fields: object = {}) => [
  {
    type: 'container',
    title: plain('40 more names'),
    is_collapsible: true,
    default_collapsed: true,
    child_blocks: section(),
    ...fields,
  },
];

const cellOf = (value: string | number) =>
  typeof value === 'number'
    ? { type: 'raw_number', value, text: String(value) }
    : { type: 'raw_text', text: value };
const rowOf = (...values: (string | number)[]) => values.map(cellOf);
const dataTable = (fields: object = {}) => [
  { type: 'data_table', caption: 'By rule', rows: [rowOf('Rule', 'Approved'), rowOf('PKI', 3)], ...fields },
];
const richCell = {
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'Rule' }] }],
};
const series = (name: string, categories: readonly string[]) => ({
  name,
  data: categories.map((label) => ({ label, value: 1 })),
});
const days = times(20, (n) => `Day ${n}`);
const chart = (fields: object = {}, axis: object = {}) => [
  {
    type: 'data_visualization',
    title: 'Decisions',
    chart: {
      type: 'bar',
      series: [series('Approved', days)],
      axis_config: { categories: days, ...axis },
      ...fields,
    },
  },
];
const pie = (...segments: object[]) => [
  { type: 'data_visualization', title: 'Verdicts', chart: { type: 'pie', segments } },
];

const accepted: readonly (readonly [string, unknown, Surface?])[] = [
  ['a card with two buttons', aCard()],
  ['no blocks at all', []],
  ['fifty blocks', times(50, () => ({ type: 'divider' }))],
  ['a hundred blocks in a modal', times(100, () => ({ type: 'divider' })), 'modal'],
  ['a section of 3000 characters', section({ text: mrkdwn(long(3000)) })],
  ['a section of ten fields', [{ type: 'section', fields: times(10, () => mrkdwn(long(2000))) }]],
  ['twenty-five buttons', actions(...times(25, (n) => button({ action_id: `a${n}` })))],
  ['a value of 2000 characters', actions(button({ value: long(2000) }))],
  ['a confirmation', actions(button({ confirm: confirm({ style: 'danger' }) }))],
  ['a menu of a hundred options', actions({ type: 'static_select', options: times(100, option) })],
  ['an overflow accessory', section({ accessory: { type: 'overflow', options: times(5, option) } })],
  ['a context of ten', [{ type: 'context', elements: times(10, () => mrkdwn()) }]],
  ['an image', [{ type: 'image', alt_text: 'A chart', image_url: 'https://example.com/a.png' }]],
  ['the same action id in two blocks', [...actions(button()), ...actions(button())]],
  ['a markdown block', [{ type: 'markdown', text: '**bold**' }]],
  ['an input in a modal', input({ type: 'plain_text_input', multiline: true }), 'modal'],
  ['an alert in a modal', [{ type: 'alert', text: plain('Careful'), level: 'warning' }], 'modal'],
  [
    'a rich text',
    [
      {
        type: 'rich_text',
        elements: [
          { type: 'rich_text_section', elements: [{ type: 'text', text: 'a', style: { bold: true } }] },
          { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'CN=x' }] },
        ],
      },
    ],
  ],
  ['a container that folds ten blocks', container({ child_blocks: times(10, () => section()[0]) })],
  ['a table', [{ type: 'table', rows: [[{ type: 'raw_text', text: 'a' }]] }]],
  ['a data table of a hundred rows', dataTable({ rows: times(101, (n) => rowOf('a', n)) })],
  ['a data table in a modal', dataTable({ page_size: 100 }), 'modal'],
  ['a data table in the Home tab', dataTable({ row_header_column_index: 0 }), 'home'],
  ['two charts', [...chart(), ...chart({ type: 'line' }, { x_label: long(50), y_label: long(50) })]],
  ['a chart of six series', chart({ series: times(6, (n) => series(`${n}`, days)) })],
  ['a pie', pie({ label: 'Approved', value: 3 }, { label: 'Denied', value: 0.5 })],
];

const refused: readonly (readonly [string, unknown, string, Surface?])[] = [
  [
    'a container of eleven blocks',
    container({ child_blocks: times(11, () => section()[0]) }),
    'no more than 10 items allowed [json-pointer:/blocks/0/child_blocks]',
  ],
  ['a container without a title', container({ title: undefined }), 'missing required field: title'],
  ['a container with a long title', container({ title: plain(long(151)) }), 'must be less than 151'],
  [
    'a container that begins collapsed and cannot collapse',
    container({ is_collapsible: false }),
    'default_collapsed requires is_collapsible',
  ],
  [
    'a table of data in a container',
    container({ child_blocks: [{ type: 'data_table', caption: 'x', rows: [] }] }),
    'unsupported type: data_table',
  ],
  ['a data table without a caption', dataTable({ caption: undefined }), 'missing required field: caption'],
  ['a data table with a heading only', dataTable({ rows: [rowOf('Rule')] }), 'no fewer than 2 items allowed'],
  [
    'a data table of a hundred and one rows',
    dataTable({ rows: times(102, (n) => rowOf(n)) }),
    'no more than 101 items allowed [json-pointer:/blocks/0/rows]',
  ],
  [
    'a data table of twenty-one columns',
    dataTable({ rows: times(2, () => rowOf(...times(21, (n) => n))) }),
    'no more than 20 items allowed [json-pointer:/blocks/0/rows/0]',
  ],
  [
    'a data table with a short row',
    dataTable({ rows: [rowOf('a', 'b'), rowOf('a')] }),
    'all rows must have the same number of cells [json-pointer:/blocks/0/rows/1]',
  ],
  [
    'a data table with rich text in its heading',
    dataTable({ rows: [[richCell], rowOf('a')] }),
    'rich_text is not allowed in the header row [json-pointer:/blocks/0/rows/0/0]',
  ],
  ['a data table of pages too long', dataTable({ page_size: 101 }), 'must be less than or equal to 100'],
  [
    'data tables of more than 10000 characters together',
    times(2, () => dataTable({ rows: times(2, () => rowOf(long(2501))) })[0]),
    'data tables must be less than 10001 characters in all',
  ],
  ['three charts', [...chart(), ...chart(), ...chart()], 'no more than 2 data_visualization blocks allowed'],
  ['a chart in a modal', chart(), 'unsupported type: data_visualization', 'modal'],
  ['a chart in the Home tab', chart(), 'unsupported type: data_visualization', 'home'],
  ['a chart with a long title', [{ ...chart()[0], title: long(51) }], 'must be less than 51 characters'],
  ['a chart of an unknown type', chart({ type: 'radar' }), 'unsupported type: radar'],
  [
    'a chart of seven series',
    chart({ series: times(7, (n) => series(`${n}`, days)) }),
    'no more than 6 items allowed',
  ],
  [
    'a chart with two series of one name',
    chart({ series: times(2, () => series('Approved', days)) }),
    'series names must be unique',
  ],
  [
    'a chart with a point of no category',
    chart({ series: [series('Approved', [...days.slice(1), 'Day 99'])] }),
    'each series must have one data point per category [json-pointer:/blocks/0/chart/series/0/data]',
  ],
  [
    'a chart with two points of a category',
    chart({ series: [series('Approved', [...days.slice(1), 'Day 1'])] }),
    'each series must have one data point per category',
  ],
  [
    'a chart of twenty-one points',
    chart({ series: [series('Approved', [...days, 'Day 20'])] }, { categories: [...days, 'Day 20'] }),
    'no more than 20 items allowed',
  ],
  ['a chart with a long category', chart({}, { categories: [long(21)] }), 'must be less than 21 characters'],
  [
    'a chart with a long label of an axis',
    chart({}, { y_label: long(51) }),
    'must be less than 51 characters',
  ],
  ['a chart without axes', chart({ axis_config: undefined }), 'missing required field: axis_config'],
  ['a pie of seven segments', pie(...times(7, (n) => ({ label: `${n}`, value: 1 }))), 'no more than 6 items'],
  ['a pie with an empty segment', pie({ label: 'Denied', value: 0 }), 'must be greater than 0'],
  ['a pie with a long label', pie({ label: long(21), value: 1 }), 'must be less than 21 characters'],
  ['a container in a modal', container(), 'unsupported type: container', 'modal'],
  ['a container in the Home tab', container(), 'unsupported type: container', 'home'],
  [
    'fifty-one blocks',
    times(51, () => ({ type: 'divider' })),
    'no more than 50 items allowed [json-pointer:/blocks]',
  ],
  ['a block without a type', [{}], 'missing required field: type [json-pointer:/blocks/0]'],
  ['an unknown block', [{ type: 'sectoin' }], 'unsupported type: sectoin [json-pointer:/blocks/0/type]'],
  ['an alert in a message', [{ type: 'alert', text: plain() }], 'unsupported type: alert'],
  ['a card in a modal', [{ type: 'card', title: mrkdwn() }], 'unsupported type: card', 'modal'],
  ['a table in a modal', [{ type: 'table', rows: [] }], 'unsupported type: table', 'modal'],
  [
    'a disabled button',
    actions(button({ disabled: true })),
    'invalid additional property: disabled [json-pointer:/blocks/0/elements/0]',
  ],
  ['an unknown field of a block', section({ color: 'red' }), 'invalid additional property: color'],
  [
    'an empty text',
    section({ text: mrkdwn('') }),
    'must be more than 0 characters [json-pointer:/blocks/0/text/text]',
  ],
  ['a long text', section({ text: mrkdwn(long(3001)) }), 'must be less than 3001 characters'],
  ['a section without text', [{ type: 'section' }], 'missing required field: text or fields'],
  [
    'eleven fields',
    section({ fields: times(11, () => mrkdwn()) }),
    'no more than 10 items allowed [json-pointer:/blocks/0/fields]',
  ],
  ['a long field', section({ fields: [mrkdwn(long(2001))] }), 'must be less than 2001 characters'],
  ['text that is no text object', section({ text: 'x' }), 'must provide an object'],
  ['emoji in mrkdwn', section({ text: { ...mrkdwn(), emoji: true } }), 'invalid additional property: emoji'],
  [
    'verbatim in plain text',
    section({ text: { ...plain(), verbatim: true } }),
    'invalid additional property: verbatim',
  ],
  ['a long header', [{ type: 'header', text: plain(long(151)) }], 'must be less than 151 characters'],
  [
    'a mrkdwn header',
    [{ type: 'header', text: mrkdwn() }],
    'must be a valid enum value [json-pointer:/blocks/0/text/type]',
  ],
  [
    'eleven context elements',
    [{ type: 'context', elements: times(11, () => mrkdwn()) }],
    'no more than 10 items',
  ],
  ['a button in a context', [{ type: 'context', elements: [button()] }], 'unsupported type: button'],
  ['an empty context', [{ type: 'context', elements: [] }], 'no fewer than 1 items allowed'],
  [
    'twenty-six buttons',
    actions(...times(26, (n) => button({ action_id: `a${n}` }))),
    'no more than 25 items',
  ],
  ['a text input in actions', actions({ type: 'plain_text_input' }), 'unsupported type: plain_text_input'],
  ['a mrkdwn button', actions(button({ text: mrkdwn('*Go*') })), 'must be a valid enum value'],
  ['a long button', actions(button({ text: plain(long(76)) })), 'must be less than 76 characters'],
  ['a long value', actions(button({ value: long(2001) })), 'must be less than 2001 characters'],
  ['an empty value', actions(button({ value: '' })), 'must be more than 0 characters'],
  ['a default style', actions(button({ style: 'default' })), 'must be a valid enum value'],
  ['a long url', actions(button({ url: `https://${long(3000)}` })), 'must be less than 3001 characters'],
  ['a url that is none', actions(button({ url: 'here' })), 'must be a valid URL'],
  ['a long action id', actions(button({ action_id: long(256) })), 'must be less than 256 characters'],
  ['a long block id', section({ block_id: long(256) }), 'must be less than 256 characters'],
  [
    'a long label for screen readers',
    actions(button({ accessibility_label: long(76) })),
    'must be less than 76',
  ],
  [
    'two equal block ids',
    [...section({ block_id: 'b' }), ...section({ block_id: 'b' })],
    '`block_id` b already exists [json-pointer:/blocks/1/block_id]',
  ],
  ['two equal action ids', actions(button(), button()), '`action_id` a already exists in this block'],
  [
    'a long confirmation title',
    actions(button({ confirm: confirm({ title: plain(long(101)) }) })),
    'must be less than 101',
  ],
  [
    'a long confirmation text',
    actions(button({ confirm: confirm({ text: plain(long(301)) }) })),
    'must be less than 301',
  ],
  [
    'a long confirmation button',
    actions(button({ confirm: confirm({ deny: plain(long(31)) }) })),
    'must be less than 31',
  ],
  [
    'a long option',
    actions({ type: 'static_select', options: [{ text: plain(long(76)), value: 'v' }] }),
    'must be less than 76',
  ],
  [
    'a long option value',
    actions({ type: 'static_select', options: [{ text: plain(), value: long(76) }] }),
    'must be less than 76',
  ],
  ['101 options', actions({ type: 'static_select', options: times(101, option) }), 'no more than 100 items'],
  ['no options', actions({ type: 'static_select' }), 'missing required field: options or option_groups'],
  [
    'options twice',
    actions({
      type: 'static_select',
      options: [option()],
      option_groups: [{ label: plain(), options: [option()] }],
    }),
    'only one of options or option_groups',
  ],
  [
    'eleven radio buttons',
    actions({ type: 'radio_buttons', options: times(11, option) }),
    'no more than 10 items',
  ],
  ['six overflow options', actions({ type: 'overflow', options: times(6, option) }), 'no more than 5 items'],
  [
    'an image without a description',
    [{ type: 'image', image_url: 'https://example.com/a.png' }],
    'missing required field: alt_text',
  ],
  [
    'an image without a source',
    [{ type: 'image', alt_text: 'x' }],
    'missing required field: image_url or slack_file',
  ],
  [
    'two tables',
    times(2, () => ({ type: 'table', rows: [[{ type: 'raw_text', text: 'a' }]] })),
    'only one table is allowed',
  ],
  [
    'too much markdown',
    times(2, () => ({ type: 'markdown', text: long(7000) })),
    'markdown must be less than 12001',
  ],
  ['101 blocks in a modal', times(101, () => ({ type: 'divider' })), 'no more than 100 items', 'modal'],
  [
    'an input without a label',
    [{ type: 'input', element: { type: 'plain_text_input' } }],
    'missing required field: label',
    'modal',
  ],
  [
    'a mrkdwn label',
    input({ type: 'plain_text_input' }, { label: mrkdwn() }),
    'must be a valid enum value',
    'modal',
  ],
  ['a button as input', input(button()), 'unsupported type: button', 'modal'],
  [
    'a long placeholder',
    input({ type: 'plain_text_input', placeholder: plain(long(151)) }),
    'must be less than 151',
    'modal',
  ],
  [
    'lengths the wrong way round',
    input({ type: 'plain_text_input', min_length: 9, max_length: 3 }),
    'min_length must not be greater',
    'modal',
  ],
  [
    'a minimum above 3000',
    input({ type: 'plain_text_input', min_length: 3001 }),
    'must be less than or equal to 3000',
    'modal',
  ],
  [
    'two focused inputs',
    [
      ...input({ type: 'plain_text_input', action_id: 'a', focus_on_load: true }),
      ...input({ type: 'plain_text_input', action_id: 'b', focus_on_load: true }),
    ],
    'only one element may have focus_on_load',
    'modal',
  ],
  ['blocks that are no list', { type: 'divider' }, 'must provide an array'],
];

describe('blocks Slack shows', () => {
  it.each(accepted)('are accepted: %s', (_name, blocks, surface = 'message') => {
    expect(validateBlocks(blocks, surface).map(describeProblem)).toEqual([]);
  });
});

describe('blocks Slack refuses', () => {
  it.each(refused)('are refused: %s', (_name, blocks, expected, surface = 'message') => {
    const found = validateBlocks(blocks, surface).map(describeProblem);
    expect(found.some((one) => one.startsWith('[ERROR] ') && one.includes(expected))).toBe(true);
  });
});

describe('views', () => {
  it('are accepted when complete', () => {
    expect(validateView(aReasonModal(), 'modal')).toEqual([]);
    expect(validateView({ type: 'home', blocks: aCard() }, 'home')).toEqual([]);
  });

  it.each([
    ['without a title', aReasonModal({ title: undefined }), 'missing required field: title'],
    ['with an input but no submit', aReasonModal({ submit: undefined }), 'missing required field: submit'],
    ['with a long submit', aReasonModal({ submit: plain(long(25)) }), 'must be less than 25 characters'],
    ['with long metadata', aReasonModal({ private_metadata: long(3001) }), 'must be less than 3001'],
    ['with a long callback id', aReasonModal({ callback_id: long(256) }), 'must be less than 256'],
    ['with an unknown field', aReasonModal({ colour: 'red' }), 'invalid additional property: colour'],
    ['of another type', aReasonModal({ type: 'home' }), 'unsupported type: home'],
  ])('are refused %s', (_name, view, expected) => {
    const found = validateView(view, 'modal').map(describeProblem);
    expect(found.join('\n')).toContain(expected);
  });
});
