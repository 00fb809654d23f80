import { describe, expect, it } from '@jest/globals';
import type { SeenMessage } from '../../src/sandbox/slack/interactions.js';
import { buttonsOf, cardSaying, modalOf, privateWord, submit, textOf } from '../support/stage/cards.js';
import { type } from '../support/stage/commands.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openStage, type Stage, transports } from '../support/stage/open-stage.js';
import { type Actor, personas } from '../support/stage/personas.js';

const byTheBot = 'by KEYEXAMPLE\\svc-countersign';

/** Presses a button beside one approval of a list. */
function clickInList(stage: Stage, actor: Actor, list: SeenMessage, [row, what]: readonly [number, string]) {
  const { channel, ts, blocks } = list;
  const blockId = `command.approval.1.${row}`;
  const actionId = `command.decide.${what}`;
  return stage.slack.click({ as: personas[actor].id, channel, ts, actionId, blockId, from: blocks });
}

describe.each(transports)('what waits for somebody, over %s', (transport) => {
  it('is decided from the list as on its card, and the card tells everybody', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click' });
    const first = await askForCertificate(stage, { host: 'first.keyexample.com' });
    const second = await askForCertificate(stage, { host: 'second.keyexample.com' });
    await stage.observe();
    await type(stage, 'ana', 'approvals');
    const list = await privateWord(stage, 'ana', /Waiting for your decision: 2/);
    const row = textOf(list).indexOf('second.') < textOf(list).indexOf('first.') ? 0 : 1;
    await clickInList(stage, 'ana', list, [row, 'approve']);
    expect(JSON.stringify((await modalOf(stage, 'ana')).view)).toContain('second.keyexample.com');
    await submit(stage, 'ana', 'as agreed');
    await cardSaying(stage, /Approved by Ana Ruiz.*second/s);
    expect(stage.command.instance(second).status).toBe('Complete');
    expect(stage.command.instance(first).status).toBe('Suspended');
    await type(stage, 'ana', 'approvals');
    await privateWord(stage, 'ana', /Waiting for your decision: 1/);
    await finish(stage, {
      posts: { pki: 2, '@sam': 1 },
      answers: { ana: 2 },
      signals: [`approve ${byTheBot}`],
    });
  });

  it('is denied with a reason, which is asked for', async () => {
    const stage = await openStage(transport);
    const id = await askForCertificate(stage);
    await stage.observe();
    await type(stage, 'ana', 'approvals');
    const list = await privateWord(stage, 'ana', /Waiting for your decision: 1/);
    await clickInList(stage, 'ana', list, [0, 'deny']);
    expect(await submit(stage, 'ana', 'Wrong zone')).toMatchObject({ result: 'closed' });
    await cardSaying(stage, /Denied by Ana Ruiz/);
    expect(stage.command.instance(id).status).toBe('Rejected');
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, answers: { ana: 1 }, signals: [`deny ${byTheBot}`] });
  });

  it('shows its details, and decides nothing by that', async () => {
    const stage = await openStage(transport);
    await askForCertificate(stage);
    await stage.observe();
    await type(stage, 'ana', 'approvals');
    await clickInList(stage, 'ana', await privateWord(stage, 'ana', /decision: 1/), [0, 'details']);
    expect((await modalOf(stage, 'ana')).view).not.toHaveProperty('submit');
    await finish(stage, { posts: { pki: 1 }, answers: { ana: 1 }, signals: [] });
  });

  it('is over when somebody else was faster, and the list says so when it is pressed', async () => {
    const stage = await openStage(transport);
    const id = await askForCertificate(stage);
    await stage.observe();
    await type(stage, 'ana', 'approvals');
    const list = await privateWord(stage, 'ana', /decision: 1/);
    await stage.command.decideInPortal(id, 'KEYEXAMPLE\\portal-pat', true);
    await stage.observeAfter(15_000);
    await clickInList(stage, 'ana', list, [0, 'approve']);
    await privateWord(stage, 'ana', /already|over|decided|Complete/i);
    expect(stage.slack.views(personas.ana.id)).toEqual([]);
    await finish(stage, {
      posts: { pki: 1, '@sam': 1 },
      answers: { ana: 2 },
      signals: ['approve by KEYEXAMPLE\\portal-pat'],
    });
  });

  it('leaves out what one may not decide, and what one has voted on', async () => {
    const stage = await openStage(transport, { quorum: 2 });
    await askForCertificate(stage);
    await stage.observe();
    await type(stage, 'sam', 'approvals');
    await privateWord(stage, 'sam', /Nothing waits for your decision/);
    await type(stage, 'ana', 'approvals');
    const list = await privateWord(stage, 'ana', /0 of 2 have approved/);
    expect(buttonsOf(list)).toEqual(['Approve…', 'Deny…', 'Details']);
    await clickInList(stage, 'ana', list, [0, 'approve']);
    await submit(stage, 'ana', '');
    await cardSaying(stage, /1 of 2/);
    await type(stage, 'ana', 'approvals');
    await privateWord(stage, 'ana', /You have voted on 1 more, which is waiting for others/);
    await stage.close();
  });

  it('pages by ten, in place', async () => {
    const stage = await openStage(transport);
    for (let count = 0; count < 11; count += 1) {
      await askForCertificate(stage, { host: `host-${String(count).padStart(2, '0')}.keyexample.com` });
    }
    await stage.observe();
    await type(stage, 'ana', 'approvals');
    const list = await privateWord(stage, 'ana', /Waiting for your decision: 11, page 1/);
    const hosts = (message: SeenMessage) => new Set(textOf(message).match(/host-\d\d/g));
    expect(hosts(list).size).toBe(10);
    const { channel, ts, blocks } = list;
    await stage.slack.click({
      as: personas.ana.id,
      channel,
      ts,
      actionId: 'command.approvals-after',
      from: blocks,
    });
    const next = await privateWord(stage, 'ana', /page 2/);
    expect(hosts(next).size).toBe(1);
    expect([...hosts(next)].some((host) => hosts(list).has(host))).toBe(false);
    expect(buttonsOf(next)).toContain('Previous page');
    await stage.close();
  });
});
