import { targetKey } from '../../domain/rules.js';
import type { LiveDigest, UnpostedCards } from '../../ports/digest-memory.js';
import type { Context } from '../context.js';

/** Up to so many cards are posted one after the other within seconds; more are announced together first. */
const mostWithoutDigest = 10;
/** A count that is kept true every second would cost all the edits there are. */
const recountEveryMs = 15_000;

/**
 * Sees to it that what waits can be reached although its card cannot be posted yet: where many cards are
 * missing, one message says how many and lets everybody look at theirs.
 *
 * The message counts down while cards are posted, and says so when none is missing any more.
 */
export async function updateDigests(context: Context): Promise<void> {
  const { store, now } = context;
  const missing = await store.countUnpostedCards();
  const live = await store.listLiveDigests();
  const isMany = missing.some(({ count }) => count > mostWithoutDigest);
  if (!isMany && live.length === 0) return;
  for (const digest of live) {
    const count = countAt(digest, missing);
    // More than twice as many is another message than the one people read.
    const isDue = count === 0 || count > 2 * digest.count || now() - digest.countedAtMs >= recountEveryMs;
    if (count !== digest.count && isDue) await store.wantDigest({ ...digest, count }, now());
  }
  for (const { target, count } of missing) {
    const has = live.some((digest) => targetKey(digest.target) === targetKey(target));
    if (count > mostWithoutDigest && !has) await announce(context, { target, count });
  }
}

/** Another bot on the store may be about to announce the same, so whether it has is looked up at that moment. */
async function announce({ store, now, newId }: Context, { target, count }: UnpostedCards): Promise<void> {
  await store.inTransaction(async (transaction) => {
    const live = await transaction.listLiveDigests();
    if (live.some((digest) => targetKey(digest.target) === targetKey(target))) return;
    await transaction.wantDigest({ id: newId(), target, count }, now());
  });
}

function countAt({ target }: LiveDigest, missing: readonly UnpostedCards[]): number {
  return missing.find((one) => targetKey(one.target) === targetKey(target))?.count ?? 0;
}
