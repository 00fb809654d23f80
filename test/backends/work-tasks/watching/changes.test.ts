import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { InstanceRef } from '../../../../src/domain/instance.js';
import type { Changes } from '../../../../src/ports/backend.js';
import { defined } from '../../../../src/shared/language.js';
import type { Bench } from '../start-bench.js';
import { numberOf, startBench } from '../start-bench.js';

let bench: Bench;

afterEach(() => bench.stop());

const followed = {
  repositories: [
    { repository: 'HR', workflows: [{ name: 'Leave WF', watch: 'on' }, { name: 'Night #1 & more' }] },
  ],
};

type Read = Extract<Changes, { kind: 'read' }>;

async function poll(given: {
  readonly mark?: string | undefined;
  readonly watched?: readonly InstanceRef[];
}): Promise<Read> {
  const { mark, watched = [] } = given;
  const since = { ...defined({ mark }), watched, isFull: false };
  const { changes } = await bench.backend.observe([], since);
  if (changes?.kind !== 'read') throw new Error('Changes were to be read.');
  return changes;
}

const found = ({ instances }: Read) => instances.map(({ ref, status }) => [ref.id, status.kind]);
const at = (ref: InstanceRef) => ({ repository: 'HR', id: numberOf(ref) });

describe('executions the bot started or was told of', () => {
  it('are told however they stand', async () => {
    bench = await startBench();
    const watched = ['Leave WF', 'Leave WF', 'Night #1 & more', 'Leave WF'].map((workflow) =>
      bench.begin(workflow),
    );
    const [a, b, c, d] = watched;
    if (!a || !b || !c || !d) throw new Error('Four were begun.');
    bench.workTasks.failWithError(at(a), 'Boom');
    bench.workTasks.abort(at(b));
    bench.workTasks.finish(at(c));
    const read = await poll({ watched });
    expect(found(read)).toEqual([
      [a.id, 'failed'],
      [b.id, 'aborted'],
      [c.id, 'complete'],
      [d.id, 'suspended'],
    ]);
    expect(read.mark).not.toBe('');
  });

  it('are told again once they were resumed with errors', async () => {
    bench = await startBench();
    const ref = bench.begin();
    bench.workTasks.failWithError(at(ref), 'Boom');
    expect(found(await poll({ watched: [ref] }))).toEqual([[ref.id, 'failed']]);
    expect(await bench.change({ kind: 'resume', instance: ref, afterError: true })).toMatchObject({
      kind: 'accepted',
    });
    expect(found(await poll({ watched: [ref] }))).toEqual([[ref.id, 'suspended']]);
  });

  it('are read once, remembered as well or the latest of a followed workflow', async () => {
    bench = await startBench({ settings: followed });
    const ref = bench.begin();
    const remembered = [{ ref, fingerprint: '', isAssigned: false }];
    const observation = await bench.backend.observe(remembered, { watched: [ref], isFull: false });
    expect(observation).toMatchObject({ snapshots: [{ kind: 'seen' }], changes: { instances: [{ ref }] } });
    expect(bench.requests('status')).toHaveLength(1);
    expect(bench.requests('lastinstance')).toHaveLength(1);
  });

  it('are left out while they cannot be read, and the others told', async () => {
    bench = await startBench({ retryOptions: { retries: 0 } });
    const watched = [bench.begin(), bench.begin(), { system: 'plant-hr', id: 'Leave WF#777' }];
    bench.workTasks.fail({ fault: 'http-500', path: 'status' });
    const read = await poll({ watched });
    expect(read.instances).toHaveLength(1);
    expect(bench.lines.filter(({ level }) => level === 'warn')).toHaveLength(1);
  });

  it('make the system count as away when none of them can be read', async () => {
    bench = await startBench({ retryOptions: { retries: 0 } });
    const ref = bench.begin();
    await bench.workTasks.goDown();
    const since = { watched: [ref], isFull: false };
    expect(await bench.failure(bench.backend.observe([], since))).toMatchObject({ code: 'unreachable' });
  });

  it('are asked for by nobody while alerts are off', async () => {
    bench = await startBench({ settings: followed });
    bench.begin();
    expect(await bench.backend.observe([])).toEqual({ snapshots: [] });
    expect(bench.requests('lastinstance')).toEqual([]);
  });
});

