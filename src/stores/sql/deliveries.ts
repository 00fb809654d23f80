import { type InsertObject, type RawBuilder, type Selectable, sql } from 'kysely';
import { type Delivery, type DeliverySubject, priorities } from '../../domain/notification.js';
import type { PersonId } from '../../domain/person.js';
import { type Target, targetKey } from '../../domain/policy.js';
import type { MessageRef } from '../../domain/voting.js';
import type { DeliveryRepository, IdleCard, RateLimit } from '../../ports/store.js';
import { traceId } from '../../shared/trace.js';
import { bodies } from './bodies.js';
import { atomicallyOn, didChange, type Engine, firstOf, listOf } from './database.js';
import type { Db, Tables } from './tables.js';

type Row = Selectable<Tables['deliveries']>;

type NewRow = InsertObject<Tables, 'deliveries'>;

/** What is known of posts whose message we do not have: none, one being tried now, one that was lost. */
const posts = { none: 0, underWay: 1, lost: 2 } as const;

/** What is known of posts, as it stands in a statement. */
const [none, underWay, lost] = [sql.lit(posts.none), sql.lit(posts.underWay), sql.lit(posts.lost)];

/** What the subjects of digests begin with. */
const digestPrefix = 'digest:';

/**
 * Remembers in a database what is to be said and where, hands out what is due, and remembers each message.
 *
 * A notice is the same as an earlier one if both its key and its target are. A card of an approval, or an alert of
 * an incident, that was never added throws. Claiming moves the due time to the end of the lease, so after a crash
 * there is nothing to clean up: the delivery falls due again by itself.
 */
