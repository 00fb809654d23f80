import { describe, expect, it } from '@jest/globals';
import type { SeenMessage } from '../../src/sandbox/slack/interactions.js';
import { describePostgres } from '../support/postgres/describe-postgres.js';
import {
  approve,
  buttonsOf,
  cardSaying,
  click,
  privateWord,
  textOf,
  theCard,
} from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openReplicas } from '../support/stage/open-replicas.js';
import { openStage, type Stage, transports } from '../support/stage/open-stage.js';
import { type Actor, personas, places } from '../support/stage/personas.js';

const byTheBot = 'approve by KEYEXAMPLE\\svc-countersign';
const portalPat = 'KEYEXAMPLE\\portal-pat';
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

function directMessages(stage: Pick<Stage, 'slack'>, actor: Actor): readonly SeenMessage[] {
  return stage.slack.messages(stage.slack.im(personas[actor].id).id);
}

function reminders(stage: Pick<Stage, 'slack'>, actor: Actor): readonly string[] {
  return directMessages(stage, actor)
    .map(textOf)
    .filter((text) => text.includes('⏰'));
}

describe.each(transports)('what nobody decides, over %s', (transport) => {
  it('reminds those who can decide and have not, once for all that waits', async () => {
    const stage = await openStage(transport, {
      approvers: ['ana', 'li', 'sam', 'gia'],
      quorum: 2,
      approveWith: 'one-click',
      undecided: { remind: ['2h', '8h'] },
    });
    for (const host of ['a', 'b', 'c']) await askForCertificate(stage, { host: `${host}.keyexample.com` });
    await stage.observe();
    await stage.observeAfter(2 * hourMs - minuteMs);
    expect(reminders(stage, 'ana')).toEqual([]);
    await stage.observeAfter(minuteMs);
    expect(reminders(stage, 'ana')).toEqual([
      expect.stringMatching(/3 approvals are waiting for you. The oldest has been waiting for 2 h/),
    ]);
    expect(reminders(stage, 'li')).toHaveLength(1);
    // Who asked may not decide, and a guest never.
    expect([reminders(stage, 'sam'), reminders(stage, 'gia')]).toEqual([[], []]);
    for (const host of ['a', 'b', 'c']) {
      const card = stage.slack.messages(places.pki).find((one) => textOf(one).includes(`${host}.keyexample`));
      if (card) await click(stage, 'ana', card, 'approve');
    }
    const replies = () => stage.slack.messages(places.pki, personas.ana.id).filter((one) => one.isEphemeral);
    await stage.slack.waitFor(() => replies().length === 3, { whatFor: 'an answer to each vote' });
    await stage.observeAfter(6 * hourMs);
    // Ana has voted on all three: only Li is still to be reminded.
    expect([reminders(stage, 'ana'), reminders(stage, 'li')].map((all) => all.length)).toEqual([1, 2]);
    await stage.observeAfter(48 * hourMs);
    await finish(stage, { posts: { pki: 3, '@ana': 1, '@li': 2 }, answers: { ana: 3 }, signals: [] });
  });

  it('leads from the reminder to what waits, with the buttons', async () => {
    const stage = await openStage(transport, { approvers: ['ana'], undecided: { remind: ['2h'] } });
    await askForCertificate(stage);
    await stage.observe();
    await stage.observeAfter(2 * hourMs);
    const [reminder] = directMessages(stage, 'ana');
    if (!reminder) throw new Error('Ana was not reminded');
    expect(textOf(reminder)).toContain('CN=app.keyexample.com');
    expect(buttonsOf(reminder)).toEqual(['Show what waits for me']);
    const { channel, ts, blocks } = reminder;
    await stage.slack.click({
      as: personas.ana.id,
      channel,
      ts,
      actionId: 'command.approvals-open',
      from: blocks,
    });
    await stage.slack.waitFor(
      () =>
        stage.slack
          .messages(channel, personas.ana.id)
          .find((one) => one.isEphemeral && textOf(one).includes('Waiting for your decision: 1')),
      { whatFor: 'the list of what waits for Ana' },
    );
    await finish(stage, { posts: { pki: 1, '@ana': 1 }, signals: [] });
  });

  it('says nothing more once it is decided, wherever that was', async () => {
    const stage = await openStage(transport, {
      approvers: ['ana', 'li'],
      undecided: { remind: ['2h'], escalate: { after: '2h', to: [places.alerts] }, expire: '2h' },
    });
    const here = await askForCertificate(stage, { host: 'here.keyexample.com' });
    const there = await askForCertificate(stage, { host: 'there.keyexample.com' });
    await stage.observe();
    const card = stage.slack.messages(places.pki).find((one) => textOf(one).includes('here.keyexample'));
    if (card) await approve(stage, 'ana', card);
    await privateWord(stage, 'sam', /About your request/);
    await stage.command.decideInPortal(there, portalPat, true);
    await stage.observeAfter(3 * hourMs);
    expect(stage.command.instance(here).status).not.toBe('Suspended');
    await finish(stage, { posts: { pki: 2, '@sam': 2 }, signals: [byTheBot, `approve by ${portalPat}`] });
  });

  it('tells others after a while, and gives them no right', async () => {
    const stage = await openStage(transport, {
      approvers: ['ana'],
      undecided: { escalate: { after: '1d', to: [places.alerts, 'Bo Stranger'] } },
    });
    await askForCertificate(stage);
    await stage.observe();
    await stage.observeAfter(24 * hourMs);
    const all = [...stage.slack.messages(places.alerts), ...directMessages(stage, 'bo')];
    expect(all).toHaveLength(2);
    for (const told of all) {
      expect(textOf(told)).toMatch(/app\.keyexample\.com.* has been waiting 1 d without a decision/);
      expect(textOf(told)).toContain('Who can decide: Ana Ruiz');
      expect(buttonsOf(told)).toEqual([]);
    }
    await stage.observeAfter(24 * hourMs);
    await finish(stage, { posts: { pki: 1, alerts: 1, '@bo': 1 }, signals: [] });
  });

  it('tells requester and operators when nobody decides at all, and ends nothing by itself', async () => {
    const stage = await openStage(transport, { approvers: ['ana'], undecided: { expire: '14d' } });
    const id = await askForCertificate(stage);
    await stage.observe();
    await stage.observeAfter(14 * 24 * hourMs);
    const [toSam] = directMessages(stage, 'sam');
    expect(toSam && textOf(toSam)).toMatch(
      /Your request has been waiting 14 d without a decision.*\/workflow stop K/s,
    );
    const [toOperators] = stage.slack.messages(places.ops);
    expect(toOperators && textOf(toOperators)).toMatch(
      /has been waiting 14 d without a decision.*\/workflow why K/s,
    );
    expect(stage.command.instance(id).status).toBe('Suspended');
    await finish(stage, { posts: { pki: 1, ops: 1, '@sam': 1 }, signals: [] });
  });

  it('waits for quiet hours to be over', async () => {
    // The clock of the stage begins at noon, UTC.
    const stage = await openStage(transport, {
      approvers: ['ana'],
      undecided: { remind: ['2h'], quietHours: { from: '13:00', to: '18:30', timeZone: 'UTC' } },
    });
    await askForCertificate(stage);
    await stage.observe();
    const startedAt = new Date(stage.clock.now());
    const at = (hours: number, minutes: number) =>
      Date.UTC(startedAt.getUTCFullYear(), startedAt.getUTCMonth(), startedAt.getUTCDate(), hours, minutes);
    await stage.observeAfter(at(18, 29) - stage.clock.now());
    expect(reminders(stage, 'ana')).toEqual([]);
    await stage.observeAfter(at(18, 30) - stage.clock.now());
    expect(reminders(stage, 'ana')).toHaveLength(1);
    await finish(stage, { posts: { pki: 1, '@ana': 1 }, signals: [] });
  });

  it('survives a restart, and reminds of what came meanwhile only after a whole look', async () => {
    const stage = await openStage(transport, { approvers: ['ana'], undecided: { remind: ['2h'] } });
    const id = await askForCertificate(stage);
    await stage.observe();
    await stage.restart();
    stage.clock.advance(3 * hourMs);
    await stage.command.decideInPortal(id, portalPat, true);
    await stage.bot().deliver();
    expect(reminders(stage, 'ana')).toEqual([]);
    await stage.observe();
    await cardSaying(stage, /Decided in/);
    expect(reminders(stage, 'ana')).toEqual([]);
    await askForCertificate(stage, { host: 'other.keyexample.com' });
    await stage.observe();
    await stage.restart();
    await stage.observeAfter(2 * hourMs);
    await stage.restart();
    await stage.observeAfter(minuteMs);
    expect(reminders(stage, 'ana')).toHaveLength(1);
    await finish(stage, { posts: { pki: 2, '@ana': 1, '@sam': 1 }, signals: [`approve by ${portalPat}`] });
  });
});

describePostgres('reminders of two bots on one database', (server) => {
  it('come once', async () => {
    const replicas = await openReplicas(server(), {
      approvers: ['ana', 'li'],
      undecided: { remind: ['2h'] },
    });
    await askForCertificate(replicas);
    await replicas.observe();
    expect(textOf(theCard(replicas))).toContain('app.keyexample.com');
    replicas.clock.advance(2 * hourMs);
    await Promise.all([replicas.one.observe(), replicas.two.observe()]);
    await Promise.all([replicas.one.observe(), replicas.two.observe()]);
    await Promise.all([replicas.one.deliver(), replicas.two.deliver()]);
    expect([reminders(replicas, 'ana'), reminders(replicas, 'li')].map((all) => all.length)).toEqual([1, 1]);
    await finish(replicas, { posts: { pki: 1, '@ana': 1, '@li': 1 }, signals: [] });
  });
});
