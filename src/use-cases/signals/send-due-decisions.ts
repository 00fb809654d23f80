import { backendOf, type Context } from '../context.js';
import { sendSignal } from './send-signal.js';

/**
 * Sends decisions whose time for taking back is over, and that nothing else holds up.
 *
 * What an observation takes up as well is sent once all the same: the store lets one of them go ahead. One whose
 * system or chat was away is left to the observations, so that nobody is asked every second.
 */
export async function sendDueDecisions(context: Context): Promise<void> {
  const delayed = (await context.store.listUnsettledSignals()).filter(
    ({ phase, notBeforeMs }) => phase === 'claimed' && notBeforeMs !== undefined,
  );
  const due = delayed.filter(({ notBeforeMs = 0 }) => notBeforeMs <= context.now());
  await Promise.all(due.map(({ id }) => send(context, id)));
}

/** One that breaks is taken up again, by the next second or the next observation, and holds up no other. */
async function send(context: Context, signalId: string): Promise<void> {
  const signal = await context.store.findSignal(signalId);
  if (!signal || !backendOf(context, signal.instance.system)) return;
  try {
    const approval = await context.store.findApproval(signal.approvalId);
    if (approval?.state.kind !== 'held' || approval.state.waitsFor !== 'hold') return;
    await sendSignal(context, signalId);
  } catch (error) {
    const err = error instanceof Error ? error : new Error(String(error));
    context.log.error({ signal: signalId, err }, 'Sending a decision that was held broke; it is tried again');
  }
}
