import type { Row } from '../../../../domain/reply.js';
import { asError } from '../../actions/take-click.js';
import { runPicker, waitingPicker } from '../../views/replies/picker-modals.js';
import type { SlashPayload } from '../command-payloads.js';
import type { CommandHandlerContext } from '../commanding.js';
import type { RunLine } from './picker-memory.js';
import { fillPicker, openPicker } from './show-picker.js';

/** Asks which run a verb is about: the modal opens before anything is read, and is filled afterwards. */
export async function openRunPicker(
  commandContext: CommandHandlerContext,
  payload: SlashPayload,
  line: RunLine,
): Promise<void> {
  const pickerId = commandContext.newId();
  await commandContext.pickers.put(pickerId, { kind: 'run', line, asker: payload.asker });
  const viewId = await openPicker(commandContext, payload, waitingPicker(line.verb, pickerId));
  if (viewId === undefined) return;
  const rows = await findCandidates(commandContext, payload, line);
  const { command } = commandContext;
  await fillPicker(commandContext, viewId, runPicker({ verb: line.verb, pickerId, rows, command }));
}

/** Absent when they could not be looked for. */
async function findCandidates(
  { service, log }: CommandHandlerContext,
  { asker }: SlashPayload,
  { verb }: RunLine,
): Promise<readonly Row[] | undefined> {
  try {
    return await service.candidates(verb, asker);
  } catch (error) {
    log.error({ verb, err: asError(error) }, 'Workflows to choose from could not be looked for');
    return undefined;
  }
}
