import { describe, expect, it } from '@jest/globals';
import { ask, becomes, order } from '../../support/stage/ask.js';
import { textOf } from '../../support/stage/cards.js';
import { confirm } from '../../support/stage/commands.js';
import { askForCertificate } from '../../support/stage/enrollments.js';
import { personas } from '../../support/stage/personas.js';
import {
  changesSent,
  grantManage,
  openWorkTasksScenario,
  startLeave,
} from '../../support/stage/work-tasks.js';

const start = { line: 'execute "Leave WF" Days=3', shows: /Days/, ends: /Started as .*run/ };

describe('a change asked for twice', () => {
  it('is made once when the same button is pressed twice at the same moment, and again later', async () => {
    const stage = await openWorkTasksScenario('socket');
    const proposed = await ask(stage, start);
    await Promise.all([confirm(stage, 'ana', proposed), confirm(stage, 'ana', proposed)]);
    await becomes(stage, proposed, start.ends);
    await confirm(stage, 'ana', proposed);
    stage.clock.advance(60_000);
    await confirm(stage, 'ana', proposed);
    await becomes(stage, proposed, start.ends);
    expect(changesSent(stage)).toEqual(['executewithvariables']);
    await stage.close();
  });

  it.each([
    ['execute', start],
    ['pause', { line: 'pause "Leave WF#1001"', shows: /Undo later/, ends: /Paused\./ }],
    ['abort', { line: 'abort "Leave WF#1001"', shows: /cannot be undone/, ends: /Aborted\./ }],
    [
      'alert',
      { line: 'alert "Leave WF#1001" 50001 Approved', shows: /Answers activity/, ends: /Answered\./ },
    ],
  ])(
    'is made once when “%s” is typed again within ten seconds, and shows the first one’s result',
    async (_verb, requested) => {
      const stage = await openWorkTasksScenario('socket');
      startLeave(stage);
      const first = await ask(stage, requested);
      const second = await ask(stage, requested);
      await confirm(stage, 'ana', first);
      await becomes(stage, first, requested.ends);
      stage.clock.advance(9_000);
      await confirm(stage, 'ana', second);
      await becomes(stage, second, requested.ends);
      expect(changesSent(stage)).toHaveLength(1);
      await stage.close();
    },
  );

  it('shows the first one’s result also for a stop and a restart', async () => {
    const stage = await openWorkTasksScenario('socket');
    grantManage(stage);
    const stopped = await askForCertificate(stage);
    const restarted = await askForCertificate(stage, { host: 'other.keyexample.com' });
    for (const [line, shows, ends] of [
      [`stop ${stopped}`, /Stop/, /Stopped\. .* Rejected/],
      [`restart ${restarted}`, /Restart/, /Restarted; it continues as .*run/],
    ] as const) {
      await order(stage, { line, shows, ends });
      await order(stage, { line, shows, ends });
    }
    expect(changesSent(stage)).toEqual(['Stop', 'Restart']);
    await stage.close();
  });

  it('shows the refusal of the first one, not a second refusal', async () => {
    const stage = await openWorkTasksScenario('socket');
    const id = await askForCertificate(stage);
    const requested = { line: `stop ${id}`, shows: /Stop/, ends: /lacks the permission/ };
    await order(stage, requested);
    await order(stage, requested);
    expect(changesSent(stage)).toEqual(['Stop']);
    await stage.close();
  });

  it('is made anew after more than ten seconds', async () => {
    const stage = await openWorkTasksScenario('socket');
    await order(stage, start);
    stage.clock.advance(10_001);
    await order(stage, { ...start, ends: /Started as .*run .*1002/ });
    expect(changesSent(stage)).toHaveLength(2);
    await stage.close();
  });

  it('is made for each person who asks, and for each set of values', async () => {
    const stage = await openWorkTasksScenario('socket', { operators: ['ana', 'li'] });
    await order(stage, start);
    await order(stage, { ...start, line: 'execute "Leave WF" Days=4' });
    await order(stage, { ...start, as: 'li' });
    expect(stage.workTasks.executions()).toHaveLength(3);
    await stage.close();
  });

  it('is made again within ten seconds when its way back was taken meanwhile', async () => {
    const stage = await openWorkTasksScenario('socket');
    const { execution, typed } = startLeave(stage);
    const pause = { line: `pause ${typed}`, shows: /Pause this/, ends: /Paused\./ };
    await order(stage, pause);
    stage.clock.advance(1_000);
    await order(stage, { line: `resume ${typed}`, shows: /Resume this/, ends: /Resumed\./ });
    stage.clock.advance(1_000);
    await order(stage, pause);
    expect(stage.workTasks.execution(execution).status).toBe('PA');
    await stage.close();
  });
});

describe('a proposal', () => {
  it('cannot be confirmed once it was cancelled', async () => {
    const stage = await openWorkTasksScenario('socket');
    const proposed = await ask(stage, start);
    const { channel, ts, blocks } = proposed;
    await stage.slack.click({ as: personas.ana.id, channel, ts, actionId: 'command.cancel' });
    await becomes(stage, proposed, /Canceled\. Nothing was changed/);
    await confirm(stage, 'ana', { ...proposed, blocks });
    await stage.slack.waitFor(
      () =>
        stage.slack.messages(channel, personas.ana.id).filter((one) => /Canceled\./.test(textOf(one)))
          .length === 2,
    );
    expect(changesSent(stage)).toEqual([]);
    await stage.close();
  });

  it('cannot be confirmed after ten minutes', async () => {
    const stage = await openWorkTasksScenario('socket');
    const proposed = await ask(stage, start);
    stage.clock.advance(10 * 60_000 + 1);
    await confirm(stage, 'ana', proposed);
    await becomes(stage, proposed, /older than ten minutes.*Nothing was changed/);
    expect(changesSent(stage)).toEqual([]);
    await stage.close();
  });
});
