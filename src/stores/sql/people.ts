import { type Person, personKey } from '../../domain/person.js';
import type { Receipt, Suspension } from '../../domain/voting.js';
import type { NoteRepository, PersonRepository, RightsRepository } from '../../ports/store.js';
import { type Db, readBody } from './tables.js';

/**
 * Forgets what only a few minutes give a right to keep: response addresses, modals, and changes that were
 * proposed and never confirmed.
 */
export async function forgetSecrets(db: Db, beforeMs: number): Promise<void> {
  await db
    .updateTable('clicks')
    .set({ response_url: null })
    .where('response_url', 'is not', null)
    .where('at_ms', '<', beforeMs)
    .execute();
  await db.deleteFrom('dialogs').where('at_ms', '<', beforeMs).execute();
  await db
    .deleteFrom('changes')
    .where('phase', '=', 'proposed')
    .where('proposed_at_ms', '<', beforeMs)
    .execute();
  // The press that confirms a change brings an address of its own, younger than that of the proposal.
  await db
    .updateTable('changes')
    .set({ response_url: null })
    .where('response_url', 'is not', null)
    .where((is) => is(is.fn.coalesce('confirmed_at_ms', 'proposed_at_ms'), '<', beforeMs))
    .execute();
}

/** Remembers notes in a database. */
export function createNoteRepository(db: Db): NoteRepository {
  return {
    async putNote(key, value) {
      await db
        .insertInto('notes')
        .values({ key, value })
        .onConflict((is) => is.column('key').doUpdateSet({ value }))
        .execute();
    },
    async getNote(key) {
      const row = await db.selectFrom('notes').select('value').where('key', '=', key).executeTakeFirst();
      return row?.value;
    },
  };
}

/** Remembers people in a database, each as last seen. */
export function createPersonRepository(db: Db): PersonRepository {
  return {
    async rememberPerson(person, nowMs) {
      const seen = { seen_at_ms: nowMs, body: JSON.stringify(person) };
      await db
        .insertInto('people')
        .values({ id: personKey(person.id), ...seen })
        .onConflict((is) => is.column('id').doUpdateSet(seen))
        .execute();
    },
    async recallPerson(id) {
      const key = personKey(id);
      const row = await db.selectFrom('people').select('body').where('id', '=', key).executeTakeFirst();
      return row && readBody<Person>({ table: 'people', id: key, body: row.body });
    },
  };
}

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
