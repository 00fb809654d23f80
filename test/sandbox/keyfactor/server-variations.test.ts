import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Bench } from './start-bench.js';
import { approvalStep, member, startBench } from './start-bench.js';

let bench: Bench;
let id: string;

beforeEach(async () => {
  bench = await startBench();
  id = bench.startRun();
});

afterEach(() => bench.command.stop());

const read = async (path: string): Promise<unknown> => (await bench.get(`/Workflow/${path}`)).body;
const first = (value: unknown): unknown => (Array.isArray(value) ? value[0] : undefined);

describe('what varies between servers', () => {
  it('is the status: a name, a number, or something new', async () => {
    const status = async () => member(await read(`Instances/${id}`), 'Status');
    expect(await status()).toBe('Suspended');
    bench.command.change({ statusAs: 'integer' });
    expect(Number.isInteger(await status())).toBe(true);
    bench.command.change({ statusOverride: { Suspended: 'OnHold' } });
    expect(await status()).toBe('OnHold');
  });

  it('is the case of the names, but never that of the data', async () => {
    bench.command.change({ keys: 'camel' });
    bench.command.changeData(id, { CSR: 'x', Nested: { Inner: 1 } });
    expect(await read(`Instances/${id}`)).toMatchObject({
      currentStepUniqueName: 'Security',
      definition: { displayName: 'Web server' },
      currentStateData: { CSR: 'x', Nested: { Inner: 1 } },
    });
    expect((await bench.get('/Workflow/Instances?SortField=x')).body).toMatchObject({
      errorCode: '0xA011004A',
    });
  });

  it.each([
    ['utc', '2025-03-04T05:06:07.08Z'],
    ['utc-seconds', '2025-03-04T05:06:07Z'],
    ['utc-fraction', '2025-03-04T05:06:07.0800000Z'],
    ['no-zone', '2025-03-04T05:06:07.080'],
  ] as const)('is the form of dates: %s', async (dates, expected) => {
    bench.command.change({ dates });
    expect(member(await read(`Instances/${id}`), 'StartDate')).toBe(expected);
  });

  it('is whose signal the open signal speaks of', async () => {
    const later = bench.startRun([approvalStep({ minimumApprovals: 2 })]);
    await bench.signal(later, 'CORP\\ann');
    const received = async (as: string) => {
      const { body } = await bench.get(`/Workflow/Instances/${later}`, as);
      return member(first(member(body, 'Signals')), 'SignalReceived');
    };
    expect([await received('CORP\\ann'), await received('CORP\\bob')]).toEqual([true, true]);
    bench.command.change({ signalReceived: 'caller' });
    expect([await received('CORP\\ann'), await received('CORP\\bob')]).toEqual([true, false]);
  });
});
