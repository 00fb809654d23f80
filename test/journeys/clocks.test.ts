import { describe, expect, it } from '@jest/globals';
import { alertSaying, openAlertStage, threadSaying } from '../support/stage/alerts.js';
import { approve, cardSaying, click, textOf, theCard } from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openStage, type Stage } from '../support/stage/open-stage.js';
import { personas, places, serviceAccount } from '../support/stage/personas.js';
import { createWorlds } from '../use-cases/world/worlds.js';

const hourMs = 3_600_000;
const worlds = createWorlds();

describe('a clock that is set', () => {
  async function decide(stage: Stage, host: string) {
    await askForCertificate(stage, { host });
    await stage.observeAfter(5_000);
    // The channel is as busy as it can be before the clock is set, so it rests a second.
    await stage.observeAfter(2_000);
    const card = stage.slack.messages('C0PKI').find((one) => textOf(one).includes(host) && one.isFromApp);
    if (!card) throw new Error(`No card for ${host}`);
    const before = stage.command.effectiveSignals.length;
    await approve(stage, 'ana', card);
    await stage.command.waitFor(() => stage.command.effectiveSignals.length === before + 1);
    await stage.observeAfter(5_000);
    await stage.observeAfter(5_000);
    expect(textOf(stage.slack.message(card.channel, card.ts) ?? card)).toContain('Approved by Ana Ruiz');
  }

  it('back or forth by an hour holds nothing up and loses nothing', async () => {
    const stage = await openStage('socket');
    await decide(stage, 'before.keyexample.com');
    stage.clock.advance(-hourMs);
    await decide(stage, 'back.keyexample.com');
    stage.clock.advance(2 * hourMs);
    await decide(stage, 'forth.keyexample.com');
    expect(stage.command.effectiveSignals).toHaveLength(3);
    await stage.close();
  });

  it('back by an hour lets the bot that looks go on, and another one take over in time', async () => {
    const { store } = await worlds.open();
    const acquire = (replicaId: string, nowMs: number) =>
      store.acquireLease({ name: 'observe/command', replicaId: replicaId, nowMs, leaseMs: 20_000 });
    await acquire('one', 10 * hourMs);
    expect(await acquire('one', 9 * hourMs)).toEqual({ fence: 1 });
    expect(await acquire('two', 9 * hourMs + 20_000)).toEqual({ fence: 2 });
  });
});

describe.each([
  ['forth', '2026-03-29T01:00:00Z', '2026-03-29T04:00:00Z'],
  ['back', '2026-10-25T01:00:00Z', '2026-10-25T05:00:00Z'],
])('the night Berlin sets its clocks %s', (_way, instant, sixOClock) => {
  const minuteMs = 60_000;

  /** Turns the clock to so long before the change, or after it. */
  function turnTo(stage: Stage, fromChangeMs: number): void {
    stage.clock.advance(Date.parse(instant) + fromChangeMs - stage.clock.now());
  }

  it('holds a decision exactly as long as any other', async () => {
    const stage = await openStage('socket', { approveWith: 'one-click', hold: '10s' });
    turnTo(stage, -15_000);
    await askForCertificate(stage);
    await stage.observe();
    turnTo(stage, -5_000);
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /and can be undone until then/);
    turnTo(stage, 4_000);
    await stage.bot().deliver();
    expect(stage.command.effectiveSignals).toEqual([]);
    turnTo(stage, 5_000);
    await stage.bot().deliver();
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await finish(stage, {
      posts: { pki: 1, '@sam': 1 },
      signals: [`approve by ${serviceAccount.name}`],
    });
  });

  it('calls people when quiet hours end by the clock on the wall', async () => {
    const quietHours = { from: '22:00', to: '06:00', timeZone: 'Europe/Berlin' };
    const rule = { when: {}, channels: [places.pki], mention: [personas.ana.realName], quietHours };
    const stage = await openAlertStage('socket', { alerts: { quietAfter: '12h', rules: [rule] } });
    turnTo(stage, -minuteMs);
    await stage.observe();
    stage.fail();
    await stage.observe();
    const alert = await alertSaying(stage, /Quiet hours: nobody is mentioned before/, places.pki);
    const endsMs = Date.parse(sixOClock);
    expect(textOf(alert)).toContain(`<!date^${endsMs / 1_000}^`);
    stage.clock.advance(endsMs - stage.clock.now() - minuteMs / 2);
    await stage.observe();
    expect(stage.slack.thread(alert.channel, alert.ts)).toEqual([]);
    await stage.observeAfter(minuteMs);
    await threadSaying(stage, alert, /this alert came in during quiet hours and is still open/);
    await finish(stage, { posts: { pki: 2 }, signals: [] });
  });
});
