import { describe, expect, it } from '@jest/globals';
import {
  type AlertStage,
  alertSaying,
  clickAlert,
  confirmRecovery,
  openAlertStage,
  takeRecoveryAction,
  threadSaying,
} from '../../support/stage/alerts.js';
import { buttonsOf, privateWord, textOf } from '../../support/stage/cards.js';
import { finish } from '../../support/stage/finish.js';
import { type Transport, transports } from '../../support/stage/open-stage.js';
import type { StageRules } from '../../support/stage/stage-settings.js';
import { changesSent } from '../../support/stage/work-tasks.js';

const pollMs = 15_000;

/** A stage with so many failed runs, told. */
async function failed(transport: Transport, count = 1, alerts?: StageRules['alerts']) {
  const stage = await openAlertStage(transport, ...(alerts ? [{ alerts }] : []));
  const ids = stage.fail(count);
  await stage.observeAfter(pollMs);
  await stage.observeAfter(pollMs);
  return { stage, ids, alert: await alertSaying(stage, /Nightly renewal failed/) };
}

async function poll(stage: AlertStage, times: number): Promise<void> {
  for (let polls = 0; polls < times; polls += 1) await stage.observeAfter(pollMs);
}

describe.each(transports)('a restart from an alert, over %s', (transport) => {
  it('is asked first, followed to its end, told in the thread, and ends the alert by name', async () => {
    const { stage, alert } = await failed(transport);
    stage.mend();
    await takeRecoveryAction(stage, 'ana', alert, {
      way: 'restart',
      shows: /Restart 1 run of Nightly renewal\?/,
    });
    await threadSaying(stage, alert, /Restarted; it continues as .*run .*Complete/);
    await poll(stage, 2);
    const over = await alertSaying(stage, /Recovered: Nightly renewal/);
    expect(textOf(over)).toMatch(/Recovered by Ana Ruiz/);
    expect(buttonsOf(over)).not.toContain('Restart…');
    await threadSaying(stage, alert, /Recovered.*Recovered by Ana Ruiz/s);
    expect(changesSent(stage)).toEqual(['Restart']);
    await finish(stage, { posts: { alerts: 3 }, answers: { ana: 1 }, signals: [] });
  });
});

