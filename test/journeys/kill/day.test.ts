import { afterEach, expect, it } from '@jest/globals';
import { describePostgres } from '../../support/postgres/describe-postgres.js';
import { createDice } from './dice.js';
import { type Ground, openGround } from './open-ground.js';
import { dayRules, playDay } from './play-day.js';

/** Two hundred by `npm run test:kill`. */
const rounds = Number(process.env.KILL_ROUNDS ?? 1);
const seed = Number(process.env.KILL_SEED ?? 20_261);
const roundMs = 180_000;

/** So many effects a day has at least. */
const leastEffects = 25;

let ground: Ground | undefined;
afterEach(async () => {
  await ground?.close();
  ground = undefined;
});

/** Kills at each effect in turn, before its answer and after it; at any of them where there are few rounds. */
async function killDayByDay(open: Ground, times: number, hasHold: boolean): Promise<void> {
  const dice = createDice(seed);
  let effect = 1;
  let kills = 0;
  for (let number = 0; number < times; number += 1) {
    if (times < leastEffects) effect = 1 + dice.below(leastEffects);
    const point = { which: dice.below(open.programs), effect, isHeard: number % 2 === 1 };
    const { broken, isKilled } = await playDay(open, { number, point, hasHold });
    expect({ number, ...point, seed, broken }).toEqual({ number, ...point, seed, broken: [] });
    kills += isKilled ? 1 : 0;
    if (number % 2 === 1) effect = isKilled ? effect + 1 : 1;
  }
  expect(kills).toBeGreaterThan(0);
}

it(
  'loses no vote, reminder or absence and doubles none, and no rule cuts its hold short, however a bot is killed',
  async () => {
    ground = await openGround({ programs: 1, quorum: 2, day: dayRules });
    await killDayByDay(ground, rounds, true);
  },
  rounds * roundMs,
);

describePostgres('a day on a database', (server) => {
  it(
    'loses no vote, reminder or absence and doubles none, however one of two bots is killed',
    async () => {
      const url = await server().newDatabase();
      const database = { url, password: server().password };
      ground = await openGround({ programs: 2, quorum: 2, database, day: dayRules });
      await killDayByDay(ground, Math.ceil(rounds / 4), rounds > 1);
    },
    rounds * roundMs,
  );
});
