import type { Changes, Since } from '../../../ports/backend.js';
import type { Listing } from '../instances/list-instances.js';
import type { PollChanges } from './look-for-changes.js';

/** What a walk through the list of everything that waits has found. */
export interface Walk {
  readonly listing: Listing;
  /** Fingerprints of remembered instances that were read besides and had not changed, by id. */
  readonly unchanged: Map<string, string>;
}

/** A walk, made now or before, and what has changed on the whole server. */
export interface Walked {
  readonly walk: Walk;
  /** True when the walk was made before, and nothing has changed since. */
  readonly isRepeated: boolean;
  readonly changes?: Changes;
}

/** A walk that took no more requests than these is always made again: roles change without a trace in lists. */
const fewRequests = 4;

/**
 * Creates the walk, which is spared while nothing changes on the server.
 *
 * It is made all the same for a full look, after a start, while anything tells no time of its last change, and
 * until one look after the last change was seen: two changes within one tick of the server's clock look alike.
 */
export function createWalking(deps: {
  readonly list: () => Promise<Listing>;
  readonly pollChanges: PollChanges;
}): (since: Since | undefined) => Promise<Walked> {
  let last: { readonly walk: Walk; readonly isRepeatable: boolean } | undefined;

  async function walkAnew(): Promise<Walk> {
    last = undefined;
    return { listing: await deps.list(), unchanged: new Map() };
  }

  return async (since) => {
    const known = last?.isRepeatable && isCostly(last.walk) && !since?.isFull ? last.walk : undefined;
    // A walk that has to be made comes first: its failure is everybody's, that of the changes is their own.
    const made = known === undefined ? await walkAnew() : undefined;
    const { changes, isUnchanged } = await deps.pollChanges(since);
    const isRepeated = made === undefined && isUnchanged;
    const walk = made ?? (known !== undefined && isUnchanged ? known : await walkAnew());
    last = {
      walk,
      isRepeatable: isUnchanged && walk.listing.rows.every(({ lastmodified }) => lastmodified !== undefined),
    };
    return { walk, isRepeated, ...(changes === undefined ? {} : { changes }) };
  };
}

function isCostly({ listing, unchanged }: Walk): boolean {
  return listing.pages + unchanged.size > fewRequests;
}
