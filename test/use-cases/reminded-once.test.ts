import { expect, it } from '@jest/globals';
import type { Policy } from '../../src/domain/policy.js';
import { remindPeople } from '../../src/use-cases/notifications/remind.js';
import { aRule } from '../domain/a-policy.js';
import { Crash, createMortality } from './world/mortality.js';
import { openWorld, type World } from './world/open-world.js';
import { people } from './world/people.js';
import { takeUp } from './world/take-up.js';

const hourMs = 60 * 60_000;

const reminders = { remind: [{ afterMs: 2 * hourMs }], expireAfterMs: 3 * hourMs };

const policy: Pick<Policy, 'approvers'> = {
  approvers: [aRule({ people: [people.ada.id, people.bo.id], reminders })],
};

/** Polls, reminds and delivers, as the bot does. */
async function pass(world: World, ms: number): Promise<void> {
  world.clock.advance(ms);
  await world.observe();
  await remindPeople(world.context, 'command');
  await world.deliver();
}

/** Counts what each person was reminded of, and what was said because nobody decides. */
function said(world: World): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { target, content } of world.slack.messages()) {
    if (content.kind !== 'reminder' && content.kind !== 'undecided') continue;
    const to = target.kind === 'person' ? target.person.userId : target.channel;
    counts[`${content.kind} ${to}`] = (counts[`${content.kind} ${to}`] ?? 0) + 1;
  }
  return counts;
}

const once = {
  'reminder U0ADA': 1,
  'reminder U0BO': 1,
  'undecided C0OPERATORS': 1,
  'undecided U0KIM': 1,
};

async function begin(dieAt: number) {
  const mortality = createMortality();
  const world = await openWorld({ policy, runtime: mortality.runtime });
  for (const run of ['run-1', 'run-2']) world.command.start(run, [{ uniqueName: 'approval-1', needed: 1 }]);
  // One of them is decided before anybody is reminded of it.
  await pass(world, 0);
  world.command.decideElsewhere('run-2', true);
  await pass(world, 60_000);
  world.restart({ store: mortality.guard(world.store) });
  mortality.dieAfter(dieAt);
  try {
    await pass(world, 2 * hourMs);
    await pass(world, hourMs);
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
  }
  return { world, mortality };
}

it('says each reminder once and loses none, wherever the bot dies', async () => {
  const whole = await begin(Number.POSITIVE_INFINITY);
  const { length } = whole.mortality.points;
  expect(said(whole.world)).toEqual(once);
  await whole.world.close();
  expect(length).toBeGreaterThan(10);
  const wrong: string[] = [];
  for (let dieAt = 1; dieAt <= length; dieAt += 1) {
    const { world, mortality } = await begin(dieAt);
    const point = mortality.points.at(-1) ?? 'the start';
    mortality.revive();
    world.restart({ store: mortality.guard(world.store) });
    await takeUp(world);
    for (let times = 0; times < 3; times += 1) await pass(world, hourMs);
    const found = said(world);
    // A post whose answer was lost may stand there twice: nobody can know whether it arrived.
    const isLostPost = point === 'after chat.post' || point === 'markDelivered';
    const atMost = isLostPost ? 2 : 1;
    const isRight = Object.keys(once).every((key) => found[key] === 1 || found[key] === atMost);
    const isMore = Object.values(found).filter((count) => count > 1).length > (isLostPost ? 1 : 0);
    if (!isRight || isMore || Object.keys(found).length !== Object.keys(once).length)
      wrong.push(`died at point ${dieAt}, ${point}: ${JSON.stringify(found)}`);
    await world.close();
  }
  expect(wrong).toEqual([]);
});

it('says each reminder once where two bots look at the same time', async () => {
  const world = await openWorld({ policy });
  world.command.start('run-1', [{ uniqueName: 'approval-1', needed: 1 }]);
  await pass(world, 0);
  world.clock.advance(2 * hourMs);
  await Promise.all([remindPeople(world.context, 'command'), remindPeople(world.context, 'command')]);
  await world.deliver();
  expect(said(world)).toEqual({ 'reminder U0ADA': 1, 'reminder U0BO': 1 });
  await world.close();
});
