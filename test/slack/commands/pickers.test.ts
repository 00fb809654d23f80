import { afterEach, describe, expect, it } from '@jest/globals';
import type { Row } from '../../../src/domain/reply.js';
import type { FakeCommandResults } from './a-command-service.js';
import { aProposal, aRow, aStatus } from './a-reply.js';
import { aTypist, type Typist } from './a-typist.js';

const stages: Typist[] = [];
afterEach(async () => {
  for (const stage of stages.splice(0)) await stage.stop();
});

describe.each(['socket', 'http'] as const)('a window for what was not named, over %s', (mode) => {
  async function set(results: FakeCommandResults = {}) {
    const stage = await aTypist(mode, { candidates: () => [aRow()], ...results });
    stages.push(stage);
    return stage;
  }

  it('opens before anything was looked for, and is filled afterwards', async () => {
    let finish = (_rows: readonly Row[]): void => {};
    const rows = new Promise<readonly Row[]>((resolve) => {
      finish = resolve;
    });
    const { type, modal } = await set({ candidates: () => rows });
    expect((await type('status')).acked).toBe(true);
    expect((await modal(/Looking for workflows/)).view).not.toHaveProperty('submit');
    finish([aRow()]);
    const { view } = await modal(/static_select/);
    expect(JSON.stringify(view)).toContain('"app.example.com — K7F3"');
    expect(JSON.stringify(view)).toContain(
      'waiting · Approval by the PKI team · 2026-01-15 11:59 UTC · Command',
    );
    expect(String(view.private_metadata)).toMatch(/^id-\d+$/);
  });

  it('asks only for what a typed line lacks, beginning with what was typed', async () => {
    const { type, modal, submit, notified, commandService } = await set({ run: () => aProposal() });
    await type('alert K7F3 8812');
    const { id, view } = await modal(/Answer an activity/);
    expect(JSON.stringify(view)).toContain('"initial_value":"8812"');
    expect(JSON.stringify(view)).not.toContain('static_select');
    const given = { activityId: '8812', output: 'Approved' };
    expect(await submit(id, { activityId: '8812', output: ' ' }, {})).toMatchObject({ result: 'errors' });
    expect(await submit(id, given, {})).toMatchObject({ result: 'closed' });
    await notified(/cannot be undone/);
    expect(commandService.lines).toEqual([{ verb: 'alert', ref: 'K7F3', ...given }]);
    expect(commandService.steps).toEqual(['run alert']);
  });

  it('closes at once when submitted, and the completed line is answered privately', async () => {
    const { type, modal, submit, notified, commandService, workspace, ada } = await set({
      run: () => aStatus(),
    });
    await type('status');
    const { id } = await modal(/static_select/);
    expect(await submit(id, {}, { run: 'K7F3' })).toMatchObject({ result: 'closed' });
    await notified(/Web servers/);
    expect(commandService.lines).toEqual([{ verb: 'status', ref: 'K7F3' }]);
    expect(workspace.views(ada.id)).toEqual([]);
  });

  it('of a verb that changes something leads to a proposal only', async () => {
    const { type, modal, submit, notified, commandService } = await set({ run: () => aProposal() });
    await type('stop');
    await submit((await modal(/static_select/)).id, {}, { run: 'K7F3' });
    await notified(/cannot be undone/);
    expect(commandService.steps).toEqual(['candidates stop', 'run stop']);
  });

  it('asks for the activity too, which must be named', async () => {
    const { type, modal, submit, commandService, notified } = await set();
    await type('output');
    const { id } = await modal(/static_select/);
    expect(await submit(id, { name: '  ' }, { run: 'K7F3' })).toMatchObject({
      result: 'errors',
      errors: { name: expect.any(String) },
    });
    await submit(id, { name: 'Manager approval' }, { run: 'K7F3' });
    await notified(/Nothing was found/);
    expect(commandService.lines).toEqual([{ verb: 'output', ref: 'K7F3', name: 'Manager approval' }]);
  });

  it('takes a version for a restart, if it is one', async () => {
    const { type, modal, submit, commandService, notified } = await set();
    await type('restart');
    const { id } = await modal(/static_select/);
    expect(await submit(id, { version: 'newest' }, { run: 'K7F3' })).toMatchObject({
      errors: { version: expect.stringContaining('whole number') },
    });
    await submit(id, { version: '4' }, { run: 'K7F3' });
    await notified(/Nothing was found/);
    expect(commandService.lines).toEqual([{ verb: 'restart', ref: 'K7F3', version: 4 }]);
  });

  it('says so when there is nothing to choose from', async () => {
    const { type, modal } = await set({ candidates: () => [] });
    await type('pause');
    expect((await modal(/no workflow you may use this on/)).view).not.toHaveProperty('submit');
  });

  it('says so when nothing could be looked for', async () => {
    const { type, modal, log } = await set({
      candidates: () => {
        throw new Error('Slack is slow');
      },
    });
    await type('resume');
    await modal(/could not be searched/);
    expect(log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
  });

  it.each(['expired_trigger_id', 'exchanged_trigger_id'])(
    'that Slack does not open any more (%s) is explained, and nothing is looked for',
    async (fault) => {
      const { type, notified, workspace, commandService } = await set();
      workspace.fail({ method: 'views.open', fault });
      await type('status');
      await notified(/took too long.*type it again/);
      expect(commandService.steps).toEqual([]);
    },
  );

  it('that Slack does not open just now is explained', async () => {
    const { type, notified, workspace } = await set();
    workspace.fail({ method: 'views.open', fault: 'ratelimited' });
    await type('status');
    await notified(/did not open the window/);
  });

  it('may be closed while it is being filled', async () => {
    let finish = (_rows: readonly Row[]): void => {};
    const rows = new Promise<readonly Row[]>((resolve) => {
      finish = resolve;
    });
    const { type, modal, workspace, ada, log } = await set({ candidates: () => rows });
    await type('status');
    const { id } = await modal(/Looking/);
    await workspace.closeView({ as: ada.id, viewId: id });
    finish([aRow()]);
    await workspace.waitFor(() => workspace.calls.some(({ method }) => method === 'views.update'));
    expect(log.lines.filter(({ level }) => level === 'warn' || level === 'error')).toEqual([]);
  });
});
