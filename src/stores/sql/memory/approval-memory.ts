import { setImmediate } from 'node:timers/promises';
import type { Approval } from '../../../domain/approval.js';
import { type ApprovalRepository, ChangedMeanwhile } from '../../../ports/store.js';
import { atomicallyOn } from '../atomically.js';
import type { Engine } from '../engine.js';
import { readBody } from '../stored-json.js';
import type { Db } from '../tables.js';
import { createListTracked } from './list-tracked.js';
import { wantVersion } from './want-version.js';

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
