import type { CommandLine } from '../../domain/commands.js';
import type { Reply } from '../../domain/reply.js';
import type { Asker, CommandService } from '../../ports/chat.js';
import { BackendError, ChatError, ContractError } from '../../ports/errors.js';
import { asError } from '../../shared/errors.js';
import type { CommandWork, Context } from '../context.js';
import { recordCommand } from '../ledger/record.js';
import { lookUpPerson } from '../people.js';
import { linkAccount, restoreRights, showHealth, showWho, unlinkAccount } from './account.js';
import {
  cancelChange,
  carryOutChange,
  confirmChange,
  isStartOpen,
  listStartOptions,
  proposeChange,
  proposeExecution,
} from './change.js';
import { listCandidates } from './find-run.js';
import {
  explainWhy,
  findCopy,
  listDefinitions,
  listRuns,
  showApprovals,
  showHistory,
  showLast,
  showReceipt,
  showStatus,
  showValue,
} from './queries.js';

/** Opens the desk at which a chat lays what people type. */
export function createCommandService(context: Context): CommandService {
  return {
    run: (line, asker) => runCommand(context, line, asker),
    candidates: (verb, asker) => listCandidates(context, verb, asker),
    startOptions: (asker) => listStartOptions(context, asker),
    isStartOpen: (line, asker) => isStartOpen(context, line, asker),
    cardOf: async (approvalId, asker) => (await findCopy(context, approvalId, asker))?.message,
    confirm: (changeId, asker) => confirmChange(context, changeId, asker),
    carryOut: (changeId) => carryOutChange(context, changeId),
    cancel: (changeId, asker) => cancelChange(context, changeId, asker),
  };
}

/**
 * Answers a command, and records that it did.
 *
 * Reads afresh every time; a verb that changes something is answered with a proposal only. Whoever cannot be
 * looked up is refused. What cannot be put on record is not answered: this throws.
 */
export async function runCommand(context: Context, line: CommandLine, asker: Asker): Promise<Reply> {
  const reply = await replyTo(context, line, asker);
  await recordCommand(context, { line, reply, asker });
  return reply;
}

async function replyTo(context: Context, line: CommandLine, asker: Asker): Promise<Reply> {
  try {
    const person = await lookUpPerson(context, asker.person);
    const reply = await replyToCommand({ context, person, asker }, line);
    const reason = reply.kind === 'not-allowed' ? { reason: reply.why.kind } : {};
    context.log.info(
      { verb: line.verb, person: asker.person.userId, answer: reply.kind, ...reason },
      'A command was answered',
    );
    return reply;
  } catch (error) {
    if (error instanceof ChatError) return { kind: 'person-not-checked' };
    if (error instanceof BackendError || error instanceof ContractError) {
      context.log.warn({ verb: line.verb, err: error }, 'A command could not be answered');
      return { kind: 'unreachable', label: context.backends.get(error.system)?.label ?? error.system };
    }
    const ref = context.newCode(6);
    context.log.error({ verb: line.verb, ref, err: asError(error) }, 'A command broke');
    return { kind: 'broke', ref };
  }
}

function replyToCommand(work: CommandWork, line: CommandLine): Promise<Reply> | Reply {
  switch (line.verb) {
    case 'help':
      return { kind: 'help', ...(line.about ? { about: line.about } : {}) };
    case 'whoami':
      return showWho(work);
    case 'link':
      return linkAccount(work, line.system);
    case 'unlink':
      return unlinkAccount(work, line.system);
    case 'doctor':
      return showHealth(work);
    case 'approvals':
      return showApprovals(work, line.page);
    case 'list':
      return listRuns(work, line);
    case 'definitions':
      return listDefinitions(work, line.text ?? '');
    case 'status':
      return showStatus(work, line.ref ?? '');
    case 'history':
      return showHistory(work, line);
    case 'receipt':
      return showReceipt(work, line.code);
    case 'restore':
      return restoreRights(work, line.userId);
    case 'why':
      return explainWhy(work, line.ref ?? '');
    case 'output':
    case 'variable':
      return showValue(work, line);
    case 'last':
      return showLast(work, line.workflow ?? '');
    case 'execute':
      return proposeExecution(work, line);
    case 'restart':
    case 'stop':
    case 'pause':
    case 'resume':
    case 'abort':
    case 'alert':
      return proposeChange(work, line);
  }
}
