import type { Store } from '../../ports/store.js';
import type { ObservationLease } from './observation-lease.js';

/**
 * Makes what keeps the right to look at a system for another while, also during a long look; it looks at once
 * when the right has come from another replica.
 */
export function createLeaseRenewal(renewed: {
  readonly store: Pick<Store, 'isShared'>;
  readonly lease: ObservationLease;
  readonly poll: () => void;
}): () => Promise<void> {
  const { store, lease, poll } = renewed;
  let known: number | undefined;
  return async () => {
    if (!store.isShared) return;
    const delayed = await lease.take();
    if (delayed && delayed.fence !== known) poll();
    known = delayed?.fence;
  };
}
