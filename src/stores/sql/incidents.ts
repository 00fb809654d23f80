import type { Selectable } from 'kysely';
import { type Failure, type Incident, isFailureOver } from '../../domain/incident.js';
import { ChangedMeanwhile, type IncidentRepository } from '../../ports/store.js';
import { bodies } from './bodies.js';
import { atomicallyOn, didChange, type Engine, firstOf, listOf } from './database.js';
import { wantVersion } from './deliveries.js';
import type { Db, Tables } from './tables.js';

/** Remembers in a database incidents, the failed runs behind them, their mutes, and runs to be polled one by one. */
export function createIncidentRepository(db: Db, engine: Engine): IncidentRepository {
  const atomically = atomicallyOn(db, engine);
  const incidents = () => db.selectFrom('incidents').select(['id', 'body']);
  const failures = () => db.selectFrom('failures').selectAll();
  return {
    addIncident: (incident) =>
      atomically(async (tx) => {
        const { id, code, system, key, version } = incident;
        // Never given out again; a run keeps the code of its own.
        await tx.insertInto('codes').values({ code, system, instance_id: id, approval_id: null }).execute();
        const columns = { is_open: isOpen(incident), body: bodies.incident.write(incident) };
        await tx
          .insertInto('incidents')
          .values({ id, system, key, version, ...columns })
          .execute();
      }),
    saveIncident: (incident, nowMs) =>
      atomically(async (tx) => {
        const saved = await saveIncident(tx, incident);
        await wantVersion(tx, { incidentId: saved.id, version: saved.version, now: engine.at(nowMs) });
        return saved;
      }),
    findIncident: (id) => firstOf(incidents().where('id', '=', id), toIncident),
    findOpenIncident: (key) =>
      firstOf(incidents().where('key', '=', key).where('is_open', '=', 1), toIncident),
    listOpenIncidents: (system) =>
      listOf(incidents().where('system', '=', system).where('is_open', '=', 1).orderBy('number'), toIncident),

    async putFailure(failure) {
      const { ref } = failure.instance;
      const columns = {
        successor_id: failure.successor?.id ?? null,
        incident_id: failure.incidentId,
        is_open: failure.isOld || isFailureOver(failure) ? 0 : 1,
        body: bodies.failure.write(failure),
      };
      await db
        .insertInto('failures')
        .values({ system: ref.system, instance_id: ref.id, ...columns })
        .onConflict((is) => is.columns(['system', 'instance_id']).doUpdateSet(columns))
        .execute();
    },
    findFailure: ({ system, id }) =>
      firstOf(
        failures()
          .where('system', '=', system)
          .where((is) => is.or([is('instance_id', '=', id), is('successor_id', '=', id)]))
          .orderBy((is) => is.case().when('instance_id', '=', id).then(0).else(1).end())
          .orderBy('number', 'desc')
          .limit(1),
        toFailure,
      ),
    listFailures: (incidentId) =>
      listOf(failures().where('incident_id', '=', incidentId).orderBy('number'), toFailure),
    listOpenFailures: (system) =>
      listOf(failures().where('system', '=', system).where('is_open', '=', 1).orderBy('number'), toFailure),

    async putMute(mute) {
      const columns = { until_ms: mute.untilMs, body: bodies.mute.write(mute) };
      await db
        .insertInto('mutes')
        .values({ key: mute.key, ...columns })
        .onConflict((is) => is.column('key').doUpdateSet(columns))
        .execute();
    },
    findMute: (key) =>
      firstOf(db.selectFrom('mutes').select('body').where('key', '=', key), (row) =>
        bodies.mute.read(key, row.body),
      ),
    async removeMute(key) {
      await db.deleteFrom('mutes').where('key', '=', key).execute();
    },

    async watchRun({ system, id }, sinceMs) {
      await db
        .insertInto('watched_runs')
        .values({ system, instance_id: id, since_ms: sinceMs })
        .onConflict((is) => is.doNothing())
        .execute();
    },
    listWatchedRuns: (system) =>
      db
        .selectFrom('watched_runs')
        .select(['system', 'instance_id as id'])
        .where('system', '=', system)
        .orderBy('since_ms')
        .orderBy('instance_id')
        .execute(),
    async unwatchRun({ system, id }) {
      await db
        .deleteFrom('watched_runs')
        .where('system', '=', system)
        .where('instance_id', '=', id)
        .execute();
    },
  };
}

async function saveIncident(db: Db, incident: Incident): Promise<Incident> {
  const saved: Incident = { ...incident, version: incident.version + 1 };
  const save = db
    .updateTable('incidents')
    .set({ version: saved.version, is_open: isOpen(saved), body: bodies.incident.write(saved) })
    .where('id', '=', incident.id)
    .where('version', '=', incident.version);
  if (await didChange(save)) return saved;
  throw new ChangedMeanwhile(`Incident ${incident.id} is not stored in version ${incident.version}`);
}

function isOpen({ state }: Incident): number {
  return state.kind === 'open' ? 1 : 0;
}

function toIncident({ id, body }: { readonly id: string; readonly body: string }): Incident {
  return bodies.incident.read(id, body);
}

function toFailure({ number, body }: Selectable<Tables['failures']>): Failure {
  return bodies.failure.read(number, body);
}
