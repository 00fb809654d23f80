import { setImmediate } from 'node:timers/promises';
import { type Selectable, sql } from 'kysely';
import type { Signal } from '../../domain/approval.js';
import { type Approval, isPlanned } from '../../domain/approval.js';
import { personKey } from '../../domain/person.js';
import {
  type ApprovalRepository,
  ChangedMeanwhile,
  type Reminded,
  type TrackedList,
} from '../../ports/store.js';
import { PackedList } from '../../shared/packed-list.js';
import { bodies, readBody } from './bodies.js';
import { atomicallyOn, didChange, type Engine, firstOf, listOf } from './database.js';
import { wantVersion } from './deliveries.js';
import { usedKey } from './retention.js';
import type { Db, Tables } from './tables.js';

/** Reading so many takes a few milliseconds, in which nobody else is looked after. */
const openAtOnce = 200;
const trackedAtOnce = 1_000;

/**
 * Remembers approvals in a database, with their codes, their votes and the signals of what was decided.
 *
 * Adding an approval under a code that was given out before throws. An index lets only one signal per instance be
 * unsettled.
 */
export function createApprovalRepository(db: Db, engine: Engine): ApprovalRepository {
  const atomically = atomicallyOn(db, engine);
  const approvals = () => db.selectFrom('approvals').select(['id', 'body']);
  const open = () => db.selectFrom('approvals').where('is_open', '=', 1);
  const votes = () => db.selectFrom('votes');
  const signals = () => db.selectFrom('signals').selectAll();
  return {
    addApproval: (approval) => atomically((tx) => addApproval(tx, approval)),
    saveApproval: (approval, priority, nowMs) =>
      atomically(async (tx) => {
        const saved = await saveApproval(tx, approval);
        await wantVersion(tx, {
          approvalId: saved.id,
          version: saved.version,
          now: engine.at(nowMs),
          priority,
        });
        return saved;
      }),
    findApproval: (id) => firstOf(approvals().where('id', '=', id), toApproval),
    listOpenApprovals: (system, state) =>
      listOf(
        open()
          .$if(system !== undefined, (all) => all.where('system', '=', system ?? ''))
          .$if(state !== undefined, (all) => all.where('state', '=', state ?? ''))
          .select(['id', 'body'])
          .orderBy('number'),
        toApproval,
      ),
    listApprovalsBefore: ({ place, limit }) =>
      listOf(
        db
          .selectFrom('approvals')
          .select(['number', 'id', 'body'])
          .$if(place !== undefined, (all) => all.where('number', '<', place ?? 0))
          .orderBy('number', 'desc')
          .limit(limit),
        ({ number, ...row }) => ({ place: number, approval: toApproval(row) }),
      ),
    eachOpenApproval: (atOnce = openAtOnce) => eachOpenApproval(db, atOnce),
    listTracked: createListTracked(db),
    listOpenSystems: () => listOf(open().select('system').distinct().orderBy('system'), (row) => row.system),
    latestApprovalOf: ({ system, id }) =>
      firstOf(
        approvals()
          .where('system', '=', system)
          .where('instance_id', '=', id)
          .orderBy('number', 'desc')
          .limit(1),
        toApproval,
      ),
    listApprovalsOf: ({ system, id }) =>
      listOf(
        approvals().where('system', '=', system).where('instance_id', '=', id).orderBy('number', 'desc'),
        toApproval,
      ),
    async lastAttempt({ system, id }, step) {
      const row = await db
        .selectFrom('approvals')
        .select((is) => is.fn.max('attempt').as('attempt'))
        .where('system', '=', system)
        .where('instance_id', '=', id)
        .where('step', '=', step)
        .executeTakeFirst();
      return row?.attempt ?? 0;
    },

    listPlanned: (system) =>
      listOf(
        db
          .selectFrom('approvals')
          .where('is_planned', '=', 1)
          .where('system', '=', system)
          .select(['id', 'body'])
          .orderBy('number'),
        toApproval,
      ),
    async noteRuleDecision(rule, nowMs, limit) {
      const day = new Date(nowMs).toISOString().slice(0, 10);
      const note = db
        .insertInto('rule_decisions')
        .values({ rule, day, count: 1 })
        .onConflict((is) =>
          is
            .columns(['rule', 'day'])
            .doUpdateSet((row) => ({ count: row('rule_decisions.count', '+', 1) }))
            .where('rule_decisions.count', '<', limit),
        );
      return limit > 0 && didChange(note);
    },

    listReminded: (system, nowMs, most) =>
      listOf(
        open()
          .where('system', '=', system)
          .where('remind_at_ms', '<=', nowMs)
          .select(['id', 'body', 'reminded'])
          .orderBy('remind_at_ms')
          .limit(most),
        ({ reminded, ...row }): Reminded => ({
          approval: toApproval(row),
          said: readBody<readonly string[]>({ table: 'approvals', id: row.id, body: reminded }),
        }),
      ),
    async saveReminded(approvalId, said, nextAtMs) {
      await db
        .updateTable('approvals')
        .set({ reminded: JSON.stringify(said), remind_at_ms: nextAtMs ?? null })
        .where('id', '=', approvalId)
        .execute();
    },
    async renewReminders(approvalId) {
      await db
        .updateTable('approvals')
        .set({ remind_at_ms: 0 })
        .where('is_open', '=', 1)
        .$if(approvalId !== undefined, (all) => all.where('id', '=', approvalId ?? ''))
        .execute();
    },

    async isCodeTaken(code) {
      const removed = usedKey('receipt', code);
      const taken = db
        .selectFrom('codes')
        .select('code')
        .where('code', '=', code)
        .unionAll(db.selectFrom('receipts').select('code').where('code', '=', code))
        .unionAll(db.selectFrom('used_keys').select('key as code').where('key', '=', removed));
      return (await taken.executeTakeFirst()) !== undefined;
    },
    findByCode: (code) =>
      db
        .selectFrom('codes')
        .select(['system', 'instance_id as id'])
        .where('code', '=', code)
        .executeTakeFirst(),
    /** What an open card shows goes first: people read it there and say it aloud. */
    codeOf: ({ system, id }) =>
      firstOf(
        db
          .selectFrom('codes')
          .leftJoin('approvals', 'approvals.id', 'codes.approval_id')
          .select('codes.code')
          .where('codes.system', '=', system)
          .where('codes.instance_id', '=', id)
          .orderBy((is) => is.fn.coalesce('approvals.is_open', is.lit(0)), 'desc')
          .orderBy('codes.number', 'desc')
          .limit(1),
        (row) => row.code,
      ),
    async listKnownRuns(system, most) {
      const watched = await db
        .selectFrom('watched_runs')
        .select('instance_id as id')
        .where('system', '=', system)
        .orderBy('since_ms', 'desc')
        .limit(most)
        .execute();
      const coded = await db
        .selectFrom('codes')
        .select('instance_id as id')
        .where('system', '=', system)
        .orderBy('number', 'desc')
        .limit(most)
        .execute();
      const ids = new Set([...watched, ...coded].map(({ id }) => id));
      return [...ids].slice(0, most).map((id) => ({ system, id }));
    },
    addCode: (code, { system, id }) =>
      didChange(
        db
          .insertInto('codes')
          .values({ code, system, instance_id: id, approval_id: null })
          .onConflict((is) => is.column('code').doNothing()),
      ),

    addVote: (approvalId, vote) =>
      didChange(
        db
          .insertInto('votes')
          .values({
            approval_id: approvalId,
            person: personKey(vote.person),
            revision: vote.revision,
            at_ms: vote.atMs,
            body: bodies.vote.write(vote),
          })
          .onConflict((is) => is.columns(['approval_id', 'person', 'revision']).doNothing()),
      ),
    listVotes: (approvalId) =>
      listOf(
        votes()
          .where('approval_id', '=', approvalId)
          .select(['person', 'body'])
          .orderBy('at_ms')
          .orderBy('number'),
        (row) => bodies.vote.read(`${approvalId} ${row.person}`, row.body),
      ),
    listVotedOn: (person) =>
      votes()
        .innerJoin('approvals', 'approvals.id', 'votes.approval_id')
        .select(['votes.approval_id as approvalId', 'votes.revision'])
        .where('approvals.is_open', '=', 1)
        .where('votes.person', '=', personKey(person))
        .orderBy('approvals.number')
        .orderBy('votes.revision')
        .execute(),
    removeVote: (approvalId, person) =>
      didChange(
        db.deleteFrom('votes').where('approval_id', '=', approvalId).where('person', '=', personKey(person)),
      ),
    async removeVotes(approvalId) {
      await db.deleteFrom('votes').where('approval_id', '=', approvalId).execute();
    },

    addSignal: (signal) =>
      didChange(
        db
          .insertInto('signals')
          .values({ id: signal.id, ...signalColumns(signal) })
          .onConflict((is) => is.doNothing()),
      ),
    async saveSignal(signal) {
      const save = db.updateTable('signals').set(signalColumns(signal)).where('id', '=', signal.id);
      if (!(await didChange(save))) throw new Error(`Signal ${signal.id} was never added`);
    },
    findSignal: (id) => firstOf(signals().where('id', '=', id), toSignal),
    listUnsettledSignals: (system) =>
      listOf(
        signals()
          .where('phase', '<>', 'settled')
          .$if(system !== undefined, (all) => all.where('system', '=', system ?? ''))
          .orderBy('claimed_at_ms')
          .orderBy('id'),
        toSignal,
      ),
    /** Tests the lease and takes it in one statement; nobody can take a signal that is settled. */
    takeSignal: (id, replicaId, nowMs, leaseMs) =>
      firstOf(
        db
          .updateTable('signals')
          .set({ holder: replicaId, lease_until_ms: engine.at(nowMs + leaseMs) })
          .where('id', '=', id)
          .where('phase', '<>', 'settled')
          .where((is) => is.or([is('holder', '=', replicaId), is('lease_until_ms', '<=', engine.at(nowMs))]))
          .returningAll(),
        toSignal,
      ),
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
  const { id, code, step, attempt, version } = approval;
  const { system, id: instance_id } = approval.instance.ref;
  const isNew = await didChange(
    db
      .insertInto('approvals')
      .values({ id, system, instance_id, step, attempt, version, ...columnsOf(approval) })
      .onConflict((is) => is.columns(['system', 'instance_id', 'step', 'attempt']).doNothing()),
  );
  if (isNew) await db.insertInto('codes').values({ code, system, instance_id, approval_id: id }).execute();
  return isNew;
}

async function saveApproval(db: Db, approval: Approval): Promise<Approval> {
  const saved: Approval = { ...approval, version: approval.version + 1 };
  const columns = columnsOf(saved);
  const save = db
    .updateTable('approvals')
    .set((is) => ({
      version: saved.version,
      // A vote more is nothing to be reminded of anew, and most clicks are that.
      remind_at_ms: is
        .case()
        .when(is.or([is('state', '<>', columns.state), is('fingerprint', '<>', columns.fingerprint)]))
        .then(0)
        .else(is.ref('remind_at_ms'))
        .end(),
      ...columns,
    }))
    .where('id', '=', approval.id)
    .where('version', '=', approval.version);
  if (await didChange(save)) return saved;
  throw new ChangedMeanwhile(`Approval ${approval.id} is not stored in version ${approval.version}`);
}

/** What is asked for of many approvals at once stands beside the body. */
function columnsOf(approval: Approval) {
  const { state, instance, isAssigned } = approval;
  return {
    is_open: state.kind === 'ended' ? 0 : 1,
    state: state.kind,
    fingerprint: instance.fingerprint,
    is_assigned: isAssigned ? 1 : 0,
    is_planned: isPlanned(approval) ? 1 : 0,
    body: bodies.approval.write(approval),
  };
}

function toApproval({ id, body }: { readonly id: string; readonly body: string }): Approval {
  return bodies.approval.read(id, body);
}

function signalColumns(signal: Signal) {
  return {
    approval_id: signal.approvalId,
    system: signal.instance.system,
    instance_id: signal.instance.id,
    phase: signal.phase,
    holder: signal.replicaId,
    lease_until_ms: signal.leaseUntilMs,
    claimed_at_ms: signal.claimedAtMs,
    body: bodies.signal.write(signal),
  };
}

/** The columns a lease changes are truer than the body. */
function toSignal({ id, body, holder: replicaId, lease_until_ms }: Selectable<Tables['signals']>): Signal {
  return { ...bodies.signal.read(id, body), replicaId: replicaId, leaseUntilMs: lease_until_ms };
}

/**
 * Creates the list of what a poll needs of every open approval, which is read again only when it has changed.
 *
 * How many there are, the last of them and the sums of their numbers and versions tell that: approvals are only ever
 * added at the end, versions only ever grow, and what ended unseen is opened again under a higher version. Where several bots add some, one
 * may come to be there after others with higher numbers; it changes the sum of the numbers.
 */
function createListTracked(db: Db): ApprovalRepository['listTracked'] {
  const lists = new Map<string, { readonly stamp: string; readonly tracked: TrackedList }>();
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

/** Reads it page by page, since a hundred thousand rows at once would take more room than all that is kept of them. */
async function readTracked(db: Db, system: string): Promise<TrackedList> {
  const tracked = new PackedList(([id, instance, step, version, fingerprint, isAssigned]: TrackedFields) => {
    return { id, ref: { system, id: instance }, step, version, fingerprint, isAssigned: isAssigned > 0 };
  });
  let after = 0;
  for (;;) {
    const rows = await db
      .selectFrom('approvals')
      .where('is_open', '=', 1)
      .where('system', '=', system)
      .where('number', '>', after)
      .select(['number', 'id', 'instance_id', 'step', 'version', 'fingerprint', 'is_assigned'])
      .orderBy('number')
      .limit(trackedAtOnce)
      .execute();
    tracked.add(
      rows.map((row) => [row.id, row.instance_id, row.step, row.version, row.fingerprint, row.is_assigned]),
    );
    const last = rows.at(-1);
    if (!last || rows.length < trackedAtOnce) return tracked;
    after = last.number;
    await setImmediate();
  }
}

type TrackedFields = readonly [
  id: string,
  instance: string,
  step: string,
  version: number,
  fingerprint: string,
  isAssigned: number,
];
