import { sql } from 'kysely';
import { type Target, targetKey } from '../../domain/policy.js';
import type {
  GaugeRepository,
  OutboxCount,
  ReportRepository,
  ShadowRepository,
  UnshownCopy,
} from '../../ports/store.js';
import { bodies } from './bodies.js';
import { firstOf, listOf } from './database.js';
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

/** Remembers in a database what shadow mode noted of each run. */
export function createShadowRepository(db: Db): ShadowRepository {
  return {
    async putShadowRecord(record) {
      const body = bodies.shadowRecord.write(record);
      await db
        .insertInto('shadow_records')
        .values({ id: record.id, at_ms: record.atMs, body })
        .onConflict((is) => is.column('id').doUpdateSet({ at_ms: record.atMs, body }))
        .execute();
    },
    findShadowRecord: (id) =>
      firstOf(db.selectFrom('shadow_records').selectAll().where('id', '=', id), (row) =>
        bodies.shadowRecord.read(row.id, row.body),
      ),
    listShadowRecords: ({ after: { atMs, id }, limit }) =>
      listOf(
        db
          .selectFrom('shadow_records')
          .selectAll()
          .where((is) => is.or([is('at_ms', '>', atMs), is.and([is('at_ms', '=', atMs), is('id', '>', id)])]))
          .orderBy('at_ms')
          .orderBy('id')
          .limit(limit),
        (row) => bodies.shadowRecord.read(row.id, row.body),
      ),
  };
}

/** The chat's word for a place that is not there for us. */
const gone = 'channel-gone';

/** Counts in a database how it stands with what is to be said. */
export function createGaugeRepository(db: Db): GaugeRepository {
  return {
    countOutbox() {
      const kind = sql<OutboxCount['kind']>`case when approval_id is not null then 'card'
        when subject like 'digest:%' then 'digest' when incident_id is null then 'notice' when notice_body is null then 'alert' else 'follow-up' end`;
      const counts = db
        .selectFrom('deliveries')
        .select((is) => [
          kind.as('kind'),
          is.fn.countAll<number>().as('pending'),
          is.fn.min('due_at_ms').as('oldestDueAtMs'),
        ])
        .where('status', '=', 'pending')
        .where('held_at_ms', 'is', null)
        .groupBy(kind);
      return listOf(counts, (row) => ({ ...row, pending: Number(row.pending) }));
    },
    async listMissingCards() {
      const approvals = await selectMissingCards(db);
      if (approvals.length === 0) return [];
      const copies = new Map<string, UnshownCopy[]>(approvals.map(({ id }) => [id, []]));
      for (const row of await selectCopies(db)) copies.get(row.approval_id ?? '')?.push(toCopy(row));
      return approvals.map(({ id }) => ({ approvalId: id, copies: copies.get(id) ?? [] }));
    },
    listUnshownAlerts: () =>
      listOf(
        db
          .selectFrom('deliveries')
          .select('incident_id')
          .where('incident_id', 'is not', null)
          .where('notice_body', 'is', null)
          .groupBy('incident_id')
          .having(({ fn }) => fn.count('channel'), '=', 0)
          .orderBy('incident_id'),
        ({ incident_id: id }) => id ?? '',
      ),
    async listLostPlaces() {
      const places = new Map<string, { readonly target: Target; readonly sinceMs: number }>();
      for (const row of [
        ...(await selectStillTried(db).execute()),
        ...(await selectLastOfPlaces(db).execute()),
      ]) {
        const { number, target_body: body, sinceMs } = row;
        const target = bodies.target.read(number, body);
        if (!places.has(targetKey(target))) places.set(targetKey(target), { target, sinceMs: sinceMs ?? 0 });
      }
      return [...places.values()];
    },
  };
}

function selectMissingCards(db: Db) {
  return db
    .selectFrom('approvals')
    .select('id')
    .where('is_open', '=', 1)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('deliveries')
            .select('deliveries.number')
            .whereRef('deliveries.approval_id', '=', 'approvals.id')
            .where('channel', 'is not', null)
            .where('given_up_at_ms', 'is', null)
            .where('not_found_at_ms', 'is', null)
            .where(({ or, eb }) =>
              or([
                eb('deliveries.status', '<>', 'pending'),
                eb('last_error', 'is', null),
                eb('last_error', '<>', gone),
              ]),
            ),
        ),
      ),
    )
    .orderBy('number')
    .execute();
}

/** All copies that are not shown, of whichever open approval: one question is cheaper than one for each. */
function selectCopies(db: Db) {
  return db
    .selectFrom('deliveries')
    .innerJoin('approvals', 'approvals.id', 'deliveries.approval_id')
    .select([
      'deliveries.approval_id',
      'deliveries.target',
      'deliveries.status',
      'deliveries.due_at_ms',
      'deliveries.attempts',
      'deliveries.may_have_posted',
      'deliveries.last_error',
      'deliveries.channel',
      'deliveries.not_found_at_ms',
    ])
    .where('approvals.is_open', '=', 1)
    .where(({ or, and, eb }) =>
      or([
        eb('channel', 'is', null),
        eb('given_up_at_ms', 'is not', null),
        eb('not_found_at_ms', 'is not', null),
        and([eb('deliveries.status', '=', 'pending'), eb('last_error', '=', gone)]),
      ]),
    )
    .orderBy('deliveries.number')
    .execute();
}

function toCopy(row: Awaited<ReturnType<typeof selectCopies>>[number]): UnshownCopy {
  return {
    place: row.target,
    wasShown: row.channel !== null,
    isWanted: row.status === 'pending',
    dueAtMs: row.due_at_ms,
    attempts: row.attempts,
    mayHavePosted: row.may_have_posted > 0,
    ...(row.last_error === null ? {} : { error: row.last_error }),
    ...(row.channel !== null && row.not_found_at_ms !== null ? { isNotFound: true as const } : {}),
  };
}

/** What waits because its place takes no posts. */
function selectStillTried(db: Db) {
  return db
    .selectFrom('deliveries')
    .select(['number', 'target_body', 'wanted_at_ms as sinceMs'])
    .where('status', '=', 'pending')
    .where('last_error', '=', gone)
    .orderBy('wanted_at_ms')
    .orderBy('number');
}

/** Of each place the last thing that came to an end there, where that end was that the place is gone. */
function selectLastOfPlaces(db: Db) {
  return db
    .selectFrom('deliveries as last')
    .select(['last.number', 'last.target_body', 'last.given_up_at_ms as sinceMs'])
    .where('last.status', '=', 'done')
    .where('last.last_error', '=', gone)
    .where('last.given_up_at_ms', 'is not', null)
    .where(({ not, exists, selectFrom }) =>
      not(
        exists(
          selectFrom('deliveries as later')
            .select('later.number')
            .whereRef('later.target', '=', 'last.target')
            .whereRef('later.number', '>', 'last.number')
            .where('later.status', '=', 'done'),
        ),
      ),
    )
    .orderBy('last.number');
}
