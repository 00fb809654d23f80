import { expect, it } from '@jest/globals';
import { BackendError, ChatError } from '../../src/ports/errors.js';
import type { Store } from '../../src/ports/store.js';
import { useCasesOn } from '../../src/slack/use-cases.js';
import { openPostgresStore } from '../../src/stores/postgres.js';
import { decideApproval } from '../../src/use-cases/approvals/decide.js';
import { sendSignal } from '../../src/use-cases/approvals/send-signal.js';
import { fenced, LeaseLost } from '../../src/use-cases/leases.js';
import { updateDigests } from '../../src/use-cases/notifications/deliver.js';
import { meetingOf } from '../stores/postgres/two-stores.js';
import { anApproval, anInstance, noonMs } from '../support/an-approval.js';
import { describePostgres } from '../support/postgres/describe-postgres.js';
import { people } from './world/people.js';
import { createWorlds } from './world/worlds.js';

const worlds = createWorlds();

/** Takes the right to look away from whoever has it. */
async function handOver(store: Store, nowMs: number): Promise<void> {
  await store.acquireLease({ name: 'observe/command', replicaId: 'other', nowMs, leaseMs: 20_000 });
}

async function openFenced() {
  const { store } = await worlds.open();
  const name = 'observe/command';
  const delayed = await store.acquireLease({ name, replicaId: 'mine', nowMs: noonMs, leaseMs: 20_000 });
  return { store, mine: fenced(store, { name, fence: delayed?.fence ?? 0 }) };
}

it('writes nothing under a right that has gone to another replica, in a transaction or not', async () => {
  const { store, mine } = await openFenced();
  await mine.addApproval(anApproval());
  await handOver(store, noonMs + 20_000);
  await expect(mine.putNote('note', 'late')).rejects.toThrow(LeaseLost);
  await expect(mine.rememberPerson(people.ada, noonMs)).rejects.toThrow(LeaseLost);
  await expect(mine.inTransaction((transaction) => transaction.putNote('note', 'late'))).rejects.toThrow(
    LeaseLost,
  );
  expect(await mine.getNote('note')).toBeUndefined();
  expect(await mine.findApproval('approval-a')).toBeDefined();
});

it('writes on under a right that has only ended, as long as nobody has taken it', async () => {
  const { store, mine } = await openFenced();
  await mine.putNote('note', 'in time');
  expect(await store.getNote('note')).toBe('in time');
});

it('holds back a signal that was written down long ago by a bot that was frozen', async () => {
  const world = await worlds.openWithCard();
  const { clock, context, store } = world;
  let isFrozen = true;
  world.restart({
    store: new Proxy(store, {
      get(target, key, receiver) {
        if (key !== 'inTransaction') return Reflect.get(target, key, receiver);
        const inTransaction: Store['inTransaction'] = async (work) => {
          const before = (await store.listUnsettledSignals())[0]?.phase;
          const result = await store.inTransaction(work);
          const after = (await store.listUnsettledSignals())[0]?.phase;
          if (isFrozen && before === 'claimed' && after === 'sending') clock.advance(1_001);
          return result;
        };
        return inTransaction;
      },
    }),
  });
  await world.click('ada', 'approve');
  expect(world.command.arrivals).toEqual([]);
  expect(await store.listUnsettledSignals()).toMatchObject([{ phase: 'claimed', sends: 0 }]);
  isFrozen = false;
  await world.passTime(15_000);
  expect(world.command.arrivals).toHaveLength(1);
  expect(context.replicaId).not.toBe(world.context.replicaId);
});

it('does not send what somebody else has taken over while it was checked', async () => {
  const world = await worlds.openWithCard();
  world.command.faults.isUnreachable = true;
  await world.click('ada', 'approve');
  world.command.faults.isUnreachable = false;
  const [signal] = await world.store.listUnsettledSignals();
  if (!signal) throw new Error('Nothing was claimed');
  const { chat } = world.slack;
  const other = { ...world.context, replicaId: 'other' };
  const lookUpPerson: typeof chat.lookUpPerson = async (id) => {
    world.clock.advance(60_000);
    await world.store.takeSignal(signal.id, 'other', world.clock.now(), 60_000);
    return chat.lookUpPerson(id);
  };
  await sendSignal({ ...world.context, chat: { ...chat, lookUpPerson } }, signal.id);
  expect(world.command.arrivals).toEqual([]);
  await sendSignal(other, signal.id);
  expect(world.command.arrivals).toHaveLength(1);
});

it('leaves the attempt of somebody else alone when its own answer comes late', async () => {
  const world = await worlds.openWithCard();
  const { store } = world;
  const [backend] = world.context.backends.values();
  if (!backend) throw new Error('There is no system');
  const slow: typeof backend = {
    ...backend,
    async sendSignal() {
      const [mine] = await store.listUnsettledSignals();
      if (mine) await store.saveSignal({ ...mine, replicaId: 'other', sends: 2 });
      const about = { system: 'command', code: 'unreachable', retryable: true, applied: 'no' } as const;
      throw new BackendError('It could not be sent', about);
    },
  };
  world.restart({ backends: new Map([['command', slow]]) });
  await world.click('ada', 'approve');
  expect(await store.listUnsettledSignals()).toMatchObject([
    { phase: 'sending', replicaId: 'other', sends: 2 },
  ]);
});

it('does not say that a click led nowhere when somebody else has taken it over and counted it', async () => {
  const world = await worlds.openWithCard({ quorum: 2 });
  const { chat } = world.slack;
  const other = { ...world.context, replicaId: 'other' };
  const click = world.clickOf('ada', 'approve');
  const lookUpPerson: typeof chat.lookUpPerson = async () => {
    await decideApproval(other, click.id);
    throw new ChatError('Slack does not answer', { code: 'unavailable', retryable: true });
  };
  world.restart();
  const slow = useCasesOn({ ...world.context, chat: { ...chat, lookUpPerson } }).approvals;
  await slow.writeDown(click);
  await slow.work(click.id);
  expect(await world.store.findClick(click.id)).toMatchObject({ reply: { kind: 'vote-counted' } });
  expect(world.slack.answers).toEqual([]);
});

describePostgres('two bots on one database', (server) => {
  it('announce many cards at once in one message', async () => {
    const url = await server().newDatabase();
    const meet = meetingOf(2);
    const open = async () => {
      const store = await openPostgresStore({ url, password: server().password });
      const { context } = await worlds.open({ store });
      const listLiveDigests: Store['listLiveDigests'] = async () => {
        const live = await store.listLiveDigests();
        await meet();
        return live;
      };
      return { ...context, store: { ...store, listLiveDigests } };
    };
    const [one, two] = [await open(), await open()];
    for (let number = 0; number < 11; number += 1) {
      const id = `approval-${number}`;
      const instance = anInstance({ ref: { system: 'command', id: `run-${number}` } });
      await one.store.addApproval(anApproval({ id, code: `K${number}`, instance }));
      await one.store.addCard(id, { kind: 'channel', channel: 'C0' }, 10, noonMs);
    }
    await Promise.all([updateDigests(one), updateDigests({ ...two, newId: () => 'another' })]);
    expect(await one.store.listLiveDigests()).toHaveLength(1);
  });
});
