import { type InsertObject, type RawBuilder, type Selectable, sql } from 'kysely';
import { type Delivery, type DeliverySubject, priorities } from '../../domain/notification.js';
import { type Target, targetKey } from '../../domain/policy.js';
import type { MessageRef } from '../../domain/voting.js';
import type { DeliveryRepository, DigestRepository, IncidentRepository } from '../../ports/store.js';
import { atomicallyOn, type Engine } from './database.js';
import { type Db, readBody, type Tables } from './tables.js';

type AlertDeliveries = Pick<IncidentRepository, 'addAlert' | 'wantFollowUp'> &
  Pick<DeliveryRepository, 'alertMessage'>;

/** Remembers in a database where alerts are wanted, and what is to be said in their threads. */
export function createAlertDeliveries(db: Db, engine: Engine): AlertDeliveries {
  const atomically = atomicallyOn(db, engine);
  return {
    addAlert: (incidentId, target, nowMs) =>
      atomically(async (tx) => {
        const row = newRow({
          subject: `alert:${incidentId}`,
          target,
          priority: priorities.alert,
          now: engine.at(nowMs),
        });
        await tx
          .insertInto('deliveries')
          .values({ ...row, incident_id: incidentId, wanted_version: await versionOf(tx, incidentId) })
          .onConflict((is) => is.doNothing())
          .execute();
      }),
    wantFollowUp: (incidentId, key, followUp, dueAtMs) =>
      atomically(async (tx) => {
        const now = engine.at(dueAtMs);
        for (const target of await alertTargets(tx, incidentId)) {
          const subject = `follow-up:${incidentId}:${key}`;
          const row = newRow({ subject, target, priority: priorities.alert, now });
          await tx
            .insertInto('deliveries')
            .values({
              ...row,
              incident_id: incidentId,
              notice_body: JSON.stringify(followUp),
              wanted_version: 1,
            })
            .onConflict((is) =>
              is.columns(['subject', 'target']).doUpdateSet({
                wanted_version: sql`deliveries.wanted_version + 1`,
                wanted_at_ms: now,
                due_at_ms: sql`case when deliveries.claim is not null then deliveries.due_at_ms else ${now} end`,
                status: 'pending',
                notice_body: JSON.stringify(followUp),
                given_up_at_ms: null,
              }),
            )
            .execute();
        }
      }),
    async alertMessage(incidentId, target) {
      const row = await db
        .selectFrom('deliveries')
        .select(['channel', 'ts', 'status'])
        .where('subject', '=', `alert:${incidentId}`)
        .where('target', '=', targetKey(target))
        .executeTakeFirst();
      if (!row) return 'none';
      const { channel, ts, status } = row;
      if (channel !== null && ts !== null) return { channel, ts };
      return status === 'pending' ? 'not-yet' : 'none';
    },
  };
}

async function alertTargets(db: Db, incidentId: string): Promise<readonly Target[]> {
  const rows = await db
    .selectFrom('deliveries')
    .select(['number', 'target_body'])
    .where('subject', '=', `alert:${incidentId}`)
    .execute();
  return rows.map(({ number, target_body: body }) =>
    readBody<Target>({ table: 'deliveries', id: String(number), body }),
  );
}

async function versionOf(db: Db, incidentId: string): Promise<number> {
  const row = await db
    .selectFrom('incidents')
    .select('version')
    .where('id', '=', incidentId)
    .executeTakeFirst();
  if (!row) throw new Error(`Incident ${incidentId} was never added`);
  return row.version;
}

type CardRepository = Pick<
  DeliveryRepository,
  'addCard' | 'addNotice' | 'adoptCard' | 'findCardByMessage' | 'listCards'
>;

/**
 * Remembers in a database what is to be said, and where each card is.
 *
 * A notice is the same as an earlier one if both its key and its target are. A card of an approval that was
 * never added throws.
 */
