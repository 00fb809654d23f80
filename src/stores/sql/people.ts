import { personKey } from '../../domain/person.js';
import type { NoteRepository, PersonRepository } from '../../ports/store.js';
import { bodies } from './bodies.js';
import { didChange, firstOf } from './database.js';
import type { Db } from './tables.js';

/** Remembers people in a database, each as last seen, with their receipts and suspended rights. */
export function createPersonRepository(db: Db): PersonRepository {
  return {
    async rememberPerson(person, nowMs) {
      const seen = { seen_at_ms: nowMs, body: bodies.person.write(person) };
      await db
        .insertInto('people')
        .values({ id: personKey(person.id), ...seen })
        .onConflict((is) => is.column('id').doUpdateSet(seen))
        .execute();
    },
    recallPerson: (id) =>
      firstOf(db.selectFrom('people').select('body').where('id', '=', personKey(id)), (row) =>
        bodies.person.read(personKey(id), row.body),
      ),

    addReceipt: (receipt) =>
      didChange(
        db
          .insertInto('receipts')
          .values({ code: receipt.code, at_ms: receipt.vote.atMs, body: bodies.receipt.write(receipt) })
          .onConflict((is) => is.column('code').doNothing()),
      ),
    findReceipt: (code) =>
      firstOf(db.selectFrom('receipts').select('body').where('code', '=', code), (row) =>
        bodies.receipt.read(code, row.body),
      ),
    suspend: (suspension) =>
      didChange(
        db
          .insertInto('suspensions')
          .values({ person: personKey(suspension.person), body: bodies.suspension.write(suspension) })
          .onConflict((is) => is.column('person').doNothing()),
      ),
    findSuspension: (person) =>
      firstOf(db.selectFrom('suspensions').select('body').where('person', '=', personKey(person)), (row) =>
        bodies.suspension.read(personKey(person), row.body),
      ),
    restore: (person) => didChange(db.deleteFrom('suspensions').where('person', '=', personKey(person))),
  };
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
    getNote: (key) =>
      firstOf(db.selectFrom('notes').select('value').where('key', '=', key), (row) => row.value),
  };
}
