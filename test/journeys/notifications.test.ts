import { describe, expect, it } from '@jest/globals';
import type { SeenMessage } from '../../src/sandbox/slack/interactions.js';
import { buttonsOf, cardSaying, click, modalOf, submit, textOf } from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import {
  chooseNotifications,
  clickInHome,
  homeSaying,
  openHome,
  submitSeveral,
  viewText,
} from '../support/stage/homes.js';
import { openStage, type Stage, transports } from '../support/stage/open-stage.js';
import { type Actor, personas, places } from '../support/stage/personas.js';

const byTheBot = 'approve by KEYEXAMPLE\\svc-countersign';
const portalPat = 'KEYEXAMPLE\\portal-pat';
const minuteMs = 60_000;
const hourMs = 60 * minuteMs;

function directMessages(stage: Pick<Stage, 'slack'>, actor: Actor): readonly SeenMessage[] {
  return stage.slack.messages(stage.slack.im(personas[actor].id).id);
}

function said(stage: Pick<Stage, 'slack'>, actor: Actor): readonly string[] {
  return directMessages(stage, actor).map(textOf);
}

/** The simulators' day begins on a Thursday at 09:00 UTC, which is everybody's clock. */
describe.each(transports)('how somebody gets direct messages, over %s', (transport) => {
  it('sends one summary a day instead of each card and reminder, to whoever chose that', async () => {
    const stage = await openStage(transport, {
      approvers: ['ana', 'li'],
      alsoTo: ['ana', 'li'],
      undecided: { remind: ['2h'] },
    });
    await chooseNotifications(stage, 'ana', { directMessages: 'daily', dailyAt: '13:00' });
    await stage.observe();
    await homeSaying(stage, 'ana', /One summary a day at 13:00/);
    for (const host of ['a', 'b', 'c']) await askForCertificate(stage, { host: `${host}.keyexample.com` });
    await stage.observe();
    await stage.observeAfter(3 * hourMs);
    // Li gets three cards and the reminder.
    expect([said(stage, 'ana').length, said(stage, 'li').length]).toEqual([0, 4]);
    await stage.observeAfter(hourMs);
    expect(said(stage, 'ana')).toEqual([
      expect.stringMatching(/3 approvals are waiting for you. The oldest has been waiting for 4 h/),
    ]);
    const [summary] = directMessages(stage, 'ana');
    expect(summary && buttonsOf(summary)).toEqual(['Show what waits for me', 'Review several…']);
    await stage.observeAfter(12 * hourMs);
    await stage.restart();
    await stage.observeAfter(11 * hourMs);
    expect(said(stage, 'ana')).toHaveLength(1);
    await stage.observeAfter(hourMs);
    expect(said(stage, 'ana')).toHaveLength(2);
    await finish(stage, { posts: { pki: 3, '@ana': 2, '@li': 4 }, signals: [] });
  });

  it('says nothing on a day on which nothing waits', async () => {
    const stage = await openStage(transport, { approvers: ['ana'], alsoTo: ['ana'] });
    await chooseNotifications(stage, 'ana', { directMessages: 'daily', dailyAt: '13:00' });
    const id = await askForCertificate(stage);
    await stage.observe();
    await stage.command.decideInPortal(id, portalPat, true);
    await stage.observeAfter(5 * hourMs);
    await stage.observeAfter(24 * hourMs);
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [`approve by ${portalPat}`] });
  });

  it('keeps what comes in quiet hours and says it at their end in one message, without what is over by then', async () => {
    const stage = await openStage(transport, { approvers: ['ana'], alsoTo: ['ana'] });
    expect(await chooseNotifications(stage, 'ana', { quietFrom: '08:00', quietTo: '12:00' })).toMatchObject({
      result: 'closed',
    });
    await stage.observe();
    await homeSaying(stage, 'ana', /Quiet from 08:00 to 12:00/);
    const ids: string[] = [];
    for (const host of ['a', 'b', 'c'])
      ids.push(await askForCertificate(stage, { host: `${host}.keyexample.com` }));
    await stage.observe();
    await stage.command.decideInPortal(ids[1] ?? '', portalPat, true);
    await stage.observeAfter(hourMs);
    await stage.restart();
    await stage.observeAfter(2 * hourMs - minuteMs);
    expect(said(stage, 'ana')).toEqual([]);
    await stage.observeAfter(minuteMs);
    expect(said(stage, 'ana')).toEqual([expect.stringMatching(/2 approvals are waiting for you/)]);
    expect(said(stage, 'ana')[0]).not.toContain('b.keyexample.com');
    // What becomes of them later is no message either.
    await stage.command.decideInPortal(ids[0] ?? '', portalPat, true);
    await stage.observeAfter(hourMs);
    await finish(stage, {
      posts: { pki: 3, '@ana': 1, '@sam': 2 },
      signals: [`approve by ${portalPat}`, `approve by ${portalPat}`],
    });
  });

  it('sends a single card that was kept as the card it is', async () => {
    const stage = await openStage(transport, {
      approvers: ['ana'],
      alsoTo: ['ana'],
      approveWith: 'one-click',
    });
    await chooseNotifications(stage, 'ana', { quietFrom: '08:00', quietTo: '10:00' });
    await askForCertificate(stage);
    await stage.observe();
    expect(said(stage, 'ana')).toEqual([]);
    await stage.observeAfter(hourMs);
    const { id: im } = stage.slack.im(personas.ana.id);
    await click(stage, 'ana', await cardSaying(stage, /app\.keyexample\.com/, im), 'approve');
    await cardSaying(stage, /Approved by Ana Ruiz/, im);
    await finish(stage, { posts: { pki: 1, '@ana': 1, '@sam': 1 }, signals: [byTheBot] });
  });

  it('puts a card where it can be seen when nobody on its route takes direct messages, and Home decides it', async () => {
    const stage = await openStage(transport, {
      approvers: ['ana', 'li'],
      alsoTo: ['ana', 'li'],
      channels: [],
      undecided: { remind: ['2h'], escalate: { after: '4h', to: ['Bo Stranger'] } },
    });
    for (const actor of ['ana', 'li', 'sam', 'bo'] as const)
      await chooseNotifications(stage, actor, { directMessages: 'off' });
    await stage.observe();
    await homeSaying(stage, 'ana', /None; I check Home/);
    await askForCertificate(stage, { host: 'web.keyexample.com' });
    await stage.observe();
    await cardSaying(stage, /web\.keyexample\.com/, places.fallback);
    await stage.observeAfter(3 * hourMs);
    await stage.observeAfter(2 * hourMs);
    const [, escalation] = stage.slack.messages(places.fallback).map(textOf);
    expect(escalation).toContain('without a decision');
    await openHome(stage, 'ana', /Waiting for you: 1/);
    await clickInHome(stage, 'ana', 'decide.approve');
    await submit(stage, 'ana', 'as agreed');
    await cardSaying(stage, /Approved by Ana Ruiz/, places.fallback);
    await finish(stage, { posts: { fallback: 2 }, signals: [byTheBot] });
  });

  it('posts a card elsewhere at once while everybody on its route has quiet hours', async () => {
    const stage = await openStage(transport, { approvers: ['ana'], alsoTo: ['ana'], channels: [] });
    await chooseNotifications(stage, 'ana', { quietFrom: '08:00', quietTo: '12:00' });
    await askForCertificate(stage);
    await stage.observe();
    await cardSaying(stage, /app\.keyexample\.com/, places.fallback);
    await stage.observeAfter(3 * hourMs);
    await finish(stage, { posts: { fallback: 1, '@ana': 1 }, signals: [] });
  });

  it('sends a question at the end of quiet hours, and what is for the daily summary not before its time', async () => {
    const stage = await openStage(transport, { approvers: ['ana'], undecided: { notifyRequester: 'start' } });
    await chooseNotifications(stage, 'sam', {
      directMessages: 'daily',
      dailyAt: '15:00',
      quietFrom: '08:00',
      quietTo: '12:00',
    });
    await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', await cardSaying(stage, /app\.keyexample/), 'ask');
    await submit(stage, 'ana', 'Why app?');
    await cardSaying(stage, /Why app\?/);
    await stage.bot().deliver();
    expect(said(stage, 'sam')).toEqual([]);
    await stage.observeAfter(3 * hourMs);
    expect(said(stage, 'sam')).toEqual([expect.stringMatching(/Why app\?/)]);
    expect(said(stage, 'sam')[0]).not.toMatch(/Your request waits/);
    await stage.observeAfter(3 * hourMs);
    expect(said(stage, 'sam')).toHaveLength(2);
    await finish(stage, { posts: { pki: 1, '@sam': 2, '@ana': 1 }, signals: [] });
  });

  it('still sends receipts, and keeps a question for the end of quiet hours, to whoever takes nothing else', async () => {
    const stage = await openStage(transport, {
      approvers: ['ana'],
      receipts: 'all',
      undecided: { notifyRequester: 'start' },
    });
    await chooseNotifications(stage, 'ana', { directMessages: 'off' });
    await chooseNotifications(stage, 'sam', { directMessages: 'off', quietFrom: '08:00', quietTo: '12:00' });
    await askForCertificate(stage);
    await askForCertificate(stage, { host: 'two.keyexample.com' });
    await stage.observe();
    for (const host of ['app', 'two']) {
      await click(stage, 'ana', await cardSaying(stage, new RegExp(`${host}\\.keyexample`)), 'ask');
      await submit(stage, 'ana', `Why ${host}?`);
    }
    await cardSaying(stage, /Why two\?/);
    await stage.bot().deliver();
    expect(said(stage, 'sam')).toEqual([]);
    await stage.observeAfter(3 * hourMs);
    expect(said(stage, 'sam')).toEqual([expect.stringMatching(/Why app\?[\s\S]*Why two\?/)]);
    const [message] = directMessages(stage, 'sam');
    if (!message) throw new Error('Sam was not asked');
    const rows = buttonsOf(message);
    expect(rows).toEqual(['Answer', 'Answer']);
    const card = await cardSaying(stage, /two\.keyexample/);
    await click(stage, 'ana', card, 'approve');
    await submit(stage, 'ana', 'fine');
    await cardSaying(stage, /two\.keyexample[\s\S]*Approved by Ana Ruiz/);
    expect(said(stage, 'ana')).toEqual([
      expect.stringContaining('goes to the requester'),
      expect.stringContaining('goes to the requester'),
      expect.stringContaining('receipt.disown'),
    ]);
    await finish(stage, { posts: { pki: 2, '@sam': 1, '@ana': 3 }, signals: [byTheBot] });
  });

  it('opens from the summary the window for several, in which only what it shows can be chosen', async () => {
    const stage = await openStage(transport, { approvers: ['ana'], approveWith: 'one-click' });
    await chooseNotifications(stage, 'ana', { directMessages: 'daily', dailyAt: '10:00' });
    const ids: string[] = [];
    for (const host of ['a', 'b'])
      ids.push(await askForCertificate(stage, { host: `${host}.keyexample.com` }));
    await stage.observe();
    await stage.observeAfter(hourMs);
    const [summary] = directMessages(stage, 'ana');
    if (!summary) throw new Error('Ana got no summary');
    const late = await askForCertificate(stage, { host: 'late.keyexample.com' });
    const { channel, ts, blocks } = summary;
    await stage.slack.click({
      as: personas.ana.id,
      channel,
      ts,
      actionId: 'command.approvals-several',
      from: blocks,
    });
    expect(viewText(await modalOf(stage, 'ana'))).toMatch(/a\.keyexample[\s\S]*b\.keyexample/);
    // What comes while it is open is not in it, whatever is ticked.
    await stage.observe();
    await submitSeveral(stage, 'ana');
    await stage.command.waitFor(() => ids.every((id) => stage.command.instance(id).status === 'Complete'));
    await stage.bot().deliver();
    expect(stage.command.instance(late).status).toBe('Suspended');
    await stage.close();
  });

  it('refuses hours without length and a week without a day in the window itself', async () => {
    const stage = await openStage(transport);
    expect(await chooseNotifications(stage, 'ana', { quietFrom: '08:00', quietTo: '08:00' })).toMatchObject({
      result: 'errors',
      errors: { quietTo: expect.stringContaining('a time other than') },
    });
    await stage.slack.closeView({ as: personas.ana.id, viewId: (await modalOf(stage, 'ana')).id });
    await chooseNotifications(stage, 'ana', { days: ['mon', 'tue', 'wed'] });
    await stage.observe();
    await homeSaying(stage, 'ana', /Only on Monday, Tuesday and Wednesday/);
    await finish(stage, { posts: {}, signals: [] });
  });
});
