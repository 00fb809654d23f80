import { describe, expect, it } from '@jest/globals';
import { buttonsOf, cardSaying, click, privateWord, submit, theCard } from '../../support/stage/cards.js';
import { transports } from '../../support/stage/open-stage.js';
import { personas, places, workTasksClient } from '../../support/stage/personas.js';
import { finishInbound, openInboundStage, send, startAccess, workTasksName } from './inbound-work-tasks.js';

describe.each(transports)('an approval a Work Tasks workflow tells of, over %s,', (transport) => {
  it('is shown to a suggested approver only if the rule names them, and refused to anybody else', async () => {
    const stage = await openInboundStage(transport, { approveWith: 'one-click' });
    const run = await startAccess(stage);
    await send(stage, run, { approver: workTasksName('bo') });
    expect(stage.slack.messages(stage.slack.im(personas.bo.id).id)).toEqual([]);
    await click(stage, 'bo', theCard(stage), 'approve#0');
    await privateWord(stage, 'bo', /not one of the approvers/);
    await finishInbound(stage, []);
  });

  it('comes to a suggested approver whom the rule names, as a message of their own', async () => {
    const stage = await openInboundStage(transport);
    const run = await startAccess(stage);
    await send(stage, run, { approver: workTasksName('li') });
    expect(stage.slack.messages(stage.slack.im(personas.li.id).id)).toHaveLength(1);
    await finishInbound(stage, []);
  });

  it('is refused to whoever has no name in Work Tasks, who is told so', async () => {
    const stage = await openInboundStage(transport, { ownRequest: 'allowed', approveWith: 'one-click' });
    const run = await startAccess(stage);
    await send(stage, run);
    await click(stage, 'una', theCard(stage), 'approve#0');
    await privateWord(stage, 'una', /doesn't know your username in the system this comes from/);
    await finishInbound(stage, []);
  });

  it('is refused to whoever asked for it', async () => {
    const stage = await openInboundStage(transport, { approveWith: 'one-click' });
    const run = await startAccess(stage);
    await send(stage, run);
    await click(stage, 'sam', theCard(stage), 'approve#0');
    await privateWord(stage, 'sam', /You requested this/);
    await finishInbound(stage, []);
  });

  it('is refused in the words of AlertEngine, on the card and to the operators, and can be decided again', async () => {
    const stage = await openInboundStage(transport, { approveWith: 'one-click' });
    const run = await startAccess(stage);
    await send(stage, run);
    stage.workTasks.engineDown();
    stage.log.expectError(/refused a signal/);
    await click(stage, 'ana', theCard(stage), 'approve#0');
    const card = await cardSaying(
      stage,
      /It said: The workflow engine service has been stopped\. Nothing was changed/,
    );
    expect(buttonsOf(card)).toContain('Approved');
    await stage.bot().deliver();
    await cardSaying(stage, /It said: The workflow engine service has been stopped\./, places.ops);
    await finishInbound(stage, []);
  });

  it('is sent once although nobody answered, and people are told that nobody knows', async () => {
    const stage = await openInboundStage(transport);
    const run = await startAccess(stage);
    await send(stage, run);
    stage.workTasks.fail({ method: 'POST', path: 'AlertEngine', fault: 'hang-after-effect' });
    await click(stage, 'ana', theCard(stage), 'approve#0');
    await submit(stage, 'ana', '');
    await cardSaying(stage, /whether Work Tasks accepted it is not known/);
    for (let poll = 0; poll < 3; poll += 1) await stage.observeAfter(60_000);
    const card = await cardSaying(stage, /does not send it again/);
    expect(buttonsOf(card)).toEqual(['Details', 'Open in Work Tasks']);
    await privateWord(stage, 'ana', /Access to line 4/);
    await finishInbound(stage, [`Approved as ${workTasksName('ana')}`]);
  });

  it('is not told as refused when Work Tasks answered no and the execution went to its end', async () => {
    const stage = await openInboundStage(transport, { approveWith: 'one-click' });
    stage.workTasks.addWorkflow({
      repository: 'Plant',
      name: 'Short WF',
      activities: [{ name: 'Only check', actors: [workTasksName('ana')] }],
    });
    const user = workTasksName('sam');
    const run = stage.workTasks.startExecution({ repository: 'Plant', workflow: 'Short WF', user });
    await stage.workTasks.waitFor(() => stage.workTasks.sleepingAt(run) !== undefined);
    await send(stage, run);
    stage.workTasks.fail({ method: 'POST', path: 'AlertEngine', fault: 'http-400-after-effect' });
    await click(stage, 'ana', theCard(stage), 'approve#0');
    await cardSaying(stage, /was sent, and Work Tasks refused it/);
    await privateWord(stage, 'ana', /It is not known whether your decision.*counted/s);
    await finishInbound(stage, [`Approved as ${workTasksName('ana')}`]);
  });

  it('says so when its execution comes to its end in Work Tasks itself', async () => {
    const stage = await openInboundStage(transport);
    const run = await startAccess(stage);
    await send(stage, run);
    for (const [actor, output] of [
      ['ana', 'Rejected'],
      ['li', 'Approved'],
    ] as const) {
      stage.workTasks.completeInInbox({ execution: run, as: workTasksName(actor), output });
      await stage.workTasks.waitFor(() => stage.workTasks.execution(run).runs.length > 0);
    }
    await stage.workTasks.waitFor(() => stage.workTasks.execution(run).status === 'FN');
    await stage.observeAfter(15_000);
    const card = await cardSaying(stage, /Over in Work Tasks, not decided here/);
    expect(buttonsOf(card)).toEqual(['Details', 'Open in Work Tasks']);
    await finishInbound(stage, []);
  });

  it('is not taken without the secret, and nothing is posted', async () => {
    const stage = await openInboundStage(transport);
    const run = await startAccess(stage);
    const url = `http://127.0.0.1:${stage.bot().port}/hooks/work-tasks/approvals`;
    const body = stage.workTasks.hookBody(run);
    for (const secret of ['wrong', `${workTasksClient.hookSecret}x`]) {
      expect((await stage.workTasks.postToHook({ url, secret, body })).status).toBe(401);
    }
    const large = { ...body, subject: 'x'.repeat(70_000) };
    expect(
      (await stage.workTasks.postToHook({ url, secret: workTasksClient.hookSecret, body: large })).status,
    ).toBe(413);
    await stage.bot().deliver();
    expect(stage.slack.messages('C0PKI')).toEqual([]);
    await finishInbound(stage, []);
  });

  it('survives a restart of the bot before and after the decision', async () => {
    const stage = await openInboundStage(transport);
    const run = await startAccess(stage);
    await send(stage, run);
    const { executiondetailsid = '' } = stage.workTasks.hookBody(run);
    await stage.restart();
    await click(stage, 'ana', theCard(stage), 'approve#0');
    await submit(stage, 'ana', '');
    await cardSaying(stage, /Work Tasks accepted it/);
    await stage.restart();
    expect(await send(stage, run, { executiondetailsid })).toMatchObject({ status: 409 });
    await finishInbound(stage, [`Approved as ${workTasksName('ana')}`]);
  });
});
