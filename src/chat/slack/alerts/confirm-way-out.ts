import type { AlertService } from '../../../ports/alert-desk.js';
import { assertNever } from '../../../shared/assert-never.js';
import type { Ack } from '../actions/acting.js';
import { asError } from '../actions/take-click.js';
import { alertReplyText } from '../messages/alerts/alert-answers.js';
import { alertMessages } from '../messages/alerts/alert-words.js';
import type { AlertClick } from './alert-press.js';
import type { AlertHandlerContext } from './alerting.js';

/**
 * Confirms a way out: it is written down, then acknowledged, then carried out.
 *
 * In this order, so that what Slack was told is taken survives a crash. What was confirmed before is not done
 * again. The question makes way for the answer, so that it cannot be pressed any more.
 */
export async function confirmRecovery(
  alertContext: AlertHandlerContext,
  action: AlertClick,
  ack: Ack,
): Promise<void> {
  const { service, log, privateMessages } = alertContext;
  const { asker, value: batchId } = action;
  let outcome: Awaited<ReturnType<AlertService['confirm']>>;
  try {
    outcome = await service.confirm(batchId, asker);
  } catch (error) {
    log.error({ err: asError(error), batch: batchId }, 'A confirmation could not be written down');
    await ack();
    await privateMessages.say(asker, alertMessages.notConfirmed);
    return;
  }
  await ackOrLog(alertContext, batchId, ack);
  switch (outcome) {
    case 'unknown':
      await privateMessages.say(asker, alertMessages.oldProposal, { replaces: true });
      return;
    case 'repeated':
      await privateMessages.say(asker, alertMessages.repeated, { replaces: true });
      return;
    case 'confirmed': {
      const reported = privateMessages.say(asker, alertMessages.confirmed, { replaces: true });
      await carryOut(alertContext, action);
      await reported;
      return;
    }
    default:
      return assertNever(outcome);
  }
}

const cancelMessages: Readonly<Record<Awaited<ReturnType<AlertService['cancel']>>, string>> = {
  cancelled: alertMessages.cancelled,
  confirmed: alertMessages.tooLateToCancel,
  unknown: alertMessages.oldProposal,
};

/** Drops a proposal, unless it was confirmed already. */
export async function cancelRecovery(
  { service, log, privateMessages }: AlertHandlerContext,
  { asker, value: batchId }: AlertClick,
): Promise<void> {
  try {
    const outcome = await service.cancel(batchId, asker);
    await privateMessages.say(asker, cancelMessages[outcome], { replaces: true });
  } catch (error) {
    log.error({ err: asError(error), batch: batchId }, 'A proposal could not be dropped');
    await privateMessages.say(asker, alertMessages.notCancelled);
  }
}

async function carryOut(
  { service, log, newId, privateMessages, renderContext }: AlertHandlerContext,
  { asker, value: batchId }: AlertClick,
): Promise<void> {
  try {
    await service.carryOut(batchId);
  } catch (error) {
    const ref = newId();
    log.error({ ref, batch: batchId, err: asError(error) }, 'Carrying out what was confirmed broke');
    await privateMessages.say(
      asker,
      alertReplyText({ kind: 'broke', ref }, { person: asker.person, renderContext }),
    );
  }
}

/** A lost acknowledgement does not undo a written confirmation. */
async function ackOrLog({ log }: AlertHandlerContext, batchId: string, ack: Ack): Promise<void> {
  try {
    await ack();
  } catch (error) {
    log.warn({ err: asError(error), batch: batchId }, 'A confirmation could not be acknowledged');
  }
}
