import { type Person, personKey } from '../../../domain/person.js';
import type { PersonRepository } from '../../../ports/store.js';
import { readBody } from '../stored-json.js';
import type { Db } from '../tables.js';

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
