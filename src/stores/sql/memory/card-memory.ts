import type { Insertable } from 'kysely';
import type { MessageRef } from '../../../domain/click.js';
import { priorities } from '../../../domain/delivery.js';
import { type Target, targetKey } from '../../../domain/rules.js';
import type { DeliveryMemory } from '../../../ports/store.js';
import { atomically } from '../atomically.js';
import type { Db, Tables } from '../tables.js';
import { toDelivery } from './to-delivery.js';

type CardMemory = Pick<
  DeliveryMemory,
  'addCard' | 'addNotice' | 'adoptCard' | 'findCardByMessage' | 'listCards'
>;

/**
 * Remembers in a database what is to be said, and where each card is.
 *
 * A notice is the same as an earlier one if both its key and its target are. A card of an approval that was
 * never added throws.
 */
export function createCardMemory(db: Db): CardMemory {
  return {
    addCard: (approvalId, target, priority, nowMs) =>
      atomically(db, async (tx) => {
        const row = newRow({ subject: cardSubject(approvalId), target, priority, nowMs });
        const version = await versionOf(tx, approvalId);
        await insertNew(tx, { ...row, approval_id: approvalId, wanted_version: version });
      }),
    async addNotice(key, notice, target, nowMs) {
      const row = newRow({ subject: `notice:${key}`, target, priority: priorities.notice, nowMs });
      await insertNew(db, { ...row, notice_body: JSON.stringify(notice), wanted_version: 1 });
    },
    adoptCard: (approvalId, message, nowMs) =>
      atomically(db, async (tx) => {
        const version = await versionOf(tx, approvalId);
        await insertNew(tx, { ...adoptedRow(approvalId, message, nowMs), wanted_version: version });
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

function cardSubject(approvalId: string): string {
  return `card:${approvalId}`;
}

function newRow(what: {
  readonly subject: string;
  readonly target: Target;
  readonly priority: number;
  readonly nowMs: number;
}) {
  return {
    subject: what.subject,
    target: targetKey(what.target),
    target_body: JSON.stringify(what.target),
    is_adopted: 0,
    status: 'pending',
    priority: what.priority,
    shown_version: 0,
    wanted_at_ms: what.nowMs,
    due_at_ms: what.nowMs,
    attempts: 0,
    may_have_posted: 0,
  } as const;
}

/** A stray copy stands beside the card that was asked for in that channel, under a target key of its own. */
function adoptedRow(approvalId: string, message: MessageRef, nowMs: number) {
  const target: Target = { kind: 'channel', channel: message.channel };
  return {
    ...newRow({ subject: cardSubject(approvalId), target, priority: priorities.staleButtons, nowMs }),
    target: `adopted:${message.channel}:${message.ts}`,
    is_adopted: 1,
    approval_id: approvalId,
    channel: message.channel,
    ts: message.ts,
  };
}

async function insertNew(db: Db, row: Insertable<Tables['deliveries']>): Promise<void> {
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
