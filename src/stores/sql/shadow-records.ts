import type { ShadowRepository } from '../../ports/store.js';
import { bodies } from './bodies.js';
import { firstOf, listOf } from './database.js';
import type { Db } from './tables.js';

/** Remembers in a database what shadow mode noted of each run. */
export function createShadowRepository(db: Db): ShadowRepository {
  return {
    async putShadowRecord(record) {
      const body = bodies.shadowRecord.write(record);
      await db
        .insertInto('shadow_records')
        .values({ id: record.id, at_ms: record.atMs, body })
        .onConflict((is) => is.column('id').doUpdateSet({ at_ms: record.atMs, body }))
        .execute();
    },
    findShadowRecord: (id) =>
      firstOf(db.selectFrom('shadow_records').selectAll().where('id', '=', id), (row) =>
        bodies.shadowRecord.read(row.id, row.body),
      ),
    listShadowRecords: ({ after: { atMs, id }, limit }) =>
      listOf(
        db
          .selectFrom('shadow_records')
          .selectAll()
          .where((is) => is.or([is('at_ms', '>', atMs), is.and([is('at_ms', '=', atMs), is('id', '>', id)])]))
          .orderBy('at_ms')
          .orderBy('id')
          .limit(limit),
        (row) => bodies.shadowRecord.read(row.id, row.body),
      ),
  };
}
