import type { InsertObject } from 'kysely';
import { priorities } from '../../../domain/delivery.js';
import type { DeliveryRepository } from '../../../ports/delivery-memory.js';
import { atomicallyOn } from '../atomically.js';
import type { Engine } from '../engine.js';
import type { Db, Tables } from '../tables.js';
import { adoptedRow, cardSubject } from './adopted-row.js';
import { newRow } from './new-row.js';
import { toDelivery } from './to-delivery.js';

type CardRepository = Pick<
  DeliveryRepository,
  'addCard' | 'addNotice' | 'adoptCard' | 'findCardByMessage' | 'listCards'
>;

/**
 * Remembers in a database what is to be said, and where each card is.
 *
 * A notice is the same as an earlier one if both its key and its target are. A card of an approval that was
 * never added throws.
 */
export function createCardRepository(db: Db, engine: Engine): CardRepository {
  const atomically = atomicallyOn(db, engine);
  return {
    addCard: (approvalId, target, priority, nowMs) =>
      atomically(async (tx) => {
        const row = newRow({ subject: cardSubject(approvalId), target, priority, now: engine.at(nowMs) });
        const version = await versionOf(tx, approvalId);
        await insertNew(tx, { ...row, approval_id: approvalId, wanted_version: version });
      }),
    async addNotice(key, notice, target, nowMs) {
      const now = engine.at(nowMs);
      const row = newRow({ subject: `notice:${key}`, target, priority: priorities.notice, now });
      await insertNew(db, { ...row, notice_body: JSON.stringify(notice), wanted_version: 1 });
    },
    adoptCard: (approvalId, message, nowMs) =>
      atomically(async (tx) => {
        const version = await versionOf(tx, approvalId);
        await insertNew(tx, {
          ...adoptedRow(approvalId, message, engine.at(nowMs)),
          wanted_version: version,
        });
      }),
    async findCardByMessage(message) {
      const row = await db
        .selectFrom('deliveries')
        .selectAll()
        .where('channel', '=', message.channel)
        .where('ts', '=', message.ts)
        .where('approval_id', 'is not', null)
        .executeTakeFirst();
      return row && toDelivery(row);
    },
    async listCards(approvalId) {
      const cards = db.selectFrom('deliveries').selectAll().where('approval_id', '=', approvalId);
      return (await cards.orderBy('number').execute()).map(toDelivery);
    },
  };
}

async function insertNew(db: Db, row: InsertObject<Tables, 'deliveries'>): Promise<void> {
  await db
    .insertInto('deliveries')
    .values(row)
    .onConflict((is) => is.doNothing())
    .execute();
}

async function versionOf(db: Db, approvalId: string): Promise<number> {
  const row = await db
    .selectFrom('approvals')
    .select('version')
    .where('id', '=', approvalId)
    .executeTakeFirst();
  if (!row) throw new Error(`Approval ${approvalId} was never added`);
  return row.version;
}
