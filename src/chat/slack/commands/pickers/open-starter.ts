import type { CommandLine } from '../../../../domain/command-line.js';
import { startableNamed } from '../../../../domain/executable-named.js';
import type { StartOption } from '../../../../domain/reply.js';
import { asError } from '../../actions/take-click.js';
import { waitingPicker } from '../../views/replies/picker-modals.js';
import { startModal } from '../../views/replies/start-modal.js';
import { readViewAction, type SlashPayload } from '../command-payloads.js';
import type { CommandHandlerContext } from '../commanding.js';
import type { StartPicker } from './picker-memory.js';
import { fillPicker, openPicker } from './show-picker.js';

type ExecuteLine = Extract<CommandLine, { verb: 'execute' }>;

/** Asks which workflow to start and with which values; the modal opens before anything is looked for. */
export async function openStarter(
  commandContext: CommandHandlerContext,
  payload: SlashPayload,
  line: ExecuteLine,
): Promise<void> {
  const pickerId = commandContext.newId();
  const picker: StartPicker = { kind: 'start', options: [], values: line.values, asker: payload.asker };
  await commandContext.pickers.put(pickerId, picker);
  const viewId = await openPicker(commandContext, payload, waitingPicker('execute', pickerId));
  if (viewId === undefined) return;
  const found = await findOptions(commandContext, payload);
  const options = found ?? [];
  await commandContext.pickers.put(pickerId, { ...picker, options });
  const { fit, chosen } = fitOf(options, line);
  const { command } = commandContext;
  await fillPicker(
    commandContext,
    viewId,
    startModal({ pickerId, options: found, values: line.values, command, ...fit, ...chosen }),
  );
}

/** Shows the values of the workflow that was just chosen in an open modal. */
export async function showValuesFor(commandContext: CommandHandlerContext, body: unknown): Promise<void> {
  const action = readViewAction(body);
  const picker = action && (await commandContext.pickers.get(action.pickerId));
  if (!action || picker?.kind !== 'start') return;
  const chosen = picker.options.findIndex((_option, index) => String(index) === action.value);
  if (chosen < 0) return;
  const { options, values } = picker;
  const { pickerId, viewId } = action;
  const { command } = commandContext;
  await fillPicker(commandContext, viewId, startModal({ pickerId, options, values, command, chosen }));
}

/** What was typed may fit none or several; where only one can be meant, it is chosen already. */
function fitOf(options: readonly StartOption[], { workflow }: ExecuteLine) {
  const only = options.length === 1 ? { chosen: 0 } : {};
  if (workflow === undefined) return { fit: {}, chosen: only };
  const named = startableNamed(
    options.map(({ startable }) => startable),
    { workflow },
  );
  if (named.kind !== 'one') return { fit: { typed: { workflow, fits: named.kind } }, chosen: {} };
  return { fit: {}, chosen: { chosen: options.findIndex((one) => one.startable === named.startable) } };
}

/** Absent when they could not be looked for. */
async function findOptions(
  { service, log }: CommandHandlerContext,
  { asker }: SlashPayload,
): Promise<readonly StartOption[] | undefined> {
  try {
    return await service.startOptions(asker);
  } catch (error) {
    log.error({ err: asError(error) }, 'Workflows to start could not be looked for');
    return undefined;
  }
}
