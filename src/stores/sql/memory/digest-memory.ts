import { sql } from 'kysely';
import { priorities } from '../../../domain/delivery.js';
import type { Target } from '../../../domain/rules.js';
import type { DigestRepository } from '../../../ports/digest-memory.js';
import type { Engine } from '../engine.js';
import { readBody } from '../stored-json.js';
import type { Db } from '../tables.js';
import { newRow } from './new-row.js';

/** What the subjects of digests begin with. */
const prefix = 'digest:';

/** Remembers in a database which cards are missing where, and the digests that stand for them. */
export function createDigestRepository(db: Db, engine: Engine): DigestRepository {
  return {
    async countUnpostedCards() {
      const rows = await db
        .selectFrom('deliveries')
        .select((is) => ['target', 'target_body', is.fn.countAll<number>().as('count')])
        .where('status', '=', 'pending')
        .where('approval_id', 'is not', null)
        .where('channel', 'is', null)
        .groupBy(['target', 'target_body'])
        .orderBy('target')
        .execute();
      return rows.map(({ target, target_body: body, count }) => ({ target: toTarget(target, body), count }));
    },
    async listLiveDigests() {
      const rows = await db
        .selectFrom('deliveries')
        .select(['number', 'subject', 'target', 'target_body', 'notice_body', 'wanted_at_ms', 'channel'])
        .where('subject', 'like', `${prefix}%`)
        .where('notice_body', '<>', bodyOf(0))
        .orderBy('number')
        .execute();
      return rows.map((row) => ({
        id: row.subject.slice(prefix.length),
        target: toTarget(row.target, row.target_body),
        count: countIn(String(row.number), row.notice_body),
        countedAtMs: row.wanted_at_ms,
        isPosted: row.channel !== null,
      }));
    },
    async wantDigest({ id, target, count }, nowMs) {
      const now = engine.at(nowMs);
      const row = newRow({ subject: prefix + id, target, priority: priorities.digest, now });
      await db
        .insertInto('deliveries')
        .values({ ...row, notice_body: bodyOf(count), wanted_version: 1 })
        .onConflict((is) =>
          is.columns(['subject', 'target']).doUpdateSet({
            notice_body: bodyOf(count),
            wanted_version: sql`deliveries.wanted_version + 1`,
            wanted_at_ms: now,
            due_at_ms: sql`case when deliveries.claim is not null then deliveries.due_at_ms else ${now} end`,
            status: 'pending',
            given_up_at_ms: null,
          }),
        )
        .execute();
    },
    async findDigestFor(approvalId) {
      const row = await db
        .selectFrom('deliveries as digest')
        .innerJoin('deliveries as card', 'card.target', 'digest.target')
        .select(['digest.channel', 'digest.ts'])
        .where('digest.subject', 'like', `${prefix}%`)
        .where('digest.channel', 'is not', null)
        .where('card.approval_id', '=', approvalId)
        .where('card.channel', 'is', null)
        .orderBy('digest.number', 'desc')
        .limit(1)
        .executeTakeFirst();
      if (!row || row.channel === null || row.ts === null) return undefined;
      return { channel: row.channel, ts: row.ts };
    },
    async isDigestFor(approvalId, { channel, ts }) {
      const row = await db
        .selectFrom('deliveries as digest')
        .innerJoin('deliveries as card', 'card.target', 'digest.target')
        .select('digest.number')
        .where('digest.subject', 'like', `${prefix}%`)
        .where('digest.channel', '=', channel)
        .where('digest.ts', '=', ts)
        .where('card.approval_id', '=', approvalId)
        .executeTakeFirst();
      return row !== undefined;
    },
  };
}

/** Reads how many cards a digest's row speaks of. */
export function countIn(id: string, body: string | null): number {
  return readBody<{ readonly count: number }>({ table: 'deliveries', id, body: body ?? '' }).count;
}

/** Tells whether a delivery's subject is a digest. */
export function isDigest(subject: string): boolean {
  return subject.startsWith(prefix);
}

function bodyOf(count: number): string {
  return JSON.stringify({ count });
}

function toTarget(id: string, body: string): Target {
  return readBody({ table: 'deliveries', id, body });
}
