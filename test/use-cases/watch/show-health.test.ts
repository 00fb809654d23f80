import { describe, expect, it } from '@jest/globals';
import type { OperatorRule } from '../../../src/domain/change.js';
import type { HealthReport } from '../../../src/domain/reply.js';
import { showHealth } from '../../../src/use-cases/commands/account.js';
import type { World, WorldOptions } from '../world/open-world.js';
import { people } from '../world/people.js';
import { createWorlds } from '../world/worlds.js';

const worlds = createWorlds();

function aReader(change: Partial<OperatorRule> = {}): OperatorRule {
  return { name: 'Operators', people: [people.ada.id], verbs: ['doctor'], ...change };
}

async function open(rule: OperatorRule, options: WorldOptions = {}): Promise<World> {
  const world = await worlds.open({ ...options, policy: { operators: [rule], ...options.policy } });
  world.command.start('run-1');
  return world;
}

async function reply(world: World) {
  const asker = { person: people.ada.id, channel: 'C0PKI' };
  return showHealth({ context: world.context, person: people.ada, asker });
}

async function healthIn(world: World): Promise<HealthReport> {
  const reported = await reply(world);
  if (reported.kind !== 'doctor') throw new Error(`The answer is ${reported.kind}`);
  return reported.health;
}

describe('the health that operators are shown', () => {
  it('says that all is well while it is', async () => {
    const world = await open(aReader());
    await world.passTime(0);
    expect(await healthIn(world)).toEqual({
      systems: [{ label: 'Command', respondedAtMs: world.clock.now(), hasAlerts: expect.any(Boolean) }],
      withoutCard: [],
      outbox: [],
      incidents: [],
      lostPlaces: [],
      unmapped: [{ rule: expect.any(String), label: 'Command', people: [people.una.id] }],
    });
  });

  it('says since when a system gives no answer, and when it last did', async () => {
    const world = await open(aReader());
    await world.passTime(0);
    const respondedAtMs = world.clock.now();
    world.command.faults.isUnreachable = true;
    await world.passTime(15_000);
    const silence = { sinceMs: world.clock.now(), polls: 1 };
    expect((await healthIn(world)).systems).toMatchObject([{ respondedAtMs, silence }]);
  });

  it('names an approval without a card, and why', async () => {
    const world = await open(aReader());
    world.slack.failNext({ call: 'post', code: 'unavailable' });
    await world.passTime(0);
    const { withoutCard, outbox } = await healthIn(world);
    expect(withoutCard).toMatchObject([{ label: 'Command', why: { kind: 'retried', error: 'unavailable' } }]);
    expect(outbox).toMatchObject([{ kind: 'card', pending: 1 }]);
  });

  it('names a channel that cannot be posted to', async () => {
    const world = await open(aReader());
    world.slack.archive('C0PKI');
    await world.passTime(0);
    expect((await healthIn(world)).lostPlaces).toMatchObject([{ target: { channel: 'C0PKI' } }]);
  });

  it('tells nothing about workflows no rule shows', async () => {
    const world = await open(aReader({ definitions: ['Something else'] }));
    await world.observe();
    expect(await healthIn(world)).toMatchObject({ systems: [{ label: 'Command' }], withoutCard: [] });
  });

  it.each([
    ['another system', { systems: ['plant'] }],
    ['another verb', { verbs: ['list'] }],
    ['another person', { people: [people.bo.id] }],
  ] as const)('refuses whoever is named for %s only', async (_what, change) => {
    const world = await open(aReader(change));
    expect(await reply(world)).toEqual({ kind: 'not-allowed', verb: 'doctor', why: { kind: 'no-rule' } });
  });

  it('refuses a guest whom a rule names', async () => {
    const world = await open(aReader({ people: [people.gus.id] }));
    const asker = { person: people.gus.id, channel: 'C0PKI' };
    const reported = await showHealth({ context: world.context, person: people.gus, asker });
    expect(reported).toMatchObject({ kind: 'not-allowed', why: { kind: 'not-a-member' } });
  });
});
