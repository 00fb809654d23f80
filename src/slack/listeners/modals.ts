import { readStart, startableNamed, startInputs } from '../../domain/change.js';
import { type CommandLine, isRunLine, type RunLine, type TypedValue } from '../../domain/commands.js';
import { isSamePerson } from '../../domain/person.js';
import type { StartOption } from '../../domain/reply.js';
import type { Asker } from '../../ports/chat.js';
import { asError } from '../../shared/language.js';
import { runPicker, startModal, waitingPicker } from '../blocks/pickers.js';
import { callbackIds, pickerFields, valueField } from '../ids.js';
import {
  type ActionPayload,
  readSubmission,
  type SlashPayload,
  type SubmissionPayload,
} from '../payloads.js';
import { messages } from '../text/answer.js';
import { commandMessages, wrongValueText } from '../text/reply.js';
import {
  type AckSubmission,
  type Complaints,
  fillView,
  type ListenerContext,
  type Listening,
  onAction,
  onSubmission,
  openView,
  replyToLine,
  replyUnread,
} from './context.js';
import type { SharedCache } from './replies.js';

/** Registers the modals that ask for what a command left out. */
export function registerModals(app: Listening, context: ListenerContext, pickers: Pickers): void {
  onSubmission(app, context, {
    callback: callbackIds.picker,
    handle: (body, ack) => submit({ context, pickers }, body, ack),
  });
  onAction(app, context, {
    on: 'command',
    kinds: ['workflow'],
    handle: async (received, ack) => {
      await ack();
      await showValuesFor({ context, pickers }, received);
    },
  });
}

/** Open modals, by the opaque id each of them carries. */
export type Pickers = SharedCache<Picker>;

/** What an open modal goes on with once it is submitted. */
export type Picker = { readonly kind: 'run'; readonly line: RunLine; readonly asker: Asker } | StartPicker;

/** The modal in which somebody chooses what to start, with what they typed before it opened. */
interface StartPicker {
  readonly kind: 'start';
  readonly options: readonly StartOption[];
  readonly values: readonly TypedValue[];
  readonly asker: Asker;
}

/** What the modals stand on. */
interface Picking {
  readonly context: ListenerContext;
  readonly pickers: Pickers;
}

/** Puts the run that was chosen into a line; a line about no run becomes a look at the one chosen. */
export function withRun(line: CommandLine, ref: string): CommandLine {
  return isRunLine(line) ? { ...line, ref } : { verb: 'status', ref };
}

/**
 * Asks which run a verb is about, and for what else it needs: the modal opens before anything is read, and is filled
 * afterwards. Where the run was typed, nothing is read.
 */
export async function openRunPicker(
  { context, pickers }: Picking,
  payload: SlashPayload,
  line: RunLine,
): Promise<void> {
  const { asker } = payload;
  const { verb } = line;
  const { command, useCases, newId } = context;
  const pickerId = newId();
  await pickers.put(pickerId, { kind: 'run', line, asker });
  const isNamed = line.ref !== undefined;
  const view = isNamed ? runPicker({ line, pickerId, rows: [], command }) : waitingPicker(verb, pickerId);
  const viewId = await openView(context, payload, { view, texts: commandMessages });
  if (viewId === undefined || isNamed) return;
  const rows = await searched(context, verb, () => useCases.commands.candidates(verb, asker));
  await fillView(context, viewId, runPicker({ line, pickerId, rows, command }));
}

type ExecuteLine = Extract<CommandLine, { verb: 'execute' }>;

/** Asks which workflow to start and with which values; the modal opens before anything is looked for. */
export async function openStarter(
  { context, pickers }: Picking,
  payload: SlashPayload,
  line: ExecuteLine,
): Promise<void> {
  const { asker } = payload;
  const { command, useCases, newId } = context;
  const { values } = line;
  const pickerId = newId();
  await pickers.put(pickerId, { kind: 'start', options: [], values, asker });
  const opened = { view: waitingPicker('execute', pickerId), texts: commandMessages };
  const viewId = await openView(context, payload, opened);
  if (viewId === undefined) return;
  const options = await searched(context, 'execute', () => useCases.commands.startOptions(asker));
  await pickers.put(pickerId, { kind: 'start', options: options ?? [], values, asker });
  const fit = fitOf(options ?? [], line);
  await fillView(context, viewId, startModal({ pickerId, options, values, command, ...fit }));
}

/** Absent when they could not be looked for. */
async function searched<T>(
  { log }: ListenerContext,
  verb: string,
  search: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await search();
  } catch (error) {
    log.error({ verb, err: asError(error) }, 'The choices of a window could not be read');
    return undefined;
  }
}

/** What was typed may fit none or several; where only one can be meant, it is chosen already. */
function fitOf(options: readonly StartOption[], { workflow }: ExecuteLine) {
  if (workflow === undefined) return options.length === 1 ? { chosen: 0 } : {};
  const startables = options.map(({ startable }) => startable);
  const named = startableNamed(startables, { workflow });
  if (named.kind !== 'one') return { typed: { workflow, fits: named.kind } };
  return { chosen: startables.indexOf(named.startable) };
}

