import { describe, expect, it } from '@jest/globals';
import type { NoteRepository } from '../../src/ports/store.js';
import { createReadinessCheck, createResponseTimes, type Needs } from '../../src/use-cases/monitoring.js';

const goodStore: NoteRepository = { putNote: async () => {}, getNote: async () => undefined };

function aCheck(needs: Partial<Needs> = {}) {
  const responseTimes = createResponseTimes();
  const check = createReadinessCheck({
    store: goodStore,
    isChatConnected: () => true,
    systems: ['corp'],
    responseTimes,
    now: () => 100_000,
    ...needs,
  });
  return { check, responseTimes };
}

describe('the readiness of the bot', () => {
  it('is there once every system has answered', async () => {
    const { check, responseTimes } = aCheck();
    responseTimes.noteResponse('corp', 88_000);
    expect(await check()).toEqual([
      { name: 'store', isOk: true, detail: 'writable' },
      { name: 'chat', isOk: true, detail: 'connected' },
      { name: 'system:corp', isOk: true, detail: 'answered 12 s ago' },
    ]);
  });

  it('misses a system that has never answered', async () => {
    const [, , system] = await aCheck().check();
    expect(system).toEqual({ name: 'system:corp', isOk: false, detail: 'never answered' });
  });

  it.each([
    [2, true],
    [3, false],
  ])('counts a system of which %i looks got no answer as there: %s', async (polls, isOk) => {
    const { check, responseTimes } = aCheck();
    responseTimes.noteResponse('corp', 55_000);
    for (let poll = 0; poll < polls; poll += 1) responseTimes.notePoll('corp');
    const system = (await check()).at(-1);
    expect(system).toEqual({ name: 'system:corp', isOk, detail: 'answered 45 s ago' });
    responseTimes.noteResponse('corp', 100_000);
    expect((await check()).at(-1)).toMatchObject({ isOk: true, detail: 'answered 0 s ago' });
  });

  it('misses a chat over which nothing can come in', async () => {
    const [, chat] = await aCheck({ isChatConnected: () => false }).check();
    expect(chat).toEqual({ name: 'chat', isOk: false, detail: 'not connected' });
  });

  it('misses a store that refuses, and says why', async () => {
    const putNote = () => Promise.reject(new Error('disk full'));
    const [store] = await aCheck({ store: { ...goodStore, putNote } }).check();
    expect(store).toEqual({ name: 'store', isOk: false, detail: 'not writable: disk full' });
  });

  it('misses a store that does not answer', async () => {
    const putNote = () => new Promise<void>(() => {});
    const [store] = await aCheck({ store: { ...goodStore, putNote }, storeTimeoutMs: 5 }).check();
    expect(store).toEqual({ name: 'store', isOk: false, detail: 'no answer within 5 ms' });
  });
});
