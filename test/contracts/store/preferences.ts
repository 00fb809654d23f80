import { expect, it } from '@jest/globals';
import { usualPreferences } from '../../../src/domain/preferences.js';
import type { Store } from '../../../src/ports/store.js';
import { anApproval, aPersonId, noonMs } from '../../support/an-approval.js';

/** What holds for how people want their messages, and for messages that wait because of it, in every store. */
export function describePreferences(store: () => Store): void {
  const person = aPersonId();
  const target = { kind: 'person', person } as const;

  it('keeps what somebody chose last, and a day whose summary is done with only once', async () => {
    expect(await store().findPreferences(person)).toBeUndefined();
    await store().putPreferences({ person, ...usualPreferences }, undefined);
    const preferences = { person, ...usualPreferences, directMessages: 'daily' } as const;
    await store().putPreferences(preferences, '2026-01-14');
    expect(await store().listPreferences()).toEqual([{ preferences, summaryDay: '2026-01-14' }]);
    expect(await store().noteSummary(person, '2026-01-15')).toBe(true);
    expect(await store().noteSummary(person, '2026-01-15')).toBe(false);
    await store().putPreferences(preferences, undefined);
    expect(await store().noteSummary(person, '2026-01-15')).toBe(false);
  });

  it('gives what waits for somebody once, and does not count it as pending', async () => {
    const notice = { kind: 'outcome', approval: anApproval() } as const;
    for (const key of ['outcome:a', 'outcome:b']) await store().addNotice(key, notice, target, noonMs);
    const claim = { nowMs: noonMs, limit: 10, leaseMs: 1_000, claim: 'c' };
    const claimed = await store().claimDueDeliveries(claim);
    const until = { dueAtMs: noonMs + 60_000, error: 'held', wasTried: false, mayHavePosted: false };
    for (const { id } of claimed) await store().postponeDelivery(id, { ...until, claim: 'c', isHeld: true });
    const held = await store().listHeld(person);
    expect([held.map(({ id }) => id), await store().countPending()]).toEqual([
      claimed.map(({ id }) => id).sort(),
      0,
    ]);
    expect(await store().takeHeld(person, [], noonMs)).toEqual([]);
    const taken = await store().takeHeld(person, held.slice(0, 1), noonMs);
    expect(taken.map(({ id }) => id)).toEqual(held.slice(0, 1).map(({ id }) => id));
    expect(await store().takeHeld(person, held.slice(0, 1), noonMs)).toEqual([]);
    expect(await store().listHeld(person)).toHaveLength(1);
  });
}