/** Shows the values of the workflow that was just chosen in an open modal. */
async function showValuesFor({ context, pickers }: Picking, { view, value }: ActionPayload): Promise<void> {
  if (!view) return;
  const picker = await pickers.get(view.metadata);
  if (picker?.kind !== 'start') return;
  const { options, values } = picker;
  const chosen = options.findIndex((_option, index) => String(index) === value);
  if (chosen < 0) return;
  const { command } = context;
  const filled = startModal({ pickerId: view.metadata, options, values, command, chosen });
  await fillView(context, view.id, filled);
}

/** Handles a submitted modal: the line it completes is run; what changes something is only proposed. */
async function submit({ context, pickers }: Picking, body: unknown, ack: AckSubmission): Promise<void> {
  const submission = readSubmission(body, context.us);
  if (!submission) {
    await ack();
    return replyUnread(context, body, messages.unread);
  }
  const picker = await pickers.get(submission.metadata);
  if (!picker || !isSamePerson(picker.asker.person, submission.person)) {
    return ack({ [submission.someBlock]: commandMessages.oldWindow });
  }
  const completed =
    picker.kind === 'run' ? completeRun(picker, submission) : completeStart(picker, submission);
  if (completed.kind === 'complaints') return ack(completed.complaints);
  await ack();
  await replyToLine(context, completed.line, picker.asker);
}

/** What a submitted modal comes to: a line to run, or what is wrong with it. */
type Completed =
  | { readonly kind: 'line'; readonly line: CommandLine }
  | { readonly kind: 'complaints'; readonly complaints: Complaints };

function complaints(found: Complaints): Completed {
  return { kind: 'complaints', complaints: found };
}

function completeRun({ line }: Extract<Picker, { kind: 'run' }>, { given }: SubmissionPayload): Completed {
  const ref = line.ref ?? given(pickerFields.run);
  if (ref === '') return complaints({ [pickerFields.run]: commandMessages.nothingChosen });
  const name = given(pickerFields.name).trim();
  const version = given(pickerFields.version).trim();
  if (line.verb === 'output' || line.verb === 'variable') {
    if (name === '') return complaints({ [pickerFields.name]: commandMessages.nothingTyped });
    return { kind: 'line', line: { ...line, ref, name } };
  }
  if (line.verb === 'alert') {
    const activityId = given(pickerFields.activityId).trim();
    const output = given(pickerFields.output).trim();
    const empty = Object.entries({ activityId, output }).flatMap(([field, said]) =>
      said === '' ? [[field, commandMessages.nothingTyped] as const] : [],
    );
    if (empty.length > 0) return complaints(Object.fromEntries(empty));
    return { kind: 'line', line: { ...line, ref, activityId, output } };
  }
  if (line.verb !== 'restart' || version === '') return { kind: 'line', line: withRun(line, ref) };
  const number = /^v?(\d{1,6})$/i.exec(version)?.[1];
  return number === undefined
    ? complaints({ [pickerFields.version]: commandMessages.noVersion })
    : { kind: 'line', line: { ...line, ref, version: Number(number) } };
}

/** Makes a line of what was chosen and put in; every value that does not fit is told beside its field. */
function completeStart({ options }: StartPicker, submission: SubmissionPayload): Completed {
  const { given } = submission;
  const place = options.findIndex((_option, index) => String(index) === given(pickerFields.workflow));
  const startable = options[place]?.startable;
  if (!startable) return complaints({ [pickerFields.workflow]: commandMessages.nothingChosen });
  const { system, definition } = startable;
  const filled = startInputs(startable).map(({ typedAs, spec }, index) => ({
    spec,
    typedAs,
    block: valueField(place, index),
  }));
  const wrong = filled.flatMap(({ spec, block }) => {
    const read = readStart(valueIn(submission, `var.${spec.name}`, block), { variables: [spec] });
    return read.kind === 'bad-value' ? [[block, wrongValueText(read)] as const] : [];
  });
  if (wrong.some(([block]) => !submission.has(block))) {
    return complaints({ [pickerFields.workflow]: commandMessages.valuesNotShown });
  }
  if (wrong.length > 0) return complaints(Object.fromEntries(wrong));
  const values = filled.flatMap(({ typedAs, block }) => valueIn(submission, typedAs, block));
  const read = readStart(values, startable);
  if (read.kind === 'bad-value') {
    const field = filled.find(({ typedAs }) => typedAs === read.name)?.block ?? pickerFields.workflow;
    return complaints({ [field]: wrongValueText(read) });
  }
  return { kind: 'line', line: { verb: 'execute', workflow: definition, system, values } };
}

/** A field left empty gives no value: the workflow's own takes its place, as the field says. */
function valueIn({ given }: SubmissionPayload, name: string, block: string) {
  const text = given(block);
  return text === '' ? [] : [{ name, text }];
}
