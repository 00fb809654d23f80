import { describe, expect, it } from '@jest/globals';
import {
  type AlertStage,
  alertSaying,
  alertsIn,
  clickAlert,
  openAlertStage,
  threadSaying,
} from '../../support/stage/alerts.js';
import { cardSaying, privateWord, textOf } from '../../support/stage/cards.js';
import { finish } from '../../support/stage/finish.js';
import { personas, places } from '../../support/stage/personas.js';

const pollMs = 15_000;
const minuteMs = 60_000;

async function failOnce(stage: AlertStage): Promise<void> {
  stage.fail();
  await stage.observeAfter(pollMs);
  await stage.observeAfter(pollMs);
}

describe('an alert that somebody mutes', () => {
  it('counts on in silence for an hour, and is heard again afterwards', async () => {
    const stage = await openAlertStage('socket');
    await failOnce(stage);
    const alert = await alertSaying(stage, /failed/);
    await clickAlert(stage, 'ana', alert, 'mute-hour');
    await privateWord(stage, 'ana', /Muted until/);
    await failOnce(stage);
    await alertSaying(stage, /2 runs.*Muted by Ana Ruiz until/s);
    expect(stage.slack.thread(alert.channel, alert.ts)).toEqual([]);
    stage.clock.advance(60 * minuteMs);
    await failOnce(stage);
    await threadSaying(stage, alert, /3 runs failed/);
    expect(textOf(await alertSaying(stage, /3 runs/))).not.toMatch(/Muted by/);
    await finish(stage, { posts: { alerts: 2 }, answers: { ana: 1 }, signals: [] });
  });

  it('for its cause stays unheard after it is over, while other causes are told', async () => {
    const stage = await openAlertStage('socket', { alerts: { quietAfter: '1h' } });
    await failOnce(stage);
    await clickAlert(stage, 'ana', await alertSaying(stage, /failed/), { kind: 'mute', choice: 'cause' });
    await privateWord(stage, 'ana', /Muted until/);
    await stage.observeAfter(70 * minuteMs);
    await alertSaying(stage, /Quiet again: Nightly renewal/);
    await failOnce(stage);
    expect(alertsIn(stage)).toHaveLength(1);
    const [id = ''] = stage.fail();
    stage.command.failInstance(id, 'The template is not known.');
    await stage.observeAfter(pollMs);
    await alertSaying(stage, /The template is not known/);
    await finish(stage, { posts: { alerts: 3 }, answers: { ana: 1 }, signals: [] });
  });

  it('is heard again at once when somebody ends the mute', async () => {
    const stage = await openAlertStage('socket');
    await failOnce(stage);
    await clickAlert(stage, 'ana', await alertSaying(stage, /failed/), { kind: 'mute', choice: 'day' });
    const muted = await alertSaying(stage, /Muted by Ana Ruiz/);
    await clickAlert(stage, 'li', muted, 'unmute');
    await privateWord(stage, 'li', /posted again/);
    await failOnce(stage);
    await threadSaying(stage, muted, /2 runs failed/);
    await finish(stage, { posts: { alerts: 2 }, answers: { ana: 1, li: 1 }, signals: [] });
  });
});

describe('an alert with a rule of its own', () => {
  const rule = {
    when: { definition: 'Nightly*' },
    channels: [places.pki],
    mention: ['Ana Ruiz'],
    severity: 'critical',
  };

  it('goes to the channel of the rule and calls whom it names', async () => {
    const stage = await openAlertStage('socket', { alerts: { rules: [rule] } });
    await failOnce(stage);
    const alert = await alertSaying(stage, /🚨 Nightly renewal failed/u, places.pki);
    expect(textOf(alert)).toContain(`<@${personas.ana.id}>`);
    await finish(stage, { posts: { pki: 1 }, signals: [] });
  });

  it('mentions nobody during quiet hours, and afterwards if it is not over', async () => {
    const quietHours = { from: '08:00', to: '10:00', timeZone: 'UTC' };
    const stage = await openAlertStage('socket', { alerts: { rules: [{ ...rule, quietHours }] } });
    await failOnce(stage);
    const alert = await alertSaying(stage, /Quiet hours: nobody is mentioned before/, places.pki);
    expect(textOf(alert)).not.toContain(personas.ana.id);
    await stage.observeAfter(30 * minuteMs);
    expect(stage.slack.thread(alert.channel, alert.ts)).toEqual([]);
    await stage.observeAfter(30 * minuteMs);
    const call = await threadSaying(stage, alert, /this alert came in during quiet hours and is still open/);
    expect(textOf(call)).toContain(`<@${personas.ana.id}>`);
    await finish(stage, { posts: { pki: 2 }, signals: [] });
  });

  it('whose channel is lost goes to the usual channel, and the operators are told of the channel', async () => {
    const stage = await openAlertStage('socket', { alerts: { rules: [rule] } });
    stage.slack.archive(places.pki);
    stage.log.expectError(/cannot be posted to/);
    await failOnce(stage);
    await alertSaying(stage, /Nightly renewal failed/);
    await cardSaying(stage, /can no longer post in .*C0PKI/, places.ops);
    await finish(stage, { posts: { alerts: 1, ops: 1 }, signals: [] });
  });
});

describe('an alert nobody attends to', () => {
  it('turns calm when nothing has failed like it for the set time, and says what is left', async () => {
    const stage = await openAlertStage('socket', { alerts: { quietAfter: '1h' } });
    await failOnce(stage);
    await stage.observeAfter(70 * minuteMs);
    const over = await alertSaying(stage, /Quiet again: Nightly renewal/);
    expect(textOf(over)).toMatch(/That run still needs attention/);
    await stage.observeAfter(pollMs);
    await finish(stage, { posts: { alerts: 2 }, signals: [] });
  });
});
