import { afterEach, expect, it } from '@jest/globals';
import { describePostgres } from '../../support/postgres/describe-postgres.js';
import { createDice } from './dice.js';
import { type Ground, openGround } from './open-ground.js';
import { playRound } from './play-round.js';
import { points } from './points.js';
import { type Played, settle } from './settle.js';

/** Two hundred by `npm run test:kill`. */
const rounds = Number(process.env.KILL_ROUNDS ?? 2);
const seed = Number(process.env.KILL_SEED ?? 20_261);
const roundMs = 120_000;

let ground: Ground | undefined;
afterEach(async () => {
  await ground?.close();
  ground = undefined;
});

/** Kills so many times, at the named points in turn and at any moment in between, while Slack answers anything. */
async function killAgainAndAgain(open: Ground, times: number): Promise<void> {
  const dice = createDice(seed);
  const played: Played[] = [];
  let hostileReplies = 0;
  for (let number = 0; number < times; number += 1) {
    const point = times < points.length ? dice.oneOf(points) : points[number % points.length];
    if (!point) throw new Error('There are no points');
    const { broken, hostile, ...round } = await playRound(open, { number, point, dice });
    played.push(round);
    hostileReplies += hostile;
    expect({ number, point: point.name, seed, broken }).toEqual({
      number,
      point: point.name,
      seed,
      broken: [],
    });
  }
  // What has come to a good end must not be undone by a later round.
  const all = {
    subjects: played.flatMap(({ subjects }) => subjects),
    taken: played.flatMap(({ taken }) => taken),
  };
  expect(await settle(open, all)).toEqual([]);
  expect(hostileReplies).toBeGreaterThan(0);
}

it(
  'keeps every promise however often it is killed, on a file',
  async () => {
    ground = await openGround({ programs: 1, quorum: 1 });
    await killAgainAndAgain(ground, rounds);
  },
  rounds * roundMs,
);

describePostgres('killed on a database', (server) => {
  it(
    'two programs keep every promise however often one of them is killed',
    async () => {
      const url = await server().newDatabase();
      ground = await openGround({ programs: 2, quorum: 2, database: { url, password: server().password } });
      await killAgainAndAgain(ground, Math.ceil(rounds / 4));
    },
    rounds * roundMs,
  );
});
