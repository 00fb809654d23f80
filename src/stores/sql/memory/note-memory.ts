import type { NoteRepository } from '../../../ports/store.js';
import type { Db } from '../tables.js';

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
