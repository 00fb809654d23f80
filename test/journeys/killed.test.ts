import { afterEach, describe, expect, it } from '@jest/globals';
import { buttonsOf, textOf } from '../support/stage/cards.js';
import { confirm, proposal, type } from '../support/stage/commands.js';
import { certificateRequest } from '../support/stage/enrollments.js';
import { clickInHome, homeSaying, openHome, submitSeveral } from '../support/stage/homes.js';
import { type House, openHouse } from '../support/stage/open-house.js';
import { transports } from '../support/stage/open-stage.js';
import { personas, places } from '../support/stage/personas.js';
import { grantManage } from '../support/stage/work-tasks.js';

describe.each(transports)('a bot that is killed, over %s', (transport) => {
  let house: House | undefined;
  afterEach(async () => {
    await house?.close();
    house = undefined;
  });

  async function approvedCard(open: House) {
    const id = open.command.startInstance(await certificateRequest());
    await open.start();
    const card = await open.slack.waitFor(
      () => open.slack.messages(places.pki).find((one) => buttonsOf(one).includes('Approve')),
      { timeoutMs: 15_000, whatFor: 'the card' },
    );
    return { id, card };
  }

  const says = (open: House, text: RegExp) =>
    open.slack.waitFor(() => open.slack.messages(places.pki).find((one) => text.test(textOf(one))), {
      timeoutMs: 25_000,
      whatFor: `a card saying ${text}`,
    });

  it('between the click and the signal signals once after it is started again', async () => {
    house = await openHouse(transport);
    const { id, card } = await approvedCard(house);
    house.command.fail({
      method: 'GET',
      path: `/Workflow/Instances/${id}`,
      fault: 'hang-before-effect',
      times: 50,
    });
    const { acked } = await house.slack.click({
      as: personas.ana.id,
      channel: card.channel,
      ts: card.ts,
      actionId: 'approval.approve',
    });
    expect(acked).toBe(true);
    await says(house, /Ana Ruiz approved/);
    await house.kill();
    house.command.clearFaults();
    expect(house.command.effectiveSignals).toHaveLength(0);
    await house.start();
    await says(house, /Approved by Ana Ruiz/);
    expect(house.command.effectiveSignals).toHaveLength(1);
    expect(house.slack.messages(places.pki)).toHaveLength(1);
  });

  it('between the writing down of several decisions and their signals signals each once, and sums up once', async () => {
    house = await openHouse(transport);
    const { command, slack } = house;
    const ids: string[] = [];
    for (const host of ['a', 'b', 'c'])
      ids.push(command.startInstance(await certificateRequest({ host: `${host}.keyexample.com` })));
    await house.start();
    const cards = () => slack.messages(places.pki).filter((one) => buttonsOf(one).includes('Approve'));
    await slack.waitFor(() => cards().length === 3, { timeoutMs: 15_000, whatFor: 'three cards' });
    await openHome(house, 'ana', /Waiting for you: 3/);
    await clickInHome(house, 'ana', 'several');
    command.fail({
      method: 'GET',
      path: '/Workflow/Instances/',
      fault: 'hang-before-effect',
      times: 200,
    });
    expect(await submitSeveral(house, 'ana', { comment: 'Planned' })).toMatchObject({ acked: true });
    await house.kill();
    command.clearFaults();
    expect(command.effectiveSignals).toHaveLength(0);
    await house.start();
    await command.waitFor(() => command.effectiveSignals.length === 3, 25_000);
    const { id: im } = slack.im(personas.ana.id);
    const summaries = () => slack.messages(im).filter((one) => /selected 3 requests/.test(textOf(one)));
    await slack.waitFor(() => summaries().length > 0, { timeoutMs: 25_000, whatFor: 'the summary' });
    await homeSaying(house, 'ana', /Nothing waits for your decision/, 25_000);
    expect(command.effectiveSignals.map(({ instance }) => instance).sort()).toEqual([...ids].sort());
    expect(summaries()).toHaveLength(1);
  });

  it('after an approver has left their place tells everybody once, and a delegate decides once', async () => {
    house = await openHouse(transport, {
      approvers: ['ana'],
      delegates: ['bo'],
      approveWith: 'one-click',
    });
    const { command, slack } = house;
    const { id, card } = await approvedCard(house);
    await type(house, 'ana', `away until 3d to <@${personas.bo.id}>`);
    const left = () =>
      slack.messages(slack.im(personas.bo.id).id).filter((one) => /you are their delegate/.test(textOf(one)));
    await slack.waitFor(
      () => slack.messages(places.pki, personas.ana.id).some((one) => /You are away/.test(textOf(one))),
      { timeoutMs: 15_000, whatFor: 'the answer' },
    );
    await house.kill();
    await house.start();
    await slack.waitFor(() => left().length > 0, { timeoutMs: 25_000, whatFor: 'the notice' });
    command.fail({
      method: 'GET',
      path: `/Workflow/Instances/${id}`,
      fault: 'hang-before-effect',
      times: 50,
    });
    const { channel, ts } = card;
    await slack.click({ as: personas.bo.id, channel, ts, actionId: 'approval.approve' });
    await says(house, /Bo Stranger \(for Ana Ruiz\)/);
    await house.kill();
    command.clearFaults();
    await house.start();
    await says(house, /Approved by Bo Stranger \(for Ana Ruiz\)/);
    expect(command.effectiveSignals).toHaveLength(1);
    expect(left()).toHaveLength(1);
  });

  it('after the signal and before its answer never signals again, and claims no more than it can see', async () => {
    house = await openHouse(transport);
    const { card } = await approvedCard(house);
    const { command } = house;
    command.fail({ method: 'POST', path: '/Signals', fault: 'hang-after-effect' });
    await house.slack.click({
      as: personas.ana.id,
      channel: card.channel,
      ts: card.ts,
      actionId: 'approval.approve',
    });
    await command.waitFor(() => command.effectiveSignals.length === 1);
    await house.kill();
    await house.start();
    const settled = await says(house, /was sent/);
    expect(textOf(settled)).not.toContain('Approved by');
    expect(
      command.requests.filter(({ method, path }) => method === 'POST' && path.includes('Signals')),
    ).toHaveLength(1);
  });

  it('told to stop while Command hangs on a look is down at once, and says nothing of Command', async () => {
    house = await openHouse(transport, { timeout: '60s' });
    const { command, slack } = house;
    const { card } = await approvedCard(house);
    command.fail({ method: 'GET', path: '/Workflow/Instances', fault: 'hang-before-effect', times: 50 });
    const seen = command.requests.length;
    await command.waitFor(() => command.requests.length > seen);
    const { code, tookMs } = await house.stop();
    expect({ code, isSoon: tookMs < 6_000 }).toEqual({ code: 0, isSoon: true });
    const shown = slack.message(card.channel, card.ts);
    expect(shown && textOf(shown)).toBe(textOf(card));
  });

  it('told to stop while Command hangs on a signal is down within 15 seconds, and settles it by reading', async () => {
    house = await openHouse(transport, { timeout: '60s', signalTimeout: '60s' });
    const { command, slack } = house;
    const { card } = await approvedCard(house);
    command.fail({ method: 'POST', path: '/Signals', fault: 'hang-after-effect' });
    await slack.click({
      as: personas.ana.id,
      channel: card.channel,
      ts: card.ts,
      actionId: 'approval.approve',
    });
    await command.waitFor(() => command.effectiveSignals.length === 1);
    const { code, tookMs } = await house.stop();
    expect({ code, isInTime: tookMs < 15_000 }).toEqual({ code: 0, isInTime: true });
    const left = slack.message(card.channel, card.ts);
    expect(left && textOf(left)).not.toContain('Approved by');
    await house.start();
    const settled = await says(house, /was sent/);
    expect(textOf(settled)).not.toContain('Approved by');
    expect(
      command.requests.filter(({ method, path }) => method === 'POST' && path.includes('Signals')),
    ).toHaveLength(1);
  });

  // Either takes ten seconds of waiting, so each way in plays one of them.
  const change =
    transport === 'socket'
      ? ({
          verb: 'stop',
          call: 'Stop',
          shows: /cannot be undone/,
          leaves: 'Rejected',
          seen: /stopped in Command/,
        } as const)
      : ({
          verb: 'restart',
          call: 'Restart',
          shows: /from step 1/,
          leaves: 'CanceledForRestart',
          seen: /Restarted in Command/,
        } as const);

  it(`told to stop while Command hangs on a ${change.verb} by command is down within 15 seconds, and settles it by reading`, async () => {
    house = await openHouse(transport, { timeout: '60s', signalTimeout: '60s', operators: ['ana'] });
    const { command, slack } = house;
    grantManage(house);
    const { id, card } = await approvedCard(house);
    await type(house, 'ana', `${change.verb} ${id}`);
    const proposed = await proposal(house, 'ana', change.shows);
    command.fail({ method: 'POST', path: `/${change.call}`, fault: 'hang-after-effect' });
    await confirm(house, 'ana', proposed);
    await command.waitFor(() => command.instance(id).status === change.leaves);
    const { code, tookMs } = await house.stop();
    expect({ code, isInTime: tookMs < 15_000 }).toEqual({ code: 0, isInTime: true });
    const left = slack.message(proposed.channel, proposed.ts);
    expect(left && textOf(left)).toMatch(/whether Command accepted it is not known. It is not sent again/);
    await house.start();
    const settled = await says(house, change.seen);
    expect(settled.ts).toBe(card.ts);
    const sent = command.requests.filter(
      ({ method, path }) => method === 'POST' && path.endsWith(`/${change.call}`),
    );
    expect(sent).toHaveLength(1);
  }, 60_000);
});
