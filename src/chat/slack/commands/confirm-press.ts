import type { ChangeRecord } from '../../../domain/change-record.js';
import { assertNever } from '../../../shared/assert-never.js';
import type { Ack } from '../actions/acting.js';
import { asError } from '../actions/take-click.js';
import { commandMessages } from '../messages/replies/command-remarks.js';
import type { CommandActionPayload } from './command-payloads.js';
import type { CommandHandlerContext } from './commanding.js';

/**
 * Confirms a proposal: it is written down, then acknowledged, then carried out.
 *
 * In this order, so that what Slack was told is taken survives a crash. What was confirmed before is not done
 * again; its person is told how it stands.
 */
export async function confirmAction(
  commandContext: CommandHandlerContext,
  { asker, value: changeId }: CommandActionPayload,
  ack: Ack,
): Promise<void> {
  const { service, log, replies } = commandContext;
  if (changeId === undefined) return ack();
  let outcome: 'confirmed' | 'repeated' | 'unknown';
  try {
    outcome = await service.confirm(changeId, asker);
  } catch (error) {
    log.error({ err: asError(error), change: changeId }, 'A confirmation could not be written down');
    await ack();
    await replies.say(asker, commandMessages.notConfirmed);
    return;
  }
  await ackOrLog(commandContext, changeId, ack);
  switch (outcome) {
    case 'unknown':
      await replies.say(asker, commandMessages.oldProposal, { replaces: true });
      return;
    case 'confirmed': {
      const reported = replies.working(asker, changeId, commandMessages.working);
      await carryOut(commandContext, changeId, asker);
      await reported;
      return;
    }
    case 'repeated':
      return carryOut(commandContext, changeId, asker);
    default:
      return assertNever(outcome);
  }
}

/** Drops a proposal, and says how it stands now; one that was confirmed before is not called cancelled. */
export async function cancelAction(
  { service, log, replies }: CommandHandlerContext,
  { asker, value: changeId }: CommandActionPayload,
  ack: Ack,
): Promise<void> {
  await ack();
  if (changeId === undefined) return;
  let record: ChangeRecord | undefined;
  try {
    record = await service.cancel(changeId, asker);
  } catch (error) {
    log.error({ err: asError(error), change: changeId }, 'A proposal could not be dropped');
    await replies.say(asker, commandMessages.notCancelled);
    return;
  }
  if (record) await replies.reply(asker, { kind: 'change', record });
  else await replies.say(asker, commandMessages.oldProposal, { replaces: true });
}

async function carryOut(
  { service, log, newId, replies }: CommandHandlerContext,
  changeId: string,
  asker: CommandActionPayload['asker'],
): Promise<void> {
  try {
    await service.carryOut(changeId);
  } catch (error) {
    const ref = newId();
    log.error({ ref, change: changeId, err: asError(error) }, 'A confirmed change broke');
    await replies.reply(asker, { kind: 'broke', ref });
  }
}

/** A lost acknowledgement does not undo a written confirmation. */
async function ackOrLog({ log }: CommandHandlerContext, changeId: string, ack: Ack): Promise<void> {
  try {
    await ack();
  } catch (error) {
    log.warn({ err: asError(error), change: changeId }, 'A confirmation could not be acknowledged');
  }
}
