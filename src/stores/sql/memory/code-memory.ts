import type { CodeRepository } from '../../../ports/change-memory.js';
import type { Db } from '../tables.js';

/** Remembers in a database which run each short code names; those of approvals are kept in the same place. */
export function createCodeRepository(db: Db): CodeRepository {
  return {
    async findByCode(code) {
      return db
        .selectFrom('codes')
        .select(['system', 'instance_id as id'])
        .where('code', '=', code)
        .executeTakeFirst();
    },
    /** What an open card shows goes first: people read it there and say it aloud. */
    async codeOf(ref) {
      const row = await db
        .selectFrom('codes')
        .leftJoin('approvals', 'approvals.id', 'codes.approval_id')
        .select('codes.code')
        .where('codes.system', '=', ref.system)
        .where('codes.instance_id', '=', ref.id)
        .orderBy((is) => is.fn.coalesce('approvals.is_open', is.lit(0)), 'desc')
        .orderBy('codes.number', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row?.code;
    },
    async addCode(code, ref) {
      const added = await db
        .insertInto('codes')
        .values({ code, system: ref.system, instance_id: ref.id, approval_id: null })
        .onConflict((is) => is.column('code').doNothing())
        .executeTakeFirst();
      return added.numInsertedOrUpdatedRows !== 0n;
    },
  };
}
