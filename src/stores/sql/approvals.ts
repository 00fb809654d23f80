import { setImmediate } from 'node:timers/promises';
import { type RawBuilder, type Selectable, sql } from 'kysely';
import type { Approval, Vote } from '../../domain/approval.js';
import { personKey } from '../../domain/person.js';
import type { Signal } from '../../domain/signal.js';
import { type Click, type ClickReply, clickLeaseMs, type Dialog } from '../../domain/voting.js';
import {
  type ApprovalRepository,
  ChangedMeanwhile,
  type ClickRepository,
  type CodeRepository,
  type SignalRepository,
  type StoredClick,
  type Tracked,
  type VoteRepository,
} from '../../ports/store.js';
import { atomicallyOn, type Engine } from './database.js';
import { forgetSecrets } from './people.js';
import { type Db, readBody, type Tables } from './tables.js';

/** Reading so many takes a few milliseconds, in which nobody else is looked after. */
const openAtOnce = 200;

/** Remembers approvals in a database. Adding one under a code that was given out before throws. */
export function createApprovalRepository(db: Db, engine: Engine): ApprovalRepository {
  const atomically = atomicallyOn(db, engine);
  return {
    addApproval: (approval) => atomically((tx) => addApproval(tx, approval)),
    saveApproval: (approval, priority, nowMs) =>
      atomically(async (tx) => {
        const saved = await saveApproval(tx, approval);
        await wantVersion(tx, saved, { priority, now: engine.at(nowMs) });
        return saved;
      }),
    async findApproval(id) {
      const row = await db
        .selectFrom('approvals')
        .select(['id', 'body'])
        .where('id', '=', id)
        .executeTakeFirst();
      return row && toApproval(row);
    },
    async listOpenApprovals(system, state) {
      const open = db
        .selectFrom('approvals')
        .where('is_open', '=', 1)
        .$if(system !== undefined, (all) => all.where('system', '=', system ?? ''))
        .$if(state !== undefined, (all) => all.where('state', '=', state ?? 'waiting'));
      return (await open.select(['id', 'body']).orderBy('number').execute()).map(toApproval);
    },
    eachOpenApproval: (atOnce = openAtOnce) => eachOpenApproval(db, atOnce),
    listTracked: createListTracked(db),
    async listOpenSystems() {
      const open = db.selectFrom('approvals').where('is_open', '=', 1);
      const rows = await open.select('system').distinct().orderBy('system').execute();
      return rows.map(({ system }) => system);
    },
    async latestApprovalOf(ref) {
      const row = await db
        .selectFrom('approvals')
        .select(['id', 'body'])
        .where('system', '=', ref.system)
        .where('instance_id', '=', ref.id)
        .orderBy('number', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row && toApproval(row);
    },
    async listApprovalsOf(ref) {
      const all = db
        .selectFrom('approvals')
        .select(['id', 'body'])
        .where('system', '=', ref.system)
        .where('instance_id', '=', ref.id);
      return (await all.orderBy('number', 'desc').execute()).map(toApproval);
    },
    async lastAttempt(ref, step) {
      const row = await db
        .selectFrom('approvals')
        .select((is) => is.fn.max('attempt').as('attempt'))
        .where('system', '=', ref.system)
        .where('instance_id', '=', ref.id)
        .where('step', '=', step)
        .executeTakeFirst();
      return row?.attempt ?? 0;
    },
    async isCodeTaken(code) {
      const row = await db.selectFrom('codes').select('code').where('code', '=', code).executeTakeFirst();
      const receipt = db.selectFrom('receipts').select('code').where('code', '=', code);
      return row !== undefined || (await receipt.executeTakeFirst()) !== undefined;
    },
  };
}

async function* eachOpenApproval(db: Db, atOnce: number): AsyncGenerator<Approval, void> {
  let after = 0;
  for (;;) {
    const open = db.selectFrom('approvals').where('is_open', '=', 1).where('number', '>', after);
    const rows = await open.select(['number', 'id', 'body']).orderBy('number').limit(atOnce).execute();
    for (const row of rows) yield toApproval(row);
    const last = rows.at(-1);
    if (!last) return;
    after = last.number;
    await setImmediate();
  }
}

async function addApproval(db: Db, approval: Approval): Promise<boolean> {
  const { ref } = approval.instance;
  const added = await db
    .insertInto('approvals')
    .values({
      id: approval.id,
      system: ref.system,
      instance_id: ref.id,
      step: approval.step,
      attempt: approval.attempt,
      version: approval.version,
      ...columnsOf(approval),
    })
    .onConflict((is) => is.columns(['system', 'instance_id', 'step', 'attempt']).doNothing())
    .executeTakeFirst();
  if (added.numInsertedOrUpdatedRows === 0n) return false;
  await db
    .insertInto('codes')
    .values({ code: approval.code, system: ref.system, instance_id: ref.id, approval_id: approval.id })
    .execute();
  return true;
}

async function saveApproval(db: Db, approval: Approval): Promise<Approval> {
  const saved: Approval = { ...approval, version: approval.version + 1 };
  const { numUpdatedRows } = await db
    .updateTable('approvals')
    .set({ version: saved.version, ...columnsOf(saved) })
    .where('id', '=', approval.id)
    .where('version', '=', approval.version)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) {
    throw new ChangedMeanwhile(`Approval ${approval.id} is not stored in version ${approval.version}`);
  }
  return saved;
}

