import { createHash } from 'node:crypto';
import { type Selectable, sql } from 'kysely';
import type { Approval } from '../../domain/approval.js';
import type { ChangeRecord } from '../../domain/change.js';
import { refKey } from '../../domain/instance.js';
import { entryOf } from '../../domain/ledger.js';
import type { Notice } from '../../domain/notification.js';
import { holdKey, inboundKeys, isLongOver, type RetentionKind } from '../../domain/retention.js';
import type {
  PackedKind,
  RemovableKind,
  RemovalPage,
  RemovalPlace,
  RetentionRepository,
  StoredCount,
} from '../../ports/store.js';
import { sha256Of } from '../../shared/fingerprint-of.js';
import { bodies, packed, unpacked } from './bodies.js';
import { atomicallyOn, type Engine, firstOf } from './database.js';
import { evidenceText } from './ledger.js';
import type { Db, Tables } from './tables.js';

/**
 * Finds in a database what is over, and removes it with all that belongs to it.
 *
 * Whether a row may go is judged on many at once, so that a page takes few statements on either engine.
 */
export function createRetentionRepository(db: Db, engine: Engine): RetentionRepository {
  const atomically = atomicallyOn(db, engine);
  return {
    listRemovable: (kind, page) => removals[kind].list(db, page),
    removeForGood: async (kind, ids, nowMs) =>
      ids.length === 0 ? 0 : atomically((tx) => removals[kind].remove(tx, ids, nowMs)),
    packOld: (kind, page) => atomically((tx) => packOld(tx, kind, page)),
    async findRemoval(kind, id) {
      if (kind !== 'code') return findRemoval(db, kind, id);
      const row = db.selectFrom('codes').select('approval_id').where('code', '=', id);
      const approvalId = (await row.executeTakeFirst())?.approval_id ?? undefined;
      return approvalId === undefined ? undefined : findRemoval(db, 'approval', approvalId);
    },
    async listKeptRuns(system, ids) {
      if (ids.length === 0) return [];
      const stored = await db
        .selectFrom('approvals')
        .select('instance_id')
        .distinct()
        .where('system', '=', system)
        .where('instance_id', 'in', ids)
        .execute();
      const held = await heldAmong(
        db,
        ids.map((instance_id) => ({ system, instance_id })),
      );
      return [...stored, ...held].map(({ instance_id: id }) => id);
    },
    countStored: (kind) => countStored(db, kind),
  };
}

/** A code is found by the approval it was given to. */
type UsedKind = Exclude<Parameters<RetentionRepository['findRemoval']>[0], 'code'>;

type Page = Parameters<RetentionRepository['listRemovable']>[1];

interface Removal {
  list(db: Db, page: Page): Promise<RemovalPage>;
  remove(db: Db, ids: readonly string[], nowMs: number): Promise<number>;
}

/** Tells when something was removed that was called so. */
export function findRemoval(db: Db, kind: UsedKind, id: string): Promise<number | undefined> {
  const row = db.selectFrom('used_keys').select('at_ms').where('key', '=', usedKey(kind, id));
  return firstOf(row, ({ at_ms: atMs }) => atMs);
}

/** Of what was removed only a hash is kept: as long as nothing else needs, and of nobody's name. */
export function usedKey(kind: UsedKind, id: string): string {
  return createHash('sha256').update(`${kind}\n${id}`).digest('base64url').slice(0, 22);
}

async function markUsed(
  db: Db,
  keys: readonly (readonly [UsedKind, string])[],
  nowMs: number,
): Promise<void> {
  if (keys.length === 0) return;
  await db
    .insertInto('used_keys')
    .values(keys.map(([kind, id]) => ({ key: usedKey(kind, id), at_ms: nowMs })))
    .onConflict((is) => is.column('key').doNothing())
    .execute();
}

async function countOf(removed: {
  executeTakeFirst(): Promise<{ readonly numDeletedRows: bigint }>;
}): Promise<number> {
  return Number((await removed.executeTakeFirst()).numDeletedRows);
}

/** A run, as rows name it. */
type RunColumns = Pick<Selectable<Tables['approvals']>, 'system' | 'instance_id'>;

/**
 * Reads something of some runs, one system at a time, so that an index is used. The SQLite of Node 24 cannot plan many
 * runs joined by `or` where an index is partial.
 */
