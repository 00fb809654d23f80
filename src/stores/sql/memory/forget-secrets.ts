import type { Db } from '../tables.js';

/**
 * Forgets what only a few minutes give a right to keep: response addresses, modals, and changes that were
 * proposed and never confirmed.
 */
export async function forgetSecrets(db: Db, beforeMs: number): Promise<void> {
  await db
    .updateTable('clicks')
    .set({ response_url: null })
    .where('response_url', 'is not', null)
    .where('at_ms', '<', beforeMs)
    .execute();
  await db.deleteFrom('dialogs').where('at_ms', '<', beforeMs).execute();
  await db
    .deleteFrom('changes')
    .where('phase', '=', 'proposed')
    .where('proposed_at_ms', '<', beforeMs)
    .execute();
  // The press that confirms a change brings an address of its own, younger than that of the proposal.
  await db
    .updateTable('changes')
    .set({ response_url: null })
    .where('response_url', 'is not', null)
    .where((is) => is(is.fn.coalesce('confirmed_at_ms', 'proposed_at_ms'), '<', beforeMs))
    .execute();
}
