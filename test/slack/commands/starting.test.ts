import { afterEach, describe, expect, it } from '@jest/globals';
import type { StartOption } from '../../../src/domain/reply.js';
import type { FakeCommandResults } from './a-command-service.js';
import { aProposal } from './a-reply.js';
import { aTypist, type Typist } from './a-typist.js';

const stages: Typist[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.stop();
});

const leave: StartOption = {
  label: 'Plant',
  startable: {
    system: 'plant',
    definition: 'Leave WF',
    title: 'Leave request',
    variables: [
      { name: 'Days', type: 'number', isRequired: true },
      { name: 'Reason', type: 'string', isRequired: false, default: 'holiday' },
      { name: 'Paid', type: 'boolean', isRequired: true },
      { name: 'From', type: 'date', isRequired: true },
    ],
  },
};
const ping: StartOption = {
  label: 'Office',
  startable: { system: 'office', definition: 'Ping', variables: [] },
};
const workflow = 'command.workflow';

describe.each(['socket', 'http'] as const)('the window of execute, over %s', (mode) => {
  async function set(results: FakeCommandResults = {}) {
    const run = () => aProposal();
    const stage = await aTypist(mode, { startOptions: () => [ping, leave], run, ...results });
    stages.push(stage);
    return stage;
  }

  it('opens before anything was looked for, then offers workflows by system', async () => {
    let finish = (_options: readonly StartOption[]): void => {};
    const options = new Promise<readonly StartOption[]>((resolve) => {
      finish = resolve;
    });
    const { type, modal } = await set({ startOptions: () => options });
    expect((await type('execute')).acked).toBe(true);
    expect((await modal(/Looking for workflows/)).view).not.toHaveProperty('submit');
    finish([ping, leave]);
    const { view } = await modal(/option_groups/);
    const text = JSON.stringify(view);
    expect(text).toMatch(/"Office".*"Ping".*"Plant".*"Leave request".*"Leave WF"/);
    expect(text).not.toContain('Days');
  });

  it('shows a field for each value of the workflow that is chosen, with what it is if left empty', async () => {
    const { type, modal, choose } = await set();
    await type('execute');
    const { id } = await modal(/option_groups/);
    await choose(id, workflow, '1');
    const { view } = await modal(/number_input/);
    expect(view.blocks).toMatchObject([
      { block_id: workflow },
      { label: { text: 'Days' }, optional: false, element: { type: 'number_input' } },
      {
        label: { text: 'Reason' },
        optional: true,
        hint: { text: 'If empty, it is holiday.' },
        element: { type: 'plain_text_input', initial_value: 'holiday' },
      },
      { label: { text: 'Paid' }, optional: false, element: { type: 'radio_buttons' } },
      { label: { text: 'From' }, optional: false, element: { type: 'datepicker' } },
    ]);
    await choose(id, workflow, '0');
    await modal(/takes no values/);
  });

  it('leads to a proposal only, with the values that were put in', async () => {
    const { type, modal, choose, submit, notified, commandService } = await set();
    await type('execute');
    const { id } = await modal(/option_groups/);
    await choose(id, workflow, '1');
    await modal(/number_input/);
    const filled = await submit(
      id,
      { 'value.1.0': '3', 'value.1.1': '' },
      { 'value.1.2': 'false' },
      { 'value.1.3': '2026-11-30' },
    );
    expect(filled).toMatchObject({ result: 'closed' });
    await notified(/Stop this workflow/);
    expect(commandService.steps).toEqual(['start-options', 'run execute']);
    expect(commandService.lines).toEqual([
      {
        verb: 'execute',
        workflow: 'Leave WF',
        system: 'plant',
        values: [
          { name: 'Days', text: '3' },
          { name: 'Paid', text: 'false' },
          { name: 'From', text: '2026-11-30' },
        ],
      },
    ]);
  });

  it('tells beside each field what does not fit, and keeps what was put in', async () => {
    const { type, modal, choose, submit, commandService } = await set();
    await type('execute');
    const { id } = await modal(/option_groups/);
    await choose(id, workflow, '1');
    await modal(/number_input/);
    expect(await submit(id, { 'value.1.0': 'three' })).toMatchObject({ result: 'held-back' });
    const reply = await submit(
      id,
      { 'value.1.0': '.5' },
      { 'value.1.2': 'true' },
      { 'value.1.3': '2026-02-30' },
    );
    expect(reply).toMatchObject({
      result: 'errors',
      errors: {
        'value.1.0': 'Please enter a number such as 3 or 2.5.',
        'value.1.3': 'Please enter a date such as 2026-11-30.',
      },
    });
    expect(commandService.lines).toEqual([]);
  });

  it('says so when the values were not shown yet', async () => {
    const { type, modal, submit, commandService } = await set();
    await type('execute');
    const { id } = await modal(/option_groups/);
    expect(await submit(id, {}, { [workflow]: '1' })).toMatchObject({
      errors: { [workflow]: expect.stringContaining('choose it again') },
    });
    expect(commandService.lines).toEqual([]);
  });

  it('begins with what was typed, and with the only workflow there is', async () => {
    const { type, modal } = await set({ startOptions: () => [leave] });
    await type('execute days=3 paid=no from=2026-13-01 reason="two days"');
    const { view } = await modal(/number_input/);
    expect(view.blocks).toMatchObject([
      { element: { initial_option: { value: '0' } } },
      { element: { initial_value: '3' } },
      { element: { initial_value: 'two days' } },
      { element: { initial_option: { value: 'false' } } },
      { element: expect.not.objectContaining({ initial_date: expect.anything() }) },
    ]);
  });

  it('says that what was typed fits nothing, and offers what there is', async () => {
    const { type, modal, commandService } = await set();
    await type('execute unknown days=3');
    await modal(/No workflow you may start matches `unknown`/);
    expect(commandService.lines).toEqual([]);
  });

  it('says so when there is nothing to start, or nothing could be looked for', async () => {
    const first = await set({ startOptions: () => [] });
    await first.type('execute');
    expect((await first.modal(/no workflow you may start/)).view).not.toHaveProperty('submit');
    const second = await set({
      startOptions: () => {
        throw new Error('Slack is slow');
      },
    });
    await second.type('execute');
    await second.modal(/could not be searched.*execute/);
    expect(second.log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });
});
