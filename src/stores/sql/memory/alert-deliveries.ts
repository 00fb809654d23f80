import { sql } from 'kysely';
import { priorities } from '../../../domain/delivery.js';
import { type Target, targetKey } from '../../../domain/rules.js';
import type { IncidentRepository } from '../../../ports/alert-memory.js';
import type { DeliveryRepository } from '../../../ports/delivery-memory.js';
import { atomicallyOn } from '../atomically.js';
import type { Engine } from '../engine.js';
import { readBody } from '../stored-json.js';
import type { Db } from '../tables.js';
import { newRow } from './new-row.js';

type AlertDeliveries = Pick<IncidentRepository, 'addAlert' | 'wantFollowUp'> &
  Pick<DeliveryRepository, 'alertMessage'>;

/** Remembers in a database where alerts are wanted, and what is to be said in their threads. */
export function createAlertDeliveries(db: Db, engine: Engine): AlertDeliveries {
  const atomically = atomicallyOn(db, engine);
  return {
    addAlert: (incidentId, target, nowMs) =>
      atomically(async (tx) => {
        const row = newRow({
          subject: `alert:${incidentId}`,
          target,
          priority: priorities.alert,
          now: engine.at(nowMs),
        });
        await tx
          .insertInto('deliveries')
          .values({ ...row, incident_id: incidentId, wanted_version: await versionOf(tx, incidentId) })
          .onConflict((is) => is.doNothing())
          .execute();
      }),
    wantFollowUp: (incidentId, key, followUp, dueAtMs) =>
      atomically(async (tx) => {
        const now = engine.at(dueAtMs);
        for (const target of await alertTargets(tx, incidentId)) {
          const subject = `follow-up:${incidentId}:${key}`;
          const row = newRow({ subject, target, priority: priorities.alert, now });
          await tx
            .insertInto('deliveries')
            .values({
              ...row,
              incident_id: incidentId,
              notice_body: JSON.stringify(followUp),
              wanted_version: 1,
            })
            .onConflict((is) =>
              is.columns(['subject', 'target']).doUpdateSet({
                wanted_version: sql`deliveries.wanted_version + 1`,
                wanted_at_ms: now,
                due_at_ms: sql`case when deliveries.claim is not null then deliveries.due_at_ms else ${now} end`,
                status: 'pending',
                notice_body: JSON.stringify(followUp),
                given_up_at_ms: null,
              }),
            )
            .execute();
        }
      }),
    async alertMessage(incidentId, target) {
      const row = await db
        .selectFrom('deliveries')
        .select(['channel', 'ts', 'status'])
        .where('subject', '=', `alert:${incidentId}`)
        .where('target', '=', targetKey(target))
        .executeTakeFirst();
      if (!row) return 'none';
      const { channel, ts, status } = row;
      if (channel !== null && ts !== null) return { channel, ts };
      return status === 'pending' ? 'not-yet' : 'none';
    },
  };
}

async function alertTargets(db: Db, incidentId: string): Promise<readonly Target[]> {
  const rows = await db
    .selectFrom('deliveries')
    .select(['number', 'target_body'])
    .where('subject', '=', `alert:${incidentId}`)
    .execute();
  return rows.map(({ number, target_body: body }) =>
    readBody<Target>({ table: 'deliveries', id: String(number), body }),
  );
}

async function versionOf(db: Db, incidentId: string): Promise<number> {
  const row = await db
    .selectFrom('incidents')
    .select('version')
    .where('id', '=', incidentId)
    .executeTakeFirst();
  if (!row) throw new Error(`Incident ${incidentId} was never added`);
  return row.version;
}
