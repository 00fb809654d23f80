import { describe, expect, it } from '@jest/globals';
import { alertSaying, alertsIn, caAway, openAlertStage, threadSaying } from '../../support/stage/alerts.js';
import { buttonsOf, cardSaying, textOf } from '../../support/stage/cards.js';
import { finish } from '../../support/stage/finish.js';
import { transports } from '../../support/stage/open-stage.js';
import { places, serviceAccount } from '../../support/stage/personas.js';

const pollMs = 15_000;

describe.each(transports)('a workflow that fails, over %s', (transport) => {
  it('is told within one look, in one message, with why, where, by whom and the way out', async () => {
    const stage = await openAlertStage(transport);
    stage.fail();
    await stage.observeAfter(pollMs);
    const alert = await alertSaying(stage, /Nightly renewal failed/);
    const text = textOf(alert);
    expect(text).toContain(caAway);
    expect(text).toMatch(/Failed at step Enroll, after step Tell the owner, in Command\./);
    expect(text).toMatch(/started by KEYEXAMPLE\\jsmith/);
    expect(buttonsOf(alert)).toEqual(
      expect.arrayContaining(['I’m on it', 'Restart…', 'Details', 'Open in Command']),
    );
    await stage.observeAfter(pollMs);
    await finish(stage, { posts: { alerts: 1 }, signals: [] });
  });

  it('is told once, whether the bot is started anew or looks again and again', async () => {
    const stage = await openAlertStage(transport);
    stage.fail();
    await stage.observeAfter(pollMs);
    await alertSaying(stage, /Nightly renewal failed/);
    await stage.restart();
    for (let polls = 0; polls < 3; polls += 1) await stage.observeAfter(pollMs);
    await finish(stage, { posts: { alerts: 1 }, signals: [] });
  });

  it('while the bot is down is told when it is back', async () => {
    const stage = await openAlertStage(transport);
    await stage.restart(undefined, () => {
      stage.fail();
      stage.clock.advance(40 * 60_000);
    });
    await stage.observe();
    await alertSaying(stage, /Nightly renewal failed/);
    await finish(stage, { posts: { alerts: 1 }, signals: [] });
  });
});

describe('workflows that fail', () => {
  it('before the bot has ever looked are nobody’s news, and those after it are', async () => {
    const stage = await openAlertStage('socket', {}, 'not yet');
    stage.fail(3);
    await stage.observe();
    await stage.observeAfter(pollMs);
    expect(alertsIn(stage)).toEqual([]);
    stage.fail();
    await stage.observeAfter(pollMs);
    await alertSaying(stage, /⚠️ Nightly renewal failed · K\d+"/u);
    await finish(stage, { posts: { alerts: 1 }, signals: [] });
  });

  it('three hundred in one look make one message with the right count, and one word in its thread', async () => {
    const stage = await openAlertStage('socket');
    stage.fail(300);
    await stage.observeAfter(pollMs);
    await stage.observeAfter(pollMs);
    const alert = await alertSaying(stage, /Nightly renewal failed · 300 runs/);
    expect(buttonsOf(alert)).toContain('Restart 300…');
    const more = textOf(await threadSaying(stage, alert, /300 runs failed/));
    expect(more).toContain(`300× ${caAway}`);
    expect(more.match(/web-\d+\.keyexample\.com/g)).toHaveLength(5);
    expect(stage.slack.calls.filter(({ outcome }) => outcome === 'ratelimited')).toEqual([]);
    await finish(stage, { posts: { alerts: 2 }, signals: [] });
  });

  it('one after the other raise the counter of one alert, and do not ring again', async () => {
    const stage = await openAlertStage('socket');
    for (let count = 0; count < 4; count += 1) {
      stage.fail();
      await stage.observeAfter(pollMs);
    }
    await stage.observeAfter(pollMs);
    const alert = await alertSaying(stage, /4 runs/);
    await threadSaying(stage, alert, /4 runs failed/);
    await finish(stage, { posts: { alerts: 2 }, signals: [] });
  });

  it('for different reasons are different alerts', async () => {
    const stage = await openAlertStage('socket');
    const [one = '', other = ''] = stage.fail(2);
    stage.command.failInstance(one, 'Template "Web Server 2y" is not known.');
    stage.command.failInstance(other, 'Template "Device 5y" is not known.');
    stage.fail();
    await stage.observeAfter(pollMs);
    await alertSaying(stage, /2 runs.*is not known/s);
    await alertSaying(stage, /RPC server is unavailable/);
    await stage.observeAfter(pollMs);
    await finish(stage, { posts: { alerts: 3 }, signals: [] });
  });

  it('cannot be seen without a permission, which the operators are told once', async () => {
    const stage = await openAlertStage('socket');
    const permissions = ['/workflows/definitions/read/', '/workflows/instances/read/pending/'];
    stage.command.addIdentity({ ...serviceAccount, permissions });
    stage.fail();
    for (let polls = 0; polls < 4; polls += 1) await stage.observeAfter(10 * 60_000);
    await cardSaying(stage, /Alerts are off for Command.*workflows\/instances\/read/s, places.ops);
    expect(alertsIn(stage)).toEqual([]);
    await finish(stage, { posts: { ops: 1 }, signals: [] });
  });
});
