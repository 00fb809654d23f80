import { expect, it } from '@jest/globals';
import type { Store } from '../../../src/ports/store.js';
import { aPerson, aPersonId, noonMs } from '../../support/an-approval.js';

/** What holds for people and notes in every store. */
export function describePeopleAndNotes(store: () => Store): void {
  it('recalls a person as last seen', async () => {
    await store().rememberPerson(aPerson(), noonMs);
    await store().rememberPerson(aPerson({ membership: 'deactivated' }), noonMs + 1);
    expect(await store().recallPerson(aPersonId())).toEqual(aPerson({ membership: 'deactivated' }));
  });

  it('recalls nobody who was never seen', async () => {
    await store().rememberPerson(aPerson(), noonMs);
    expect(await store().recallPerson(aPersonId('U0ADA', 'T0OTHER'))).toBeUndefined();
  });

  it('keeps the last note under a key', async () => {
    expect(await store().getNote('signal-form')).toBeUndefined();
    await store().putNote('signal-form', 'short');
    await store().putNote('signal-form', "long'; drop table notes; --");
    expect(await store().getNote('signal-form')).toBe("long'; drop table notes; --");
  });
}
