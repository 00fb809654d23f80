import { expect, it } from '@jest/globals';
import { useCasesOn } from '../../../src/slack/use-cases.js';
import { observeWorkflows } from '../../../src/use-cases/approvals/observe.js';
import { confirmChange } from '../../../src/use-cases/commands/change.js';
import type { Context } from '../../../src/use-cases/context.js';
import { deliverNotifications } from '../../../src/use-cases/notifications/deliver.js';
import { aProposal } from '../../contracts/store/a-change.js';
import { describePostgres } from '../../support/postgres/describe-postgres.js';
import { openWorld, type World, type WorldOptions } from '../../use-cases/world/open-world.js';
import { openTwice } from './two-stores.js';

/** Enough that clicks meet at every point of their work; each takes some ten statements. */
const rounds = Array.from({ length: 12 }, (_, index) => `run-${index}`);

describePostgres('people who click at the same moment, at two bots', (server) => {
  const stores = openTwice(server);

  /** The world stands on the first store; the other bot differs in its store and its name only. */
  async function openBoth(options: WorldOptions = {}): Promise<{ world: World; bots: readonly Context[] }> {
    const [one, two] = stores();
    const world = await openWorld({ ...options, store: one });
    return { world, bots: [world.context, { ...world.context, store: two, replicaId: 'other-run' }] };
  }

  async function putNext(world: World, run: string) {
    world.command.start(run, [{ uniqueName: 'approval-1', needed: 1 }]);
    await world.passTime(3_000);
    const shown = world.slack.cards().find(({ card }) => card.approval.instance.ref.id === run);
    if (!shown) throw new Error(`No card of ${run}`);
    return shown;
  }

  it('fill a quorum of two together: one signal, and nobody left waiting', async () => {
    const { world, bots } = await openBoth({ quorum: 2 });
    for (const run of rounds) {
      const { message } = await putNext(world, run);
      const replies = await Promise.all(
        (['ada', 'bo'] as const).map(async (actor, index) => {
          const context = bots[index] ?? world.context;
          const click = world.clickOf(actor, 'approve', { message });
          const service = useCasesOn(context).approvals;
          await service.writeDown(click);
          await service.work(click.id);
          return (await context.store.findClick(click.id))?.reply?.kind;
        }),
      );
      expect([...replies].sort()).toEqual(['decided', 'vote-counted']);
      await world.observe();
    }
    expect(world.command.arrivals).toHaveLength(rounds.length);
    expect(await world.store.listUnsettledSignals()).toEqual([]);
    expect(await world.store.listOpenApprovals()).toEqual([]);
  });

  it('have one press worked on by both: it is sent once', async () => {
    const { world, bots } = await openBoth();
    for (const run of rounds) {
      const { message } = await putNext(world, run);
      const click = world.clickOf('ada', 'approve', { message });
      const services = bots.map((context) => useCasesOn(context).approvals);
      await Promise.all(services.map((service) => service.writeDown(click)));
      await Promise.all(services.map((service) => service.work(click.id)));
      await world.observe();
    }
    expect(world.command.arrivals).toHaveLength(rounds.length);
    expect(await world.store.listOpenApprovals()).toEqual([]);
  });

  it('approve and deny: one of them is told that it is being decided or over', async () => {
    const { world, bots } = await openBoth();
    for (const run of rounds) {
      const { message } = await putNext(world, run);
      await Promise.all(
        (['approve', 'deny'] as const).map(async (verb, index) => {
          const actor = verb === 'approve' ? 'ada' : 'bo';
          const click = world.clickOf(actor, verb, { message, comment: 'because' });
          const service = useCasesOn(bots[index] ?? world.context).approvals;
          await service.writeDown(click);
          await service.work(click.id);
        }),
      );
      await world.observe();
    }
    expect(world.command.arrivals).toHaveLength(rounds.length);
    expect(await world.store.listOpenApprovals()).toEqual([]);
  });

  it('confirm the same change twice: it is confirmed once', async () => {
    const { world, bots } = await openBoth();
    for (const run of rounds) {
      const change = { kind: 'stop', instance: { system: 'command', id: run } } as const;
      const proposals = ['a', 'b'].map((name) =>
        aProposal({ id: `${run}-${name}`, change, proposedAtMs: world.clock.now() }),
      );
      for (const proposal of proposals) await world.store.addChange(proposal);
      const replies = await Promise.all(
        proposals.map(({ id, person }, index) => confirmChange(bots[index] ?? world.context, id, { person })),
      );
      expect([...replies].sort()).toEqual(['confirmed', 'repeated']);
    }
  });

  it('see every new run put once and its card posted once, though both look and both deliver', async () => {
    const { world, bots } = await openBoth();
    for (const run of rounds) world.command.start(run, [{ uniqueName: 'approval-1', needed: 1 }]);
    const backend = world.context.backends.get('command');
    if (!backend) throw new Error('There is no Command');
    await Promise.all(bots.map((context) => observeWorkflows(context, backend)));
    for (let slots = 0; slots < rounds.length; slots++) {
      await Promise.all(bots.map((context) => deliverNotifications(context)));
      world.clock.advance(1_000);
    }
    expect(await world.store.listOpenApprovals()).toHaveLength(rounds.length);
    expect(world.slack.cards()).toHaveLength(rounds.length);
  });
});
