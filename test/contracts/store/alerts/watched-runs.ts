import { expect, it } from '@jest/globals';
import type { Store } from '../../../../src/ports/store.js';
import { noonMs } from '../../../support/an-approval.js';

const run = (id: string, system = 'plant') => ({ system, id });

/** What holds in every store for runs that are looked at where nothing lists them. */
export function describeWatchedRuns(store: () => Store): void {
  it('lists the watched runs of a system, the longest watched first', async () => {
    await store().watchRun(run('b'), noonMs + 1);
    await store().watchRun(run('c'), noonMs);
    await store().watchRun(run('a'), noonMs + 1);
    await store().watchRun(run('x', 'other'), noonMs);
    expect(await store().listWatchedRuns('plant')).toEqual([run('c'), run('a'), run('b')]);
    expect(await store().listWatchedRuns('none')).toEqual([]);
  });

  it('watches a run once, since it was first watched', async () => {
    await store().watchRun(run('a'), noonMs);
    await store().watchRun(run('b'), noonMs + 1);
    await store().watchRun(run('a'), noonMs + 2);
    expect(await store().listWatchedRuns('plant')).toEqual([run('a'), run('b')]);
  });

  it('watches a run no longer once it is told so, and no harm is done twice', async () => {
    await store().watchRun(run('a'), noonMs);
    await store().watchRun(run('a', 'other'), noonMs);
    await store().unwatchRun(run('a'));
    await store().unwatchRun(run('a'));
    expect(await store().listWatchedRuns('plant')).toEqual([]);
    expect(await store().listWatchedRuns('other')).toEqual([run('a', 'other')]);
  });
}
