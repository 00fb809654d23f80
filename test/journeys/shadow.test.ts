import { describe, expect, it } from '@jest/globals';
import type { SeenMessage } from '../../src/sandbox/slack/interactions.js';
import { openAlertStage } from '../support/stage/alerts.js';
import { approve, buttonsOf, cardSaying, click, privateWord, textOf } from '../support/stage/cards.js';
import { type } from '../support/stage/commands.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openHome, viewText } from '../support/stage/homes.js';
import { openStage, type Stage, transports } from '../support/stage/open-stage.js';
import { personas, places, serviceAccount } from '../support/stage/personas.js';
import { openInboundStage, send, startAccess } from './inbound/inbound-work-tasks.js';

const portalPat = 'KEYEXAMPLE\\portal-pat';

const minute = 60_000;

const day = 24 * 60 * minute;

/** The account of the bot holds no role on any step, and may read. */
function takeRolesAway(stage: Stage): void {
  stage.command.addIdentity({ ...serviceAccount, roles: [] });
}

/** Lists what was asked of Command besides reading. */
function writesIn(stage: Stage): readonly string[] {
  return stage.command.requests
    .filter(({ method }) => method !== 'GET')
    .map(({ method, path }) => `${method} ${path}`);
}

function messagesIn(stage: Stage, channel: string): readonly SeenMessage[] {
  return stage.slack.messages(channel).filter(({ isFromApp }) => isFromApp);
}