export function createCardRepository(db: Db, engine: Engine): CardRepository {
  const atomically = atomicallyOn(db, engine);
  return {
    addCard: (approvalId, target, priority, nowMs) =>
      atomically(async (tx) => {
        const row = newRow({ subject: cardSubject(approvalId), target, priority, now: engine.at(nowMs) });
        const version = await versionOfCardMemory(tx, approvalId);
        await insertNew(tx, { ...row, approval_id: approvalId, wanted_version: version });
      }),
    async addNotice(key, notice, target, nowMs) {
      const now = engine.at(nowMs);
      const row = newRow({ subject: `notice:${key}`, target, priority: priorities.notice, now });
      await insertNew(db, { ...row, notice_body: JSON.stringify(notice), wanted_version: 1 });
    },
    adoptCard: (approvalId, message, nowMs) =>
      atomically(async (tx) => {
        const version = await versionOfCardMemory(tx, approvalId);
        await insertNew(tx, {
          ...adoptedRow(approvalId, message, engine.at(nowMs)),
          wanted_version: version,
        });
      }),
    async findCardByMessage(message) {
      const row = await db
        .selectFrom('deliveries')
        .selectAll()
        .where('channel', '=', message.channel)
        .where('ts', '=', message.ts)
        .where('approval_id', 'is not', null)
        .executeTakeFirst();
      return row && toDelivery(row);
    },
    async listCards(approvalId) {
      const cards = db.selectFrom('deliveries').selectAll().where('approval_id', '=', approvalId);
      return (await cards.orderBy('number').execute()).map(toDelivery);
    },
  };
}

async function insertNew(db: Db, row: InsertObject<Tables, 'deliveries'>): Promise<void> {
  await db
    .insertInto('deliveries')
    .values(row)
    .onConflict((is) => is.doNothing())
    .execute();
}

async function versionOfCardMemory(db: Db, approvalId: string): Promise<number> {
  const row = await db
    .selectFrom('approvals')
    .select('version')
    .where('id', '=', approvalId)
    .executeTakeFirst();
  if (!row) throw new Error(`Approval ${approvalId} was never added`);
  return row.version;
}

type DeliveryQueue = Pick<
  DeliveryRepository,
  | 'claimDueDeliveries'
  | 'markTrying'
  | 'markDelivered'
  | 'postponeDelivery'
  | 'giveUpDelivery'
  | 'reclaimDeliveries'
  | 'nextDueMs'
  | 'countPending'
>;

/** What is known of posts whose message we do not have: none, one being tried now, one that was lost. */
const posts = { none: 0, underWay: 1, lost: 2 } as const;

/** What is known of posts, as it stands in a statement. */
const [none, underWay, lost] = [sql.lit(posts.none), sql.lit(posts.underWay), sql.lit(posts.lost)];

type Claim = Parameters<DeliveryRepository['claimDueDeliveries']>[0];

/**
 * Hands out due deliveries from a database and takes them back.
 *
 * Claiming moves the due time to the end of the lease, so after a crash there is nothing to clean up: the
 * delivery falls due again by itself.
 */
