import { afterEach, describe, expect, it } from '@jest/globals';
import { openStore } from '../../src/stores/index.js';
import { describePostgres } from '../support/postgres/describe-postgres.js';
import {
  buttonsOf,
  cardSaying,
  click,
  privateWord,
  submit,
  textOf,
  theCard,
} from '../support/stage/cards.js';
import { type } from '../support/stage/commands.js';
import { askForCertificate, certificateRequest } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { type House, openHouse } from '../support/stage/open-house.js';
import { openReplicas } from '../support/stage/open-replicas.js';
import { openStage, type Stage, transports } from '../support/stage/open-stage.js';
import { personas, places } from '../support/stage/personas.js';

const byTheBot = 'approve by KEYEXAMPLE\\svc-countersign';

const group = 'S0PKI0001';

const ledgerKey = Buffer.from(Array.from({ length: 32 }, (_, index) => index * 7)).toString('hex');

const mentionOf = (actor: 'ana' | 'li') => new RegExp(`<@${personas[actor].id}>`);

/** Delivers what a reload has made due; a channel takes one message a second. */
async function deliver(stage: Stage): Promise<void> {
  for (let seconds = 0; seconds < 3; seconds += 1) {
    stage.clock.advance(1_000);
    await stage.bot().deliver();
  }
}

