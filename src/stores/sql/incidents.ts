import { type RawBuilder, type Selectable, sql } from 'kysely';
import { type Failure, type Incident, isFailureOver, type Mute } from '../../domain/incident.js';
import {
  ChangedMeanwhile,
  type FailureRepository,
  type IncidentRepository,
  type WatchRepository,
} from '../../ports/store.js';
import { atomicallyOn, type Engine } from './database.js';
import { type Db, readBody, type Tables } from './tables.js';

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

/** Remembers incidents in a database, and which of them nobody wants to hear of. */
export function createIncidentRepository(
  db: Db,
  engine: Engine,
): Omit<IncidentRepository, 'addAlert' | 'wantFollowUp'> {
  const atomically = atomicallyOn(db, engine);
  return {
    addIncident: (incident) =>
      atomically(async (tx) => {
        const { id, code, system, key, version } = incident;
        // Never given out again; a run keeps the code of its own.
        await tx.insertInto('codes').values({ code, system, instance_id: id, approval_id: null }).execute();
        await tx
          .insertInto('incidents')
          .values({ id, system, key, version, is_open: isOpen(incident), body: JSON.stringify(incident) })
          .execute();
      }),
    async findIncident(id) {
      const row = await db
        .selectFrom('incidents')
        .select(['id', 'body'])
        .where('id', '=', id)
        .executeTakeFirst();
      return row && toIncident(row);
    },
    async findOpenIncident(key) {
      const row = await db
        .selectFrom('incidents')
        .select(['id', 'body'])
        .where('key', '=', key)
        .where('is_open', '=', 1)
        .executeTakeFirst();
      return row && toIncident(row);
    },
    async listOpenIncidents(system) {
      const open = db
        .selectFrom('incidents')
        .select(['id', 'body'])
        .where('system', '=', system)
        .where('is_open', '=', 1);
      return (await open.orderBy('number').execute()).map(toIncident);
    },
    saveIncident: (incident, nowMs) => atomically((tx) => saveIncident(tx, incident, engine.at(nowMs))),
    async putMute(mute) {
      const columns = { until_ms: mute.untilMs, body: JSON.stringify(mute) };
      await db
        .insertInto('mutes')
        .values({ key: mute.key, ...columns })
        .onConflict((is) => is.column('key').doUpdateSet(columns))
        .execute();
    },
    async findMute(key) {
      const row = await db.selectFrom('mutes').selectAll().where('key', '=', key).executeTakeFirst();
      return row && readBody<Mute>({ table: 'mutes', id: key, body: row.body });
    },
    async removeMute(key) {
      await db.deleteFrom('mutes').where('key', '=', key).execute();
    },
  };
}

async function saveIncident(db: Db, incident: Incident, now: RawBuilder<number>): Promise<Incident> {
  const saved: Incident = { ...incident, version: incident.version + 1 };
  const { numUpdatedRows } = await db
    .updateTable('incidents')
    .set({ version: saved.version, is_open: isOpen(saved), body: JSON.stringify(saved) })
    .where('id', '=', incident.id)
    .where('version', '=', incident.version)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) {
    throw new ChangedMeanwhile(`Incident ${incident.id} is not stored in version ${incident.version}`);
  }
  // Follow-ups have versions of their own; they alone carry a body.
  await db
    .updateTable('deliveries')
    .set({
      wanted_version: saved.version,
      wanted_at_ms: now,
      due_at_ms: sql`case when status = 'pending' and (claim is not null or due_at_ms < ${now})
        then due_at_ms else ${now} end`,
      attempts: sql`case when status = 'pending' then attempts else 0 end`,
      status: 'pending',
      given_up_at_ms: null,
    })
    .where('incident_id', '=', incident.id)
    .where('notice_body', 'is', null)
    .execute();
  return saved;
}

function isOpen({ state }: Incident): number {
  return state.kind === 'open' ? 1 : 0;
}

function toIncident(row: { readonly id: string; readonly body: string }): Incident {
  return readBody({ table: 'incidents', ...row });
}

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