async function ofEachSystem<Row>(
  runs: readonly RunColumns[],
  read: (system: string, ids: readonly string[]) => Promise<readonly Row[]>,
): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const system of new Set(runs.map((one) => one.system))) {
    const ids = runs.filter((one) => one.system === system).map(({ instance_id: id }) => id);
    rows.push(...(await read(system, ids)));
  }
  return rows;
}

function runText({ system, instance_id }: { readonly system: string; readonly instance_id: string | null }) {
  return JSON.stringify([system, instance_id]);
}

/** Lists the runs of which something is still to be expected, or about which nothing is to be removed. */
async function busyRuns(db: Db, runs: readonly RunColumns[]): Promise<ReadonlySet<string>> {
  if (runs.length === 0) return new Set();
  const run = ['system', 'instance_id'] as const;
  const open = await ofEachSystem(runs, async (system, ids) => {
    const approvals = db.selectFrom('approvals').select(run).where('is_open', '=', 1);
    const failures = db.selectFrom('failures').select(run).where('is_open', '=', 1);
    const watched = db.selectFrom('watched_runs').select(run);
    const changes = db
      .selectFrom('changes')
      .select(run)
      .where('phase', 'in', ['confirmed', 'sending', 'following']);
    return [
      ...(await approvals.where('system', '=', system).where('instance_id', 'in', ids).execute()),
      ...(await failures.where('system', '=', system).where('instance_id', 'in', ids).execute()),
      ...(await watched.where('system', '=', system).where('instance_id', 'in', ids).execute()),
      ...(await changes.where('system', '=', system).where('instance_id', 'in', ids).execute()),
    ];
  });
  return new Set([...open, ...(await heldAmong(db, runs))].map(runText));
}

/** Lists the runs about which nothing is to be removed, since somebody said so. */
async function heldAmong(db: Db, runs: readonly RunColumns[]): Promise<readonly RunColumns[]> {
  if (runs.length === 0) return [];
  const keyOf = ({ system, instance_id: id }: RunColumns) => holdKey({ system, id });
  const held = db
    .selectFrom('notes')
    .select('key')
    .where('key', 'in', runs.map(keyOf))
    .where('value', '<>', '');
  const keys = new Set((await held.execute()).map(({ key }) => key));
  return runs.filter((run) => keys.has(keyOf(run)));
}

/** More than this that is undelivered is an outage; nothing is removed before it is over. */
const mostPending = 1_000;

/** Lists what undelivered notices are about; undefined where there are too many to tell. */
async function aboutPending(
  db: Db,
): Promise<{ readonly approvals: ReadonlySet<string>; readonly changes: ReadonlySet<string> } | undefined> {
  const rows = await db
    .selectFrom('deliveries')
    .select(['number', 'notice_body'])
    .where('status', '=', 'pending')
    .where('notice_body', 'is not', null)
    .where('incident_id', 'is', null)
    .where('is_digest', '=', 0)
    .limit(mostPending)
    .execute();
  if (rows.length === mostPending) return undefined;
  const notices = rows.map(({ number, notice_body: body }) => bodies.notice.read(number, body ?? ''));
  const clicks = notices.flatMap((notice) =>
    notice.kind === 'bulk-summary'
      ? Array.from({ length: notice.bulk.size }, (_, at) => `${notice.bulk.id}.${at}`)
      : [],
  );
  const summed =
    clicks.length === 0
      ? []
      : await db.selectFrom('clicks').select(['id', 'body']).where('id', 'in', clicks).execute();
  return {
    approvals: new Set([
      ...notices.flatMap(approvalsIn),
      ...summed.map(({ id, body }) => bodies.click.read(id, body).approvalId),
    ]),
    changes: new Set(notices.flatMap(changesIn).map(({ id }) => id)),
  };
}

/** Lists the approvals a notice is about. */
function approvalsIn(notice: Notice): readonly string[] {
  const { approval, approvalId, receipt, pendingClick, event } = notice as {
    readonly approval?: { readonly id: string };
    readonly approvalId?: string;
    readonly receipt?: { readonly approvalId: string };
    readonly pendingClick?: { readonly approvalId: string };
    readonly event?: { readonly approval?: { readonly id: string } };
  };
  const ids = [approval?.id, approvalId, receipt?.approvalId, pendingClick?.approvalId, event?.approval?.id];
  return ids.filter((id) => id !== undefined);
}