describe.each(transports)('settings loaded anew over %s', (transport) => {
  const rules = { quorum: 2, approveWith: 'one-click' } as const;

  it('are what the next click is checked by, and the card says so', async () => {
    const stage = await openStage(transport, { approvers: ['ana'], approveWith: 'one-click' });
    await askForCertificate(stage);
    await stage.observe();
    const result = await stage.reload({ approvers: ['li'], approveWith: 'one-click' });
    expect(result).toEqual({ kind: 'applied', changed: ['approvers'] });
    await deliver(stage);
    const card = await cardSaying(stage, mentionOf('li'));
    await click(stage, 'ana', card, 'approve');
    await privateWord(stage, 'ana', /not.*(approver|may)/i);
    await click(stage, 'li', card, 'approve');
    await cardSaying(stage, /Approved by Li Wei/);
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, answers: { ana: 1 }, signals: [byTheBot] });
  });

  it('fill no quorum and send nothing: a lower one is filled by the next approval', async () => {
    const stage = await openStage(transport, rules);
    const id = await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /1 of 2/);
    await stage.reload({ ...rules, quorum: 1 });
    await stage.observeAfter(60_000);
    expect(stage.command.instance(id).status).toBe('Suspended');
    await click(stage, 'li', theCard(stage), 'approve');
    await stage.command.waitFor(() => stage.command.effectiveSignals.length === 1);
    await deliver(stage);
    await cardSaying(stage, /Approved by/);
  });

  it('take out the vote of somebody who may not decide any more, and tell them', async () => {
    const stage = await openStage(transport, rules);
    await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /1 of 2/);
    await stage.reload({ ...rules, approvers: ['li', 'una', 'sam'] });
    await deliver(stage);
    await privateWord(stage, 'ana', /no longer counts/i);
    await click(stage, 'li', theCard(stage), 'approve');
    const half = await cardSaying(stage, /1 of 2/);
    expect(textOf(half)).not.toContain('Ana Ruiz');
    expect(stage.command.effectiveSignals).toHaveLength(0);
  });

  it('keep the vote of somebody whom a user group names now, and count it once the group was read', async () => {
    const stage = await openStage(transport, { ...rules, groups: [] });
    stage.slack.addGroup({ id: group, handle: 'pki', name: 'PKI', members: [personas.ana.id] });
    await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /1 of 2/);
    await stage.reload({ ...rules, approvers: ['li'], groups: [group] });
    await deliver(stage);
    expect(textOf(theCard(stage))).toContain('Ana Ruiz');
    await click(stage, 'li', theCard(stage), 'approve');
    await cardSaying(stage, /Approved by/);
    await stage.command.waitFor(() => stage.command.effectiveSignals.length === 1);
  });

  it('let somebody decide from a list shown before, whom only a user group names since', async () => {
    const stage = await openStage(transport, { approvers: ['ana', 'li'], groups: [] });
    stage.slack.addGroup({ id: group, handle: 'pki', name: 'PKI', members: [personas.ana.id] });
    await askForCertificate(stage);
    await stage.observe();
    await type(stage, 'ana', 'approvals');
    const { channel, ts, blocks } = await privateWord(stage, 'ana', /Waiting for your decision: 1/);
    await stage.reload({ approvers: ['li'], groups: [group] });
    const approve = () =>
      stage.slack.click({
        as: personas.ana.id,
        channel,
        ts,
        actionId: 'command.decide.approve',
        blockId: 'command.approval.1.0',
        from: blocks,
      });
    await approve();
    await privateWord(stage, 'ana', /decided in a window, which could not open.*Nothing was decided/);
    await approve();
    await submit(stage, 'ana', 'as agreed');
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await finish(stage, {
      posts: { pki: 1, '@sam': 1, '@ana': 1 },
      answers: { ana: 1 },
      signals: [byTheBot],
    });
  });

  it('show what stands out by them on cards that were there before, after a reload as after a restart', async () => {
    const stage = await openStage(transport, rules);
    await askForCertificate(stage);
    await stage.observe();
    expect(textOf(await cardSaying(stage, /Approv/))).not.toMatch(/outside your domains/);
    await stage.reload({ ...rules, zones: ['other.example'] });
    await deliver(stage);
    await cardSaying(stage, /1 name outside your domains/);
    await stage.restart({ ...rules, zones: ['keyexample.com'] });
    await deliver(stage);
    expect(textOf(theCard(stage))).not.toMatch(/outside your domains/);
    await stage.restart({ ...rules, zones: ['other.example'] });
    await deliver(stage);
    await cardSaying(stage, /1 name outside your domains/);
  });

  it('check a decision that is held by the new rules before it is sent', async () => {
    const held = { approvers: ['ana'], approveWith: 'one-click', hold: '1m' } as const;
    const stage = await openStage(transport, held);
    const id = await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /Ana Ruiz/);
    await stage.reload({ ...held, approvers: ['li'] });
    await stage.observeAfter(6 * 60_000);
    await deliver(stage);
    await cardSaying(stage, mentionOf('li'));
    expect(stage.command.instance(id).status).toBe('Suspended');
    expect(stage.command.effectiveSignals).toHaveLength(0);
    expect(buttonsOf(theCard(stage))).toContain('Approve');
  });

  it('end the approvals of a system they leave out only when that is confirmed', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click' });
    await askForCertificate(stage);
    await stage.observe();
    const without = { approveWith: 'one-click', systemName: 'other' } as const;
    expect(await stage.reload(without)).toEqual({
      kind: 'ends-approvals',
      systems: [{ name: 'corp', open: 1 }],
    });
    await deliver(stage);
    expect(buttonsOf(theCard(stage))).toContain('Approve');
    expect(await stage.reload(without, { isConfirmed: true })).toMatchObject({ kind: 'applied' });
    await deliver(stage);
    await cardSaying(stage, /no longer watched/i);
  });

  it('that need a restart are refused whole, and the old ones stay', async () => {
    const stage = await openStage(transport, { approvers: ['ana'], approveWith: 'one-click' });
    await askForCertificate(stage);
    await stage.observe();
    const changed = { approvers: ['li'], approveWith: 'one-click', ledgerKey } as const;
    expect(await stage.reload(changed)).toEqual({ kind: 'needs-restart', settings: ['ledger'] });
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /Approved by Ana Ruiz/);
  });

  it('put a system back that was taken out: the port it calls has stayed open', async () => {
    const called = { withWorkTasks: true, withHook: true } as const;
    const stage = await openStage(transport, called);
    expect(await stage.reload({}, { isConfirmed: true })).toMatchObject({ kind: 'applied' });
    expect(await stage.reload(called)).toMatchObject({ kind: 'applied' });
  });

  it('that are called from outside for the first time say that the port is opened at a start', async () => {
    const stage = await openStage(transport, { withWorkTasks: true });
    const result = await stage.reload({ withWorkTasks: true, withHook: true });
    const needsPort = { kind: 'needs-restart', settings: ['http'], why: 'port-not-open' };
    // Where Slack calls the bot the port is open already.
    expect(result).toMatchObject(transport === 'http' ? { kind: 'applied' } : needsPort);
  });

  it('are followed to the end after a store that failed half-way', async () => {
    let isBroken = false;
    const stage = await openStage(transport, {
      ...rules,
      openStore: async (...where) => {
        const store = await openStore(...where);
        const listOpenChanges: typeof store.listOpenChanges = async () => {
          if (isBroken) throw new Error('The disk is full');
          return store.listOpenChanges();
        };
        return { ...store, listOpenChanges };
      },
    });
    await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /1 of 2/);
    isBroken = true;
    await expect(stage.reload({ ...rules, approvers: ['li', 'una'] })).rejects.toThrow('The disk is full');
    isBroken = false;
    await stage.bot().agreeOnRules();
    await deliver(stage);
    await privateWord(stage, 'ana', /no longer counts/i);
    expect(await stage.reload({ ...rules, approvers: ['li', 'una'] })).toEqual({ kind: 'unchanged' });
  });

  it('are followed to the end by the next start where the bot died half-way', async () => {
    let isBroken = false;
    const stage = await openStage(transport, {
      ...rules,
      openStore: async (...where) => {
        const store = await openStore(...where);
        const eachOpenApproval: typeof store.eachOpenApproval = (atOnce) => {
          if (isBroken) throw new Error('The lights went out');
          return store.eachOpenApproval(atOnce);
        };
        return { ...store, eachOpenApproval };
      },
    });
    await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /1 of 2/);
    const next = { ...rules, approvers: ['li', 'una'] } as const;
    isBroken = true;
    await expect(stage.reload(next)).rejects.toThrow('The lights went out');
    await stage.restart(next, () => {
      isBroken = false;
    });
    await deliver(stage);
    await privateWord(stage, 'ana', /no longer counts/i);
    await cardSaying(stage, /0 of 2/);
  });

  it('are what a message shows that was under way when they changed twice', async () => {
    let letGo = () => {};
    let arrive = () => {};
    const arrived = new Promise<void>((resolve) => {
      arrive = resolve;
    });
    let isSlow = false;
    const stage = await openStage(transport, {
      approvers: ['ana'],
      openStore: async (...where) => {
        const store = await openStore(...where);
        const takeSlot: typeof store.takeSlot = async (limiter, rate, nowMs) => {
          if (isSlow && limiter === 'edits') {
            isSlow = false;
            arrive();
            await new Promise<void>((resolve) => {
              letGo = resolve;
            });
          }
          return store.takeSlot(limiter, rate, nowMs);
        };
        return { ...store, takeSlot };
      },
    });
    await askForCertificate(stage);
    await stage.observe();
    isSlow = true;
    await stage.reload({ approvers: ['ana', 'sam'] });
    stage.clock.advance(1_000);
    const slow = stage.bot().deliver();
    await arrived;
    await stage.reload({ approvers: ['li'] });
    letGo();
    await slow;
    await deliver(stage);
    const shown = textOf(await cardSaying(stage, mentionOf('li')));
    expect(shown).not.toMatch(mentionOf('ana'));
  });

  it('that say the same change nothing', async () => {
    const stage = await openStage(transport, rules);
    expect(await stage.reload(rules)).toEqual({ kind: 'unchanged' });
  });

  it('give an operator their commands at once', async () => {
    const stage = await openStage(transport, {});
    await askForCertificate(stage);
    await stage.observe();
    await stage.reload({ operators: ['ana'] });
    await type(stage, 'ana', 'doctor');
    await privateWord(stage, 'ana', /Store|Slack|Command/);
  });
});

