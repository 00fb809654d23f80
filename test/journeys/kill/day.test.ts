import { afterEach, expect, it } from '@jest/globals';
import { describePostgres } from '../../support/postgres/describe-postgres.js';
import { type Ordered, openGround } from './open-ground.js';
import { dayRules, type Effect, type KillPlan, playDay } from './play-day.js';

/** In full by `npm run test:kill`: a kill before and one after the answer to each effect of a day. */
const isFull = process.env.KILL_ROUNDS !== undefined;
const dayMs = 180_000;

/** A day goes on for so many effects before the next kill, so that no start hides what the one before has left behind. */
const stride = 20;

/** Kills at the first effect of each kind. */
const eachKind = ({ kind }: Effect, before: readonly Effect[]) => before.every((one) => one.kind !== kind);

/** Plans days that have together a kill at each effect. */
function* everyEffect(): Generator<KillPlan> {
  for (let first = 1; first <= stride; first += 1)
    for (const isHeard of [false, true])
      yield { isHeard, isPoint: ({ number }, before) => number >= first + stride * before.length };
}

let ends: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ends) await end();
  ends = [];
});

/** Plays days one after the other, or several side by side, and tells what broke and at which kinds of effects. */
async function playDays(
  plans: Iterator<KillPlan>,
  {
    hasHold,
    beside,
    open,
  }: { readonly hasHold: boolean; readonly beside: number; readonly open: () => Promise<Ordered> },
) {
  let number = 0;
  const broken: unknown[] = [];
  const [seen, killed] = [new Set<string>(), new Map<string, number>()];
  const playSome = async () => {
    const ground = await openGround(await open());
    ends.push(ground.close);
    for (let { done, value: plan } = plans.next(); !done; { done, value: plan } = plans.next()) {
      number += 1;
      // One day that came to no end must not keep the others from being played.
      const day = await playDay(ground, { number, plan, hasHold }).catch((error: unknown) => ({
        broken: [String(error)],
        effects: [],
        kills: [],
      }));
      for (const { kind } of day.effects) seen.add(kind);
      for (const { kind } of day.kills) killed.set(kind, (killed.get(kind) ?? 0) + 1);
      const { isHeard } = plan;
      if (isFull)
        process.stderr.write(
          `day ${number}: ${day.effects.length} effects, ${day.kills.length} kills, ${day.broken.length} broken\n`,
        );
      if (day.broken.length > 0) broken.push({ ...day, number, effects: day.effects.length, isHeard });
    }
  };
  await Promise.all(Array.from({ length: beside }, playSome));
  // For the figures in docs/developers.md.
  if (isFull) process.stderr.write(`${number} days: ${JSON.stringify(Object.fromEntries(killed))}\n`);
  expect(broken).toEqual([]);
  return { seen: [...seen].sort(), killed: [...killed.keys()].sort() };
}

it(
  'loses no vote, reminder or absence and doubles none, and no rule cuts its hold short, however a bot is killed',
  async () => {
    const open = async () => ({ programs: 1, quorum: 2, day: dayRules });
    const plans = isFull ? everyEffect() : [{ isPoint: eachKind, isHeard: false }].values();
    const { seen, killed } = await playDays(plans, { hasHold: true, beside: isFull ? 3 : 1, open });
    expect(killed).toEqual(seen);
  },
  (isFull ? stride : 1) * dayMs,
);

describePostgres('a day on a database', (server) => {
  it(
    'loses no vote, reminder or absence and doubles none, however one of two bots is killed',
    async () => {
      const open = async () => {
        const database = { url: await server().newDatabase(), password: server().password };
        return { programs: 2, quorum: 2, database, day: dayRules };
      };
      const plans = isFull ? everyEffect() : [{ isPoint: eachKind, isHeard: true }].values();
      await playDays(plans, { hasHold: isFull, beside: isFull ? 3 : 1, open });
    },
    (isFull ? stride : 1) * dayMs,
  );
});