describe('executions others start', () => {
  it('are told of workflows the settings name, and of no others', async () => {
    bench = await startBench({ settings: followed });
    expect((await poll({})).instances).toEqual([]);
    const ref = bench.begin();
    bench.begin('Night #1 & more');
    expect(found(await poll({}))).toEqual([[ref.id, 'suspended']]);
  });

  it('are followed to their end, also once others have started', async () => {
    bench = await startBench({ settings: followed });
    const first = bench.begin();
    let { mark } = await poll({});
    const second = bench.begin();
    ({ mark } = await poll({ mark }));
    bench.workTasks.failWithError(at(first), 'Boom');
    const read = await poll({ mark });
    expect(found(read)).toEqual([
      [first.id, 'failed'],
      [second.id, 'suspended'],
    ]);
    bench.workTasks.finish(at(first));
    ({ mark } = await poll({ mark: read.mark }));
    expect(found(await poll({ mark }))).toEqual([[second.id, 'suspended']]);
  });

  it('are followed by a bot that was started again, and from a mark that is not understood', async () => {
    bench = await startBench({ settings: followed });
    const first = bench.begin();
    const { mark } = await poll({});
    bench.begin();
    const [again] = bench.another();
    const { changes } = (await again?.observe([], { mark, watched: [], isFull: false })) ?? {};
    expect(changes?.kind === 'read' && found(changes)).toContainEqual([first.id, 'suspended']);
    for (const strange of ['2026-01-05', '{"a":1}', '[1]']) {
      expect((await poll({ mark: strange })).instances).toHaveLength(1);
    }
  });

  it('are missed by no look that began after they failed', async () => {
    const deed = fc.record({ kind: fc.constantFrom('fail', 'abort', 'finish'), which: fc.nat() });
    const cycle = fc.record({
      begins: fc.boolean(),
      deeds: fc.array(deed, { maxLength: 3 }),
      isKept: fc.boolean(),
    });
    bench = await startBench({ settings: followed });
    await fc.assert(
      fc.asyncProperty(fc.array(cycle, { maxLength: 8 }), async (cycles) => {
        const refs: InstanceRef[] = [];
        let mark: string | undefined;
        for (const { begins, deeds, isKept } of cycles) {
          for (const each of deeds) doDeed(refs, each);
          const open = refs.filter((ref) => ['FE', 'SL'].includes(bench.workTasks.execution(at(ref)).status));
          const read = await poll({ mark });
          const reported = new Map(read.instances.map(({ ref, status }) => [ref.id, status.raw]));
          for (const ref of open)
            expect(reported.get(ref.id)).toBe(bench.workTasks.execution(at(ref)).status);
          if (isKept) mark = read.mark;
          // Of several that start between two looks only the last is seen, so each gets a look that is kept.
          if (!begins) continue;
          refs.push(bench.begin());
          ({ mark } = await poll({ mark }));
        }
      }),
      { numRuns: 20 },
    );
  }, 60_000);
});

function doDeed(
  refs: readonly InstanceRef[],
  { kind, which }: { readonly kind: string; readonly which: number },
): void {
  const ref = refs[which % Math.max(refs.length, 1)];
  if (!ref) return;
  const { status } = bench.workTasks.execution(at(ref));
  if (status === 'FN' || status === 'AB') return;
  if (kind === 'fail') bench.workTasks.failWithError(at(ref), `Boom ${which}`);
  if (kind === 'abort') bench.workTasks.abort(at(ref));
  if (kind === 'finish') bench.workTasks.finish(at(ref));
}
