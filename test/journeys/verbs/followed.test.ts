import { describe, expect, it } from '@jest/globals';
import { ask, becomes, order } from '../../support/stage/ask.js';
import { textOf } from '../../support/stage/cards.js';
import { confirm } from '../../support/stage/commands.js';
import type { Stage } from '../../support/stage/open-stage.js';
import { personas } from '../../support/stage/personas.js';
import { changesSent, grantManage, openWorkTasksScenario } from '../../support/stage/work-tasks.js';

const minuteMs = 60_000;
const restart = { shows: /from step 1/, ends: /accepted it\. It continues as .*run .*a message here/s };
const start = { line: 'execute "Leave WF" Days=3', shows: /Days/ };

/** A run that failed, of a workflow whose runs stay under way until a hand moves them. */
function failedLongRun(stage: Stage): string {
  grantManage(stage);
  stage.command.addDefinition({
    displayName: 'Slow renewal',
    workflowType: 'Enrollment',
    steps: [{ extensionName: 'EnrollStep', uniqueName: 'Enroll1', displayName: 'Enroll', pauses: true }],
  });
  const title = 'Renewal of slow.keyexample.com';
  const id = stage.command.startInstance({
    definition: 'Slow renewal',
    title,
    initiator: 'KEYEXAMPLE\\jsmith',
  });
  stage.command.failInstance(id, 'The CA did not answer.');
  stage.clock.advance(minuteMs);
  return id;
}

/** The run a restart led to. */
function successorOf(stage: Stage, id: string): string {
  return stage.command.instances().find((one) => one.id !== id)?.id ?? '';
}

function directMessages(stage: Stage) {
  return stage.slack.messages(stage.slack.im(personas.ana.id).id).filter(({ isFromApp }) => isFromApp);
}

describe('a restarted run', () => {
  it('is followed to its new id, and its end is told where the restart was asked for', async () => {
    const stage = await openWorkTasksScenario('socket');
    const id = failedLongRun(stage);
    const reply = await order(stage, { line: `restart ${id}`, ...restart });
    const next = successorOf(stage, id);
    expect(textOf(reply)).toContain(next);
    await stage.observeAfter(15_000);
    await becomes(stage, reply, /a message here when it stops running/);
    stage.command.advance(next);
    await stage.observeAfter(15_000);
    const reported = await becomes(
      stage,
      reply,
      /Restarted; it continues as .*run .* it is now Complete.*status/s,
    );
    expect(textOf(reported)).toContain(next);
    expect(directMessages(stage)).toEqual([]);
    await stage.close();
  });

  it('that fails again is told with the state it ended in', async () => {
    const stage = await openWorkTasksScenario('socket');
    const id = failedLongRun(stage);
    const reply = await order(stage, { line: `restart ${id}`, ...restart });
    stage.command.failInstance(successorOf(stage, id), 'The CA did not answer again.');
    await stage.observeAfter(15_000);
    await becomes(stage, reply, /it is now [Ff]ailed.*status/s);
    await stage.close();
  });

  it.each([
    [
      'after half an hour, when its first place is closed',
      async (stage: Stage) => stage.clock.advance(31 * minuteMs),
    ],
    [
      'when every answer its place was good for is used up',
      async (stage: Stage) => void stage.slack.fail({ method: 'response_url', fault: 'used_url', times: 9 }),
    ],
    [
      'after a restart of the bot and half an hour',
      async (stage: Stage) => {
        await stage.restart();
        stage.clock.advance(31 * minuteMs);
      },
    ],
  ])('is told once by direct message %s', async (_when, close) => {
    const stage = await openWorkTasksScenario('socket');
    const id = failedLongRun(stage);
    await order(stage, { line: `restart ${id}`, ...restart });
    await close(stage);
    stage.command.advance(successorOf(stage, id));
    await stage.observeAfter(15_000);
    await stage.observeAfter(15_000);
    await stage.restart();
    await stage.observeAfter(15_000);
    expect(directMessages(stage).map(textOf)).toEqual([expect.stringMatching(/it is now Complete/)]);
    expect(changesSent(stage)).toEqual(['Restart']);
    await stage.close();
  });

  it('is told in its first place when the bot was restarted a moment ago', async () => {
    const stage = await openWorkTasksScenario('socket');
    const id = failedLongRun(stage);
    const reply = await order(stage, { line: `restart ${id}`, ...restart });
    await stage.restart();
    stage.command.advance(successorOf(stage, id));
    await stage.observeAfter(15_000);
    await becomes(stage, reply, /it is now Complete/);
    expect(directMessages(stage)).toEqual([]);
    await stage.close();
  });

  it('is told as it stands after a day, and no longer followed', async () => {
    const stage = await openWorkTasksScenario('socket');
    const id = failedLongRun(stage);
    await order(stage, { line: `restart ${id}`, ...restart });
    await stage.observeAfter(24 * 60 * minuteMs + 1);
    expect(directMessages(stage).map(textOf)).toEqual([expect.stringMatching(/it is now [Rr]unning/)]);
    stage.command.advance(successorOf(stage, id));
    await stage.observeAfter(minuteMs);
    expect(directMessages(stage)).toHaveLength(1);
    await stage.close();
  });
});

describe('a started run', () => {
  it('is followed to where it waits', async () => {
    const stage = await openWorkTasksScenario('socket');
    stage.workTasks.change({ engine: 'by-hand' });
    const reply = await order(stage, {
      ...start,
      ends: /accepted it\. It continues as .*run .*a message here/s,
    });
    await stage.observeAfter(15_000);
    const [execution] = stage.workTasks.executions();
    if (!execution) throw new Error('Nothing was started');
    while (stage.workTasks.execution(execution).status !== 'SL') stage.workTasks.advance(execution);
    await stage.observeAfter(15_000);
    await becomes(stage, reply, /Started as .*run .* it is now Waiting/);
    await stage.close();
  });

  it('is told once the system answers again, when it was away for the first look', async () => {
    const stage = await openWorkTasksScenario('socket');
    stage.workTasks.fail({ method: 'GET', path: '/status', fault: 'http-503', times: 9 });
    const reply = await order(stage, { ...start, ends: /accepted it/ });
    stage.workTasks.clearFaults();
    await stage.observeAfter(minuteMs);
    await becomes(stage, reply, /Started as .*run .* it is now Waiting/);
    expect(changesSent(stage)).toEqual(['executewithvariables']);
    await stage.close();
  });
});

describe('a change that was confirmed when the bot stopped', () => {
  it('is finished before the bot is gone, and told once', async () => {
    const stage = await openWorkTasksScenario('socket');
    const proposed = await ask(stage, { ...start });
    stage.workTasks.fail({ method: 'POST', path: 'execute', fault: 'slow', delayMs: 200 });
    await confirm(stage, 'ana', proposed);
    await stage.restart();
    await becomes(stage, proposed, /Started as .*run/);
    await stage.observeAfter(15_000);
    expect(changesSent(stage)).toEqual(['executewithvariables']);
    await stage.close();
  });
});
