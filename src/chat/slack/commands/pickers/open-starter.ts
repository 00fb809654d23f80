import type { CommandLine } from '../../../../domain/command-line.js';
import type { DefinitionRow } from '../../../../domain/reply.js';
import { asError } from '../../actions/take-click.js';
import { starterPicker, waitingPicker } from '../../views/replies/picker-modals.js';
import type { SlashPayload } from '../command-payloads.js';
import type { Commanding } from '../commanding.js';
import { fillPicker, openPicker } from './show-picker.js';

/** Asks which workflow to start and with which values; the modal opens before anything is read. */
export async function openStarter(
  commanding: Commanding,
  payload: SlashPayload,
  line: Extract<CommandLine, { verb: 'execute' }>,
): Promise<void> {
  const { asker } = payload;
  const pickerId = commanding.newId();
  commanding.pickers.put(pickerId, { kind: 'start', names: [], asker });
  const viewId = await openPicker(commanding, payload, waitingPicker('execute', pickerId));
  if (viewId === undefined) return;
  const rows = (await findDefinitions(commanding, payload)).slice(0, 100);
  const names = rows.map(({ definition }) => definition.name);
  commanding.pickers.put(pickerId, { kind: 'start', names, asker });
  await fillPicker(commanding, viewId, starterPicker({ pickerId, rows, values: line.values }));
}

/** None when they could not be looked for: a name can be typed all the same. */
async function findDefinitions(
  { desk, log }: Commanding,
  { asker }: SlashPayload,
): Promise<readonly DefinitionRow[]> {
  try {
    const reply = await desk.run({ verb: 'definitions' }, asker);
    return reply.kind === 'definitions' ? reply.rows : [];
  } catch (error) {
    log.error({ err: asError(error) }, 'Workflows to start could not be looked for');
    return [];
  }
}
