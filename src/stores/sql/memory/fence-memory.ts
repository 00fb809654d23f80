import type { FenceRepository } from '../../../ports/leases.js';
import type { Engine } from '../engine.js';
import type { Db } from '../tables.js';

/** Looks in a database whether a right has come to another holder. */
export function createFenceRepository(db: Db, engine: Engine): FenceRepository {
  return {
    async stands({ name, fence }) {
      const row = await db
        .selectFrom('leases')
        .select('fence')
        .where('name', '=', name)
        // Whoever wants to take the right waits for the end of a transaction that relies on it.
        .$if(engine.locksRows && db.isTransaction, (lease) => lease.forShare())
        .executeTakeFirst();
      return row?.fence === fence;
    },
  };
}
