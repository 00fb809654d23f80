import type { Row } from '../../../../domain/reply.js';
import { asError } from '../../actions/take-click.js';
import { runPicker, waitingPicker } from '../../views/replies/picker-modals.js';
import type { SlashPayload } from '../command-payloads.js';
import type { Commanding } from '../commanding.js';
import type { RunLine } from './picker-memory.js';
import { fillPicker, openPicker } from './show-picker.js';

/** Asks which run a verb is about: the modal opens before anything is read, and is filled afterwards. */
export async function openRunPicker(
  commanding: Commanding,
  payload: SlashPayload,
  line: RunLine,
): Promise<void> {
  const pickerId = commanding.newId();
  await commanding.pickers.put(pickerId, { kind: 'run', line, asker: payload.asker });
  const viewId = await openPicker(commanding, payload, waitingPicker(line.verb, pickerId));
  if (viewId === undefined) return;
  const rows = await findCandidates(commanding, payload, line);
  const { command } = commanding;
  await fillPicker(commanding, viewId, runPicker({ verb: line.verb, pickerId, rows, command }));
}

/** Absent when they could not be looked for. */
async function findCandidates(
  { service, log }: Commanding,
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
