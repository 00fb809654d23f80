import type { WatchRepository } from '../../../ports/alert-memory.js';
import type { Db } from '../tables.js';

/** Remembers in a database which runs are to be looked at where nothing lists them. */
export function createWatchRepository(db: Db): WatchRepository {
  return {
    async watchRun({ system, id }, sinceMs) {
      await db
        .insertInto('watched_runs')
        .values({ system, instance_id: id, since_ms: sinceMs })
        .onConflict((is) => is.doNothing())
        .execute();
    },
    async listWatchedRuns(system) {
      const watched = db
        .selectFrom('watched_runs')
        .select(['system', 'instance_id as id'])
        .where('system', '=', system);
      return watched.orderBy('since_ms').orderBy('instance_id').execute();
    },
    async unwatchRun({ system, id }) {
      await db
        .deleteFrom('watched_runs')
        .where('system', '=', system)
        .where('instance_id', '=', id)
        .execute();
    },
  };
}
