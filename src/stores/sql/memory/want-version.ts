import { type RawBuilder, sql } from 'kysely';
import type { Approval } from '../../../domain/approval.js';
import type { Db } from '../tables.js';

/**
 * Makes an approval's version wanted on all its cards.
 *
 * Changes in between cost no edit: a card has one row, and only the version last wanted is rendered. A card
 * somebody is working on stays hidden from others; it falls due when that claim is given back or expires. A
 * card that was given up gets another try, since what it says now may be accepted.
 */
export async function wantVersion(
  db: Db,
  approval: Pick<Approval, 'id' | 'version'>,
  { priority, now }: { readonly priority: number; readonly now: RawBuilder<number> },
): Promise<void> {
  await db
    .updateTable('deliveries')
    .set({
      wanted_version: approval.version,
      wanted_at_ms: now,
      priority: sql`case when status = 'pending' and priority < ${priority} then priority else ${priority} end`,
      due_at_ms: sql`case when status = 'pending' and (claim is not null or due_at_ms < ${now})
        then due_at_ms else ${now} end`,
      attempts: sql`case when status = 'pending' then attempts else 0 end`,
      status: 'pending',
      given_up_at_ms: null,
    })
    .where('approval_id', '=', approval.id)
    .execute();
}
