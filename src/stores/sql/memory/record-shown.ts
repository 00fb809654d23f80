import { type Selectable, sql } from 'kysely';
import type { DeliveryRepository } from '../../../ports/delivery-memory.js';
import type { Db, Tables } from '../tables.js';
import { adoptedRow } from './adopted-row.js';
import { posts } from './posts.js';

type Shown = Parameters<DeliveryRepository['markDelivered']>[1];
type Row = Selectable<Tables['deliveries']>;

/** Records that a message shows a version; what whoever came after has done meanwhile stays. */
export async function recordShown(db: Db, number: number, shown: Shown): Promise<void> {
  const row = await db.selectFrom('deliveries').selectAll().where('number', '=', number).executeTakeFirst();
  if (!row) return;
  const isOurs = shown.claim === undefined || row.claim === shown.claim;
  // Nobody else is at it and it has no message yet, so this is it.
  const isFree = row.claim === null && row.ts === null;
  if (isOurs || isFree) return recordOurs(db, number, shown);
  const isSame = row.channel === shown.message.channel && row.ts === shown.message.ts;
  if (isSame) return showAgain(db, number);
  await keepCopy(db, row, shown);
}

async function recordOurs(db: Db, number: number, { message, version }: Shown): Promise<void> {
  // A post that was thought lost may have been adopted meanwhile; now its own delivery keeps it.
  await db
    .deleteFrom('deliveries')
    .where('channel', '=', message.channel)
    .where('ts', '=', message.ts)
    .where('is_adopted', '=', 1)
    .where('number', '<>', number)
    .execute();
  const lost = sql.lit(posts.lost);
  await db
    .updateTable('deliveries')
    .set({
      shown_version: version,
      channel: message.channel,
      ts: message.ts,
      may_have_posted: sql`case when may_have_posted = ${lost} then ${lost} else ${sql.lit(posts.none)} end`,
      attempts: 0,
      claim: null,
      last_error: null,
      given_up_at_ms: null,
      status: sql`case when wanted_version > ${version} then 'pending' else 'done' end`,
      due_at_ms: sql.ref('wanted_at_ms'),
    })
    .where('number', '=', number)
    .execute();
}

/**
 * Makes a message due again that may show what is old, whoever is at it.
 *
 * Whoever holds it loses the claim: what they recorded could be about an edit from before.
 */
export async function showAgain(db: Db, number: number): Promise<void> {
  await db
    .updateTable('deliveries')
    .set({ status: 'pending', claim: null, due_at_ms: sql.ref('wanted_at_ms') })
    .where('number', '=', number)
    .where('ts', 'is not', null)
    .execute();
}

/** A card that was posted besides the one that counts has buttons too, so it is kept true as well. */
async function keepCopy(db: Db, row: Row, { message }: Shown): Promise<void> {
  if (row.approval_id === null) return;
  await db
    .insertInto('deliveries')
    .values({
      ...adoptedRow(row.approval_id, message, sql.lit(row.wanted_at_ms)),
      wanted_version: row.wanted_version,
    })
    .onConflict((is) => is.doNothing())
    .execute();
}
