import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { LiveBackend } from '../../../../src/ports/backend.js';
import type { Bench } from '../start-bench.js';
import { startBench } from '../start-bench.js';
import { idsOf, poll, startQuietRun } from './polling.js';

const second = 1_000;

const server = fc.record({
  queriesByChange: fc.constantFrom('taken', 'ignored', 'refused', 'late'),
  dates: fc.constantFrom('utc', 'utc-seconds', 'utc-fraction', 'no-zone'),
  totalCountHeader: fc.boolean(),
  pageSize: fc.integer({ min: 2, max: 100 }),
  botAheadMs: fc.constantFrom(-3_600_000, 0, 3_600_000),
});

const deed = fc.record({
  kind: fc.constantFrom('fail', 'fail', 'restart', 'advance', 'start', 'storm', 'tick'),
  which: fc.nat(),
});

const cycle = fc.record({
  /** Several moments of the server, none of them later than the next look. */
  deeds: fc.array(deed, { maxLength: 5 }),
  /** What happens while the look is under way, after so many turns of the event loop. */
  meanwhile: fc.array(deed, { maxLength: 3 }),
  ticks: fc.nat(12),
  pauseMs: fc.constantFrom(0, 15 * second, 240 * second),
  /** How far the node that notes these changes is behind the others. */
  behindMs: fc.integer({ min: 0, max: 80 * second }),
  isKept: fc.oneof({ arbitrary: fc.constant(true), weight: 4 }, { arbitrary: fc.constant(false), weight: 1 }),
  isFull: fc.oneof({ arbitrary: fc.constant(false), weight: 4 }, { arbitrary: fc.constant(true), weight: 1 }),
  isReborn: fc.oneof(
    { arbitrary: fc.constant(false), weight: 6 },
    { arbitrary: fc.constant(true), weight: 1 },
  ),
});

type Run = ReturnType<Bench['command']['instance']>;
type Cycle = typeof cycle extends fc.Arbitrary<infer Value> ? Value : never;

/** A bot that keeps what it is told, and what it has to have been told by when. */
interface Play {
  readonly bench: Bench;
  backend: LiveBackend;
  mark: string;
  /** The status last told of each run. */
  readonly reported: Map<string, string>;
  readonly undated: ReadonlySet<string>;
}

function doDeed({ bench }: Play, { kind, which }: { readonly kind: string; readonly which: number }): void {
  const { command } = bench;
  const runs = command.instances();
  const going = runs.filter(({ status }) => status === 'Running');
  const failed = runs.filter(({ status }) => status === 'Failed');
  const run = going[which % Math.max(going.length, 1)];
  const broken = failed[which % Math.max(failed.length, 1)];
  if (kind === 'tick') bench.advanceClock(second);
  if (kind === 'start') startQuietRun(bench);
  if (kind === 'fail' && run) command.failInstance(run.id, `Boom ${which}`);
  if (kind === 'advance' && run) command.advance(run.id);
  if (kind === 'restart' && broken) command.restartInstance(broken.id, 'CORP\\ann');
  if (kind === 'storm') {
    command.failInstances(
      going.slice(0, which % 12).map(({ id }) => id),
      'The CA is down.',
    );
  }
}

/** Gives the runs that stand otherwise than was told last, as they stand now. */
function unreported({ bench, reported }: Play): readonly Run[] {
  return bench.command.instances().filter(({ id, status }) => reported.get(id) !== status);
}

/** Lets some time pass and things happen, looks, and gives what should have been told and was not. */
async function play(stage: Play, { deeds, meanwhile, ...how }: Cycle): Promise<readonly Run[]> {
  const { bench, reported, undated } = stage;
  bench.advanceClock(how.pauseMs - how.behindMs);
  for (const each of deeds) doDeed(stage, each);
  bench.advanceClock(how.behindMs);
  if (how.isReborn) stage.backend = bench.another();
  const due = unreported(stage).filter(
    ({ id, status }) => !undated.has(id) || (how.isFull && status === 'Failed'),
  );
  const polling = poll(stage.backend, { mark: stage.mark, isFull: how.isFull });
  for (let tick = 0; tick < how.ticks; tick += 1) await new Promise((resolve) => setImmediate(resolve));
  for (const each of meanwhile) doDeed(stage, each);
  const { instances, mark } = await polling;
  if (!how.isKept) return [];
  stage.mark = mark;
  for (const { ref, status } of instances) reported.set(ref.id, status.raw);
  // What changed meanwhile is due at the next look.
  return due.filter(
    ({ id, status }) => bench.command.instance(id).status === status && reported.get(id) !== status,
  );
}

/** Takes the first look at a server with old failures, which it tells, and nothing else. */
async function begin(bench: Bench): Promise<Play> {
  const runs = Array.from({ length: 12 }, () => startQuietRun(bench));
  const [undated, old] = [runs.slice(0, 2), runs.slice(2, 5)];
  bench.command.change({ undated });
  bench.command.failInstances(old, 'Old.');
  const backend = bench.another();
  const { instances, mark } = await poll(backend);
  expect([...idsOf(instances)].sort()).toEqual([...old].sort());
  const reported = new Map(bench.command.instances().map(({ id, status }): [string, string] => [id, status]));
  return { bench, backend, mark, reported, undated: new Set(undated) };
}

describe('looks at a server on which anything happens', () => {
  it('miss nothing that happened before they began', async () => {
    await fc.assert(
      fc.asyncProperty(server, fc.array(cycle, { minLength: 3, maxLength: 10 }), async (given, cycles) => {
        const { pageSize, botAheadMs, ...behaviour } = given;
        const bench = await startBench({ behaviour, settings: { pageSize, timeout: '10s' } });
        try {
          bench.skewBot(botAheadMs);
          const stage = await begin(bench);
          for (const each of cycles) expect(await play(stage, each)).toEqual([]);
        } finally {
          await bench.stop();
        }
      }),
      { numRuns: 40 },
    );
  }, 240_000);
});
