import { describe, expect, it } from '@jest/globals';
import { settleChanges } from '../../../src/use-cases/commands/change.js';
import { people } from '../world/people.js';
import { createWatches, type Watch } from './watches.js';

const watches = createWatches();
const minuteMs = 60_000;
const ada = { person: people.ada.id };
const bo = { person: people.bo.id };

/** Opens a watch in which some runs have failed and were told, and proposes to restart them. */
async function withProposal(count: number) {
  const watch = await watches.open();
  for (let number = 1; number <= count; number += 1) watch.fail(`run-${number}`);
  await watch.poll();
  return { watch, batchId: await propose(watch) };
}

async function propose(watch: Watch, asker = ada): Promise<string> {
  const [reported] = watch.alerts();
  const reply = await watch.service.propose(reported?.alert.incident.id ?? '', 'restart', asker);
  if (reply.kind !== 'proposal') throw new Error(`There was no proposal but ${reply.kind}`);
  return reply.batchId;
}

async function outcomes(watch: Watch, batchId: string): Promise<readonly string[]> {
  const records = await watch.world.store.listBatch(batchId);
  return records.map(({ phase, outcome }) => outcome?.kind ?? phase);
}

describe('restarting many runs', () => {
  it('does nothing before it is confirmed, and each once after', async () => {
    const { watch, batchId } = await withProposal(3);
    await watch.service.carryOut(batchId);
    expect(await outcomes(watch, batchId)).toEqual(['proposed', 'proposed', 'proposed']);
    await watch.service.confirm(batchId, ada);
    await watch.service.carryOut(batchId);
    await watch.service.carryOut(batchId);
    expect(await outcomes(watch, batchId)).toEqual(['following', 'following', 'following']);
    for (const id of ['run-1', 'run-2', 'run-3']) {
      expect(watch.world.command.run(id).status).toBe('canceled-for-restart');
      expect(watch.world.command.run(`${id}+`).status).toBe('running');
    }
  });

  it('goes on when one of them fails, and tells each in one message of the thread', async () => {
    const { watch, batchId } = await withProposal(3);
    watch.world.command.faults.refusedChanges = ['run-2'];
    await watch.service.confirm(batchId, ada);
    await watch.service.carryOut(batchId);
    await watch.poll();
    expect(watch.world.command.run('run-1').status).toBe('canceled-for-restart');
    expect(watch.world.command.run('run-2').status).toBe('failed');
    expect(watch.world.command.run('run-3').status).toBe('canceled-for-restart');
    expect((await outcomes(watch, batchId)).filter((kind) => kind === 'refused')).toHaveLength(1);
    expect(watch.thread().filter((kind) => kind === 'changes')).toHaveLength(1);
  });

  it('confirmed at another bot stays with that one while it is at work, however long the last has to wait', async () => {
    const { watch, batchId } = await withProposal(2);
    const { world } = watch;
    await watch.service.confirm(batchId, ada);
    const { context, store } = world;
    const name = `replica/${context.replicaId}`;
    const backend = context.backends.get('command');
    if (!backend) throw new Error('There is no Command');
    const other = { ...context, store: { ...store, isShared: true }, replicaId: 'another' };
    for (const waitMs of [21_000, 90_000]) {
      world.clock.advance(waitMs);
      const nowMs = world.clock.now();
      await store.acquireLease({ name, replicaId: context.replicaId, nowMs, leaseMs: 20_000 });
      await settleChanges(other, backend);
    }
    expect(await outcomes(watch, batchId)).toEqual(['confirmed', 'confirmed']);
    world.clock.advance(20_001);
    await settleChanges(other, backend);
    expect(await outcomes(watch, batchId)).toEqual(['not-sent', 'not-sent']);
  });

  it('leaves alone what went on by itself since it was proposed', async () => {
    const { watch, batchId } = await withProposal(1);
    watch.set('run-1', 'running');
    await watch.service.confirm(batchId, ada);
    await watch.service.carryOut(batchId);
    expect(await outcomes(watch, batchId)).toEqual(['moved-meanwhile']);
    expect(watch.world.command.run('run-1').status).toBe('running');
  });

  it('twice, by two people, restarts each run once', async () => {
    const { watch, batchId } = await withProposal(2);
    const other = await propose(watch, bo);
    await Promise.all([watch.service.confirm(batchId, ada), watch.service.confirm(other, bo)]);
    await watch.service.carryOut(batchId);
    await watch.service.carryOut(other);
    expect(await outcomes(watch, other)).toEqual(['moved-meanwhile', 'moved-meanwhile']);
    expect(() => watch.world.command.run('run-1++')).toThrow();
  });

  it('is forgotten when it is confirmed too late', async () => {
    const { watch, batchId } = await withProposal(1);
    watch.world.clock.advance(11 * minuteMs);
    expect(await watch.service.confirm(batchId, ada)).toBe('unknown');
    await watch.service.carryOut(batchId);
    expect(watch.world.command.run('run-1').status).toBe('failed');
  });

  it('asks again for each run whether its person still may', async () => {
    const { watch, batchId } = await withProposal(1);
    await watch.service.confirm(batchId, ada);
    const { policy } = watch.world.context;
    watch.world.restart({ policy: { ...policy, operators: [] } });
    await watch.service.carryOut(batchId);
    expect(await outcomes(watch, batchId)).toEqual(['not-allowed']);
    expect(watch.world.command.run('run-1').status).toBe('failed');
  });

  it('is still under way where the system is slow, and what waits its turn is not called unsent', async () => {
    const { watch, batchId } = await withProposal(3);
    await watch.service.confirm(batchId, ada);
    watch.world.clock.advance(2 * minuteMs + 1);
    await settleChanges(watch.world.context, watch.world.command.backend);
    expect((await outcomes(watch, batchId)).slice(1)).toEqual(['confirmed', 'confirmed']);
    watch.world.clock.advance(60 * minuteMs);
    await settleChanges(watch.world.context, watch.world.command.backend);
    expect((await outcomes(watch, batchId)).every((kind) => kind === 'not-sent')).toBe(true);
  });

  it('is taken up by the next run of the bot while it is fresh, and not after', async () => {
    const { watch, batchId } = await withProposal(2);
    await watch.service.confirm(batchId, ada);
    watch.world.restart();
    await watch.poll(minuteMs);
    expect(await outcomes(watch, batchId)).toEqual(['following', 'following']);
    const late = await withProposal(2);
    await late.watch.service.confirm(late.batchId, ada);
    late.watch.world.restart();
    await late.watch.poll(3 * minuteMs);
    expect(await outcomes(late.watch, late.batchId)).toEqual(['not-sent', 'not-sent']);
  });

  it('is not proposed where nothing stands failed', async () => {
    const { watch } = await withProposal(1);
    const { id } = watch.alert().alert.incident;
    watch.set('run-1', 'running');
    await watch.poll();
    expect(await watch.service.propose(id, 'restart', ada)).toMatchObject({ kind: 'nothing-failed' });
  });
});
