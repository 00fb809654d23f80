import type { Instance } from '../../../src/domain/instance.js';
import type { Changes, Since } from '../../../src/ports/backend.js';
import { type Run, toInstance } from './run.js';

/** Tells which runs have changed, the latest first and some of them a second time, as the real client does. */
export function reportChanges(runs: readonly Run[], { mark, isFull }: Since): Changes {
  const since = mark === undefined ? Number.POSITIVE_INFINITY : Number(mark);
  const reported = runs.filter(
    ({ status, place, isVisible }) =>
      isVisible && (place >= since || ((isFull || mark === undefined) && status === 'failed')),
  );
  const latest = Math.max(0, ...runs.map(({ place }) => place));
  return {
    kind: 'read',
    instances: [...reported].sort((a, b) => b.place - a.place).map(asListed),
    mark: String(latest),
  };
}

/** A list shows neither who asked nor for what. */
function asListed(run: Run): Instance {
  return { ...toInstance(run), facts: { requesters: [], names: [], others: [] }, isPartial: true };
}