describe.each(transports)('shadow mode over %s', (transport) => {
  it('posts what would be asked to one channel, without buttons that decide, and mentions nobody', async () => {
    const stage = await openStage(transport, { isShadow: true, alsoTo: ['ana'] });
    takeRolesAway(stage);
    await askForCertificate(stage);
    await stage.observe();
    const card = await cardSaying(stage, /Approval needed/, places.shadow);
    expect(buttonsOf(card)).toEqual(['Details', 'Open in Command']);
    const text = textOf(card);
    expect(text).toContain('Shadow: decide in Command');
    expect(text).toMatch(/In live mode this would be posted to <#C0PKI>.*Ana Ruiz/);
    expect(`${text}${card.text}`).not.toMatch(/<@|<!(channel|here|everyone|subteam)/);
    expect(writesIn(stage)).toEqual([]);
    await finish(stage, { posts: { shadow: 2 }, signals: [] });
  });

  it('compares with the portal, over a week, and then goes live without counting a click of that time', async () => {
    const rules = { isShadow: true, signIn: 'oauth', alerts: {}, operators: ['ana'] } as const;
    const stage = await openStage(transport, rules);
    takeRolesAway(stage);
    // Monday: decided in the portal 42 minutes after it could have been decided from Slack.
    const first = await askForCertificate(stage);
    await stage.observe();
    stage.clock.advance(42 * minute);
    await stage.command.decideInPortal(first, portalPat, true);
    await stage.observe();
    await cardSaying(
      stage,
      /Ended in the system 42 min after you could have decided it in Slack/,
      places.shadow,
    );
    // Tuesday: over before a poll has seen it.
    stage.clock.advance(day);
    const second = await askForCertificate(stage, { host: 'quick.keyexample.com' });
    await stage.command.decideInPortal(second, portalPat, false);
    await stage.observe();
    // Wednesday: two approvers, of whom the one account of the bot is only one.
    await stage.observeAfter(day);
    await askForCertificate(stage, { host: 'two.keyexample.com', definition: 'Two identities' });
    await stage.observe();
    // Friday: it waits over the weekend, and a click that no button offers decides nothing.
    await stage.observeAfter(2 * day);
    await askForCertificate(stage, { host: 'friday.keyexample.com' });
    await stage.observe();
    const friday = await cardSaying(stage, /friday\.keyexample\.com/, places.shadow);
    const { channel, ts } = friday;
    const from = JSON.parse(JSON.stringify(friday.blocks).replace('approval.details', 'approval.approve'));
    await stage.slack.click({ as: personas.ana.id, channel, ts, actionId: 'approval.approve', from });
    await privateWord(stage, 'ana', /in shadow mode and decides nothing/);
    await type(stage, 'ana', 'shadow 7d');
    const sum = textOf(await privateWord(stage, 'ana', /Would have posted/));
    expect(sum).toMatch(/Would have posted\*? 3, 2 still waiting/);
    expect(sum).toMatch(/Would have asked\*? Ana Ruiz 2, Li Wei 2/);
    expect(sum).toMatch(/Would have refused\*? 1 \(1: the step needs several approvers/);
    expect(sum).toMatch(/Missed\*? 1 \(1: over before a poll saw it/);
    expect(sum).toMatch(/Ended in the system\*? 1, half of them within 42 min/);
    await type(stage, 'ana', 'stop K002');
    await privateWord(stage, 'ana', /off until it goes live/);
    expect(writesIn(stage).filter((one) => !/oauth|token/i.test(one))).toEqual([]);
    expect(
      messagesIn(stage, places.shadow).filter((one) => /Shadow mode since/.test(textOf(one))),
    ).toHaveLength(3);

    // Monday again: the account gets its role, and the bot goes live.
    stage.clock.advance(3 * day);
    stage.command.addIdentity(serviceAccount);
    await stage.restart({ signIn: 'oauth', operators: ['ana'] });
    await stage.observe();
    await cardSaying(stage, /Posted in shadow mode, which has ended/, places.shadow);
    const announced = messagesIn(stage, places.pki);
    expect(textOf(announced[0] as SeenMessage)).toMatch(/2 requests wait without a card here/);
    const live = await cardSaying(stage, /Approval needed.*friday\.keyexample\.com/s, places.pki);
    expect(textOf(live)).not.toContain('Shadow');
    for (const one of announced) expect(`${textOf(one)}${one.text}`).not.toMatch(/<@|<!(channel|here)/);
    await click(stage, 'ana', { ...friday, blocks: from }, 'approve');
    await privateWord(stage, 'ana', /This is already over\. Posted in shadow mode/);
    await approve(stage, 'ana', live, 'checked');
    await cardSaying(stage, /Approved by Ana Ruiz/);
    expect(stage.command.effectiveSignals.map(({ identity }) => identity)).toEqual([
      portalPat,
      portalPat,
      serviceAccount.name,
    ]);
    stage.log.errors();
    await stage.close();
  });

  it('says after going live which requests its account cannot sign', async () => {
    const stage = await openStage(transport, { isShadow: true });
    takeRolesAway(stage);
    await askForCertificate(stage);
    await stage.observe();
    await stage.restart({});
    await stage.observe();
    await cardSaying(stage, /One request that waits.*can't be decided/, places.ops);
    expect(messagesIn(stage, places.pki)).toEqual([]);
    await finish(stage, { posts: { shadow: 2, ops: 2 }, signals: [] });
  });

  it('decides nothing after going live before everything was read anew, and answers hooks in between', async () => {
    const stage = await openInboundStage(transport, { isShadow: true, approveWith: 'one-click' });
    const run = await startAccess(stage);
    expect(await send(stage, run)).toMatchObject({ status: 201, said: { status: 'put', mode: 'shadow' } });
    await cardSaying(stage, /Shadow: decide in Work Tasks/, places.shadow);
    await stage.restart({ withWorkTasks: true, withHook: true, approveWith: 'one-click' });
    await stage.bot().deliver();
    const early = await cardSaying(stage, /Access to line 4/);
    await click(stage, 'ana', early, 'approve#0');
    await privateWord(stage, 'ana', /has just gone live and is reading every request again/);
    await stage.observe();
    await click(stage, 'ana', early, 'approve#0');
    await cardSaying(stage, /Work Tasks accepted it/);
    await stage.close();
  });

  it('goes back into shadow mode without any vote, and says so on the card', async () => {
    const stage = await openStage(transport, { quorum: 2 });
    await askForCertificate(stage);
    await stage.observe();
    await approve(stage, 'ana', await cardSaying(stage, /Approval needed/));
    await cardSaying(stage, /1 of 2/);
    await stage.restart({ quorum: 2, isShadow: true });
    await stage.observe();
    await cardSaying(stage, /went into shadow mode, so no approval or decision given here counts/);
    const card = await cardSaying(stage, /Approval needed/, places.shadow);
    expect(textOf(card)).toMatch(/0 of 2/);
    await stage.restart({ quorum: 2 });
    await stage.observe();
    const again = await cardSaying(stage, /Approval needed.*0 of 2/s);
    expect(buttonsOf(again)).toContain('Approve');
    await finish(stage, { posts: { pki: 3, shadow: 2, ops: 1 }, answers: { ana: 1 }, signals: [] });
  });

  it('does not go into shadow mode while a decision is on its way', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click', signalTimeout: '300ms' });
    await askForCertificate(stage);
    await stage.observe();
    stage.command.fail({ method: 'POST', path: '/Signals', fault: 'hang-after-effect' });
    await click(stage, 'ana', await cardSaying(stage, /Approval needed/), 'approve');
    await cardSaying(stage, /checking/i);
    const shadow = { approveWith: 'one-click', signalTimeout: '300ms', isShadow: true } as const;
    await expect(stage.restart(shadow)).rejects.toMatchObject({
      problems: [{ path: 'mode', found: expect.stringContaining('1 decision and 0 changes on their way') }],
    });
    await stage.restart({ approveWith: 'one-click', signalTimeout: '300ms' });
    await stage.observeAfter(minute);
    await cardSaying(stage, /Ana Ruiz.*sent/s);
    await stage.restart(shadow);
    await stage.close();
  });

  it('says at its start which permission it lacks to watch', async () => {
    const stage = await openStage(transport, {});
    stage.command.addIdentity({ ...serviceAccount, permissions: ['/workflows/instances/read/'] });
    await stage.restart({ isShadow: true });
    await stage.observe();
    const text = textOf(await cardSaying(stage, /can't be watched completely/, places.shadow));
    expect(text).toContain('/workflows/definitions/read/');
    await stage.close();
  });

  it('posts alerts of what fails to its channel, and mentions nobody', async () => {
    const stage = await openAlertStage(transport, {
      isShadow: true,
      alerts: { rules: [{ when: { system: 'corp' }, channels: [places.alerts], mention: ['Ana Ruiz'] }] },
    });
    stage.fail();
    await stage.observeAfter(minute);
    const alert = await cardSaying(stage, /Nightly renewal failed/, places.shadow);
    expect(textOf(alert)).toContain('Shadow: recover in Command');
    expect(buttonsOf(alert)).toEqual(['Details', 'Open in Command']);
    expect(`${textOf(alert)}${alert.text}`).not.toMatch(/<@/);
    await finish(stage, { posts: { shadow: 2 }, signals: [] });
  });

  it('shows in a Home what waits, and no button that decides', async () => {
    const stage = await openStage(transport, { isShadow: true });
    await askForCertificate(stage);
    await stage.observe();
    const home = viewText(await openHome(stage, 'ana', /app\.keyexample\.com/));
    expect(home).toContain('Nothing is decided from Slack in shadow mode');
    expect(home).not.toMatch(/decide\.(approve|deny)|home\.several/);
    await finish(stage, { posts: { shadow: 2 }, signals: [] });
  });
});