export function createDeliveryQueue(db: Db, engine: Engine): DeliveryQueue {
  const atomically = atomicallyOn(db, engine);
  return {
    claimDueDeliveries: (claim) => claimDue(db, engine, claim),
    async markTrying(id, { claim, isPost, nowMs, leaseMs }) {
      // A post that was under way before and never ended counts as lost for good: it may have made a message.
      const posted = sql<number>`case when may_have_posted = ${none} then ${underWay} else ${lost} end`;
      const marked = await db
        .updateTable('deliveries')
        .set({ due_at_ms: engine.at(nowMs + leaseMs), ...(isPost ? { may_have_posted: posted } : {}) })
        .where('number', '=', Number(id))
        .where('status', '=', 'pending')
        .where('claim', '=', claim)
        .executeTakeFirst();
      return marked.numUpdatedRows !== 0n;
    },
    markDelivered: (id, shown) => atomically((tx) => recordShown(tx, Number(id), shown)),
    postponeDelivery: (id, { claim, dueAtMs, ...how }) =>
      atomically(async (tx) => {
        const postponed = await tx
          .updateTable('deliveries')
          .set((is) => ({
            due_at_ms: engine.at(dueAtMs),
            last_error: how.error,
            may_have_posted: how.mayHavePosted ? posts.lost : posts.none,
            attempts: is('attempts', '+', how.wasTried ? 1 : 0),
            claim: null,
          }))
          .where('number', '=', Number(id))
          .where('status', '=', 'pending')
          .$if(claim !== undefined, (mine) => mine.where('claim', '=', claim ?? ''))
          .executeTakeFirst();
        if (postponed.numUpdatedRows === 0n && how.wasTried) await showAgain(tx, Number(id));
      }),
    async giveUpDelivery(id, { error, nowMs, version, claim }) {
      await db
        .updateTable('deliveries')
        .set({
          status: sql`case when wanted_version > ${version} then 'pending' else 'done' end`,
          due_at_ms: engine.at(nowMs),
          last_error: error,
          given_up_at_ms: nowMs,
          claim: null,
        })
        .where('number', '=', Number(id))
        .$if(claim !== undefined, (mine) => mine.where('claim', '=', claim ?? ''))
        .execute();
    },
    async reclaimDeliveries(nowMs) {
      const posted = sql<number>`case when may_have_posted = ${none} then ${none} else ${lost} end`;
      await db
        .updateTable('deliveries')
        .set({ claim: null, due_at_ms: engine.at(nowMs), may_have_posted: posted })
        .where('status', '=', 'pending')
        .where('claim', 'is not', null)
        .execute();
    },
    async nextDueMs() {
      const pending = db.selectFrom('deliveries').where('status', '=', 'pending');
      const row = await pending.select((is) => is.fn.min('due_at_ms').as('dueAtMs')).executeTakeFirst();
      return row?.dueAtMs ?? undefined;
    },
    async countPending() {
      const pending = db.selectFrom('deliveries').where('status', '=', 'pending');
      const row = await pending.select((is) => is.fn.countAll<number>().as('count')).executeTakeFirst();
      return row?.count ?? 0;
    },
  };
}

/** Chooses and claims in one statement, so that of several who ask at once nobody waits and nobody gets the same. */
async function claimDue(
  db: Db,
  engine: Engine,
  { nowMs, limit, leaseMs, claim }: Claim,
): Promise<readonly Delivery[]> {
  const claimed = await db
    .with(
      // Worked out once, whatever the planner thinks: worked out again it would choose others.
      (name) => name('due').materialized(),
      (cte) =>
        cte
          .selectFrom('deliveries')
          .select('number')
          .where('status', '=', 'pending')
          .where('due_at_ms', '<=', engine.at(nowMs))
          .orderBy('priority')
          .orderBy('due_at_ms')
          .orderBy('number')
          .limit(limit)
          .$if(engine.locksRows, (due) => due.forUpdate().skipLocked()),
    )
    .updateTable('deliveries')
    .set({ claim, due_at_ms: engine.at(nowMs + leaseMs) })
    .where('number', 'in', (is) => is.selectFrom('due').select('due.number'))
    .returningAll()
    .execute();
  return claimed.sort(byUrgency).map(toDelivery);
}

/** What an update returns has no order of its own, and the time it fell due is overwritten by then. */
function byUrgency(a: Selectable<Tables['deliveries']>, b: Selectable<Tables['deliveries']>): number {
  return a.priority - b.priority || a.wanted_at_ms - b.wanted_at_ms || a.number - b.number;
}

type Shown = Parameters<DeliveryRepository['markDelivered']>[1];

type Row = Selectable<Tables['deliveries']>;

/** Records that a message shows a version; what whoever came after has done meanwhile stays. */
async function recordShown(db: Db, number: number, shown: Shown): Promise<void> {
  const row = await db.selectFrom('deliveries').selectAll().where('number', '=', number).executeTakeFirst();
  if (!row) return;
  const isOurs = shown.claim === undefined || row.claim === shown.claim;
  // Nobody else is at it and it has no message yet, so this is it.
  const isFree = row.claim === null && row.ts === null;
  if (isOurs || isFree) return recordOurs(db, number, shown);
  const isSame = row.channel === shown.message.channel && row.ts === shown.message.ts;
  if (isSame) return showAgain(db, number);
  await keepCopy(db, row, shown);
}