function changesIn(notice: Notice): readonly ChangeRecord[] {
  if (notice.kind === 'change') return [notice.record];
  return notice.kind === 'batch' ? notice.records : [];
}

/** Lists which of these approvals are stored. */
async function storedAmong(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await db
    .selectFrom('approvals')
    .select('id')
    .where('id', 'in', [...new Set(ids)])
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** Ends a page: there is more unless fewer rows were found than wanted, or one was too young. */
function pageOf(
  ids: readonly string[],
  rows: { readonly found: number; readonly limit: number; readonly last: RemovalPlace | undefined },
): RemovalPage {
  return { ids, ...(rows.found === rows.limit && rows.last ? { next: rows.last } : {}) };
}

const approvals: Removal = {
  /**
   * Approvals are numbered as they were opened, and none ends before that: with the first that waits since later than
   * the time nothing older comes any more.
   */
  async list(db, { beforeMs, after, limit }) {
    const rows = await db
      .selectFrom('approvals')
      .select(['number', 'id', 'system', 'instance_id', 'body'])
      .where('number', '>', after?.at ?? 0)
      .where('is_open', '=', 0)
      .orderBy('number')
      .limit(limit)
      .execute();
    const read = rows.map((row) => ({ ...row, approval: bodies.approval.read(row.id, row.body) }));
    const young = read.findIndex(({ approval }) => approval.waitingSinceMs >= beforeMs);
    const old = (young < 0 ? read : read.slice(0, young)).filter(({ approval }) =>
      isLongOver(approval, beforeMs),
    );
    const last = young < 0 ? read.at(-1) : undefined;
    const end = { found: rows.length, limit, last: last && { at: last.number, id: '' } };
    const pending = old.length === 0 ? undefined : await aboutPending(db);
    if (!pending) return pageOf([], end);
    const busy = await busyRuns(db, old);
    const ids = old.map(({ id }) => id);
    const kept = new Set([...pending.approvals, ...(await unsettledAmong(db, ids))]);
    return pageOf(
      old.filter((row) => !kept.has(row.id) && !busy.has(runText(row))).map(({ id }) => id),
      end,
    );
  },
  async remove(db, ids, nowMs) {
    const rows = await db
      .selectFrom('approvals')
      .select(['id', 'system', 'instance_id', 'step', 'body'])
      .where('id', 'in', ids)
      .where('is_open', '=', 0)
      .execute();
    if (rows.length === 0) return 0;
    const gone = rows.map(({ id }) => id);
    const read = rows.map((row) => ({ ...row, approval: bodies.approval.read(row.id, row.body) }));
    await markUsed(
      db,
      read.flatMap(({ id, step, approval: { instance, inbound } }) => [
        ['approval', id] as const,
        ...(inbound ? inboundKeys(instance.ref, step, inbound.activityId) : []).map(
          (key) => ['inbound', key] as const,
        ),
      ]),
      nowMs,
    );
    const shown = await evidenceOf(
      db,
      read.map(({ system, instance_id, approval: { code } }) => ({ system, instance_id, code })),
    );
    await noPlaceLost(db, gone);
    let count = 0;
    if (shown.length > 0) count += await countOf(db.deleteFrom('evidence').where('sha256', 'in', shown));
    for (const table of ['votes', 'signals', 'deliveries'] as const)
      count += await countOf(db.deleteFrom(table).where('approval_id', 'in', gone));
    count += await countOf(
      db.deleteFrom('notes').where(
        'key',
        'in',
        gone.map((id) => `nudged/${id}`),
      ),
    );
    return count + (await countOf(db.deleteFrom('approvals').where('id', 'in', gone)));
  },
};

/** Lists approvals with a signal that is not settled, or a message that does not show what became of them. */
async function unsettledAmong(db: Db, ids: readonly string[]): Promise<readonly string[]> {
  const signals = await db
    .selectFrom('signals')
    .select('approval_id')
    .where('approval_id', 'in', ids)
    .where('phase', '<>', 'settled')
    .execute();
  const cards = await db
    .selectFrom('deliveries')
    .select('approval_id')
    .where('approval_id', 'in', ids)
    .where((is) =>
      is.or([
        is('status', '=', 'pending'),
        is.and([is('channel', 'is not', null), is('shown_version', '<', is.ref('wanted_version'))]),
      ]),
    )
    .execute();
  return [...signals, ...cards].flatMap(({ approval_id: id }) => (id === null ? [] : [id]));
}

/** Lists under which hashes the texts are kept that people decided on; the records themselves stay. */
async function evidenceOf(
  db: Db,
  of: readonly (RunColumns & { readonly code: string })[],
): Promise<readonly string[]> {
  const codes = new Set(of.map(({ code }) => code));
  const records = await ofEachSystem(of, (system, ids) =>
    db
      .selectFrom('ledger')
      .select('body')
      .where('system', '=', system)
      .where('instance_id', 'in', ids)
      .where('kind', 'in', ['vote', 'decision'])
      .execute(),
  );
  return records.flatMap((record) => {
    const { code, shown } = entryOf(record);
    return shown?.evidence !== undefined && code !== undefined && codes.has(code) ? [shown.evidence] : [];
  });
}

/** Where the last post that succeeded is forgotten, one that failed before it must not count as the last. */
async function noPlaceLost(db: Db, approvalIds: readonly string[]): Promise<void> {
  await db
    .updateTable('deliveries as old')
    .set({ last_error: null })
    .where('old.given_up_at_ms', 'is not', null)
    .where('old.status', '=', 'done')
    .where(({ exists, selectFrom }) =>
      exists(
        selectFrom('deliveries as gone')
          .select('gone.number')
          .where('gone.approval_id', 'in', approvalIds)
          .whereRef('gone.target', '=', 'old.target')
          .whereRef('gone.number', '>', 'old.number')
          .where('gone.given_up_at_ms', 'is', null),
      ),
    )
    .execute();
}

const clicks: Removal = {
  async list(db, { beforeMs, after, limit }) {
    const rows = await db
      .selectFrom('clicks')
      .select(['id', 'finished_at_ms', 'body'])
      .where('finished_at_ms', 'is not', null)
      .where('finished_at_ms', '<', beforeMs)
      .where('finished_at_ms', '>=', after?.at ?? 0)
      .$if(after !== undefined, (some) =>
        some.where((is) =>
          is.or([is('finished_at_ms', '>', after?.at ?? 0), is('id', '>', after?.id ?? '')]),
        ),
      )
      .orderBy('finished_at_ms')
      .orderBy('id')
      .limit(limit)
      .execute();
    const read = rows.map(({ id, body }) => ({ id, about: bodies.click.read(id, body).approvalId }));
    const stored = await storedAmong(
      db,
      read.map(({ about }) => about),
    );
    const last = rows.at(-1);
    return pageOf(
      read.filter(({ about }) => !stored.has(about)).map(({ id }) => id),
      { found: rows.length, limit, last: last && { at: last.finished_at_ms ?? 0, id: last.id } },
    );
  },
  async remove(db, ids, nowMs) {
    await markUsed(
      db,
      ids.map((id) => ['click', id] as const),
      nowMs,
    );
    return countOf(db.deleteFrom('clicks').where('id', 'in', ids).where('answer', 'is not', null));
  },
};

const receipts: Removal = {
  async list(db, { beforeMs, after, limit }) {
    const rows = await db
      .selectFrom('receipts')
      .select(['code', 'at_ms', 'body'])
      .where('at_ms', '<', beforeMs)
      .where('at_ms', '>=', after?.at ?? 0)
      .$if(after !== undefined, (some) =>
        some.where((is) => is.or([is('at_ms', '>', after?.at ?? 0), is('code', '>', after?.id ?? '')])),
      )
      .orderBy('at_ms')
      .orderBy('code')
      .limit(limit)
      .execute();
    const read = rows.map(({ code, body }) => ({ code, about: bodies.receipt.read(code, body).approvalId }));
    const stored = await storedAmong(
      db,
      read.map(({ about }) => about),
    );
    const last = rows.at(-1);
    return pageOf(
      read.filter(({ about }) => !stored.has(about)).map(({ code }) => code),
      { found: rows.length, limit, last: last && { at: last.at_ms, id: last.code } },
    );
  },
  async remove(db, ids, nowMs) {
    await markUsed(
      db,
      ids.map((code) => ['receipt', code] as const),
      nowMs,
    );
    return countOf(db.deleteFrom('receipts').where('code', 'in', ids));
  },
};

/** What was said about an approval or a change stays as long as that does: a second notice with its key is the same. */
const notices: Removal = {
  async list(db, { beforeMs, after, limit }) {
    const rows = await db
      .selectFrom('deliveries')
      .select(['number', 'wanted_at_ms', 'notice_body', 'status', 'channel', 'shown_version'])
      .select(['wanted_version', 'incident_id', 'is_digest'])
      .where('notice_body', 'is not', null)
      .where('wanted_at_ms', '<', beforeMs)
      .where('wanted_at_ms', '>=', after?.at ?? 0)
      .$if(after !== undefined, (some) =>
        some.where((is) =>
          is.or([is('wanted_at_ms', '>', after?.at ?? 0), is('number', '>', Number(after?.id))]),
        ),
      )
      .orderBy('wanted_at_ms')
      .orderBy('number')
      .limit(limit)
      .execute();
    const over = rows
      .filter(({ incident_id, is_digest }) => incident_id === null && is_digest === 0)
      .filter(({ status }) => status === 'done')
      .filter((row) => row.channel === null || row.shown_version >= row.wanted_version)
      .map(({ number, notice_body: body }) => ({ number, notice: bodies.notice.read(number, body ?? '') }));
    const stored = await storedAmong(
      db,
      over.flatMap(({ notice }) => approvalsIn(notice)),
    );
    const changed = await changesAmong(
      db,
      over.flatMap(({ notice }) => changesIn(notice).map(({ id }) => id)),
    );
    const last = rows.at(-1);
    return pageOf(
      over
        .filter(
          ({ notice }) =>
            !approvalsIn(notice).some((id) => stored.has(id)) &&
            !changesIn(notice).some(({ id }) => changed.has(id)),
        )
        .map(({ number }) => String(number)),
      { found: rows.length, limit, last: last && { at: last.wanted_at_ms, id: String(last.number) } },
    );
  },
  remove: (db, ids) =>
    countOf(
      db
        .deleteFrom('deliveries')
        .where('number', 'in', ids.map(Number))
        .where('status', '=', 'done')
        .where('approval_id', 'is', null),
    ),
};

async function changesAmong(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await db
    .selectFrom('changes')
    .select('id')
    .where('id', 'in', [...new Set(ids)])
    .execute();
  return new Set(rows.map(({ id }) => id));
}

const shadowRecords: Removal = {
  async list(db, { beforeMs, after, limit }) {
    const rows = await db
      .selectFrom('shadow_records')
      .selectAll()
      .where('at_ms', '<', beforeMs)
      .where('at_ms', '>=', after?.at ?? 0)
      .$if(after !== undefined, (some) =>
        some.where((is) => is.or([is('at_ms', '>', after?.at ?? 0), is('id', '>', after?.id ?? '')])),
      )
      .orderBy('at_ms')
      .orderBy('id')
      .limit(limit)
      .execute();
    const stored = await storedAmong(
      db,
      rows.map(({ id }) => id),
    );
    const over = rows.filter(({ id, body }) => {
      const { endedAtMs } = bodies.shadowRecord.read(id, body);
      return endedAtMs !== undefined && endedAtMs < beforeMs && !stored.has(id);
    });
    const last = rows.at(-1);
    const end = { found: rows.length, limit, last: last && { at: last.at_ms, id: last.id } };
    return pageOf(
      over.map(({ id }) => id),
      end,
    );
  },
  remove: (db, ids) => countOf(db.deleteFrom('shadow_records').where('id', 'in', ids)),
};

const alerts: Removal = {
  async list(db, { beforeMs, after, limit }) {
    const rows = await db
      .selectFrom('incidents')
      .select(['number', 'id', 'body'])
      .where('number', '>', after?.at ?? 0)
      .where('is_open', '=', 0)
      .orderBy('number')
      .limit(limit)
      .execute();
    const read = rows.map((row) => ({ ...row, incident: bodies.incident.read(row.id, row.body) }));
    // They are numbered as they began.
    const young = read.findIndex(({ incident }) => incident.firstAtMs >= beforeMs);
    const old = (young < 0 ? read : read.slice(0, young))
      .filter(({ incident: { state, lastAtMs, heardAtMs } }) => {
        const overMs = state.kind === 'open' ? Number.POSITIVE_INFINITY : state.atMs;
        return Math.max(overMs, lastAtMs, heardAtMs) < beforeMs;
      })
      .map(({ id }) => id);
    const busy = old.length === 0 ? new Set() : await busyAlerts(db, old);
    const last = young < 0 ? read.at(-1) : undefined;
    return pageOf(
      old.filter((id) => !busy.has(id)),
      { found: rows.length, limit, last: last && { at: last.number, id: '' } },
    );
  },
  async remove(db, ids, nowMs) {
    const failures = await db
      .selectFrom('failures')
      .select(['system', 'instance_id'])
      .where('incident_id', 'in', ids)
      .execute();
    await markUsed(
      db,
      [
        ...ids.map((id) => ['alert', id] as const),
        ...failures.map(({ system, instance_id: id }) => ['failure', refKey({ system, id })] as const),
      ],
      nowMs,
    );
    let count = 0;
    for (const table of ['failures', 'deliveries'] as const)
      count += await countOf(db.deleteFrom(table).where('incident_id', 'in', ids));
    return (
      count + (await countOf(db.deleteFrom('incidents').where('id', 'in', ids).where('is_open', '=', 0)))
    );
  },
};

/** Lists alerts behind which a run is followed or on hold, something is undelivered, or a change is under way. */
async function busyAlerts(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  const failures = await db
    .selectFrom('failures')
    .select(['incident_id', 'system', 'instance_id', 'is_open'])
    .where('incident_id', 'in', ids)
    .execute();
  const held = new Set((await heldAmong(db, failures)).map(runText));
  const needed = failures.filter((one) => one.is_open === 1 || held.has(runText(one)));
  const messages = await db
    .selectFrom('deliveries')
    .select('incident_id')
    .where('incident_id', 'in', ids)
    .where('status', '=', 'pending')
    .execute();
  const changes = await db
    .selectFrom('changes')
    .select(['id', 'body'])
    .where('phase', 'in', ['confirmed', 'sending', 'following'])
    .where('batch_id', 'is not', null)
    .execute();
  return new Set([
    ...[...needed, ...messages].map(({ incident_id: id }) => id ?? ''),
    ...changes.map(({ id, body }) => bodies.change.read(id, body).batch?.incidentId ?? ''),
  ]);
}

const changes: Removal = {
  async list(db, { beforeMs, after, limit }) {
    const rows = await db
      .selectFrom('changes')
      .select(['id', 'system', 'instance_id', 'proposed_at_ms', 'confirmed_at_ms', 'body'])
      .where('phase', '=', 'over')
      .where('proposed_at_ms', '<', beforeMs)
      .where('proposed_at_ms', '>=', after?.at ?? 0)
      .$if(after !== undefined, (some) =>
        some.where((is) =>
          is.or([is('proposed_at_ms', '>', after?.at ?? 0), is('id', '>', after?.id ?? '')]),
        ),
      )
      .orderBy('proposed_at_ms')
      .orderBy('id')
      .limit(limit)
      .execute();
    const last = rows.at(-1);
    const end = { found: rows.length, limit, last: last && { at: last.proposed_at_ms, id: last.id } };
    const pending = rows.length === 0 ? undefined : await aboutPending(db);
    if (!pending) return pageOf([], end);
    const busy = await busyRuns(
      db,
      rows.flatMap(({ system, instance_id }) => (instance_id === null ? [] : [{ system, instance_id }])),
    );
    const batches = rows.map(({ id, body }) => bodies.change.read(id, body).batch?.incidentId);
    const open = await openAlerts(
      db,
      batches.filter((id) => id !== undefined),
    );
    const kept = rows.filter(({ id, system, instance_id, confirmed_at_ms }, index) => {
      if ((confirmed_at_ms ?? 0) >= beforeMs || pending.changes.has(id)) return true;
      if (instance_id !== null && busy.has(runText({ system, instance_id }))) return true;
      return open.has(batches[index] ?? '');
    });
    return pageOf(
      rows.filter((row) => !kept.includes(row)).map(({ id }) => id),
      end,
    );
  },
  remove: (db, ids) => countOf(db.deleteFrom('changes').where('id', 'in', ids).where('phase', '=', 'over')),
};

async function openAlerts(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = await db
    .selectFrom('incidents')
    .select('id')
    .where('id', 'in', [...new Set(ids)])
    .where('is_open', '=', 1)
    .execute();
  return new Set(rows.map(({ id }) => id));
}

/** What is packed of each kind: where its rows are found in the order of their age, and which of them are over. */
const packing = {
  approvals: {
    table: 'approvals',
    key: 'id',
    age: 'number',
    columns: ['body'],
    over: sql<boolean>`is_open = 0`,
  },
  clicks: {
    table: 'clicks',
    key: 'id',
    age: 'finished_at_ms',
    columns: ['body', 'answer'],
    over: sql<boolean>`finished_at_ms is not null`,
  },
  receipts: { table: 'receipts', key: 'code', age: 'at_ms', columns: ['body'], over: sql<boolean>`true` },
  notices: {
    table: 'deliveries',
    key: 'number',
    age: 'wanted_at_ms',
    columns: ['notice_body'],
    over: sql<boolean>`notice_body is not null`,
  },
} as const;

/** Packs rows where they stand; one that has changed since it was read stays as it is. */
async function packOld(db: Db, kind: PackedKind, { beforeMs, after, limit }: Page) {
  const { table, key, age, columns, over } = packing[kind];
  const mayGo = kind === 'approvals' ? sql<boolean>`true` : sql<boolean>`${sql.ref(age)} < ${beforeMs}`;
  // Rows of the same time are told apart by their keys.
  const at = after?.at ?? -1;
  const afterKey = kind === 'notices' ? Number(after?.id ?? 0) : (after?.id ?? '');
  const extra = kind === 'notices' ? sql`, status, is_digest, ${isShown} as is_shown` : sql``;
  const { rows } = await sql<Record<string, string | number | null>>`
    select ${sql.ref(key)} as id, ${sql.ref(age)} as age, ${sql.join(columns.map((name) => sql.ref(name)))} ${extra}
    from ${sql.table(table)}
    where ${over} and ${mayGo} and ${sql.ref(age)} >= ${at}
      and (${sql.ref(age)} > ${at} or ${sql.ref(key)} > ${afterKey})
    order by ${sql.ref(age)}, ${sql.ref(key)} limit ${sql.lit(limit)}`.execute(db);
  const stored = await endedAmong(
    db,
    rows.flatMap((row) => copiesIn(kind, row)),
  );
  let count = 0;
  let next: RemovalPlace | undefined;
  const ended: Approval[] = [];
  for (const row of rows) {
    const place = { at: Number(row.age), id: String(row.id) };
    if (kind === 'approvals') {
      const approval = bodies.approval.read(place.id, String(row.body));
      const { state, waitingSinceMs } = approval;
      if (waitingSinceMs >= beforeMs) break;
      next = place;
      if (state.kind !== 'ended' || state.atMs >= beforeMs) continue;
      ended.push(approval);
    }
    next = place;
    if (row.status === 'pending' || row.is_digest === 1) continue;
    const isCopy = copiesIn(kind, row).some((id) => stored.has(id));
    for (const name of columns) {
      const text = row[name];
      if (typeof text !== 'string') continue;
      const short = packed(isCopy && name !== 'body' ? withoutCopies(text, stored) : text);
      if (short === text) continue;
      await sql`update ${sql.table(table)} set ${sql.ref(name)} = ${short}
        where ${sql.ref(key)} = ${row.id} and ${sql.ref(name)} = ${text} and ${over}`.execute(db);
      count += 1;
    }
  }
  count += await packParts(db, ended);
  return { packed: count, ...(next === undefined ? {} : { next }) };
}

/** Whether a message was posted as it is wanted, so that nobody writes it again. */
const isShown = sql<number>`case when status = 'done' and channel is not null and given_up_at_ms is null
  and incident_id is null and shown_version >= wanted_version then 1 else 0 end`;

/** Lists the approvals of which the reply to a click, or a message that was posted, holds a copy. */
function copiesIn(
  kind: PackedKind,
  row: Readonly<Record<string, string | number | null>>,
): readonly string[] {
  if (kind === 'clicks') return [bodies.click.read(row.id ?? '', String(row.body)).approvalId];
  if (kind !== 'notices' || row.is_shown !== 1) return [];
  return approvalsIn(bodies.notice.read(row.id ?? '', String(row.notice_body)));
}

/**
 * Leaves of an approval, and of a receipt, that a text holds a copy of only by what they are found: they are stored
 * themselves, and end no differently any more.
 */
function withoutCopies(text: string, stored: ReadonlySet<string>): string {
  const leave = (key: string, value: unknown): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    const { id, code, approvalId } = value as { readonly [name: string]: unknown };
    if (key === 'approval' && typeof id === 'string' && stored.has(id)) return { id };
    if (key === 'receipt' && typeof approvalId === 'string' && stored.has(approvalId))
      return { code, approvalId };
    return value;
  };
  return JSON.stringify(JSON.parse(unpacked(text), leave));
}

