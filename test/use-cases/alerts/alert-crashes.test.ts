import { describe, expect, it } from '@jest/globals';
import { Crash, createMortality, type Mortality } from '../world/mortality.js';
import { openWorld } from '../world/open-world.js';
import { people } from '../world/people.js';
import { takeUp } from '../world/take-up.js';
import { type Watch, watchful, watchOver } from './watches.js';

const asker = { person: people.ada.id };
const channel = { kind: 'channel', channel: 'C0ALERTS' } as const;

interface Play {
  readonly watch: Watch;
  readonly mortality: Mortality;
  /** How many points were passed before the bot became mortal. */
  readonly safePoints: number;
}

/** Three runs fail in two ways; Ada takes one alert and restarts its two runs, which then finish. */
async function begin(dieAt: number): Promise<Play> {
  const mortality = createMortality();
  const world = await openWorld({ ...watchful(), runtime: mortality.runtime });
  world.restart({ store: mortality.guard(world.store) });
  const watch = watchOver(world);
  await watch.poll();
  watch.fail('run-1');
  watch.fail('run-2');
  watch.fail('run-3', 'Access is denied.');
  const safePoints = mortality.points.length;
  mortality.dieAfter(dieAt);
  try {
    await watch.poll();
    await helpOut(watch);
    // What breaks in one of several changes is logged, also when the bot dies of it.
    if (mortality.isDead()) throw new Crash('Dead before the restarted runs finished');
    watch.set('run-1+', 'complete');
    watch.set('run-2+', 'complete');
    await watch.poll();
  } catch (error) {
    if (!(error instanceof Crash)) throw error;
  }
  return { watch, mortality, safePoints };
}

async function helpOut(watch: Watch): Promise<void> {
  const { world, service } = watch;
  const failure = await world.store.findFailure({ system: 'command', id: 'run-1' });
  const id = failure?.incidentId ?? '';
  await service.take(id, asker);
  const reply = await service.propose(id, 'restart', asker);
  // What breaks is answered, also when the bot dies of it.
  if (reply.kind === 'broke') return;
  if (reply.kind !== 'proposal') throw new Error(`There was no proposal but ${reply.kind}`);
  await service.confirm(reply.batchId, asker);
  await service.carryOut(reply.batchId);
}

/** Starts another run of the bot, and lets everything settle. */
async function goOn({ watch, mortality }: Play): Promise<void> {
  mortality.revive();
  watch.world.restart({ store: mortality.guard(watch.world.store) });
  await takeUp(watch.world);
  for (let poll = 0; poll < 6; poll += 1) await watch.poll(2 * 60_000);
}

async function liesIn(watch: Watch, point: string): Promise<readonly string[]> {
  const { store, command, slack } = watch.world;
  const lies: string[] = [];
  const ids = new Set<string>();
  for (const run of ['run-1', 'run-2', 'run-3']) {
    const failure = await store.findFailure({ system: 'command', id: run });
    if (failure?.incidentId) ids.add(failure.incidentId);
    else lies.push(`${run} failed and belongs to no incident`);
  }
  if (ids.size !== 2) lies.push(`there are ${ids.size} incidents`);
  let count = 0;
  for (const id of ids) {
    const incident = await store.findIncident(id);
    count += incident?.count ?? 0;
    const shown = watch.alerts().filter(({ alert }) => alert.incident.id === id);
    // A post whose answer was never heard may stand beside the one that is kept true.
    const most = /chat\.post|markDelivered/.test(point) ? 2 : 1;
    if (shown.length < 1 || shown.length > most) lies.push(`an alert was posted ${shown.length} times`);
    const message = await store.alertMessage(id, channel);
    const known = shown.find((one) => typeof message !== 'string' && one.message.ts === message.ts);
    if (known?.alert.incident.version !== incident?.version) lies.push('an alert shows an older state');
    if (known && slack.thread(known.message).length > 6) lies.push('a thread repeats itself');
  }
  if (count !== 3) lies.push(`three runs failed, and ${count} were counted`);
  if ((await store.countPending()) > 0) lies.push('something is still to be delivered');
  if ((await store.listOpenChanges()).some(({ phase }) => phase !== 'following')) lies.push('a change hangs');
  for (const id of ['run-1', 'run-2']) {
    const { successors = [] } = command.run(id);
    if (successors.length > 1) lies.push(`${id} was restarted more than once`);
  }
  return lies;
}

describe('a bot that dies anywhere while it tells of failures and helps with them', () => {
  it('is taken up by the next one: each failure counted once, each alert true, nothing restarted twice', async () => {
    const whole = await begin(Number.POSITIVE_INFINITY);
    const length = whole.mortality.points.length - whole.safePoints;
    expect(await liesIn(whole.watch, '')).toEqual([]);
    await whole.watch.world.close();
    expect(length).toBeGreaterThan(40);
    const wrong: string[] = [];
    for (let dieAt = 1; dieAt <= length; dieAt += 1) {
      const play = await begin(dieAt);
      const point = play.mortality.points.at(-1) ?? 'the start';
      expect(play.mortality.isDead()).toBe(true);
      await goOn(play);
      const found = await liesIn(play.watch, point);
      wrong.push(...found.map((lie) => `died at point ${dieAt}, ${point}: ${lie}`));
      await play.watch.world.close();
    }
    expect(wrong).toEqual([]);
  }, 120_000);
});