/** What is asked for of many approvals at once stands beside the body. */
function columnsOf(approval: Approval) {
  const { state, instance, isAssigned } = approval;
  return {
    is_open: state.kind === 'ended' ? 0 : 1,
    state: state.kind,
    fingerprint: instance.fingerprint,
    is_assigned: isAssigned ? 1 : 0,
    body: JSON.stringify(approval),
  };
}

function toApproval(row: { readonly id: string; readonly body: string }): Approval {
  return readBody({ table: 'approvals', ...row });
}

/** Remembers clicks and modals in a database; response addresses stand apart, so that they can be forgotten. */
export function createClickRepository(db: Db, engine: Engine): ClickRepository {
  return {
    /** Whoever is told that this failed believes that nothing was decided, so it must not be there then. */
    addClick: (click) =>
      db.isTransaction
        ? addClick({ db, engine }, click)
        : engine.surely(async (isAgain) => {
            const added = await addClick({ db, engine }, click);
            return isAgain ? 'written' : added;
          }),
    async findClick(id) {
      const row = await db.selectFrom('clicks').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toStoredClick(row);
    },
    async finishClick(id, reply, nowMs) {
      const finished = await db
        .updateTable('clicks')
        .set({ answer: JSON.stringify(reply), finished_at_ms: nowMs })
        .where('id', '=', id)
        .where('answer', 'is', null)
        .executeTakeFirst();
      return finished.numUpdatedRows !== 0n;
    },
    async listUnfinishedClicks() {
      const unfinished = db.selectFrom('clicks').selectAll().where('answer', 'is', null);
      return (await unfinished.orderBy('at_ms').orderBy('id').execute()).map(toStoredClick);
    },
    async claimClicks(nowMs, leaseMs) {
      const overdue = db
        .selectFrom('clicks')
        .select('id')
        .where('answer', 'is', null)
        .where('taken_until_ms', '<=', engine.at(nowMs))
        .$if(engine.locksRows, (clicks) => clicks.forUpdate().skipLocked());
      const claimed = await db
        .updateTable('clicks')
        .set({ taken_until_ms: engine.at(nowMs + leaseMs) })
        .where('id', 'in', overdue)
        .returningAll()
        .execute();
      return claimed.map(toStoredClick).sort((a, b) => a.atMs - b.atMs);
    },
    async addDialog(dialog) {
      await db
        .insertInto('dialogs')
        .values({ id: dialog.id, at_ms: dialog.atMs, body: JSON.stringify(dialog) })
        .onConflict((is) => is.column('id').doNothing())
        .execute();
    },
    async findDialog(id) {
      const row = await db.selectFrom('dialogs').select('body').where('id', '=', id).executeTakeFirst();
      return row && readBody<Dialog>({ table: 'dialogs', id, body: row.body });
    },
    async keepText(key, text, nowMs) {
      const kept = { at_ms: nowMs, body: text };
      await db
        .insertInto('dialogs')
        .values({ id: textKey(key), ...kept })
        .onConflict((is) => is.column('id').doUpdateSet(kept))
        .execute();
    },
    async keptText(key) {
      const row = await db
        .selectFrom('dialogs')
        .select('body')
        .where('id', '=', textKey(key))
        .executeTakeFirst();
      return row?.body;
    },
    forgetSecrets: (beforeMs) => forgetSecrets(db, beforeMs),
  };
}