describe('the program', () => {
  let house: House | undefined;
  afterEach(async () => {
    await house?.close();
    house = undefined;
  });

  it('goes by other settings after countersign reload, without letting go of Slack', async () => {
    house = await openHouse('socket', { approvers: ['ana'] });
    const { slack, command } = house;
    command.startInstance(await certificateRequest());
    await house.start();
    const cardOf = (pattern: RegExp) =>
      slack.waitFor(() => slack.messages(places.pki).find((one) => pattern.test(textOf(one))), {
        timeoutMs: 25_000,
        whatFor: `a card saying ${pattern}`,
      });
    await cardOf(mentionOf('ana'));
    house.write({ approvers: ['li'] });
    expect(await house.reload()).toEqual({ code: 0, printed: 'In force now. Changed: approvers.\n' });
    const { channel, ts } = await cardOf(mentionOf('li'));
    expect(slack.connections()).toBe(1);
    await slack.click({ as: personas.li.id, channel, ts, actionId: 'approval.approve' });
    await cardOf(/Approved by Li Wei/);
  });

  it('keeps the old settings where the new ones are wrong, leave out a system, or need a restart', async () => {
    house = await openHouse('socket', { approvers: ['ana'] });
    const { slack, command } = house;
    command.startInstance(await certificateRequest());
    await house.start();
    const card = () =>
      slack.waitFor(() => slack.messages(places.pki).find((one) => mentionOf('ana').test(textOf(one))), {
        timeoutMs: 25_000,
        whatFor: 'the card',
      });
    await card();
    house.write({ approvers: ['ana'], quorum: 0 });
    expect(await house.reload()).toMatchObject({ code: 2, printed: expect.stringContaining('quorum') });
    house.write({ approvers: ['ana'], systemName: 'other' });
    expect(await house.reload()).toMatchObject({
      code: 1,
      printed: expect.stringMatching(/corp \(1 open\).*countersign reload --confirm/s),
    });
    house.write({ approvers: ['ana'], isShadow: true });
    expect(await house.reload()).toMatchObject({ code: 1, printed: expect.stringMatching(/mode.*restart/s) });
    const { channel, ts } = await card();
    await slack.click({ as: personas.ana.id, channel, ts, actionId: 'approval.approve' });
    await slack.waitFor(() => command.effectiveSignals.length === 1, {
      timeoutMs: 25_000,
      whatFor: 'the signal',
    });
  });

  it('goes by other settings on SIGHUP', async () => {
    house = await openHouse('socket', { approvers: ['ana'] });
    const { slack, command } = house;
    command.startInstance(await certificateRequest());
    await house.start();
    const says = (pattern: RegExp) =>
      slack.waitFor(() => slack.messages(places.pki).find((one) => pattern.test(textOf(one))), {
        timeoutMs: 25_000,
        whatFor: `a card saying ${pattern}`,
      });
    await says(mentionOf('ana'));
    house.write({ approvers: ['li'] });
    house.hangUp();
    await says(mentionOf('li'));
  });
});

