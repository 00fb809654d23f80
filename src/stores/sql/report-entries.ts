import { sql } from 'kysely';
import type { ReportRepository } from '../../ports/store.js';
import { listOf } from './database.js';
import type { Db } from './tables.js';

/** Remembers in a database what reports count. */
export function createReportRepository(db: Db): ReportRepository {
  return {
    async putReportEntry({ id, atMs, isLate, tookMs, ...entry }) {
      const row = {
        ...entry,
        at_ms: atMs,
        is_late: isLate ? 1 : 0,
        took_s: tookMs === undefined ? null : Math.round(tookMs / 1_000),
      };
      await db
        .insertInto('report_entries')
        .values({ id, ...row })
        .onConflict((is) => is.column('id').doUpdateSet(row))
        .execute();
    },
    async removeReportEntry(id) {
      await db.deleteFrom('report_entries').where('id', '=', id).execute();
    },
    /** The times of a group come as one text: that is a row for each group, and not for each entry. */
    sumReportEntries: (fromMs, toMs) =>
      listOf(
        db
          .selectFrom('report_entries')
          .where('at_ms', '>=', fromMs)
          .where('at_ms', '<', toMs)
          .groupBy(['kind', 'name', 'how', 'findings', 'is_late'])
          .select([
            'kind',
            'name',
            'how',
            'findings',
            'is_late',
            (is) => is.fn.countAll<number>().as('count'),
          ])
          .select(sql<string | null>`string_agg(cast(took_s as text), ',')`.as('took')),
        ({ is_late, count, took, ...group }) => ({
          ...group,
          isLate: is_late > 0,
          count: Number(count),
          tookS: took ? took.split(',').map(Number) : [],
        }),
      ),
    countDecisionsBy: (fromMs, toMs) =>
      listOf(
        db
          .selectFrom('ledger')
          // In these very words an index holds them.
          .where(sql<boolean>`kind in ('vote', 'decision')`)
          .where('at_ms', '>=', fromMs)
          .where('at_ms', '<', toMs)
          .where('person', 'is not', null)
          .groupBy('person')
          .select(['person', (is) => is.fn.countAll<number>().as('count')]),
        ({ person, count }) => ({ name: person ?? '', count: Number(count) }),
      ),
  };
}