/** Texts stand among modals, as they go when those go. */
function textKey(key: string): string {
  return `text:${key}`;
}

async function addClick(
  { db, engine }: { readonly db: Db; readonly engine: Engine },
  { responseUrl, ...click }: Click,
): Promise<'written' | 'repeated'> {
  const added = await db
    .insertInto('clicks')
    .values({
      id: click.id,
      at_ms: click.atMs,
      response_url: responseUrl ?? null,
      taken_until_ms: engine.at(click.atMs + clickLeaseMs),
      body: JSON.stringify(click),
    })
    .onConflict((is) => is.column('id').doNothing())
    .executeTakeFirst();
  return added.numInsertedOrUpdatedRows === 0n ? 'repeated' : 'written';
}

function toStoredClick({ id, body, response_url, answer: reply }: Selectable<Tables['clicks']>): StoredClick {
  return {
    ...readBody<Click>({ table: 'clicks', id, body }),
    ...(response_url === null ? {} : { responseUrl: response_url }),
    ...(reply === null ? {} : { answer: readBody<ClickReply>({ table: 'clicks', id, body: reply }) }),
  };
}

/** Remembers in a database which run each short code names; those of approvals are kept in the same place. */
export function createCodeRepository(db: Db): CodeRepository {
  return {
    async findByCode(code) {
      return db
        .selectFrom('codes')
        .select(['system', 'instance_id as id'])
        .where('code', '=', code)
        .executeTakeFirst();
    },
    /** What an open card shows goes first: people read it there and say it aloud. */
    async codeOf(ref) {
      const row = await db
        .selectFrom('codes')
        .leftJoin('approvals', 'approvals.id', 'codes.approval_id')
        .select('codes.code')
        .where('codes.system', '=', ref.system)
        .where('codes.instance_id', '=', ref.id)
        .orderBy((is) => is.fn.coalesce('approvals.is_open', is.lit(0)), 'desc')
        .orderBy('codes.number', 'desc')
        .limit(1)
        .executeTakeFirst();
      return row?.code;
    },
    async addCode(code, ref) {
      const added = await db
        .insertInto('codes')
        .values({ code, system: ref.system, instance_id: ref.id, approval_id: null })
        .onConflict((is) => is.column('code').doNothing())
        .executeTakeFirst();
      return added.numInsertedOrUpdatedRows !== 0n;
    },
  };
}

/** Remembers signals in a database, whose index lets only one per instance be unsettled. */
export function createSignalRepository(db: Db, engine: Engine): SignalRepository {
  return {
    async addSignal(signal) {
      const added = await db
        .insertInto('signals')
        .values({ id: signal.id, ...toColumns(signal) })
        .onConflict((is) => is.doNothing())
        .executeTakeFirst();
      return added.numInsertedOrUpdatedRows !== 0n;
    },
    async saveSignal(signal) {
      const saved = await db
        .updateTable('signals')
        .set(toColumns(signal))
        .where('id', '=', signal.id)
        .executeTakeFirst();
      if (saved.numUpdatedRows === 0n) throw new Error(`Signal ${signal.id} was never added`);
    },
    async findSignal(id) {
      const row = await db.selectFrom('signals').selectAll().where('id', '=', id).executeTakeFirst();
      return row && toSignal(row);
    },
    async listUnsettledSignals(system) {
      const unsettled = db
        .selectFrom('signals')
        .selectAll()
        .where('phase', '<>', 'settled')
        .$if(system !== undefined, (all) => all.where('system', '=', system ?? ''));
      return (await unsettled.orderBy('claimed_at_ms').orderBy('id').execute()).map(toSignal);
    },
    /** Tests the lease and takes it in one statement; nobody can take a signal that is settled. */
    async takeSignal(id, replicaId, nowMs, leaseMs) {
      const row = await db
        .updateTable('signals')
        .set({ holder: replicaId, lease_until_ms: engine.at(nowMs + leaseMs) })
        .where('id', '=', id)
        .where('phase', '<>', 'settled')
        .where((is) => is.or([is('holder', '=', replicaId), is('lease_until_ms', '<=', engine.at(nowMs))]))
        .returningAll()
        .executeTakeFirst();
      return row && toSignal(row);
    },
  };
}

