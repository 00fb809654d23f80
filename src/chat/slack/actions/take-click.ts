import type { Click } from '../../../domain/click.js';
import { messages } from '../messages/remarks.js';
import type { Ack, ApprovalHandlerContext } from './acting.js';

/**
 * Takes a click: writes it down, acknowledges it, then works on it.
 *
 * In this order, so that whatever Slack was told is taken survives a crash. A repetition of the same click is
 * acknowledged and left to whoever works on the first.
 */
export async function takeClick(
  approvalContext: ApprovalHandlerContext,
  click: Click,
  ack: Ack,
): Promise<void> {
  const { service, log, privateReplies } = approvalContext;
  let outcome: 'written' | 'repeated';
  try {
    outcome = await service.writeDown(click);
  } catch (error) {
    log.error({ err: asError(error), clickId: click.id }, 'A click could not be written down');
    await ack();
    await privateReplies.say(click, messages.notWritten);
    return;
  }
  await ackOrLog(approvalContext, click.id, ack);
  if (outcome === 'written') await service.work(click.id);
}

/** A lost acknowledgement does not undo a written click: the person sees a warning, and then the answer. */
export async function ackOrLog({ log }: ApprovalHandlerContext, clickId: string, ack: Ack): Promise<void> {
  try {
    await ack();
  } catch (error) {
    log.warn({ err: asError(error), clickId }, 'A written click could not be acknowledged');
  }
}

/** Makes an error of whatever was thrown. */
export function asError(thrown: unknown): Error {
  return thrown instanceof Error ? thrown : new Error(String(thrown));
}
