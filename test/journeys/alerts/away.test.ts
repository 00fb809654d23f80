import { expect, it } from '@jest/globals';
import { alertSaying, alertsIn, openAlertStage } from '../../support/stage/alerts.js';
import { cardSaying } from '../../support/stage/cards.js';
import { finish } from '../../support/stage/finish.js';
import { places } from '../../support/stage/personas.js';

it('a system that cannot be reached is one word to the operators, and what failed meanwhile one alert', async () => {
  const stage = await openAlertStage('socket');
  await stage.command.goDown();
  stage.fail(20);
  for (let polls = 0; polls < 2; polls += 1) await stage.observeAfter(60_000);
  await stage.restart();
  for (let polls = 0; polls < 2; polls += 1) await stage.observeAfter(60_000);
  await cardSaying(stage, /Command .*has not answered since/, places.ops);
  expect(alertsIn(stage)).toEqual([]);
  await stage.command.comeBack();
  await stage.observeAfter(60_000);
  await stage.observeAfter(60_000);
  await cardSaying(stage, /Command .*answers again/, places.ops);
  await alertSaying(stage, /Nightly renewal failed · 20 runs/);
  await finish(stage, { posts: { ops: 2, alerts: 2 }, signals: [] });
});
