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
import { commandRemarks } from '../messages/replies/command-remarks.js';
import { answerLine } from './answer-line.js';
import { type CommandActionPayload, readCommandAction } from './command-payloads.js';
import type { Commanding } from './commanding.js';
import { cancelAction, confirmAction } from './confirm-press.js';
import { type Deciding, decideAction } from './decide-press.js';
import { showValuesFor } from './pickers/open-starter.js';
import { withRun } from './with-run.js';

/** Handles a press on anything under an answer to a command. */
export async function handleCommandAction(commanding: Deciding, body: unknown, ack: Ack): Promise<void> {
  const payload = readCommandAction(body);
  const action = payload && readCommandActionId(payload.actionId);
  if (!payload || !action) return ack();
  switch (action.kind) {
    case 'confirm':
      return confirmAction(commanding, payload, ack);
    case 'cancel':
      return cancelAction(commanding, payload, ack);
    case 'propose':
      await ack();
      return propose(commanding, payload, action.verb);
    case 'page-before':
    case 'page-after':
      await ack();
      return turnPage(commanding, payload);
    case 'choose':
      await ack();
      return choose(commanding, payload);
    case 'approvals-open':
      await ack();
      return answerLine(commanding, { verb: 'approvals', page: 1 }, payload.asker);
    case 'approvals-before':
    case 'approvals-after':
      await ack();
      return turnApprovals(commanding, payload);
    case 'history-before':
    case 'history-after':
      await ack();
      return turnHistory(commanding, payload);
    case 'decide':
      return decideAction(commanding, body, { clicked: action, ack });
    case 'workflow':
      await ack();
      return showValuesFor(commanding, body);
    default:
      return assertNever(action);
  }
}

async function propose(
  commanding: Commanding,
  { asker, value }: CommandActionPayload,
  verb: 'restart' | 'stop' | 'pause' | 'resume' | 'abort',
): Promise<void> {
  if (value === undefined) return;
  const line: CommandLine = { verb, ref: value };
  await answerLine(commanding, line, asker);
}

/** A page takes the place of the one before; anything else that is answered leaves it standing. */
async function turnPage(commanding: Commanding, { asker, value }: CommandActionPayload): Promise<void> {
  const place = readListPlace(value);
  if (place) await answerLine(commanding, { verb: 'list', ...place }, asker, { replaces: 'by-a-list' });
}

async function turnApprovals(commanding: Commanding, { asker, value }: CommandActionPayload): Promise<void> {
  const page = readPage(value);
  if (page === undefined) return;
  await answerLine(commanding, { verb: 'approvals', page }, asker, { replaces: 'by-a-list' });
}

async function turnHistory(commanding: Commanding, { asker, value }: CommandActionPayload): Promise<void> {
  const place = readHistoryPlace(value);
  if (place) await answerLine(commanding, { verb: 'history', ...place }, asker, { replaces: 'by-a-list' });
}

async function choose(commanding: Commanding, { asker, value, blockId }: CommandActionPayload): Promise<void> {
  const choiceId = readChoiceBlock(blockId);
  const line =
    choiceId === undefined ? undefined : await commanding.replies.chosenFor(choiceId, asker.person);
  if (!line || value === undefined) {
    await commanding.replies.remark(asker, commandRemarks.oldChoice);
    return;
  }
  await answerLine(commanding, withRun(line, value), asker, { replaces: 'always' });
}
