import { expect, it } from '@jest/globals';
import { cardSaying, click, textOf, theCard } from '../../support/stage/cards.js';
import { transports } from '../../support/stage/open-stage.js';
import { finishInbound, openInboundStage, send, startAccess, workTasksName } from './inbound-work-tasks.js';

it.each(transports)('is decided, and looked at, while Command hangs, over %s', async (transport) => {
  const rules = { approveWith: 'one-click', timeout: '20s' } as const;
  const stage = await openInboundStage(transport, rules);
  const { command, workTasks } = stage;
  const before = command.requests.length;
  command.fail({ path: '/Workflow', fault: 'hang-before-effect', times: 50 });
  let isOver = false;
  const polling = stage.observe().then(() => {
    isOver = true;
  });
  await command.waitFor(() => command.requests.length > before);
  const run = await startAccess(stage);
  expect(await send(stage, run)).toMatchObject({ status: 201 });
  const { acked } = await click(stage, 'ana', theCard(stage), 'approve#0');
  expect(acked).toBe(true);
  await cardSaying(stage, /Work Tasks accepted it/);
  await workTasks.waitFor(() => workTasks.sleepingAt(run)?.name === 'Hand over');
  workTasks.completeInInbox({ execution: run, as: workTasksName('li'), output: 'Approved' });
  await workTasks.waitFor(() => workTasks.execution(run).status === 'FN');
  expect(textOf(theCard(stage))).not.toContain('Approved by Ana Ruiz');
  stage.clock.advance(15_000);
  const pollingAgain = stage.observe();
  await cardSaying(stage, /Approved by Ana Ruiz/);
  expect(isOver).toBe(false);
  await command.goDown();
  await Promise.all([polling, pollingAgain]);
  await finishInbound(stage, [`Approved as ${workTasksName('ana')}`]);
});
