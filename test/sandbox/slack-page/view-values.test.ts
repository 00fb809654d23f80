import { describe, expect, it } from '@jest/globals';
import { Drafts, findProblems, readValues } from '../../../src/sandbox/slack/page/block-kit.js';

const option = (value: string) => ({ text: { type: 'plain_text', text: value }, value });
const view = {
  type: 'modal',
  blocks: [
    { type: 'section', block_id: 'words', text: { type: 'mrkdwn', text: 'Why?' } },
    {
      type: 'input',
      block_id: 'reason',
      element: { type: 'plain_text_input', action_id: 'text', min_length: 5, max_length: 20 },
    },
    {
      type: 'input',
      block_id: 'kind',
      element: {
        type: 'radio_buttons',
        action_id: 'pick',
        options: [option('a')],
        initial_option: option('a'),
      },
    },
    { type: 'input', block_id: 'tell', optional: true, element: { type: 'checkboxes', action_id: 'who' } },
    { type: 'input', block_id: 'day', optional: true, element: { type: 'datepicker', action_id: 'date' } },
    { type: 'actions', block_id: 'buttons', elements: [{ type: 'button', action_id: 'more' }] },
  ],
};
const untouched = () => undefined;

describe('the state of a modal', () => {
  it('holds the first values of everything the person did not touch, and nothing for buttons', () => {
    expect(readValues(view, untouched)).toEqual({
      reason: { text: { type: 'plain_text_input', value: null } },
      kind: { pick: { type: 'radio_buttons', selected_option: option('a') } },
      tell: { who: { type: 'checkboxes', selected_options: [] } },
      day: { date: { type: 'datepicker', selected_date: null } },
    });
  });

  it('keeps what was typed when the app replaces the view', () => {
    const drafts = new Drafts();
    const state = { type: 'plain_text_input', value: 'typed' };
    drafts.write('V1', { blockId: 'reason', actionId: 'text', state });
    drafts.keepOnly(['V1']);
    const updated = { ...view, blocks: view.blocks.slice(1, 2) };
    const values = readValues(updated, (blockId, actionId) => drafts.read('V1', blockId, actionId));
    expect(values).toEqual({ reason: { text: state } });
  });

  it('is forgotten with its view', () => {
    const drafts = new Drafts();
    drafts.write('V1', { blockId: 'reason', actionId: 'text', state: { value: 'typed' } });
    drafts.keepOnly([]);
    expect(drafts.read('V1', 'reason', 'text')).toBeUndefined();
  });

  it('is complete only when every required input is filled', () => {
    expect(findProblems(view, readValues(view, untouched))).toEqual({
      reason: 'Please complete this required field.',
    });
  });

  it.each([
    ['four', 'Please write at least 5 characters.'],
    ['much too long a reason', 'Please shorten this to 20 characters.'],
  ])('refuses %j for its length', (value, sentence) => {
    const typed = (blockId: string) =>
      blockId === 'reason' ? { type: 'plain_text_input', value } : undefined;
    expect(findProblems(view, readValues(view, typed))).toEqual({ reason: sentence });
  });
});
