import { type RawBuilder, sql } from 'kysely';
import type { Incident, Mute } from '../../../domain/alerts/incident.js';
import type { IncidentRepository } from '../../../ports/alert-memory.js';
import { ChangedMeanwhile } from '../../../ports/store.js';
import { atomicallyOn } from '../atomically.js';
import type { Engine } from '../engine.js';
import { readBody } from '../stored-json.js';
import type { Db } from '../tables.js';

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
