import { type Instance, refKey } from '../../../domain/instance.js';
import type { Changes, InstanceReading, Since } from '../../../ports/backend.js';
import type { Log } from '../../../ports/log.js';
import { mapAtMost } from '../../../shared/map-at-most.js';
import type { ReadExecution } from '../reading/read-execution.js';
import { type Failed, hasFailedToRead, tryReading } from '../reading/try-reading.js';
import { followedIn, followOn } from './followed.js';

const readsAtOnce = 4;

/** What watching came to, failures to read included. */
export interface Watched {
  readonly changes: Changes;
  readonly polls: readonly (InstanceReading | Instance | Failed | undefined)[];
}

/**
 * Reads every execution that is watched: those the caller names, those followed from looks before, and the latest
 * of each workflow.
 *
 * Everything read is told, what went on as well as what failed. What cannot be read for now is left out.
 */
export async function watch(
  { watched, mark }: Since,
  deps: {
    readonly system: string;
    /** Workflows whose executions are watched whoever started them. */
    readonly workflows: readonly string[];
    readonly read: ReadExecution;
    readonly readLast: (workflow: string) => Promise<Instance | undefined>;
    readonly log: Log;
  },
): Promise<Watched> {
  const { system, workflows, read, readLast, log } = deps;
  const followed = followedIn(mark);
  const ids = [...new Set([...watched.map(({ id }) => id), ...followed])];
  const readings = await mapAtMost(readsAtOnce, ids, (id) => {
    const ref = { system, id };
    return tryReading(() => read(ref), { log, instance: refKey(ref) });
  });
  const lasts = await mapAtMost(readsAtOnce, workflows, (workflow) =>
    tryReading(() => readLast(workflow), { log, workflow: `${system}/${workflow}` }),
  );
  const latest = lasts.flatMap((last) => (last === undefined || hasFailedToRead(last) ? [] : [last]));
  const found = readings.flatMap((one) => ('kind' in one && one.kind === 'found' ? [one.instance] : []));
  const gone = new Set(ids.filter((_, index) => isGone(readings[index])));
  const reported = new Map([...found, ...latest].map((instance) => [instance.ref.id, instance]));
  const instances = [...reported.values()];
  const next = followOn(followed, { found: instances, gone, latest: latest.map(({ ref }) => ref.id) });
  if (next.dropped > 0)
    log.warn({ system, executions: next.dropped }, 'Too many executions to follow them all');
  return {
    changes: { kind: 'read', instances, mark: next.mark },
    polls: [...readings, ...lasts],
  };
}

function isGone(reading: InstanceReading | Failed | undefined): boolean {
  return reading !== undefined && 'kind' in reading && reading.kind === 'not-visible';
}