describePostgres('settings loaded anew by two bots', (server) => {
  const before = { approvers: ['ana'], approveWith: 'one-click' } as const;
  const after = { approvers: ['li'], approveWith: 'one-click' } as const;

  it('are in force once both have them, and at both', async () => {
    const replicas = await openReplicas(server(), before);
    const { one, two } = replicas;
    await askForCertificate(replicas);
    await replicas.observe();
    expect(await replicas.reloadAt(one, after)).toEqual({ kind: 'waiting', others: 1 });
    expect(replicas.log.lines.join('\n')).toContain('wait until these replicas have loaded the same');
    await Promise.all([one.agreeOnRules(), two.agreeOnRules()]);
    expect(textOf(theCard(replicas))).toMatch(mentionOf('ana'));
    expect(await replicas.reloadAt(two, after)).toMatchObject({ kind: 'applied' });
    await one.agreeOnRules();
    replicas.clock.advance(1_000);
    await Promise.all([one.deliver(), two.deliver()]);
    const card = await cardSaying(replicas, mentionOf('li'));
    // Slack gives each bot every other click.
    await click(replicas, 'ana', card, 'approve');
    await click(replicas, 'ana', card, 'approve');
    await privateWord(replicas, 'ana', /not.*(approver|may)/i);
    expect(replicas.command.effectiveSignals).toHaveLength(0);
    await click(replicas, 'li', card, 'approve');
    await cardSaying(replicas, /Approved by Li Wei/);
  });

  it('let a bot that was started with others take clicks, and decide nothing by them', async () => {
    const replicas = await openReplicas(server(), before);
    const { one, two } = replicas;
    await askForCertificate(replicas);
    await replicas.observe();
    await replicas.stop(two);
    const three = await replicas.startAnother(after);
    const card = theCard(replicas);
    await Promise.all([click(replicas, 'li', card, 'approve'), click(replicas, 'li', card, 'approve')]);
    replicas.clock.advance(30_000);
    await one.takeUp();
    await three.takeUp();
    expect(replicas.command.effectiveSignals).toHaveLength(0);
    // Once the other is gone these are everybody's.
    await replicas.stop(one);
    replicas.clock.advance(60_000);
    await three.agreeOnRules();
    await three.observe();
    replicas.clock.advance(1_000);
    await three.deliver();
    await click(replicas, 'li', await cardSaying(replicas, mentionOf('li')), 'approve');
    await cardSaying(replicas, /Approved by Li Wei/);
  });
});
