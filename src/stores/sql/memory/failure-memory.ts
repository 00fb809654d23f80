import type { Selectable } from 'kysely';
import { type Failure, isFailureOver } from '../../../domain/alerts/failure.js';
import type { FailureRepository } from '../../../ports/alert-memory.js';
import { readBody } from '../stored-json.js';
import type { Db, Tables } from '../tables.js';

/** Remembers in a database what has become of runs that failed. */
export function createFailureRepository(db: Db): FailureRepository {
  return {
    async putFailure(failure) {
      const { ref } = failure.instance;
      const columns = {
        successor_id: failure.successor?.id ?? null,
        incident_id: failure.incidentId,
        is_open: failure.isOld || isFailureOver(failure) ? 0 : 1,
        body: JSON.stringify(failure),
      };
      await db
        .insertInto('failures')
        .values({ system: ref.system, instance_id: ref.id, ...columns })
        .onConflict((is) => is.columns(['system', 'instance_id']).doUpdateSet(columns))
        .execute();
    },
    async findFailure({ system, id }) {
      const row = await db
        .selectFrom('failures')
        .selectAll()
        .where('system', '=', system)
        .where((is) => is.or([is('instance_id', '=', id), is('successor_id', '=', id)]))
        .orderBy((is) => is.case().when('instance_id', '=', id).then(0).else(1).end())
        .orderBy('number', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row && toFailure(row);
    },
    async listFailures(incidentId) {
      const all = db.selectFrom('failures').selectAll().where('incident_id', '=', incidentId);
      return (await all.orderBy('number').execute()).map(toFailure);
    },
    async listOpenFailures(system) {
      const open = db
        .selectFrom('failures')
        .selectAll()
        .where('system', '=', system)
        .where('is_open', '=', 1);
      return (await open.orderBy('number').execute()).map(toFailure);
    },
  };
}

function toFailure({ number, body }: Selectable<Tables['failures']>): Failure {
  return readBody({ table: 'failures', id: String(number), body });
}
