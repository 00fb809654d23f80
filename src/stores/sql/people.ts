import { type Selectable, sql } from 'kysely';
import type { Home } from '../../domain/home.js';
import type { Link } from '../../domain/link.js';
import { isSamePerson, type PersonId, personKey } from '../../domain/person.js';
import type {
  AddLinkResult,
  HomeRepository,
  LinkRepository,
  NoteRepository,
  PersonRepository,
} from '../../ports/store.js';
import { bodies } from './bodies.js';
import { atomicallyOn, didChange, type Engine, firstOf, listOf } from './database.js';
import { findRemoval } from './retention.js';
import type { Db, Tables } from './tables.js';

/**
 * Remembers in a database who linked which account, each secret in a column of its own, and invitations to link
 * one, until they are used up or over.
 */
export function createLinkRepository(db: Db, engine: Engine): LinkRepository {
  const atomically = atomicallyOn(db, engine);
  const linksOf = (person: Link['person']) =>
    db.selectFrom('links').selectAll().where('person', '=', personKey(person));
  return {
    addLink: (link) => atomically((tx) => addLink(tx, link)),
    findLink: (system, person) => firstOf(linksOf(person).where('system', '=', system), toLink),
    listLinks: (person) => listOf(linksOf(person).orderBy('system'), toLink),
    /** The refresh token it came from is used up, so the next one must not be lost with an answer. */
    saveToken(linkId, { keyId, text }) {
      const save = () =>
        didChange(db.updateTable('links').set({ key_id: keyId, token: text }).where('id', '=', linkId));
      return db.isTransaction ? save() : engine.surely(save);
    },
    removeLink: (linkId) => removeLink(db, linkId),

    async addLinkRequest(request) {
      const { id, expiresAtMs } = request;
      await db
        .insertInto('link_requests')
        .values({ id, expires_at_ms: expiresAtMs, body: bodies.linkRequest.write(request), begun: null })
        .execute();
    },
    findLinkRequest: (id) =>
      firstOf(db.selectFrom('link_requests').selectAll().where('id', '=', id), ({ body, begun }) => ({
        ...bodies.linkRequest.read(id, body),
        ...(begun === null ? {} : { begun: bodies.linkRequestBegun.read(id, begun) }),
      })),
    beginLinkRequest: (id, begun) =>
      didChange(
        db
          .updateTable('link_requests')
          .set({ begun: bodies.linkRequestBegun.write(begun) })
          .where('id', '=', id),
      ),
    takeLinkRequest: (id) => didChange(db.deleteFrom('link_requests').where('id', '=', id)),
    async forgetLinkRequests(endedBeforeMs) {
      await db.deleteFrom('link_requests').where('expires_at_ms', '<', endedBeforeMs).execute();
    },
  };
}

async function addLink(db: Db, link: Link): Promise<AddLinkResult> {
  if (await insert(db, link)) return { kind: 'linked' };
  const before = await db
    .selectFrom('links')
    .selectAll()
    .where('system', '=', link.system)
    .where((is) =>
      is.or([
        is('person', '=', personKey(link.person)),
        is('identity', '=', identityOf(link)),
        is('subject', '=', link.subject),
      ]),
    )
    .execute();
  const owner = personKey(link.person);
  const other = before.find(({ person }) => person !== owner);
  if (other) return { kind: 'account-linked', link: toLink(other) };
  const own = before.find(({ subject }) => subject !== link.subject);
  if (own) return { kind: 'person-linked', link: toLink(own) };
  const [same] = before;
  if (same) await removeLink(db, same.id);
  if (!(await insert(db, link))) throw new Error('Someone else linked the same account just now');
  return { kind: 'linked', ...(same ? { replaced: toLink(same) } : {}) };
}

function insert(db: Db, link: Link): Promise<boolean> {
  const { id, system, person, subject, token, linkedAtMs } = link;
  const add = db
    .insertInto('links')
    .values({
      id,
      system,
      person: personKey(person),
      identity: identityOf(link),
      subject,
      key_id: token.keyId,
      token: token.text,
      linked_at_ms: linkedAtMs,
      body: bodies.link.write({ person, username: link.username }),
    })
    .onConflict((is) => is.doNothing());
  return didChange(add);
}

function removeLink(db: Db, linkId: string): Promise<boolean> {
  return didChange(db.deleteFrom('links').where('id', '=', linkId));
}

/** Accounts are told apart without regard to case, as their systems do. */
function identityOf({ username }: Link): string {
  return username.toLowerCase();
}

function toLink({ id, body, key_id, token, ...row }: Selectable<Tables['links']>): Link {
  const { person, username } = bodies.link.read(id, body);
  const { system, subject, linked_at_ms: linkedAtMs } = row;
  return { id, system, person, username, subject, token: { keyId: key_id, text: token }, linkedAtMs };
}

