import type { ModalView } from '@slack/types';
import { startableNamed } from '../../domain/change.js';
import { type CommandLine, readVariables } from '../../domain/commands.js';
import { isSamePerson } from '../../domain/person.js';
import type { Row, StartOption } from '../../domain/reply.js';
import { asError } from '../../shared/errors.js';
import { runPicker, startModal, waitingPicker } from '../blocks/pickers.js';
import { blockProblems, chatError, isTriggerGone, slackWord } from '../client.js';
import { pickerFields, valueField } from '../ids.js';
import {
  type PickerSubmission,
  readPickerSubmission,
  readViewAction,
  type SlashPayload,
} from '../payloads.js';
import { commandMessages, wrongValueText } from '../text/reply.js';
import {
  type CommandHandlerContext,
  type Picker,
  type RunLine,
  replyToLine,
  type StartPicker,
  withRun,
} from './command-context.js';

/** Acknowledges a submission: the modal closes, or stays with complaints under its blocks. */
type AckPicker = (complaints?: Complaints) => Promise<void>;

/** Handles a submitted picker: the line it completes is run; what changes something is only proposed. */
export async function handlePicker(
  commandContext: CommandHandlerContext,
  body: unknown,
  ack: AckPicker,
): Promise<void> {
  const submission = readPickerSubmission(body);
  if (!submission) return ack();
  const picker = await commandContext.pickers.get(submission.pickerId);
  if (!picker || !isSamePerson(picker.asker.person, submission.person)) {
    return ack({ [submission.someBlock]: commandMessages.oldWindow });
  }
  const completed = complete(picker, submission);
  if (completed.kind === 'complaints') return ack(completed.complaints);
  await ack();
  await replyToLine(commandContext, completed.line, picker.asker);
}

function complete(picker: Picker, submission: PickerSubmission): Completed {
  return picker.kind === 'run' ? completeRun(picker, submission) : completeStart(picker, submission);
}

function completeRun({ line }: Extract<Picker, { kind: 'run' }>, { given }: PickerSubmission): Completed {
  const ref = given(pickerFields.run);
  if (ref === '') return complaint(pickerFields.run, commandMessages.nothingChosen);
  const name = given(pickerFields.name).trim();
  const version = given(pickerFields.version).trim();
  if (line.verb === 'output' || line.verb === 'variable') {
    if (name === '') return complaint(pickerFields.name, commandMessages.nothingTyped);
    return { kind: 'line', line: { ...line, ref, name } };
  }
  if (line.verb !== 'restart' || version === '') return { kind: 'line', line: withRun(line, ref) };
  const number = /^v?(\d{1,6})$/i.exec(version)?.[1];
  return number === undefined
    ? complaint(pickerFields.version, commandMessages.noVersion)
    : { kind: 'line', line: { ...line, ref, version: Number(number) } };
}

function complaint(block: string, text: string): Completed {
  return { kind: 'complaints', complaints: { [block]: text } };
}

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

/** What a submitted picker comes to: a line to run, or what is wrong with it. */
type Completed =
  | { readonly kind: 'line'; readonly line: CommandLine }
  | { readonly kind: 'complaints'; readonly complaints: Complaints };

/** Makes a line of what was chosen and put in; every value that does not fit is told beside its field. */
function completeStart({ options }: StartPicker, submission: PickerSubmission): Completed {
  const { given } = submission;
  const place = options.findIndex((_option, index) => String(index) === given(pickerFields.workflow));
  const startable = options[place]?.startable;
  if (!startable) return complaints({ [pickerFields.workflow]: commandMessages.nothingChosen });
  const { system, definition, variables } = startable;
  const filled = variables.map((spec, index) => ({ spec, block: valueField(place, index) }));
  const wrong = filled.flatMap(({ spec, block }) => {
    const read = readVariables(valueIn(submission, spec.name, block), [spec]);
    return read.kind === 'bad-value' ? [[block, wrongValueText(read)] as const] : [];
  });
  if (wrong.some(([block]) => !submission.has(block))) {
    return complaints({ [pickerFields.workflow]: commandMessages.valuesNotShown });
  }
  if (wrong.length > 0) return complaints(Object.fromEntries(wrong));
  const values = filled.flatMap(({ spec, block }) => valueIn(submission, spec.name, block));
  return { kind: 'line', line: { verb: 'execute', workflow: definition, system, values } };
}

/** A field left empty gives no value: the workflow's own takes its place, as the field says. */
function valueIn({ given }: PickerSubmission, name: string, block: string) {
  const text = given(block);
  return text === '' ? [] : [{ name, text }];
}

function complaints(found: Complaints): Completed {
  return { kind: 'complaints', complaints: found };
}

/** What is wrong with a submission, by the block it is shown under. */
type Complaints = Readonly<Record<string, string>>;

/** Opens a modal and gives its id; absent when Slack did not, which the person is told. */
async function openPicker(
  { client, replies, log, newId }: CommandHandlerContext,
  { asker, triggerId }: SlashPayload,
  view: ModalView,
): Promise<string | undefined> {
  try {
    const opened = await client.views.open({ trigger_id: triggerId, view });
    return opened.view?.id;
  } catch (error) {
    if (isTriggerGone(error)) {
      await replies.say(asker, commandMessages.tooSlow);
      return undefined;
    }
    const ref = newId();
    const { code } = chatError(error, 'read');
    log.warn({ ref, code, word: slackWord(error) }, 'Slack did not open a modal for a command');
    await replies.say(asker, commandMessages.windowRefused);
    return undefined;
  }
}

/** Fills a modal that is open. One that was closed meanwhile is no loss. */
async function fillPicker(
  { client, log }: CommandHandlerContext,
  viewId: string,
  view: ModalView,
): Promise<void> {
  try {
    await client.views.update({ view_id: viewId, view });
  } catch (error) {
    const word = slackWord(error);
    if (word === 'not_found') return;
    log.warn(
      { word, problems: blockProblems(error), err: asError(error) },
      'Slack did not fill a modal for a command',
    );
  }
}
