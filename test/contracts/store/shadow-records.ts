import { expect, it } from '@jest/globals';
import type { ShadowRecord } from '../../../src/domain/shadow.js';
import type { Store } from '../../../src/ports/store.js';
import { noonMs } from '../../support/an-approval.js';

const record: ShadowRecord = {
  id: 'a1',
  system: 'corp',
  run: 'run-1',
  atMs: noonMs,
  how: 'asked',
  rule: 'PKI',
  people: ['Ana Ruiz'],
};

/** What holds for what shadow mode notes, in every store. */
export function describeShadowRecords(store: () => Store): void {
  it('replaces what shadow mode noted of a run, and gives it back', async () => {
    await store().putShadowRecord(record);
    const ended = { ...record, endedAtMs: noonMs + 1, ending: 'decided-elsewhere' } as const;
    await store().putShadowRecord(ended);
    expect(await store().findShadowRecord('a1')).toEqual(ended);
    expect(await store().findShadowRecord('a2')).toBeUndefined();
  });

  it('lists what shadow mode noted from a time on, oldest first, page by page', async () => {
    for (const [id, atMs] of [
      ['a1', noonMs],
      ['a3', noonMs + 1],
      ['a2', noonMs + 1],
      ['a0', noonMs - 1],
    ] as const)
      await store().putShadowRecord({ ...record, id, atMs });
    const [first, second] = await store().listShadowRecords({ after: { atMs: noonMs, id: '' }, limit: 2 });
    expect([first?.id, second?.id]).toEqual(['a1', 'a2']);
    const rest = await store().listShadowRecords({ after: second ?? record, limit: 2 });
    expect(rest.map(({ id }) => id)).toEqual(['a3']);
  });
}
