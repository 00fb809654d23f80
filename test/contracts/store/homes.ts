import { expect, it } from '@jest/globals';
import type { Store } from '../../../src/ports/store.js';
import { noonMs } from '../../support/an-approval.js';

const ana = { teamId: 'T0', userId: 'U0ANA' };
const li = { teamId: 'T0', userId: 'U0LI' };
const published = {
  viewId: 'V1',
  hash: 'h1',
  shown: [{ approvalId: 'a1', revision: 2 }],
  fingerprint: 'f1',
};
const due = { nowMs: noonMs, limit: 10, leaseMs: 30_000 };

/** What holds for Homes in every store. */
export function describeHomes(store: () => Store): void {
  const publish = async (nowMs = noonMs) => {
    const [claimed] = await store().claimHomes({ ...due, nowMs, person: ana });
    if (!claimed) throw new Error('Nothing was due');
    return store().saveHome({ ...claimed, published }, nowMs);
  };

  it('knows the Home of nobody who has not opened it, and makes it due for nobody', async () => {
    await store().wantHome(ana, { dueAtMs: noonMs });
    expect(await store().findHome(ana)).toBeUndefined();
    expect(await store().claimHomes(due)).toEqual([]);
  });

  it('gives back what a Home was published with', async () => {
    await store().openHome(ana, { nowMs: noonMs, isAnew: true });
    expect(await publish()).toBe(true);
    expect(await store().findHome(ana)).toEqual({ person: ana, page: 1, published, publishedAtMs: noonMs });
    expect(await store().listHomes()).toHaveLength(1);
    expect(await store().claimHomes(due)).toEqual([]);
  });

  it('lends a Home to one replica at a time, until its lease is over', async () => {
    await store().openHome(ana, { nowMs: noonMs, isAnew: true });
    const [first] = await store().claimHomes(due);
    expect(await store().claimHomes(due)).toEqual([]);
    expect(await store().claimHomes({ ...due, nowMs: noonMs + 31_000 })).toHaveLength(1);
    if (!first) throw new Error('Nothing was due');
    expect(await store().saveHome({ ...first, published }, noonMs + 32_000)).toBe(false);
  });

  it('keeps a Home due that was wanted again while it was drawn', async () => {
    await store().openHome(ana, { nowMs: noonMs, isAnew: true });
    const [claimed] = await store().claimHomes(due);
    await store().wantHome(ana, { dueAtMs: noonMs + 5_000, page: 2 });
    if (!claimed) throw new Error('Nothing was due');
    await store().saveHome({ ...claimed, published }, noonMs);
    expect(await store().claimHomes(due)).toHaveLength(1);
    expect(await store().findHome(ana)).toMatchObject({ page: 2 });
  });

  it('makes a Home due then, once it was drawn', async () => {
    await store().openHome(ana, { nowMs: noonMs, isAnew: true });
    await publish();
    await store().wantHome(ana, { dueAtMs: noonMs + 5_000 });
    expect(await store().claimHomes({ ...due, nowMs: noonMs + 4_000 })).toEqual([]);
    expect(await store().claimHomes({ ...due, nowMs: noonMs + 5_000 })).toHaveLength(1);
  });

  it('takes nothing that was published for granted once a Home is opened anew', async () => {
    await store().openHome(ana, { nowMs: noonMs, isAnew: true });
    await publish();
    await store().openHome(ana, { nowMs: noonMs, isAnew: false });
    expect(await store().findHome(ana)).toMatchObject({ published });
    await store().openHome(ana, { nowMs: noonMs, isAnew: true });
    expect(await store().findHome(ana)).not.toHaveProperty('published');
  });

  it('gives a Home back for later, or until something changes', async () => {
    await store().openHome(ana, { nowMs: noonMs, isAnew: true });
    await store().openHome(li, { nowMs: noonMs, isAnew: true });
    for (const home of await store().claimHomes(due))
      await store().postponeHome(home, home.person.userId === 'U0LI' ? 'never' : noonMs + 60_000);
    expect(await store().claimHomes(due)).toEqual([]);
    const later = await store().claimHomes({ ...due, nowMs: noonMs + 60_000 });
    expect(later.map(({ person }) => person)).toEqual([ana]);
  });
}