/** Lists which of these approvals are stored and over. */
async function endedAmong(db: Db, ids: readonly string[]): Promise<ReadonlySet<string>> {
  if (ids.length === 0) return new Set();
  const rows = db.selectFrom('approvals').select('id').where('is_open', '=', 0);
  const found = await rows.where('id', 'in', [...new Set(ids)]).execute();
  return new Set(found.map(({ id }) => id));
}

/** Packs the settled signals of approvals, and the texts that were shown when they were decided. */
async function packParts(db: Db, approvals: readonly Approval[]): Promise<number> {
  if (approvals.length === 0) return 0;
  let count = 0;
  const ids = approvals.map(({ id }) => id);
  const signals = db.selectFrom('signals').select(['id', 'body']).where('approval_id', 'in', ids);
  for (const { id, body } of await signals.where('phase', '=', 'settled').execute()) {
    const short = packed(body);
    if (short === body) continue;
    const signal = db.updateTable('signals').set({ body: short });
    await signal.where('id', '=', id).where('body', '=', body).where('phase', '=', 'settled').execute();
    count += 1;
  }
  const shown = await evidenceOf(
    db,
    approvals.map(({ code, instance: { ref } }) => ({ system: ref.system, instance_id: ref.id, code })),
  );
  if (shown.length === 0) return count;
  for (const { sha256, body } of await db
    .selectFrom('evidence')
    .selectAll()
    .where('sha256', 'in', shown)
    .execute()) {
    const text = evidenceText(body);
    // What is not the text it was any more stays as somebody has left it.
    if (sha256Of(text) !== sha256) continue;
    const short = packed(text);
    if (short.length >= body.length) continue;
    await db
      .updateTable('evidence')
      .set({ body: short })
      .where('sha256', '=', sha256)
      .where('body', '=', body)
      .execute();
    count += 1;
  }
  return count;
}

