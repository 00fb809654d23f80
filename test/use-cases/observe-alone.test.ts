import { describe, expect, it } from '@jest/globals';
import type { Snapshot } from '../../src/domain/approval-lifecycle.js';
import { BackendError } from '../../src/ports/errors.js';
import { createObservationLease, type ObservationLease } from '../../src/use-cases/leases.js';
import { createResponseTimes, type ResponseTime, silenceOf } from '../../src/use-cases/monitoring.js';
import { observeAlone, peekAlone } from '../../src/use-cases/replicas.js';
import { anInstance } from '../support/an-approval.js';
import { createWorlds } from './world/worlds.js';

const worlds = createWorlds();
const system = 'command';

it('takes everything a long look finds for an answer of the system', async () => {
  const { context, command, clock } = await worlds.open();
  const responseTimes = createResponseTimes();
  const times: ResponseTime[] = [];
  async function* slowly(): AsyncGenerator<Snapshot, void> {
    for (const id of ['1', '2', '3']) {
      times.push(responseTimes.of(system));
      for (let poll = 0; poll < 3; poll += 1) responseTimes.notePoll(system);
      command.start(id);
      yield { kind: 'seen', instance: anInstance({ ref: { system, id } }), isAssigned: true };
    }
  }
  const backend = { ...command.backend, observe: async () => ({ snapshots: slowly() }) };
  await observeAlone(context, { backend, lease: createObservationLease(context, system), responseTimes });
  const answered = { respondedAtMs: clock.now(), pollsSince: 0 };
  expect(times).toEqual([answered, answered, answered]);
  expect(await context.store.listTracked(system)).toHaveLength(3);
});

describe('peeking at a system', () => {
  it('is left to the replica that has the right to poll it', async () => {
    const { context, command } = await worlds.open();
    const store = { ...context.store, isShared: true };
    const calls: string[] = [];
    const backend = { ...command.backend, peek: async () => calls.push('peek') > 0 };
    const poll = async () => void calls.push('poll');
    const of = (take: ObservationLease['take']) => ({ take, release: async () => {} });
    await peekAlone({ ...context, store }, { backend, poll, lease: of(async () => undefined) });
    expect(calls).toEqual([]);
    const fence = { name: 'observe/command', fence: 1 };
    await peekAlone({ ...context, store }, { backend, poll, lease: of(async () => fence) });
    expect(calls).toEqual(['peek', 'poll']);
  });

  it('polls nothing where nothing is new, and nothing of a system that has no peeks', async () => {
    const { context, command } = await worlds.open();
    const lease = createObservationLease(context, system);
    const calls: string[] = [];
    const poll = async () => void calls.push('poll');
    await peekAlone(context, { backend: { ...command.backend, peek: async () => false }, poll, lease });
    await peekAlone(context, { backend: command.backend, poll, lease });
    expect(calls).toEqual([]);
  });
});

it('counts a poll without an answer only when the poll was due', async () => {
  const { context, command } = await worlds.open();
  const error = new BackendError('away', { code: 'unreachable', system, retryable: true, applied: 'no' });
  const backend = {
    ...command.backend,
    observe: async () => {
      throw error;
    },
  };
  const poll = (isExtra: boolean) =>
    observeAlone(context, {
      backend,
      lease: createObservationLease(context, system),
      responseTimes: createResponseTimes(),
      isExtra,
    });
  for (let polls = 0; polls < 5; polls += 1) await poll(true);
  expect(await silenceOf(context.store, system)).toBeUndefined();
  await poll(false);
  expect(await silenceOf(context.store, system)).toMatchObject({ count: 1 });
});