async function recordOurs(db: Db, number: number, { message, version }: Shown): Promise<void> {
  // A post that was thought lost may have been adopted meanwhile; now its own delivery keeps it.
  await db
    .deleteFrom('deliveries')
    .where('channel', '=', message.channel)
    .where('ts', '=', message.ts)
    .where('is_adopted', '=', 1)
    .where('number', '<>', number)
    .execute();
  const lost = sql.lit(posts.lost);
  await db
    .updateTable('deliveries')
    .set({
      shown_version: version,
      channel: message.channel,
      ts: message.ts,
      may_have_posted: sql`case when may_have_posted = ${lost} then ${lost} else ${sql.lit(posts.none)} end`,
      attempts: 0,
      claim: null,
      last_error: null,
      given_up_at_ms: null,
      status: sql`case when wanted_version > ${version} then 'pending' else 'done' end`,
      due_at_ms: sql.ref('wanted_at_ms'),
    })
    .where('number', '=', number)
    .execute();
}

/**
 * Makes a message due again that may show what is old, whoever is at it.
 *
 * Whoever holds it loses the claim: what they recorded could be about an edit from before.
 */
async function showAgain(db: Db, number: number): Promise<void> {
  await db
    .updateTable('deliveries')
    .set({ status: 'pending', claim: null, due_at_ms: sql.ref('wanted_at_ms') })
    .where('number', '=', number)
    .where('ts', 'is not', null)
    .execute();
}

/** A card that was posted besides the one that counts has buttons too, so it is kept true as well. */
async function keepCopy(db: Db, row: Row, { message }: Shown): Promise<void> {
  if (row.approval_id === null) return;
  await db
    .insertInto('deliveries')
    .values({
      ...adoptedRow(row.approval_id, message, sql.lit(row.wanted_at_ms)),
      wanted_version: row.wanted_version,
    })
    .onConflict((is) => is.doNothing())
    .execute();
}

/** Names the card of an approval, in whatever place. */
function cardSubject(approvalId: string): string {
  return `card:${approvalId}`;
}

/** A stray copy stands beside the card that was asked for in that channel, under a target key of its own. */
function adoptedRow(approvalId: string, message: MessageRef, now: RawBuilder<number>) {
  const target: Target = { kind: 'channel', channel: message.channel };
  return {
    ...newRow({ subject: cardSubject(approvalId), target, priority: priorities.staleButtons, now }),
    target: `adopted:${message.channel}:${message.ts}`,
    is_adopted: 1,
    approval_id: approvalId,
    channel: message.channel,
    ts: message.ts,
  };
}

/** Puts a delivery together from its row. */
function toDelivery(row: Selectable<Tables['deliveries']>): Delivery {
  const { channel, ts, claim } = row;
  return {
    id: String(row.number),
    subject: toSubject(row),
    target: readBody({ table: 'deliveries', id: String(row.number), body: row.target_body }),
    ...(channel === null || ts === null ? {} : { message: { channel, ts } }),
    wantedVersion: row.wanted_version,
    shownVersion: row.shown_version,
    priority: row.priority,
    dueAtMs: row.due_at_ms,
    attempts: row.attempts,
    mayHavePosted: row.may_have_posted > 0,
    ...(claim === null ? {} : { claim }),
  };
}

function toSubject(row: Selectable<Tables['deliveries']>): DeliverySubject {
  if (row.approval_id !== null) return { kind: 'card', approvalId: row.approval_id };
  const id = String(row.number);
  if (isDigest(row.subject)) return { kind: 'digest', count: countIn(id, row.notice_body) };
  if (row.incident_id !== null) return toIncidentSubject(id, row.incident_id, row.notice_body);
  return {
    kind: 'notice',
    notice: readBody({ table: 'deliveries', id, body: row.notice_body ?? '' }),
  };
}

/** What is said in a thread carries its own words; the alert itself is made from the incident. */
function toIncidentSubject(id: string, incidentId: string, body: string | null): DeliverySubject {
  if (body === null) return { kind: 'alert', incidentId };
  return { kind: 'follow-up', incidentId, followUp: readBody({ table: 'deliveries', id, body }) };
}

/** What the subjects of digests begin with. */
const prefix = 'digest:';

