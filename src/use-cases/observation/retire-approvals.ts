import { priorities } from '../../domain/delivery.js';
import { endApproval } from '../../domain/follow-approval.js';
import type { Context } from '../context.js';
import { recordEnding } from '../ledger/record-signal.js';
import { notifyReleased } from '../notifications/notify.js';

/**
 * Ends approvals of systems that were taken out of the settings: nobody looks there any more, so no button may
 * promise anything.
 *
 * A decision that was on its way is not sent, and those who made it are told. If the system comes back under
 * its name, what still waits there is put to people anew.
 */
export async function retireApprovals(context: Context): Promise<void> {
  const { store, backends, log } = context;
  const removed = (await store.listOpenSystems()).filter((system) => !backends.has(system));
  const strangers = (await Promise.all(removed.map((system) => store.listOpenApprovals(system)))).flat();
  for (const { id } of strangers) {
    await store.inTransaction(async (transaction) => {
      const approval = await transaction.findApproval(id);
      if (!approval || approval.state.kind === 'ended') return;
      const signals = await transaction.listUnsettledSignals(approval.instance.ref.system);
      for (const signal of signals.filter(({ approvalId }) => approvalId === id)) {
        await transaction.saveSignal({ ...signal, phase: 'settled' });
      }
      const ended = endApproval(approval, { kind: 'unwatched' }, context.now());
      const saved = await transaction.saveApproval(ended, priorities.staleButtons, context.now());
      await recordEnding(context, transaction, saved);
      const votes =
        approval.state.kind === 'deciding' || approval.state.kind === 'held'
          ? approval.state.decision.votes
          : [];
      await notifyReleased(context, transaction, saved, { votes, why: 'unwatched' });
    });
  }
  if (strangers.length > 0) {
    log.warn(
      { approvals: strangers.length },
      'Approvals of systems that are not in the settings any more were ended',
    );
  }
}
