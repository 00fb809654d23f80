import { describe, expect, it } from '@jest/globals';
import {
  buttonsOf,
  cardSaying,
  click,
  modalOf,
  privateWord,
  submit,
  textOf,
  theCard,
} from '../../support/stage/cards.js';
import { transports } from '../../support/stage/open-stage.js';
import {
  finishInbound,
  openInboundStage,
  send,
  sendByKey,
  startAccess,
  workTasksName,
} from './inbound-work-tasks.js';

describe.each(transports)('an approval a Work Tasks workflow tells of, over %s', (transport) => {
  it('is approved in Slack, and its execution moves on', async () => {
    const stage = await openInboundStage(transport);
    const run = await startAccess(stage);
    const data = { Line: 4, Password: 'sesame' };
    expect(await send(stage, run, { data })).toMatchObject({
      status: 201,
      said: { status: 'put', leftOut: ['Password'] },
    });
    const card = theCard(stage);
    expect(buttonsOf(card)).toEqual([
      'Approved',
      'Rejected',
      'Send back',
      'Details',
      'Ask',
      'Open in Work Tasks',
    ]);
    for (const word of ['Access to line 4', 'Access WF', 'activedirectory::jsmith', 'Line', `<@U0ANA>`]) {
      expect(textOf(card)).toContain(word);
    }
    expect(textOf(card)).not.toContain('sesame');
    await click(stage, 'ana', card, 'approve#0');
    await submit(stage, 'ana', 'Fine by me');
    await cardSaying(stage, /Work Tasks accepted it/);
    await stage.workTasks.waitFor(() => stage.workTasks.sleepingAt(run)?.name === 'Hand over');
    stage.workTasks.completeInInbox({ execution: run, as: workTasksName('li'), output: 'Approved' });
    await stage.workTasks.waitFor(() => stage.workTasks.execution(run).status === 'FN');
    await stage.observeAfter(15_000);
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await privateWord(stage, 'sam', /Access to line 4/);
    await finishInbound(stage, [`Approved as ${workTasksName('ana')}`]);
  });

  it.each([
    ['deny#1', 'Rejected', 'Not this week'],
    ['approve#2', 'Send back', ''],
  ])('takes the output of the button: %s', async (button, output, comment) => {
    const stage = await openInboundStage(transport);
    const run = await startAccess(stage);
    await send(stage, run);
    await click(stage, 'li', theCard(stage), button);
    await submit(stage, 'li', comment);
    await cardSaying(stage, /Work Tasks accepted it/);
    expect(stage.workTasks.execution(run).runs[0]).toMatchObject({ output, status: 'C' });
    await finishInbound(stage, [`${output} as ${workTasksName('li')}`]);
  });

  it('shows until when it is due, and its links, which are part of what people sign', async () => {
    const stage = await openInboundStage(transport, { quorum: 2, approveWith: 'one-click' });
    const run = await startAccess(stage);
    const links = [{ title: 'Site plan', url: 'https://plans.example.com/line-4?a=1&b=2' }];
    await send(stage, run, { due: '2026-01-16T17:00:00+01:00', links });
    const due = Date.UTC(2026, 0, 16, 16) / 1000;
    const onCard = [
      `due <!date^${due}^{date_short_pretty} at {time}|2026-01-16 at 16:00 UTC>`,
      '<https://plans.example.com/line-4?a=1&amp;b=2|Site plan> (`plans.example.com`)',
    ];
    for (const word of onCard) expect(textOf(theCard(stage))).toContain(word);
    await click(stage, 'ana', theCard(stage), 'details');
    const details = JSON.stringify((await modalOf(stage, 'ana')).view);
    expect(details).toContain(`<!date^${due}^`);
    expect(details).toContain('`https://plans.example.com/line-4?a=1&amp;b=2`');
    await click(stage, 'ana', theCard(stage), 'approve#0');
    await cardSaying(stage, /1 of 2/);
    expect(await send(stage, run)).toMatchObject({ status: 200, said: { status: 'repeated' } });
    expect(await send(stage, run, { due: '2026-01-17T17:00:00Z' })).toMatchObject({
      status: 200,
      said: { status: 'changed' },
    });
    const changed = await cardSaying(stage, /0 of 2/);
    expect(textOf(changed)).toContain('2026-01-17 at 17:00 UTC');
    expect(textOf(changed)).toContain('Site plan');
    await stage.restart();
    await stage.observe();
    expect(textOf(theCard(stage))).toContain('2026-01-17 at 17:00 UTC');
    await finishInbound(stage, []);
  });

  it('is a link until the activity is known, and then has buttons on the same card', async () => {
    const stage = await openInboundStage(transport);
    const run = await startAccess(stage);
    expect(await sendByKey(stage, run)).toMatchObject({ status: 201 });
    expect(buttonsOf(theCard(stage))).toEqual(['Details', 'Open in Work Tasks']);
    expect(textOf(theCard(stage))).toContain(`https://worktasks.example.com/inbox/Plant/${run.id}`);
    expect(await send(stage, run)).toMatchObject({ status: 200, said: { status: 'completed' } });
    const card = theCard(stage);
    expect(buttonsOf(card)).toContain('Approved');
    await click(stage, 'ana', card, 'approve#0');
    await submit(stage, 'ana', '');
    await cardSaying(stage, /Work Tasks accepted it/);
    await finishInbound(stage, [`Approved as ${workTasksName('ana')}`]);
  });

  it('told twice is one card, and one answer', async () => {
    const stage = await openInboundStage(transport);
    const run = await startAccess(stage);
    const { executiondetailsid = '' } = stage.workTasks.hookBody(run);
    await send(stage, run);
    expect(await send(stage, run)).toMatchObject({ status: 200, said: { status: 'repeated' } });
    const card = theCard(stage);
    await click(stage, 'ana', card, 'approve#0');
    await submit(stage, 'ana', '');
    await cardSaying(stage, /Work Tasks accepted it/);
    const again = await send(stage, run, { executiondetailsid });
    expect(again).toMatchObject({ status: 409, said: { status: 'over' } });
    expect(theCard(stage).ts).toBe(card.ts);
    await finishInbound(stage, [`Approved as ${workTasksName('ana')}`]);
  });

  it('is asked about each of its steps, one card after the other', async () => {
    const stage = await openInboundStage(transport, { approveWith: 'one-click' });
    const run = await startAccess(stage);
    await send(stage, run);
    const first = theCard(stage);
    await click(stage, 'ana', first, 'approve#0');
    await stage.workTasks.waitFor(() => stage.workTasks.sleepingAt(run)?.name === 'Hand over');
    await cardSaying(stage, /Work Tasks accepted it/);
    expect(await send(stage, run, { subject: 'Key to line 4' })).toMatchObject({ status: 201 });
    await click(stage, 'li', await cardSaying(stage, /Key to line 4/), 'approve#0');
    await stage.workTasks.waitFor(() => stage.workTasks.execution(run).status === 'FN');
    await stage.observeAfter(15_000);
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await cardSaying(stage, /Approved by Li Wei/);
    await finishInbound(stage, [`Approved as ${workTasksName('ana')}`, `Approved as ${workTasksName('li')}`]);
  });
});
