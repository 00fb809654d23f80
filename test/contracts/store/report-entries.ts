import { expect, it } from '@jest/globals';
import type { ReportEntry } from '../../../src/domain/report.js';
import type { Store } from '../../../src/ports/store.js';
import { noonMs } from '../../support/an-approval.js';

const entry: ReportEntry = {
  id: 'ended:a1',
  atMs: noonMs,
  kind: 'ended',
  name: 'PKI',
  how: 'approved',
  findings: 'wildcard',
  isLate: false,
  tookMs: 60_400,
};

/** What holds for what reports count, in every store. */
export function describeReportEntries(store: () => Store): void {
  const sum = (fromMs: number, toMs: number) => store().sumReportEntries(fromMs, toMs);

  it('adds entries up that are alike, with the time each took in whole seconds', async () => {
    const other = { ...entry, id: 'ended:a3', name: 'Other', isLate: true, findings: '' };
    for (const one of [entry, { ...entry, id: 'ended:a2', tookMs: 5_600 }, other])
      await store().putReportEntry(one);
    const { id: _1, atMs: _2, kind, tookMs: _3, ...rest } = entry;
    await store().putReportEntry({ ...rest, id: 'refusal:c1', atMs: noonMs, kind: 'refusal' });
    const groups = await sum(noonMs, noonMs + 1);
    const byName = (name: string) => groups.filter((one) => one.name === name && one.kind === kind);
    expect(byName('PKI')).toEqual([{ ...rest, kind, count: 2, tookS: expect.arrayContaining([60, 6]) }]);
    expect(byName('Other')).toEqual([
      { ...rest, kind, name: 'Other', isLate: true, findings: '', count: 1, tookS: [60] },
    ]);
    expect(groups.find((one) => one.kind === 'refusal')).toMatchObject({ count: 1, tookS: [] });
  });

  it('counts what happened from a moment on and before another, each entry once', async () => {
    await store().putReportEntry(entry);
    await store().putReportEntry({ ...entry, how: 'denied' });
    expect(await sum(noonMs - 1, noonMs)).toEqual([]);
    expect(await sum(noonMs, noonMs + 1)).toMatchObject([{ how: 'denied', count: 1 }]);
    await store().removeReportEntry(entry.id);
    expect(await sum(noonMs, noonMs + 1)).toEqual([]);
  });

  it('counts the votes and decisions of each person in a span, and nothing else they did', async () => {
    const kinds = ['vote', 'decision', 'refusal', 'decision'];
    for (const [at, kind] of kinds.entries())
      await store().appendLedger('corp', (head) => ({
        system: 'corp',
        number: (head?.number ?? 0) + 1,
        atMs: noonMs + at,
        kind,
        person: 'T1/U0ANA',
        body: '{}',
        previous: '',
        mac: 'aa',
        keyId: 'k1',
      }));
    expect(await store().countDecisionsBy(noonMs, noonMs + 3)).toEqual([{ name: 'T1/U0ANA', count: 2 }]);
  });
}