function toColumns(signal: Signal) {
  return {
    approval_id: signal.approvalId,
    system: signal.instance.system,
    instance_id: signal.instance.id,
    phase: signal.phase,
    holder: signal.holder,
    lease_until_ms: signal.leaseUntilMs,
    claimed_at_ms: signal.claimedAtMs,
    body: JSON.stringify(signal),
  };
}

/** The columns a lease changes are truer than the body. */
function toSignal({ id, body, holder: replicaId, lease_until_ms }: Selectable<Tables['signals']>): Signal {
  return {
    ...readBody<Signal>({ table: 'signals', id, body }),
    holder: replicaId,
    leaseUntilMs: lease_until_ms,
  };
}

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

/**
 * Creates the list of what a look needs of every open approval, which is read again only when it has changed.
 *
 * How many there are, the last of them and the sums of their numbers and versions tell that: approvals are only ever
 * added at the end, versions only ever grow, and what has ended is never opened again. Where several bots add some, one
 * may come to be there after others with higher numbers; it changes the sum of the numbers.
 */
function createListTracked(db: Db): ApprovalRepository['listTracked'] {
  const lists = new Map<string, { readonly stamp: string; readonly tracked: readonly Tracked[] }>();
  return async (system) => {
    // Asked before the list is read: a list newer than its stamp is only read once too often.
    const stamp = await readStamp(db, system);
    const known = lists.get(system);
    if (known?.stamp === stamp) return known.tracked;
    const tracked = await readTracked(db, system);
    lists.set(system, { stamp, tracked });
    return tracked;
  };
}

async function readStamp(db: Db, system: string): Promise<string> {
  const [row] = await db
    .selectFrom('approvals')
    .where('is_open', '=', 1)
    .where('system', '=', system)
    .select(({ fn }) => [fn.countAll().as('count'), fn.max('number').as('last')])
    .select([sql`sum(number)`.as('numbers'), sql`sum(version)`.as('versions')])
    .execute();
  return [row?.count, row?.last, row?.numbers, row?.versions].join(' ');
}

async function readTracked(db: Db, system: string): Promise<readonly Tracked[]> {
  const rows = await db
    .selectFrom('approvals')
    .where('is_open', '=', 1)
    .where('system', '=', system)
    .select(['id', 'instance_id', 'step', 'version', 'fingerprint', 'is_assigned'])
    .orderBy('number')
    .execute();
  return rows.map((row) => ({
    id: row.id,
    ref: { system, id: row.instance_id },
    step: row.step,
    version: row.version,
    fingerprint: row.fingerprint,
    isAssigned: row.is_assigned > 0,
  }));
}

/**
 * Makes an approval's version wanted on all its cards.
 *
 * Changes in between cost no edit: a card has one row, and only the version last wanted is rendered. A card
 * somebody is working on stays hidden from others; it falls due when that claim is given back or expires. A
 * card that was given up gets another try, since what it says now may be accepted.
 */
async function wantVersion(
  db: Db,
  approval: Pick<Approval, 'id' | 'version'>,
  { priority, now }: { readonly priority: number; readonly now: RawBuilder<number> },
): Promise<void> {
  await db
    .updateTable('deliveries')
    .set({
      wanted_version: approval.version,
      wanted_at_ms: now,
      priority: sql`case when status = 'pending' and priority < ${priority} then priority else ${priority} end`,
      due_at_ms: sql`case when status = 'pending' and (claim is not null or due_at_ms < ${now})
        then due_at_ms else ${now} end`,
      attempts: sql`case when status = 'pending' then attempts else 0 end`,
      status: 'pending',
      given_up_at_ms: null,
    })
    .where('approval_id', '=', approval.id)
    .execute();
}
