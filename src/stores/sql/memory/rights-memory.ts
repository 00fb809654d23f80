import { personKey } from '../../../domain/person.js';
import type { Receipt, Suspension } from '../../../domain/receipt.js';
import type { RightsRepository } from '../../../ports/rights-memory.js';
import { readBody } from '../stored-json.js';
import type { Db } from '../tables.js';

/** Remembers receipts and suspended rights in a database. */
export function createRightsRepository(db: Db): RightsRepository {
  return {
    async addReceipt(receipt) {
      const added = await db
        .insertInto('receipts')
        .values({ code: receipt.code, at_ms: receipt.vote.atMs, body: JSON.stringify(receipt) })
        .onConflict((is) => is.column('code').doNothing())
        .executeTakeFirst();
      return added.numInsertedOrUpdatedRows !== 0n;
    },
    async findReceipt(code) {
      const found = db.selectFrom('receipts').select('body').where('code', '=', code);
      const row = await found.executeTakeFirst();
      return row && readBody<Receipt>({ table: 'receipts', id: code, body: row.body });
    },
    async suspend(suspension) {
      const added = await db
        .insertInto('suspensions')
        .values({ person: personKey(suspension.person), body: JSON.stringify(suspension) })
        .onConflict((is) => is.column('person').doNothing())
        .executeTakeFirst();
      return added.numInsertedOrUpdatedRows !== 0n;
    },
    async findSuspension(person) {
      const id = personKey(person);
      const found = db.selectFrom('suspensions').select('body').where('person', '=', id);
      const row = await found.executeTakeFirst();
      return row && readBody<Suspension>({ table: 'suspensions', id, body: row.body });
    },
    async restore(person) {
      const removed = await db
        .deleteFrom('suspensions')
        .where('person', '=', personKey(person))
        .executeTakeFirst();
      return removed.numDeletedRows > 0n;
    },
  };
}