/** Remembers people in a database, each as last seen, with their receipts and suspended rights. */
export function createPersonRepository(db: Db): PersonRepository {
  return {
    async rememberPerson(person, nowMs) {
      const id = personKey(person.id);
      const seen = { seen_at_ms: nowMs, body: bodies.person.write(person) };
      // Everybody is looked up at each click; what tells nothing new costs no commit.
      const known = await db.selectFrom('people').select('body').where('id', '=', id).executeTakeFirst();
      if (known?.body === seen.body) return;
      await db
        .insertInto('people')
        .values({ id, ...seen })
        .onConflict((is) => is.column('id').doUpdateSet(seen))
        .execute();
    },
    recallPerson: (id) =>
      firstOf(db.selectFrom('people').select('body').where('id', '=', personKey(id)), (row) =>
        bodies.person.read(personKey(id), row.body),
      ),

    addReceipt: async (receipt) =>
      (await findRemoval(db, 'receipt', receipt.code)) === undefined &&
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
    listReceiptsAt: (atMs) =>
      listOf(db.selectFrom('receipts').select(['code', 'body']).where('at_ms', '=', atMs), (row) =>
        bodies.receipt.read(row.code, row.body),
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

    async forgetPerson(person) {
      const key = personKey(person);
      const count = async (removed: { executeTakeFirst(): Promise<{ numDeletedRows: bigint }> }) =>
        Number((await removed.executeTakeFirst()).numDeletedRows);
      const requests = await db.selectFrom('link_requests').select(['id', 'body']).execute();
      const own = requests.filter(({ id, body }) =>
        isSamePerson(bodies.linkRequest.read(id, body).person, person),
      );
      for (const { id } of own) await db.deleteFrom('link_requests').where('id', '=', id).execute();
      const mutes = await db.selectFrom('mutes').select(['key', 'body']).execute();
      const muted = mutes.filter((row) => isSamePerson(bodies.mute.read(row.key, row.body).person, person));
      for (const mute of muted) await db.deleteFrom('mutes').where('key', '=', mute.key).execute();
      return {
        profiles: await count(db.deleteFrom('people').where('id', '=', key)),
        homes: await count(db.deleteFrom('homes').where('person', '=', key)),
        links: own.length + (await count(db.deleteFrom('links').where('person', '=', key))),
        absences: await count(
          db
            .deleteFrom('absences')
            .where('ended_at_ms', 'is not', null)
            .where((is) => is.or([is('person', '=', key), is('delegate', '=', key)])),
        ),
        mutes: muted.length,
        preferences: await count(db.deleteFrom('preferences').where('person', '=', key)),
        notes: await forgetNotes(db, person),
      };
    },

    async addAbsence(absence) {
      const { id, person, delegate, rule = null, sinceMs, untilMs } = absence;
      await db
        .insertInto('absences')
        .values({
          id,
          person: personKey(person),
          delegate: delegate ? personKey(delegate) : null,
          rule,
          since_ms: sinceMs,
          until_ms: untilMs,
          ended_at_ms: null,
          ended_why: null,
          body: bodies.absence.write(absence),
        })
        .execute();
    },
    findAbsence: (id) =>
      firstOf(db.selectFrom('absences').select('body').where('id', '=', id), (row) =>
        bodies.absence.read(id, row.body),
      ),
    listAbsences: () =>
      listOf(
        db
          .selectFrom('absences')
          .select(['id', 'body'])
          .where('ended_at_ms', 'is', null)
          .orderBy('since_ms')
          .orderBy('id'),
        (row) => bodies.absence.read(row.id, row.body),
      ),
    endAbsence: (id, { why, atMs }) =>
      didChange(
        db
          .updateTable('absences')
          .set({ ended_at_ms: atMs, ended_why: why })
          .where('id', '=', id)
          .where('ended_at_ms', 'is', null),
      ),

    async putPreferences(preferences, summaryDay) {
      const body = bodies.preferences.write(preferences);
      const day = summaryDay === undefined ? {} : { summary_day: summaryDay };
      await db
        .insertInto('preferences')
        .values({ person: personKey(preferences.person), summary_day: summaryDay ?? null, body })
        .onConflict((is) => is.column('person').doUpdateSet({ body, ...day }))
        .execute();
    },
    findPreferences: (person) =>
      firstOf(db.selectFrom('preferences').select('body').where('person', '=', personKey(person)), (row) =>
        bodies.preferences.read(personKey(person), row.body),
      ),
    listPreferences: () =>
      listOf(db.selectFrom('preferences').selectAll().orderBy('person'), (row) => ({
        preferences: bodies.preferences.read(row.person, row.body),
        ...(row.summary_day === null ? {} : { summaryDay: row.summary_day }),
      })),
    noteSummary: (person, day) =>
      didChange(
        db
          .updateTable('preferences')
          .set({ summary_day: day })
          .where('person', '=', personKey(person))
          .where((is) => is.or([is('summary_day', 'is', null), is('summary_day', '<>', day)])),
      ),
  };
}

/**
 * Removes the notes of when somebody was reminded or had others reminded, and of whom a rule names if they are among
 * them, which is found out anew; takes them out of the notes of those who had them reminded.
 */
async function forgetNotes(db: Db, person: PersonId): Promise<number> {
  const key = personKey(person);
  const theirs = [`reminded/${key}`, `nudged-by/${key}`];
  const listed = await db.selectFrom('notes').selectAll().where('key', 'like', 'people-of/%').execute();
  for (const note of listed) {
    const { people = [] }: { readonly people?: readonly PersonId[] } = JSON.parse(note.value);
    if (people.some((one) => isSamePerson(one, person))) theirs.push(note.key);
  }
  const removed = await db.deleteFrom('notes').where('key', 'in', theirs).executeTakeFirst();
  let count = Number(removed.numDeletedRows);
  const ofOthers = await db.selectFrom('notes').selectAll().where('key', 'like', 'nudged-by/%').execute();
  for (const note of ofOthers) {
    const { [key]: its, ...rest }: Readonly<Record<string, number>> = JSON.parse(note.value);
    if (its === undefined) continue;
    const value = JSON.stringify(rest);
    await db.updateTable('notes').set({ value }).where('key', '=', note.key).execute();
    count += 1;
  }
  return count;
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
