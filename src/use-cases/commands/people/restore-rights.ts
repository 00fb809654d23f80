import { mayRun } from '../../../domain/change.js';
import type { PersonId } from '../../../domain/person.js';
import type { Reply } from '../../../domain/reply.js';
import { record, recordedPerson } from '../../ledger/record.js';
import { notifyOperators } from '../../notifications/notify.js';
import type { CommandWork } from '../command-work.js';

/**
 * Gives somebody's suspended rights back, and tells the operators.
 *
 * Rights hold everywhere, so only a rule that is about every system and workflow lets an operator restore them;
 * nobody restores their own, since whoever is suspended may run nothing.
 */
export async function restoreRights({ context, person, asker }: CommandWork, userId: string): Promise<Reply> {
  const rules = context.policy.operators.filter(({ systems, definitions }) => !systems && !definitions);
  const may = mayRun(person, 'restore', { system: '', definition: '' }, rules);
  if (may.kind !== 'yes') return { kind: 'not-allowed', verb: 'restore', why: may };
  const whom: PersonId = { teamId: asker.person.teamId, userId };
  const was = await context.store.inTransaction(async (transaction) => {
    const suspension = await transaction.findSuspension(whom);
    if (!suspension) return undefined;
    await transaction.restore(whom);
    const note = { whom: recordedPerson(context, whom), receipt: suspension.receipt, now: 'restored' };
    await record(context, transaction, {
      system: '',
      kind: 'rights',
      person: recordedPerson(context, person.id),
      note,
    });
    const event = { kind: 'restored', person: whom, by: person.id } as const;
    await notifyOperators(context, transaction, `restored:${context.newId()}`, event);
    return suspension;
  });
  context.scheduleDelivery();
  return { kind: 'restored', person: whom, ...(was ? { was } : {}) };
}
