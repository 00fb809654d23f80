import type { Approval, Requirement } from '../../domain/approval.js';
import { priorities } from '../../domain/delivery.js';
import { followApproval, type Snapshot } from '../../domain/follow-approval.js';
import type { WorkflowBackend } from '../../ports/backend.js';
import type { Tracked, Transaction } from '../../ports/store.js';
import type { Context } from '../context.js';
import { notifyEnding, notifyVotesVoid } from '../notifications/notify.js';
import { requirementOf } from './requirement-of.js';

/**
 * Takes in how the run of an open approval was found: its card is kept true, votes on other facts are void, and those
 * concerned are told.
 *
 * Nothing is concluded where somebody has acted since the look began.
 */
export async function followRun(
  context: Context,
  found: {
    readonly backend: WorkflowBackend;
    readonly before: Tracked;
    readonly snapshot: Snapshot;
  },
): Promise<void> {
  const { before, snapshot, backend } = found;
  const requirement = await missingRequirement(context, backend, before, snapshot);
  await context.store.inTransaction(async (transaction) => {
    const current = await transaction.findApproval(before.id);
    // Somebody acted while the observation was looking: what it saw may be older than what is known.
    if (!current || current.version !== before.version) return;
    const followed = followApproval(current, snapshot, context.now());
    const next = followed.kind === 'unchanged' ? current : followed.approval;
    if (followed.kind === 'unchanged' && !requirement) return;
    const priority =
      followed.kind === 'refreshed' || followed.kind === 'unchanged'
        ? priorities.progress
        : priorities.staleButtons;
    const saved = await transaction.saveApproval(
      { ...next, ...(requirement ? { requirement } : {}) },
      priority,
      context.now(),
    );
    if (followed.kind === 'facts-changed') await voidVotes(context, transaction, saved);
    if (followed.kind === 'ended') {
      const { missingPermission } = snapshot.kind === 'not-visible' ? snapshot : {};
      await notifyEnding(context, transaction, saved, missingPermission);
      context.log.info(
        {
          system: backend.system,
          instance: saved.instance.ref.id,
          code: saved.code,
          ending: followed.ending.kind,
        },
        'An approval ended',
      );
    }
  });
}

/** Forgets votes that were given on other facts, and tells those who gave them. */
async function voidVotes(context: Context, transaction: Transaction, approval: Approval): Promise<void> {
  const votes = await transaction.listVotes(approval.id);
  await transaction.removeVotes(approval.id);
  await notifyVotesVoid(context, transaction, { approval, votes, why: 'facts-changed' });
}

/** Asks again what a step needs when it could not be told before; undefined when there is nothing new. */
async function missingRequirement(
  context: Context,
  backend: WorkflowBackend,
  { id }: Tracked,
  snapshot: Snapshot,
): Promise<Requirement | undefined> {
  if (snapshot.kind !== 'seen') return undefined;
  const approval = await context.store.findApproval(id);
  if (!approval || approval.requirement.needed !== undefined) return undefined;
  const requirement = await requirementOf(context, backend, snapshot.instance);
  return requirement.needed === undefined ? undefined : requirement;
}
