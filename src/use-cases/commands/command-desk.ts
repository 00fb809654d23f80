import type { CommandService } from '../../ports/command-desk.js';
import type { Context } from '../context.js';
import { findCopy } from './approvals/find-copy.js';
import { carryOutChange } from './changes/carry-out-change.js';
import { cancelChange, confirmChange } from './changes/confirm-change.js';
import { isStartOpen, listStartOptions } from './changes/start-options.js';
import { runCommand } from './run-command.js';
import { listCandidates } from './runs/list-candidates.js';

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
