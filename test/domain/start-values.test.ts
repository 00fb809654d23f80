import { describe, expect, it } from '@jest/globals';
import { readStart, type StartableWorkflow } from '../../src/domain/change.js';
import { parseCommand } from '../../src/domain/commands.js';

type Takes = Pick<StartableWorkflow, 'variables' | 'takesVersion' | 'takesData'>;

const typed = (text: string, takes: Takes) => {
  const parsed = parseCommand(text);
  if (parsed.kind !== 'command' || parsed.line.verb !== 'execute') throw new Error('That is no start.');
  return readStart(parsed.line.values, takes);
};

const variable = (name: string, type: 'string' | 'number' | 'xml' | 'array' = 'string') => ({
  name,
  type,
  isRequired: false,
});

describe('what a workflow is started with, as typed', () => {
  it('has a version where it takes one', () => {
    const takes = { variables: [], takesVersion: true };
    expect(typed('execute Leave version=2', takes)).toEqual({ kind: 'start', variables: [], version: '2' });
    expect(typed('execute Leave version=2', { variables: [] })).toMatchObject({ kind: 'bad-value' });
  });

  it('has no version beside values, and says why', () => {
    const takes = { variables: [variable('Days', 'number')], takesVersion: true };
    expect(typed('execute Leave version=2 days=3', takes)).toMatchObject({
      kind: 'bad-value',
      name: 'version',
      expected: expect.stringContaining('always started in its latest version'),
    });
  });

  it('takes var.version for a variable of that name, which the word alone never means', () => {
    const takes = { variables: [variable('version')], takesVersion: true };
    expect(typed('execute Leave var.version=x', takes)).toMatchObject({
      variables: [{ name: 'version', value: 'x' }],
    });
    expect(typed('execute Leave version=7', takes)).toEqual({ kind: 'start', variables: [], version: '7' });
  });

  it.each([
    ['execute Leave note=\'<a b="1">two words</a>\'', '<a b="1">two words</a>'],
    ['execute Leave note=`<a>x</a>`', '<a>x</a>'],
    ['execute Leave note="two words"', 'two words'],
    ["execute Leave note=it's", "it's"],
  ])('holds quotes and blanks: %s', (line, value) => {
    expect(typed(line, { variables: [variable('note')] })).toMatchObject({ variables: [{ value }] });
  });

  it('takes data only where the settings let people give it', () => {
    expect(typed('execute Leave data=<a/>', { variables: [] })).toMatchObject({ kind: 'bad-value' });
    expect(typed('execute Leave data=<a/>', { variables: [], takesData: true })).toMatchObject({
      data: '<a/>',
    });
    expect(typed('execute Leave data=a', { variables: [], takesData: true })).toMatchObject({
      kind: 'bad-value',
    });
  });

  it('is told beside an answer to an activity', () => {
    expect(parseCommand('alert K7F3 8812 Wait a bit status=Sleep data=\'<a b="c"/>\'')).toMatchObject({
      line: { ref: 'K7F3', activityId: '8812', output: 'Wait a bit', status: 'Sleep', data: '<a b="c"/>' },
    });
    expect(parseCommand('alert K7F3 8812 Approved status=8')).toMatchObject({ kind: 'usage' });
  });
});
