import { existsSync } from 'node:fs';
import { replicaPrefix } from '../ports/leases.js';
import { isPostgresUrl } from '../shared/is-postgres-url.js';
import { nameOfPlace } from './name-of-place.js';
import { openPlace, type PlaceOptions } from './open-place.js';
import { createBotLease } from './sql/bot-lease.js';
import { copyTables, isEmpty } from './sql/copy-tables.js';
import { createLeases } from './sql/leases.js';
import type { OpenDatabase } from './sql/open-database.js';

/** How the copying of a store went; places are named without their passwords. */
export type CopyOutcome =
  | { readonly kind: 'copied'; readonly rows: number }
  | { readonly kind: 'not-there' | 'not-empty'; readonly place: string }
  | { readonly kind: 'in-use'; readonly place: string; readonly replicaId: string };

/** Longer than any copying takes; it is given back at the end of it. */
const leaseMs = 3_600_000;

/**
 * Copies everything a store remembers into another one, which remembers nothing yet.
 *
 * No bot can work on either meanwhile, and none may when it begins. If anything goes wrong, the other one is
 * as empty as before.
 */
export async function copyStore(options: {
  readonly from: string;
  readonly to: string;
  /** Names this copying, as a bot would be named. */
  readonly replicaId: string;
  readonly places: PlaceOptions;
}): Promise<CopyOutcome> {
  const { from, to, replicaId, places } = options;
  if (!isPostgresUrl(from) && !existsSync(from)) return { kind: 'not-there', place: from };
  return using(from, places, (source) =>
    whileLocked(source, { place: from, replicaId: replicaId }, () =>
      using(to, places, (target) =>
        whileLocked(target, { place: to, replicaId: replicaId }, async () => {
          if (!(await isEmpty(target))) return { kind: 'not-empty', place: nameOfPlace(to) };
          const rows = await copyTables(source, target, () => confirmLocked(source, replicaId));
          return { kind: 'copied', rows };
        }),
      ),
    ),
  );
}

async function using<T>(
  place: string,
  options: PlaceOptions,
  work: (database: OpenDatabase) => Promise<T>,
): Promise<T> {
  const database = await openPlace(place, options);
  try {
    return await work(database);
  } finally {
    await database.close();
  }
}

/** Works on a database as its one bot. */
async function whileLocked(
  { db, engine }: OpenDatabase,
  { place, replicaId }: { readonly place: string; readonly replicaId: string },
  work: () => Promise<CopyOutcome>,
): Promise<CopyOutcome> {
  const lease = createBotLease(db, engine);
  if (!(await lease.acquireBotLease(replicaId, Date.now(), leaseMs))) {
    const other = (await lease.getBotReplicaId()) ?? 'another bot';
    return { kind: 'in-use', place: nameOfPlace(place), replicaId: other };
  }
  try {
    // Several bots at work hold no right to the whole store, but none can join them from now on.
    const [bot] = await createLeases(db, engine).listLeaseReplicaIds(replicaPrefix, Date.now());
    if (bot !== undefined) return { kind: 'in-use', place: nameOfPlace(place), replicaId: bot };
    return await work();
  } finally {
    await lease.releaseBotLease(replicaId);
  }
}

async function confirmLocked({ db, engine }: OpenDatabase, replicaId: string): Promise<void> {
  if (await createBotLease(db, engine).acquireBotLease(replicaId, Date.now(), leaseMs)) return;
  throw new Error('A bot took the store over while it was copied; nothing was copied');
}
