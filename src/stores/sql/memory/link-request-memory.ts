import type { LinkRequest } from '../../../domain/links/link.js';
import type { LinkRepository } from '../../../ports/link-memory.js';
import { readBody } from '../stored-json.js';
import type { Db } from '../tables.js';

type LinkRequestRepository = Pick<
  LinkRepository,
  'addLinkRequest' | 'findLinkRequest' | 'beginLinkRequest' | 'takeLinkRequest' | 'forgetLinkRequests'
>;

/** Remembers invitations to link an account in a database, until they are used up or over. */
export function createLinkRequestRepository(db: Db): LinkRequestRepository {
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
