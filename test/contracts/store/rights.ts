import { expect, it } from '@jest/globals';
import type { Store } from '../../../src/ports/store.js';
import { aPersonId, aReceipt, noonMs } from '../../support/an-approval.js';

/** What holds for receipts and suspended rights in every store. */
export function describeRights(store: () => Store): void {
  const suspension = { person: aPersonId(), name: 'Ada Okafor', receipt: 'R4T9XW', atMs: noonMs };

  it('keeps a receipt under its code, which is given out once', async () => {
    expect(await store().addReceipt(aReceipt())).toBe(true);
    expect(await store().addReceipt(aReceipt({ approvalId: 'another' }))).toBe(false);
    expect(await store().findReceipt('R4T9XW')).toEqual(aReceipt());
    expect(await store().findReceipt('R4T9XX')).toBeUndefined();
    expect(await store().isCodeTaken('R4T9XW')).toBe(true);
  });

  it('suspends once, for one person of one workspace, until they are restored', async () => {
    expect(await store().suspend(suspension)).toBe(true);
    expect(await store().suspend({ ...suspension, receipt: 'LATER' })).toBe(false);
    expect(await store().findSuspension(aPersonId())).toEqual(suspension);
    expect(await store().findSuspension(aPersonId('U0ADA', 'T0OTHER'))).toBeUndefined();
    expect(await store().restore(aPersonId())).toBe(true);
    expect(await store().restore(aPersonId())).toBe(false);
    expect(await store().findSuspension(aPersonId())).toBeUndefined();
  });
}
