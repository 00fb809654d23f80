import { type Selectable, sql } from 'kysely';
import type { Home } from '../../domain/home.js';
import { type PersonId, personKey } from '../../domain/person.js';
import type { HomeRepository } from '../../ports/store.js';
import { bodies } from './bodies.js';
import { didChange, type Engine, firstOf, listOf } from './database.js';
import type { Db, Tables } from './tables.js';

/** Remembers in a database who has opened their Home, and what it was last published with. */
export function createHomeRepository(db: Db, engine: Engine): HomeRepository {
  const homeOf = (person: PersonId) => db.updateTable('homes').where('person', '=', personKey(person));
  return {
    async openHome(person, { nowMs, isAnew }) {
      const opened = { opened_at_ms: nowMs, due_at_ms: engine.at(nowMs) };
      await db
        .insertInto('homes')
        .values({
          person: personKey(person),
          ...opened,
          page: 1,
          wanted_version: 1,
          shown_version: 0,
          drawn_until_ms: 0,
          published_at_ms: null,
          view_id: null,
          view_hash: null,
          body: bodies.home.write({ person, shown: [], fingerprint: '' }),
        })
        .onConflict((is) =>
          is.column('person').doUpdateSet({
            ...opened,
            wanted_version: sql<number>`homes.wanted_version + 1`,
            ...(isAnew ? { page: 1, view_hash: null } : {}),
          }),
        )
        .execute();
    },
    findHome: (person) =>
      firstOf(db.selectFrom('homes').selectAll().where('person', '=', personKey(person)), toHome),
    listHomes: () => listOf(db.selectFrom('homes').selectAll().orderBy('person'), toHome),
    async wantHome(person, { dueAtMs, page }) {
      await homeOf(person)
        .set({
          wanted_version: sql<number>`wanted_version + 1`,
          // One that is due sooner stays so; what was shown long ago is due at once.
          due_at_ms: sql<number>`case when wanted_version > shown_version and due_at_ms < ${engine.at(dueAtMs)} then due_at_ms else ${engine.at(dueAtMs)} end`,
          ...(page === undefined ? {} : { page }),
        })
        .execute();
    },
    async claimHomes({ nowMs, limit, leaseMs, person }) {
      const due = db
        .selectFrom('homes')
        .select('person')
        .whereRef('wanted_version', '>', 'shown_version')
        .where('due_at_ms', '<=', engine.at(nowMs))
        .where('drawn_until_ms', '<=', engine.at(nowMs))
        .$if(person !== undefined, (all) => all.where('person', '=', person ? personKey(person) : ''))
        .orderBy('due_at_ms')
        .limit(limit)
        .$if(engine.locksRows, (some) => some.forUpdate().skipLocked());
      const claim = db
        .updateTable('homes')
        .set({ drawn_until_ms: engine.at(nowMs + leaseMs) })
        .where('person', 'in', due)
        .returningAll();
      return listOf(claim, (row) => ({
        ...toHome(row),
        version: row.wanted_version,
        claim: String(row.drawn_until_ms),
      }));
    },
    saveHome: ({ person, claim, version, published }, nowMs) => {
      const { viewId, hash, ...body } = published;
      return didChange(
        homeOf(person)
          .set({
            shown_version: version,
            drawn_until_ms: 0,
            published_at_ms: nowMs,
            view_id: viewId,
            view_hash: hash,
            body: bodies.home.write({ person, ...body }),
          })
          .where('drawn_until_ms', '=', Number(claim)),
      );
    },
    async postponeHome({ person, claim, version }, dueAtMs) {
      await homeOf(person)
        .set({
          drawn_until_ms: 0,
          ...(dueAtMs === 'never' ? { shown_version: version } : { due_at_ms: engine.at(dueAtMs) }),
        })
        .where('drawn_until_ms', '=', Number(claim))
        .execute();
    },
  };
}

function toHome({ person: id, body, page, ...row }: Selectable<Tables['homes']>): Home {
  const { person, ...published } = bodies.home.read(id, body);
  const { view_id: viewId, view_hash: hash, published_at_ms: publishedAtMs } = row;
  return {
    person,
    page,
    ...(viewId === null || hash === null || publishedAtMs === null
      ? {}
      : { published: { viewId, hash, ...published }, publishedAtMs }),
  };
}