export function createDeliveryRepository(db: Db, engine: Engine): DeliveryRepository {
  const atomically = atomicallyOn(db, engine);
  const deliveries = () => db.selectFrom('deliveries');
  const pending = () => deliveries().where('status', '=', 'pending');
  const claimed = () => db.updateTable('deliveries').where('status', '=', 'pending');
  return {
    addCard: (approvalId, target, priority, nowMs) =>
      atomically(async (tx) => {
        const row = newRow({ subject: cardSubject(approvalId), target, priority, now: engine.at(nowMs) });
        const version = await versionOf(tx, 'approvals', approvalId);
        await insertNew(tx, { ...row, approval_id: approvalId, wanted_version: version });
      }),
    async addNotice(key, notice, target, nowMs) {
      const { notice: priority } = priorities;
      const row = newRow({ subject: `notice:${key}`, target, priority, now: engine.at(nowMs) });
      await insertNew(db, { ...row, notice_body: bodies.notice.write(notice), wanted_version: 1 });
    },
    async findNoticeMessage(key) {
      const rows = await deliveries()
        .select(['channel', 'ts', 'status'])
        .where('subject', '=', `notice:${key}`)
        .execute();
      const found = rows.map(messageOf).find((message) => message !== undefined);
      return found ?? (rows.some(({ status }) => status === 'pending') ? 'not-yet' : 'none');
    },
    replaceNotice(key, notice, target, nowMs) {
      const { notice: priority } = priorities;
      const row = newRow({ subject: `notice:${key}`, target, priority, now: engine.at(nowMs) });
      return wantAgain(db, row, bodies.notice.write(notice));
    },
    adoptCard: (approvalId, message, nowMs) =>
      atomically(async (tx) => {
        const version = await versionOf(tx, 'approvals', approvalId);
        await insertNew(tx, adoptedRow({ approvalId, message, version, now: engine.at(nowMs) }));
      }),
    findCardByMessage: ({ channel, ts }) =>
      firstOf(
        deliveries()
          .selectAll()
          .where('channel', '=', channel)
          .where('ts', '=', ts)
          .where('approval_id', 'is not', null),
        toDelivery,
      ),
    listCards: (approvalId) =>
      listOf(deliveries().selectAll().where('approval_id', '=', approvalId).orderBy('number'), toDelivery),

    async hasOtherCard(approvalId, id) {
      const row = await deliveries()
        .select('number')
        .where('approval_id', '=', approvalId)
        .where('number', '<>', Number(id))
        .where('given_up_at_ms', 'is', null)
        .where((is) => is.or([is('held_at_ms', 'is', null), is('channel', 'is not', null)]))
        .limit(1)
        .executeTakeFirst();
      return row !== undefined;
    },
    listHeld: (person) => listOf(heldFor(db, person).selectAll().orderBy('number'), toDelivery),
    async takeHeld(person, held, nowMs) {
      if (held.length === 0) return [];
      const ended = db
        .updateTable('deliveries')
        .set({ status: 'done', last_error: 'held', given_up_at_ms: nowMs, claim: null })
        .where(
          'number',
          'in',
          held.map(({ id }) => Number(id)),
        )
        .where('number', 'in', heldFor(db, person).select('number'))
        .where('status', '=', 'pending');
      return listOf(ended.returningAll(), toDelivery);
    },
    async releaseHeld(person, nowMs) {
      await db
        .updateTable('deliveries')
        .set({ due_at_ms: engine.at(nowMs) })
        .where('number', 'in', heldFor(db, person).select('number'))
        .where('claim', 'is', null)
        .execute();
    },
    claimIdleCard: (nowMs) => atomically((tx) => claimIdle(tx, engine, nowMs)),
    async noteCardCheck({ delivery, message }, found, nowMs) {
      const isThere = found === 'there';
      const since = sql<number>`coalesce(not_found_at_ms, ${engine.at(nowMs)})`;
      await db
        .updateTable('deliveries')
        .set({
          check_due_at_ms: engine.at(nowMs + (isThere ? idleForMs : checkAgainMs)),
          not_found_at_ms: isThere ? null : since,
        })
        .where('number', '=', Number(delivery.id))
        .where('channel', '=', message.channel)
        .where('ts', '=', message.ts)
        .execute();
    },
    async countNotFound(target) {
      const row = await waitingCards(db)
        .select((is) => is.fn.countAll<number>().as('count'))
        .where('deliveries.target', '=', targetKey(target))
        .where('deliveries.not_found_at_ms', 'is not', null)
        .executeTakeFirst();
      return Number(row?.count ?? 0);
    },
    async renewCard({ delivery, message }, how, nowMs) {
      const again = sql<number>`renewals + 1`;
      const waits = how === 'waits';
      await db
        .updateTable('deliveries')
        .set({
          status: sql`case when renewals >= ${sql.lit(mostRenewals)} then 'done' else 'pending' end`,
          given_up_at_ms: sql`case when renewals >= ${sql.lit(mostRenewals)} then ${engine.at(nowMs)} end`,
          channel: null,
          ts: null,
          shown_version: 0,
          attempts: 0,
          last_error: 'message-gone',
          priority: priorities.newCard,
          due_at_ms: engine.at(nowMs + (waits ? waitsForMs : 0)),
          renewals: again,
          check_due_at_ms: engine.at(nowMs + idleForMs),
          ...(waits ? {} : { not_found_at_ms: null }),
        })
        .where('number', '=', Number(delivery.id))
        .where('channel', '=', message.channel)
        .where('ts', '=', message.ts)
        .execute();
    },

    async tryCardAgain({ delivery, message }, dueAtMs) {
      await db
        .updateTable('deliveries')
        .set({ status: 'pending', attempts: 1, last_error: 'channel-gone', due_at_ms: engine.at(dueAtMs) })
        .where('number', '=', Number(delivery.id))
        .where('channel', '=', message.channel)
        .where('ts', '=', message.ts)
        .execute();
    },

    addAlert: (incidentId, target, nowMs) =>
      atomically(async (tx) => {
        const { alert: priority } = priorities;
        const row = newRow({ subject: alertSubject(incidentId), target, priority, now: engine.at(nowMs) });
        const version = await versionOf(tx, 'incidents', incidentId);
        await insertNew(tx, { ...row, incident_id: incidentId, wanted_version: version });
      }),
    async alertMessage(incidentId, target) {
      const row = await deliveries()
        .select(['channel', 'ts', 'status'])
        .where('subject', '=', alertSubject(incidentId))
        .where('target', '=', targetKey(target))
        .executeTakeFirst();
      if (!row) return 'none';
      return messageOf(row) ?? (row.status === 'pending' ? 'not-yet' : 'none');
    },
    wantFollowUp: (incidentId, key, followUp, dueAtMs) =>
      atomically(async (tx) => {
        const alerts = tx
          .selectFrom('deliveries')
          .select(['number', 'target_body'])
          .where('subject', '=', alertSubject(incidentId));
        for (const { number, target_body: body } of await alerts.execute()) {
          const row = newRow({
            subject: `follow-up:${incidentId}:${key}`,
            target: bodies.target.read(number, body),
            priority: priorities.alert,
            now: engine.at(dueAtMs),
          });
          await wantAgain(tx, { ...row, incident_id: incidentId }, bodies.followUp.write(followUp));
        }
      }),

    claimDueDeliveries: (claim) => claimDue(db, engine, claim),
    markTrying(id, { claim, isPost, nowMs, leaseMs }) {
      // A post that was under way before and never ended counts as lost for good: it may have made a message.
      const posted = sql<number>`case when may_have_posted = ${none} then ${underWay} else ${lost} end`;
      return didChange(
        claimed()
          .set({ due_at_ms: engine.at(nowMs + leaseMs), ...(isPost ? { may_have_posted: posted } : {}) })
          .where('number', '=', Number(id))
          .where('claim', '=', claim),
      );
    },
    markDelivered: (id, shown) => atomically((tx) => recordShown(tx, Number(id), shown)),
    postponeDelivery: (id, { claim, dueAtMs, ...how }) =>
      atomically(async (tx) => {
        const postpone = tx
          .updateTable('deliveries')
          .set((is) => ({
            due_at_ms: engine.at(dueAtMs),
            last_error: how.error,
            may_have_posted: how.mayHavePosted ? posts.lost : posts.none,
            attempts: is('attempts', '+', how.wasTried ? 1 : 0),
            claim: null,
            ...(how.isHeld ? { held_at_ms: sql<number>`coalesce(held_at_ms, ${dueAtMs})` } : {}),
          }))
          .where('number', '=', Number(id))
          .where('status', '=', 'pending')
          .$if(claim !== undefined, (mine) => mine.where('claim', '=', claim ?? ''));
        if (!(await didChange(postpone)) && how.wasTried) await showAgain(tx, Number(id));
      }),
    async giveUpDelivery(id, { error, nowMs, version, claim, isHeld }) {
      await db
        .updateTable('deliveries')
        .set({
          status: isHeld ? 'done' : sql`case when wanted_version > ${version} then 'pending' else 'done' end`,
          due_at_ms: engine.at(nowMs),
          last_error: error,
          given_up_at_ms: nowMs,
          claim: null,
          ...(isHeld ? { held_at_ms: nowMs } : {}),
        })
        .where('number', '=', Number(id))
        .$if(claim !== undefined, (mine) => mine.where('claim', '=', claim ?? ''))
        .execute();
    },
    async reclaimDeliveries(nowMs) {
      const posted = sql<number>`case when may_have_posted = ${none} then ${none} else ${lost} end`;
      await claimed()
        .set({ claim: null, due_at_ms: engine.at(nowMs), may_have_posted: posted })
        .where('claim', 'is not', null)
        .execute();
    },
    async nextDueMs() {
      const row = await pending()
        .select((is) => is.fn.min('due_at_ms').as('dueAtMs'))
        .executeTakeFirst();
      return row?.dueAtMs ?? undefined;
    },
    async countPending() {
      const row = await pending()
        .select((is) => is.fn.countAll<number>().as('count'))
        .where('held_at_ms', 'is', null)
        .executeTakeFirst();
      return row?.count ?? 0;
    },

    countUnpostedCards: () =>
      listOf(
        pending()
          .select((is) => ['target', 'target_body', is.fn.countAll<number>().as('count')])
          .where('approval_id', 'is not', null)
          // Both are said so that SQLite begins with what is pending: of what was never posted, years are kept.
          .where('due_at_ms', '>=', 0)
          .where(sql`coalesce(channel, '')`, '=', '')
          .where('held_at_ms', 'is', null)
          .groupBy(['target', 'target_body'])
          .orderBy('target'),
        ({ target, target_body: body, count }) => ({ target: bodies.target.read(target, body), count }),
      ),
    listLiveDigests: () =>
      listOf(
        deliveries()
          .select(['number', 'subject', 'target', 'target_body', 'notice_body', 'wanted_at_ms', 'channel'])
          .where('is_digest', '=', 1)
          .where('notice_body', '<>', bodies.digest.write({ count: 0 }))
          .orderBy('number'),
        (row) => ({
          id: row.subject.slice(digestPrefix.length),
          target: bodies.target.read(row.target, row.target_body),
          count: bodies.digest.read(row.number, row.notice_body ?? '').count,
          countedAtMs: row.wanted_at_ms,
          isPosted: row.channel !== null,
        }),
      ),
    wantDigest({ id, target, count }, nowMs) {
      const { digest: priority } = priorities;
      const row = {
        ...newRow({ subject: digestPrefix + id, target, priority, now: engine.at(nowMs) }),
        is_digest: 1,
      };
      return wantAgain(db, row, bodies.digest.write({ count }));
    },
    async findDigestFor(approvalId) {
      const row = await digestsBesideCardsOf(db, approvalId)
        .select(['digest.channel', 'digest.ts'])
        .where('digest.channel', 'is not', null)
        .where('card.channel', 'is', null)
        .orderBy('digest.number', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row && messageOf(row);
    },
    async isDigestFor(approvalId, { channel, ts }) {
      const row = await digestsBesideCardsOf(db, approvalId)
        .select('digest.number')
        .where('digest.channel', '=', channel)
        .where('digest.ts', '=', ts)
        .executeTakeFirst();
      return row !== undefined;
    },

    takeSlot: (limiter, rateLimit, requestedAtMs) =>
      atomically(async (tx) => takeSlot(tx, { limiter, rateLimit, now: engine.at(requestedAtMs) })),
    async blockLimiter(limiter, untilMs) {
      const blocked_until_ms = engine.at(untilMs);
      await db
        .insertInto('lanes')
        .values({ name: limiter, rested_at_ms: 0, blocked_until_ms })
        .onConflict((is) =>
          is
            .column('name')
            .doUpdateSet({ blocked_until_ms })
            .where('lanes.blocked_until_ms', '<', blocked_until_ms),
        )
        .execute();
    },
  };
}

/**
 * Makes a version wanted on all cards of an approval, or in all alerts of an incident.
 *
 * Changes in between cost no edit: a card has one row, and only the version last wanted is rendered. A card
 * somebody is working on stays hidden from others; it falls due when that claim is given back or expires. A
 * card that was given up gets another try, since what it says now may be accepted; not so one that its reader's
 * preferences left out.
 */
export async function wantVersion(
  db: Db,
  wanted: { readonly version: number; readonly now: RawBuilder<number> } & (
    | { readonly approvalId: string; readonly priority: number }
    | { readonly incidentId: string }
  ),
): Promise<void> {
  const { version, now } = wanted;
  const update = db.updateTable('deliveries').set({
    wanted_version: version,
    wanted_at_ms: now,
    due_at_ms: sql`case when status = 'pending' and (claim is not null or due_at_ms < ${now})
        then due_at_ms else ${now} end`,
    attempts: sql`case when status = 'pending' then attempts else 0 end`,
    status: 'pending',
    given_up_at_ms: null,
    trace: traceId() ?? null,
  });
  if ('incidentId' in wanted) {
    // Follow-ups have versions of their own; they alone carry a body.
    await update.where('incident_id', '=', wanted.incidentId).where('notice_body', 'is', null).execute();
    return;
  }
  const { approvalId, priority } = wanted;
  const urgency = sql<number>`case when status = 'pending' and priority < ${priority} then priority
    else ${priority} end`;
  await update
    .set({ priority: urgency })
    .where('approval_id', '=', approvalId)
    .where(({ not, and, eb }) =>
      not(and([eb('status', '=', 'done'), eb('held_at_ms', 'is not', null), eb('channel', 'is', null)])),
    )
    .execute();
}

/** What waits for a person because of their preferences, and surely was not posted. */
function heldFor(db: Db, person: PersonId) {
  return db
    .selectFrom('deliveries')
    .where('target', '=', targetKey({ kind: 'person', person }))
    .where('held_at_ms', 'is not', null)
    .where('status', '=', 'pending')
    .where('channel', 'is', null)
    .where('may_have_posted', '=', posts.none);
}

async function versionOf(db: Db, table: 'approvals' | 'incidents', id: string): Promise<number> {
  const row = await db.selectFrom(table).select('version').where('id', '=', id).executeTakeFirst();
  if (!row) throw new Error(`${table === 'approvals' ? 'Approval' : 'Incident'} ${id} was never added`);
  return row.version;
}

/** What has failed so often waits behind what may succeed, however urgent it was. */
const isHopeless = sql<number>`case when attempts >= 5 then 1 else 0 end`;

/** A card nobody has touched for so long is checked: it may have been deleted, or its channel closed. */
const idleForMs = 24 * 60 * 60_000;

/** Two checks that find no card count only this far apart. */
const checkAgainMs = 10 * 60_000;

const mostRenewals = 2;

/** What a digest stands for is posted by itself after this, if it still waits. */
const waitsForMs = 30 * 24 * 60 * 60_000;

function waitingCards(db: Db) {
  return (
    db
      .selectFrom('approvals')
      // In this order: SQLite would else begin with the deliveries, of which there are those of years.
      .crossJoin('deliveries')
      .whereRef('deliveries.approval_id', '=', 'approvals.id')
      .where('approvals.is_open', '=', 1)
      .where('approvals.state', '=', 'waiting')
  );
}

/** Putting the next check off is the claim: whoever asks at the same time finds another card. */
async function claimIdle(db: Db, engine: Engine, nowMs: number): Promise<IdleCard | undefined> {
  const idleMs = sql<number>`deliveries.wanted_at_ms + ${sql.lit(idleForMs)}`;
  const dueAtMs = sql<number>`case when deliveries.not_found_at_ms is null
      and (deliveries.check_due_at_ms is null or deliveries.check_due_at_ms < ${idleMs})
    then ${idleMs} else deliveries.check_due_at_ms end`;
  const row = await waitingCards(db)
    .selectAll('deliveries')
    .where('deliveries.status', '=', 'done')
    .where('deliveries.channel', 'is not', null)
    .where('deliveries.given_up_at_ms', 'is', null)
    .where(dueAtMs, '<=', engine.at(nowMs))
    .orderBy(dueAtMs)
    .limit(1)
    .executeTakeFirst();
  const message = row && messageOf(row);
  if (!row || !message) return undefined;
  await db
    .updateTable('deliveries')
    .set({ check_due_at_ms: engine.at(nowMs + checkAgainMs) })
    .where('number', '=', row.number)
    .execute();
  return { delivery: toDelivery(row), message, wasNotFound: row.not_found_at_ms !== null };
}

/** Chooses and claims in one statement, so that of several who ask at once nobody waits and nobody gets the same. */
async function claimDue(
  db: Db,
  engine: Engine,
  { nowMs, limit, leaseMs, claim, except = [] }: Parameters<DeliveryRepository['claimDueDeliveries']>[0],
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
          .$if(except.length > 0, (due) => due.where('target', 'not in', except))
          .orderBy(isHopeless)
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
function byUrgency(a: Row, b: Row): number {
  return (
    hopeless(a) - hopeless(b) ||
    a.priority - b.priority ||
    a.wanted_at_ms - b.wanted_at_ms ||
    a.number - b.number
  );
}

function hopeless({ attempts }: Row): number {
  return attempts >= 5 ? 1 : 0;
}

type Shown = Parameters<DeliveryRepository['markDelivered']>[1];

/** Records that a message shows a version; what whoever came after has done meanwhile stays. */
async function recordShown(db: Db, number: number, shown: Shown): Promise<void> {
  const row = await db.selectFrom('deliveries').selectAll().where('number', '=', number).executeTakeFirst();
  if (!row) return;
  const isOurs = shown.claim === undefined || row.claim === shown.claim;
  // Nobody else is at it and it has no message yet, so this is it.
  const isFree = row.claim === null && row.ts === null;
  if (isOurs || isFree) return recordOurs(db, number, shown);
  const { message } = shown;
  if (row.channel === message.channel && row.ts === message.ts) return showAgain(db, number);
  if (row.approval_id === null) return;
  // A card that was posted besides the one that counts has buttons too, so it is kept true as well.
  const { approval_id: approvalId, wanted_version: version, wanted_at_ms: wantedAtMs } = row;
  await insertNew(db, adoptedRow({ approvalId, message, version, now: sql.lit(wantedAtMs) }));
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
  await db
    .updateTable('deliveries')
    .set({
      shown_version: version,
      channel: message.channel,
      ts: message.ts,
      may_have_posted: sql`case when may_have_posted = ${lost} then ${lost} else ${none} end`,
      attempts: 0,
      claim: null,
      last_error: null,
      given_up_at_ms: null,
      not_found_at_ms: null,
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

/** Digests in the places where an approval's card is wanted. */
function digestsBesideCardsOf(db: Db, approvalId: string) {
  return db
    .selectFrom('deliveries as digest')
    .innerJoin('deliveries as card', 'card.target', 'digest.target')
    .where('digest.is_digest', '=', 1)
    .where('card.approval_id', '=', approvalId);
}

/** Takes a slot of a lane, whose arithmetic is done here and not in the database, on the time everybody shares. */
async function takeSlot(
  db: Db,
  what: { readonly limiter: string; readonly rateLimit: RateLimit; readonly now: RawBuilder<number> },
): Promise<number> {
  const { limiter, rateLimit, now } = what;
  const { rows } = await sql<{ readonly nowMs: number }>`select ${now} as "nowMs"`.execute(db);
  const [time] = rows;
  if (!time) throw new Error('The database did not tell the time');
  const { nowMs } = time;
  const row = await db.selectFrom('lanes').selectAll().where('name', '=', limiter).executeTakeFirst();
  const storedMs = row?.rested_at_ms ?? 0;
  const restedMs = restedAtMs(storedMs, rateLimit, nowMs);
  const freeAtMs = restedMs - (rateLimit.burst - 1) * rateLimit.everyMs;
  const waitMs = Math.max(freeAtMs - nowMs, (row?.blocked_until_ms ?? 0) - nowMs, 0);
  if (waitMs === 0) await putRested(db, limiter, restedMs + rateLimit.everyMs);
  // Else the lane would seem as busy at every later poll, until the clock is where it was.
  else if (storedMs > restedMs) await putRested(db, limiter, restedMs);
  return waitMs;
}

/**
 * Says when a lane is fully rested, which is never before now.
 *
 * Nor is it ever further away than a whole burst; if it seems so, the clock was set back or the pace changed.
 */
function restedAtMs(storedMs: number, { burst, everyMs }: RateLimit, nowMs: number): number {
  return Math.min(Math.max(storedMs, nowMs), nowMs + burst * everyMs);
}

async function putRested(db: Db, name: string, rested_at_ms: number): Promise<void> {
  await db
    .insertInto('lanes')
    .values({ name, rested_at_ms, blocked_until_ms: 0 })
    .onConflict((is) => is.column('name').doUpdateSet({ rested_at_ms }))
    .execute();
}

async function insertNew(db: Db, row: NewRow): Promise<void> {
  await db
    .insertInto('deliveries')
    .values(row)
    .onConflict((is) => is.doNothing())
    .execute();
}

/** Makes something wanted with a body; what has its subject and target already is due again with the new body. */
async function wantAgain(db: Db, row: Omit<NewRow, 'wanted_version'>, body: string): Promise<void> {
  const { wanted_at_ms: now } = row;
  await db
    .insertInto('deliveries')
    .values({ ...row, notice_body: body, wanted_version: 1 })
    .onConflict((is) =>
      is.columns(['subject', 'target']).doUpdateSet({
        notice_body: body,
        wanted_version: sql`deliveries.wanted_version + 1`,
        wanted_at_ms: now,
        due_at_ms: sql`case when deliveries.claim is not null then deliveries.due_at_ms else ${now} end`,
        status: 'pending',
        given_up_at_ms: null,
        trace: traceId() ?? null,
      }),
    )
    .execute();
}

/** Names the card of an approval, in whatever place. */
function cardSubject(approvalId: string): string {
  return `card:${approvalId}`;
}

/** Names the alert of an incident, in whatever place. */
function alertSubject(incidentId: string): string {
  return `alert:${incidentId}`;
}

/** Makes the row of something to be said that was never said before. */
function newRow(what: {
  readonly subject: string;
  readonly target: Target;
  readonly priority: number;
  readonly now: RawBuilder<number>;
}) {
  return {
    subject: what.subject,
    target: targetKey(what.target),
    target_body: bodies.target.write(what.target),
    is_adopted: 0,
    status: 'pending',
    priority: what.priority,
    shown_version: 0,
    wanted_at_ms: what.now,
    due_at_ms: what.now,
    attempts: 0,
    may_have_posted: posts.none,
    trace: traceId() ?? null,
  } as const;
}

/** A stray copy stands beside the card that was asked for in that channel, under a target key of its own. */
function adoptedRow(copy: {
  readonly approvalId: string;
  readonly message: MessageRef;
  readonly version: number;
  readonly now: RawBuilder<number>;
}): NewRow {
  const { approvalId, message, version, now } = copy;
  const target: Target = { kind: 'channel', channel: message.channel };
  return {
    ...newRow({ subject: cardSubject(approvalId), target, priority: priorities.staleButtons, now }),
    target: `adopted:${message.channel}:${message.ts}`,
    is_adopted: 1,
    approval_id: approvalId,
    channel: message.channel,
    ts: message.ts,
    wanted_version: version,
  };
}

/** Puts a delivery together from its row. */
function toDelivery(row: Row): Delivery {
  const message = messageOf(row);
  return {
    id: String(row.number),
    subject: toSubject(row),
    target: bodies.target.read(row.number, row.target_body),
    ...(message ? { message } : {}),
    wantedVersion: row.wanted_version,
    shownVersion: row.shown_version,
    priority: row.priority,
    wantedAtMs: row.wanted_at_ms,
    dueAtMs: row.due_at_ms,
    attempts: row.attempts,
    ...(row.renewals > 0 ? { isAgain: true as const } : {}),
    ...(row.held_at_ms === null ? {} : { isHeld: true as const }),
    ...(row.trace === null ? {} : { trace: row.trace }),
    mayHavePosted: row.may_have_posted > 0,
    ...(row.claim === null ? {} : { claim: row.claim }),
  };
}

/** What is said in an alert's thread carries its own words; the alert itself is made from the incident. */
function toSubject({ number, subject, approval_id, incident_id, notice_body }: Row): DeliverySubject {
  const body = notice_body ?? '';
  if (approval_id !== null) return { kind: 'card', approvalId: approval_id };
  if (subject.startsWith(digestPrefix)) {
    return { kind: 'digest', count: bodies.digest.read(number, body).count };
  }
  if (incident_id === null) return { kind: 'notice', notice: bodies.notice.read(number, body) };
  if (notice_body === null) return { kind: 'alert', incidentId: incident_id };
  return { kind: 'follow-up', incidentId: incident_id, followUp: bodies.followUp.read(number, body) };
}

function messageOf({ channel, ts }: Pick<Row, 'channel' | 'ts'>): MessageRef | undefined {
  return channel === null || ts === null ? undefined : { channel, ts };
}
