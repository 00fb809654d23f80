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
          tookS: numbersIn(took ?? ''),
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

/** Reads whole numbers between commas, of which there may be a year's worth: without a text for each. */
function numbersIn(text: string): readonly number[] {
  const numbers: number[] = [];
  for (let at = 0; at < text.length; at += 1) {
    let number = 0;
    for (; at < text.length && text.charCodeAt(at) !== comma; at += 1)
      number = 10 * number + text.charCodeAt(at) - zero;
    numbers.push(number);
  }
  return numbers;
}

const [comma, zero] = [','.charCodeAt(0), '0'.charCodeAt(0)];