/** Remembers in a database which cards are missing where, and the digests that stand for them. */
export function createDigestRepository(db: Db, engine: Engine): DigestRepository {
  return {
    async countUnpostedCards() {
      const rows = await db
        .selectFrom('deliveries')
        .select((is) => ['target', 'target_body', is.fn.countAll<number>().as('count')])
        .where('status', '=', 'pending')
        .where('approval_id', 'is not', null)
        .where('channel', 'is', null)
        .groupBy(['target', 'target_body'])
        .orderBy('target')
        .execute();
      return rows.map(({ target, target_body: body, count }) => ({ target: toTarget(target, body), count }));
    },
    async listLiveDigests() {
      const rows = await db
        .selectFrom('deliveries')
        .select(['number', 'subject', 'target', 'target_body', 'notice_body', 'wanted_at_ms', 'channel'])
        .where('subject', 'like', `${prefix}%`)
        .where('notice_body', '<>', bodyOf(0))
        .orderBy('number')
        .execute();
      return rows.map((row) => ({
        id: row.subject.slice(prefix.length),
        target: toTarget(row.target, row.target_body),
        count: countIn(String(row.number), row.notice_body),
        countedAtMs: row.wanted_at_ms,
        isPosted: row.channel !== null,
      }));
    },
    async wantDigest({ id, target, count }, nowMs) {
      const now = engine.at(nowMs);
      const row = newRow({ subject: prefix + id, target, priority: priorities.digest, now });
      await db
        .insertInto('deliveries')
        .values({ ...row, notice_body: bodyOf(count), wanted_version: 1 })
        .onConflict((is) =>
          is.columns(['subject', 'target']).doUpdateSet({
            notice_body: bodyOf(count),
            wanted_version: sql`deliveries.wanted_version + 1`,
            wanted_at_ms: now,
            due_at_ms: sql`case when deliveries.claim is not null then deliveries.due_at_ms else ${now} end`,
            status: 'pending',
            given_up_at_ms: null,
          }),
        )
        .execute();
    },
    async findDigestFor(approvalId) {
      const row = await db
        .selectFrom('deliveries as digest')
        .innerJoin('deliveries as card', 'card.target', 'digest.target')
        .select(['digest.channel', 'digest.ts'])
        .where('digest.subject', 'like', `${prefix}%`)
        .where('digest.channel', 'is not', null)
        .where('card.approval_id', '=', approvalId)
        .where('card.channel', 'is', null)
        .orderBy('digest.number', 'desc')
        .limit(1)
        .executeTakeFirst();
      if (!row || row.channel === null || row.ts === null) return undefined;
      return { channel: row.channel, ts: row.ts };
    },
    async isDigestFor(approvalId, { channel, ts }) {
      const row = await db
        .selectFrom('deliveries as digest')
        .innerJoin('deliveries as card', 'card.target', 'digest.target')
        .select('digest.number')
        .where('digest.subject', 'like', `${prefix}%`)
        .where('digest.channel', '=', channel)
        .where('digest.ts', '=', ts)
        .where('card.approval_id', '=', approvalId)
        .executeTakeFirst();
      return row !== undefined;
    },
  };
}

/** Reads how many cards a digest's row speaks of. */
function countIn(id: string, body: string | null): number {
  return readBody<{ readonly count: number }>({ table: 'deliveries', id, body: body ?? '' }).count;
}

/** Tells whether a delivery's subject is a digest. */
function isDigest(subject: string): boolean {
  return subject.startsWith(prefix);
}

function bodyOf(count: number): string {
  return JSON.stringify({ count });
}

function toTarget(id: string, body: string): Target {
  return readBody({ table: 'deliveries', id, body });
}

/** Makes the row of something to be said that was never said before. */
function newRow(what: {
  readonly subject: string;
  readonly target: Target;
  readonly priority: number;
  readonly now: RawBuilder<number> | number;
}) {
  return {
    subject: what.subject,
    target: targetKey(what.target),
    target_body: JSON.stringify(what.target),
    is_adopted: 0,
    status: 'pending',
    priority: what.priority,
    shown_version: 0,
    wanted_at_ms: what.now,
    due_at_ms: what.now,
    attempts: 0,
    may_have_posted: 0,
  } as const;
}