const removals: Readonly<Record<RemovableKind, Removal>> = {
  approvals,
  clicks,
  receipts,
  notices,
  'shadow-records': shadowRecords,
  alerts,
  changes,
};

const tableOf = {
  approvals: 'approvals',
  alerts: 'incidents',
  changes: 'changes',
  ledger: 'ledger',
} as const satisfies Readonly<Record<RetentionKind, keyof Tables>>;

async function countStored(db: Db, kind: RetentionKind): Promise<StoredCount> {
  const { rows } = await sql<{ readonly rows: number }>`select count(*) as rows
    from ${sql.table(tableOf[kind])}`.execute(db);
  const oldestMs = await oldestOf(db, kind);
  return { rows: Number(rows[0]?.rows ?? 0), ...(oldestMs === undefined ? {} : { oldestMs }) };
}

/** By the row that was added first, which is quickly found. */
function oldestOf(db: Db, kind: RetentionKind): Promise<number | undefined> {
  switch (kind) {
    case 'approvals':
      return firstOf(
        db.selectFrom('approvals').select(['id', 'body']).orderBy('number').limit(1),
        ({ id, body }) => bodies.approval.read(id, body).waitingSinceMs,
      );
    case 'alerts':
      return firstOf(
        db.selectFrom('incidents').select(['id', 'body']).orderBy('number').limit(1),
        ({ id, body }) => bodies.incident.read(id, body).firstAtMs,
      );
    case 'changes':
      return firstOf(
        db
          .selectFrom('changes')
          .select('proposed_at_ms')
          .where('phase', '=', 'over')
          .orderBy('proposed_at_ms')
          .limit(1),
        (row) => row.proposed_at_ms,
      );
    default:
      return oldestRecord(db);
  }
}

async function oldestRecord(db: Db): Promise<number | undefined> {
  const heads = await db.selectFrom('ledger_heads').select('system').execute();
  const times: number[] = [];
  for (const { system } of heads) {
    const first = db.selectFrom('ledger').select('at_ms').where('system', '=', system);
    const atMs = await firstOf(first.orderBy('number').limit(1), (row) => row.at_ms);
    if (atMs !== undefined) times.push(atMs);
  }
  return times.length === 0 ? undefined : Math.min(...times);
}