describe('a way out of an alert', () => {
  it('that leads to a second failure is told as such, and the alert stays open', async () => {
    const { stage, alert } = await failed('socket');
    await takeRecoveryAction(stage, 'ana', alert, { way: 'restart', shows: /Restart 1 run/ });
    await threadSaying(stage, alert, /Restarted; it continues as .*run .*Failed/);
    await poll(stage, 3);
    const still = await alertSaying(stage, /Nightly renewal failed · 2 runs/);
    expect(textOf(still)).toMatch(/1 still needs attention/);
    expect(buttonsOf(still)).toContain('Restart…');
    await finish(stage, { posts: { alerts: 3 }, answers: { ana: 1 }, signals: [] });
  });

  it('for many is confirmed once and told run by run; one that fails stops no other', async () => {
    const { stage, alert, ids } = await failed('socket', 4);
    stage.mend();
    await clickAlert(stage, 'li', alert, 'restart');
    const question = await privateWord(stage, 'li', /Restart 4 runs of Nightly renewal\?/);
    stage.command.restartInstance(ids[1] ?? '', 'KEYEXAMPLE\\portal-pat');
    await confirmRecovery(stage, 'li', question);
    const reported = textOf(
      await threadSaying(stage, alert, /3 accepted.*1 changed meanwhile|1 changed meanwhile.*3 accepted/),
    );
    expect(reported.match(/Restarted\. The new run is now Complete/g)).toHaveLength(3);
    expect(reported).toMatch(/It has changed since you were shown it/);
    await poll(stage, 3);
    await alertSaying(stage, /Recovered: Nightly renewal · 4 runs/);
    await finish(stage, { posts: { alerts: 4 }, answers: { li: 1 }, signals: [] });
  });

  it('that is cancelled changes nothing, and cannot be confirmed any more', async () => {
    const { stage, alert } = await failed('socket');
    await clickAlert(stage, 'ana', alert, 'restart');
    const question = await privateWord(stage, 'ana', /Restart 1 run/);
    await clickAlert(stage, 'ana', question, 'cancel');
    await privateWord(stage, 'ana', /Canceled/);
    await clickAlert(stage, 'ana', question, 'confirm');
    await privateWord(stage, 'ana', /can no longer be confirmed/);
    expect(changesSent(stage)).toEqual([]);
    await finish(stage, { posts: { alerts: 1 }, answers: { ana: 1 }, signals: [] });
  });

  it('confirmed twice is done once', async () => {
    const { stage, alert } = await failed('socket');
    stage.mend();
    await clickAlert(stage, 'ana', alert, 'restart');
    const question = await privateWord(stage, 'ana', /Restart 1 run/);
    await Promise.all([
      clickAlert(stage, 'ana', question, 'confirm'),
      clickAlert(stage, 'ana', question, 'confirm'),
    ]);
    await threadSaying(stage, alert, /Restarted; it continues as .*run/);
    expect(changesSent(stage)).toEqual(['Restart']);
    await stage.close();
  });

  it('is refused to a stranger, privately, whatever is pressed', async () => {
    const { stage, alert } = await failed('socket');
    const clicks = ['restart', 'take', { kind: 'mute', choice: 'day' }] as const;
    for (const [before, clicked] of clicks.entries()) {
      await clickAlert(stage, 'bo', alert, clicked);
      await stage.slack.waitFor(
        () => stage.slack.messages(alert.channel, 'U0BO').filter((one) => one.isEphemeral).length > before,
      );
    }
    await privateWord(stage, 'bo', /You may not use “restart” on this workflow.*Nothing was changed/s);
    expect(changesSent(stage)).toEqual([]);
    expect(textOf(await alertSaying(stage, /failed/))).not.toMatch(/Bo Stranger/);
    await finish(stage, { posts: { alerts: 1 }, answers: { bo: 3 }, signals: [] });
  });

  it('taken in the portal ends the alert as well', async () => {
    const { stage, ids } = await failed('socket');
    stage.mend();
    stage.command.restartInstance(ids[0] ?? '', 'KEYEXAMPLE\\portal-pat');
    await poll(stage, 3);
    const over = await alertSaying(stage, /Recovered: Nightly renewal/);
    expect(textOf(over)).toMatch(/Recovered in Command itself/);
    await finish(stage, { posts: { alerts: 2 }, signals: [] });
  });

  it('shows who is on it, and leaves it with the first who said so', async () => {
    const { stage, alert } = await failed('socket');
    await clickAlert(stage, 'li', alert, 'take');
    await privateWord(stage, 'li', /You are on it/);
    await alertSaying(stage, /Li Wei has been on it/);
    await clickAlert(stage, 'ana', alert, 'take');
    await privateWord(stage, 'ana', /Li Wei has been on it/);
    await poll(stage, 1);
    await threadSaying(stage, alert, /Li Wei has been on it/);
    await finish(stage, { posts: { alerts: 2 }, answers: { li: 1, ana: 1 }, signals: [] });
  });

  it.each(transports)('is handed back by whoever is on it, or taken over, over %s', async (transport) => {
    const { stage, alert } = await failed(transport);
    await clickAlert(stage, 'li', alert, 'take');
    const taken = await alertSaying(stage, /Li Wei has been on it/);
    await clickAlert(stage, 'ana', taken, 'hand-back');
    await privateWord(stage, 'ana', /not yours to hand back/);
    await clickAlert(stage, 'ana', taken, 'take-over');
    const over = await alertSaying(stage, /Ana Ruiz has been on it/);
    await poll(stage, 1);
    await threadSaying(stage, alert, /Ana Ruiz has been on it/);
    await clickAlert(stage, 'ana', over, 'hand-back');
    await privateWord(stage, 'ana', /no longer on it/);
    await poll(stage, 1);
    await threadSaying(stage, alert, /Nobody is on it/);
    await stage.slack.waitFor(
      () => !/is on it/.test(textOf(stage.slack.message(alert.channel, alert.ts) ?? alert)),
    );
    await stage.close();
  });

  it.each(transports)('is muted by one click, and leads to its runbook, over %s', async (transport) => {
    const runbook = 'https://wiki.example.com/pki/renewals';
    const { stage, alert } = await failed(transport, 1, { rules: [{ when: {}, runbook }] });
    expect(JSON.stringify(alert.blocks)).toContain(`"url":"${runbook}"`);
    await clickAlert(stage, 'ana', alert, 'mute-hour');
    await alertSaying(stage, /Muted by Ana Ruiz until/);
    await stage.close();
  });
});
