import type { Vote } from '../../../domain/decision.js';
import { personKey } from '../../../domain/person.js';
import type { VoteRepository } from '../../../ports/store.js';
import { readBody } from '../stored-json.js';
import type { Db } from '../tables.js';

/** Remembers votes in a database. */
export function createVoteRepository(db: Db): VoteRepository {
  return {
    async addVote(approvalId, vote) {
      const added = await db
        .insertInto('votes')
        .values({
          approval_id: approvalId,
          person: personKey(vote.person),
          revision: vote.revision,
          at_ms: vote.atMs,
          body: JSON.stringify(vote),
        })
        .onConflict((is) => is.columns(['approval_id', 'person', 'revision']).doNothing())
        .executeTakeFirst();
      return added.numInsertedOrUpdatedRows !== 0n;
    },
    async listVotes(approvalId) {
      const votes = db.selectFrom('votes').where('approval_id', '=', approvalId);
      const rows = await votes.select(['person', 'body']).orderBy('at_ms').orderBy('number').execute();
      return rows.map((row) =>
        readBody<Vote>({ table: 'votes', id: `${approvalId} ${row.person}`, body: row.body }),
      );
    },
    async listVotedOn(person) {
      const rows = await db
        .selectFrom('votes')
        .innerJoin('approvals', 'approvals.id', 'votes.approval_id')
        .select(['votes.approval_id as approvalId', 'votes.revision'])
        .where('approvals.is_open', '=', 1)
        .where('votes.person', '=', personKey(person))
        .orderBy('approvals.number')
        .orderBy('votes.revision')
        .execute();
      return rows;
    },
    async removeVote(approvalId, person) {
      const removed = await db
        .deleteFrom('votes')
        .where('approval_id', '=', approvalId)
        .where('person', '=', personKey(person))
        .executeTakeFirst();
      return removed.numDeletedRows > 0n;
    },
    async removeVotes(approvalId) {
      await db.deleteFrom('votes').where('approval_id', '=', approvalId).execute();
    },
  };
}
