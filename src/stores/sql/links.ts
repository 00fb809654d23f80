import type { Selectable } from 'kysely';
import type { Link, LinkRequest } from '../../domain/link.js';
import { personKey } from '../../domain/person.js';
import type { AddLinkResult, LinkRepository } from '../../ports/store.js';
import { atomicallyOn, type Engine } from './database.js';
import { type Db, readBody, type Tables } from './tables.js';

/** Remembers in a database who linked which account, each secret in a column of its own. */
export function createLinkRepository(db: Db, engine: Engine): LinkRepository {
  const atomically = atomicallyOn(db, engine);
  return {
    ...createLinkRequestRepository(db),
    addLink: (link) => atomically((tx) => addLink(tx, link)),
    async findLink(system, person) {
      const row = await db
        .selectFrom('links')
        .selectAll()
        .where('system', '=', system)
        .where('person', '=', personKey(person))
        .executeTakeFirst();
      return row && toLink(row);
    },
    async listLinks(person) {
      const own = db.selectFrom('links').selectAll().where('person', '=', personKey(person));
      return (await own.orderBy('system').execute()).map(toLink);
    },
    async saveToken(linkId, { keyId, text }) {
      const saved = await db
        .updateTable('links')
        .set({ key_id: keyId, token: text })
        .where('id', '=', linkId)
        .executeTakeFirst();
      return saved.numUpdatedRows !== 0n;
    },
    removeLink: (linkId) => removeLink(db, linkId),
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
  if (!(await insert(db, link))) throw new Error('Somebody else linked the same account just now');
  return { kind: 'linked', ...(same ? { replaced: toLink(same) } : {}) };
}

async function insert(db: Db, link: Link): Promise<boolean> {
  const { id, system, person, subject, token, linkedAtMs } = link;
  const added = await db
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
      body: JSON.stringify({ person, username: link.username }),
    })
    .onConflict((is) => is.doNothing())
    .executeTakeFirst();
  return added.numInsertedOrUpdatedRows !== 0n;
}

async function removeLink(db: Db, linkId: string): Promise<boolean> {
  const removed = await db.deleteFrom('links').where('id', '=', linkId).executeTakeFirst();
  return removed.numDeletedRows !== 0n;
}

/** Accounts are told apart without regard to case, as their systems do. */
function identityOf({ username }: Link): string {
  return username.toLowerCase();
}

function toLink({ id, body, key_id, token, ...row }: Selectable<Tables['links']>): Link {
  const { person, username } = readBody<Pick<Link, 'person' | 'username'>>({ table: 'links', id, body });
  const { system, subject, linked_at_ms: linkedAtMs } = row;
  return { id, system, person, username, subject, token: { keyId: key_id, text: token }, linkedAtMs };
}

type LinkRequestRepository = Pick<
  LinkRepository,
  'addLinkRequest' | 'findLinkRequest' | 'beginLinkRequest' | 'takeLinkRequest' | 'forgetLinkRequests'
>;

/** Remembers invitations to link an account in a database, until they are used up or over. */
function createLinkRequestRepository(db: Db): LinkRequestRepository {
  return {
    async addLinkRequest(request) {
      await db
        .insertInto('link_requests')
        .values({
          id: request.id,
          expires_at_ms: request.expiresAtMs,
          body: JSON.stringify(request),
          begun: null,
        })
        .execute();
    },
    async findLinkRequest(id) {
      const row = await db.selectFrom('link_requests').selectAll().where('id', '=', id).executeTakeFirst();
      if (!row) return undefined;
      const request = readBody<LinkRequest>({ table: 'link_requests', id, body: row.body });
      if (row.begun === null) return request;
      const begun = { table: 'link_requests', id, body: row.begun };
      return { ...request, begun: readBody<NonNullable<LinkRequest['begun']>>(begun) };
    },
    async beginLinkRequest(id, begun) {
      const noted = await db
        .updateTable('link_requests')
        .set({ begun: JSON.stringify(begun) })
        .where('id', '=', id)
        .executeTakeFirst();
      return noted.numUpdatedRows !== 0n;
    },
    async takeLinkRequest(id) {
      const taken = await db.deleteFrom('link_requests').where('id', '=', id).executeTakeFirst();
      return taken.numDeletedRows !== 0n;
    },
    async forgetLinkRequests(endedBeforeMs) {
      await db.deleteFrom('link_requests').where('expires_at_ms', '<', endedBeforeMs).execute();
    },
  };
}
