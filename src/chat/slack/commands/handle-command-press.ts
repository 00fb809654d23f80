import type { CommandLine } from '../../../domain/command-line.js';
import { assertNever } from '../../../shared/assert-never.js';
import type { Ack } from '../actions/acting.js';
import {
  readChoiceBlock,
  readCommandActionId,
  readHistoryPlace,
  readListPlace,
  readPage,
} from '../command-ids.js';
import { commandMessages } from '../messages/replies/command-remarks.js';
import { replyToLine } from './answer-line.js';
import { type CommandActionPayload, readCommandAction } from './command-payloads.js';
import type { CommandHandlerContext } from './commanding.js';
import { cancelAction, confirmAction } from './confirm-press.js';
import { type Deciding, decideAction } from './decide-press.js';
import { showValuesFor } from './pickers/open-starter.js';
import { withRun } from './with-run.js';

/** Handles a press on anything under an answer to a command. */
export async function handleCommandAction(commandContext: Deciding, body: unknown, ack: Ack): Promise<void> {
  const payload = readCommandAction(body);
  const action = payload && readCommandActionId(payload.actionId);
  if (!payload || !action) return ack();
  switch (action.kind) {
    case 'confirm':
      return confirmAction(commandContext, payload, ack);
    case 'cancel':
      return cancelAction(commandContext, payload, ack);
    case 'propose':
      await ack();
      return propose(commandContext, payload, action.verb);
    case 'page-before':
    case 'page-after':
      await ack();
      return turnPage(commandContext, payload);
    case 'choose':
      await ack();
      return choose(commandContext, payload);
    case 'approvals-open':
      await ack();
      return replyToLine(commandContext, { verb: 'approvals', page: 1 }, payload.asker);
    case 'approvals-before':
    case 'approvals-after':
      await ack();
      return turnApprovals(commandContext, payload);
    case 'history-before':
    case 'history-after':
      await ack();
      return turnHistory(commandContext, payload);
    case 'decide':
      return decideAction(commandContext, body, { clicked: action, ack });
    case 'workflow':
      await ack();
      return showValuesFor(commandContext, body);
    default:
      return assertNever(action);
  }
}

async function propose(
  commandContext: CommandHandlerContext,
  { asker, value }: CommandActionPayload,
  verb: 'restart' | 'stop' | 'pause' | 'resume' | 'abort',
): Promise<void> {
  if (value === undefined) return;
  const line: CommandLine = { verb, ref: value };
  await replyToLine(commandContext, line, asker);
}

/** A page takes the place of the one before; anything else that is answered leaves it standing. */
async function turnPage(
  commandContext: CommandHandlerContext,
  { asker, value }: CommandActionPayload,
): Promise<void> {
  const place = readListPlace(value);
  if (place) await replyToLine(commandContext, { verb: 'list', ...place }, asker, { replaces: 'by-a-list' });
}

async function turnApprovals(
  commandContext: CommandHandlerContext,
  { asker, value }: CommandActionPayload,
): Promise<void> {
  const page = readPage(value);
  if (page === undefined) return;
  await replyToLine(commandContext, { verb: 'approvals', page }, asker, { replaces: 'by-a-list' });
}

async function turnHistory(
  commandContext: CommandHandlerContext,
  { asker, value }: CommandActionPayload,
): Promise<void> {
  const place = readHistoryPlace(value);
  if (place)
    await replyToLine(commandContext, { verb: 'history', ...place }, asker, { replaces: 'by-a-list' });
}

async function choose(
  commandContext: CommandHandlerContext,
  { asker, value, blockId }: CommandActionPayload,
): Promise<void> {
  const choiceId = readChoiceBlock(blockId);
  const line =
    choiceId === undefined ? undefined : await commandContext.replies.chosenFor(choiceId, asker.person);
  if (!line || value === undefined) {
    await commandContext.replies.say(asker, commandMessages.oldChoice);
    return;
  }
  await replyToLine(commandContext, withRun(line, value), asker, { replaces: 'always' });
}
