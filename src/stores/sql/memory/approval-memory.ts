import type { Approval } from '../../../domain/approval.js';
import { type ApprovalMemory, ChangedMeanwhile } from '../../../ports/store.js';
import { atomicallyOn } from '../atomically.js';
import type { Engine } from '../engine.js';
import { readBody } from '../stored-json.js';
import type { Db } from '../tables.js';
import { wantVersion } from './want-version.js';

/** Remembers approvals in a database. Adding one under a code that was given out before throws. */
export function createApprovalMemory(db: Db, engine: Engine): ApprovalMemory {
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
    async listOpenApprovals(system) {
      const open = db
        .selectFrom('approvals')
        .where('is_open', '=', 1)
        .$if(system !== undefined, (all) => all.where('system', '=', system ?? ''));
      return (await open.select(['id', 'body']).orderBy('number').execute()).map(toApproval);
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
      is_open: isOpen(approval),
      body: JSON.stringify(approval),
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
    .set({ version: saved.version, is_open: isOpen(saved), body: JSON.stringify(saved) })
    .where('id', '=', approval.id)
    .where('version', '=', approval.version)
    .executeTakeFirst();
  if (numUpdatedRows === 0n) {
    throw new ChangedMeanwhile(`Approval ${approval.id} is not stored in version ${approval.version}`);
  }
  return saved;
}

function isOpen(approval: Approval): number {
  return approval.state.kind === 'ended' ? 0 : 1;
}

function toApproval(row: { readonly id: string; readonly body: string }): Approval {
  return readBody({ table: 'approvals', ...row });
}
