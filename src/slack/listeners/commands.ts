import { readStart, startableNamed, startInputs } from '../../domain/change.js';
import {
  type CommandLine,
  isRunLine,
  missingIn,
  parseCommand,
  type RunLine,
  type statusVerbs,
  type TypedValue,
} from '../../domain/commands.js';
import { isSamePerson } from '../../domain/person.js';
import type { StartOption } from '../../domain/reply.js';
import type { ClickReply } from '../../domain/voting.js';
import type { Asker } from '../../ports/chat.js';
import { asError, defined } from '../../shared/language.js';
import type { ButtonClick, ClickPreview } from '../../use-cases/approvals/decide.js';
import { cancelModal, evidenceModal, runPicker, startModal, waitingPicker } from '../blocks/reply.js';
import {
  actionKinds,
  callbackIds,
  pickerFields,
  type Revised,
  readChoiceBlock,
  readHistoryPlace,
  readListPlace,
  readPage,
  readRevised,
  valueField,
} from '../ids.js';
import {
  type ActionPayload,
  plainTyping,
  readSlash,
  readSubmission,
  type SlashPayload,
  type SubmissionPayload,
} from '../payloads.js';
import { clickReplyText, messages } from '../text/answer.js';
import { commandMessages, wrongValueText } from '../text/reply.js';
import { clickOf, openDetails, openDialog, takeClick } from './approvals.js';
import {
  type Ack,
  type AckSubmission,
  arrived,
  type Complaints,
  confirmProposal,
  fillView,
  type ListenerContext,
  type Listening,
  onAction,
  onSubmission,
  openView,
  orSayBroke,
  pushView,
  type ReceivedAction,
  replyToLine,
  replyUnread,
  runSafely,
  type SharedCache,
  sayTo,
  writtenThenAcked,
} from './context.js';

/** Registers the slash command, and what is pressed under what it was answered with. */
export function registerCommands(app: Listening, context: ListenerContext, pickers: Pickers): void {
  app.command(context.command, ({ body, ack }) => {
    const acked = arrived(context, 'command');
    return followTyped({ context, pickers }, body, () => acked(ack()));
  });
  onAction(app, context, {
    on: 'command',
    kinds: ['confirm'],
    handle: ({ asker, value }, ack) =>
      value === undefined ? ack() : confirm(context, { asker, changeId: value }, ack),
  });
  onAction(app, context, {
    on: 'command',
    kinds: ['cancel'],
    handle: async ({ asker, value }, ack) => {
      await ack();
      if (value !== undefined) await cancel(context, { asker, changeId: value });
    },
  });
  onAction(app, context, {
    on: 'command',
    kinds: actionKinds.command.filter((kind) => kind.startsWith('propose.')),
    handle: async ({ asker, kind, value }, ack) => {
      await ack();
      const verb = kind.slice('propose.'.length) as (typeof statusVerbs)[number];
      if (value !== undefined) await replyToLine(context, { verb, ref: value }, asker);
    },
  });
  onAction(app, context, {
    on: 'command',
    kinds: ['evidence'],
    handle: async (received, ack) => {
      await ack();
      await sendEvidence(context, received);
    },
  });
  onAction(app, context, {
    on: 'command',
    kinds: [
      'page-before',
      'page-after',
      'approvals-before',
      'approvals-after',
      'history-before',
      'history-after',
    ],
    handle: async (received, ack) => {
      await ack();
      const line = pageAfter(received);
      // A page takes the place of the one before; anything else that is answered leaves it standing.
      if (line) await replyToLine(context, line, received.asker, { replaces: 'by-a-list' });
    },
  });
  onAction(app, context, {
    on: 'command',
    kinds: ['approvals-open'],
    handle: async ({ asker }, ack) => {
      await ack();
      await replyToLine(context, { verb: 'approvals', page: 1 }, asker);
    },
  });
  onSubmission(app, context, {
    callback: callbackIds.cancel,
    handle: (body, ack) => submitCancel(context, body, ack),
  });
  onAction(app, context, {
    on: 'command',
    kinds: ['choose'],
    handle: async (received, ack) => {
      await ack();
      await choose(context, received);
    },
  });
  onAction(app, context, {
    on: 'command',
    kinds: ['decide.approve', 'decide.deny', 'decide.details'],
    handle: async (received, ack) => {
      const approval = readRevised(received.value);
      return approval ? decideInList(context, { received, approval }, ack) : ack();
    },
  });
}

/** What handling a typed line stands on. */
interface Typed {
  readonly context: ListenerContext;
  readonly pickers: Pickers;
}

/**
 * Handles a slash command.
 *
 * It is acknowledged at once, since nothing is decided by typing. What cannot be understood is answered from
 * the table of verbs alone; a run that was not named is asked for in a modal.
 */
async function followTyped(typed: Typed, body: unknown, ack: Ack): Promise<void> {
  const { context } = typed;
  await ack();
  const payload = readSlash(body, context.us);
  if (!payload) {
    context.log.warn({}, 'Slack sent a command that cannot be read');
    await replyUnread(context, body, messages.unread);
    return;
  }
  if (payload.text.length > longestLine) {
    await context.replies.say(payload.asker, commandMessages.tooLong);
    return;
  }
  const parsed = parseCommand(typedText(payload.text));
  if (parsed.kind === 'command') return followLine(typed, payload, parsed.line);
  await context.commandReplies.reply(payload.asker, parsed);
}

/** No command is anywhere near as long; what is longer was pasted by mistake. */
const longestLine = 8_000;

/** Whose rights are restored, and who decides in another's place, is told by the id of a mention: a name can be anybody's. */
function typedText(text: string): string {
  const isAboutSomebody = /^\s*(?:restore|away)\b/i.test(text);
  return plainTyping(isAboutSomebody ? text.replace(/<@([A-Z0-9]+)(?:\|[^<>]*)?>/g, '@$1') : text);
}

async function followLine(
  { context, pickers }: Typed,
  payload: SlashPayload,
  line: CommandLine,
): Promise<void> {
  const { asker } = payload;
  if (line.verb === 'help') {
    await context.commandReplies.reply(asker, { kind: 'help', ...defined({ about: line.about }) });
    return;
  }
  if (isRunLine(line) && missingIn(line).length > 0)
    return openRunPicker({ context, pickers }, payload, line);
  if (line.verb === 'execute' && context.useCases.commands.isStartOpen(line, asker)) {
    return openStarter({ context, pickers }, payload, line);
  }
  if (line.verb === 'cancel' && line.ref !== undefined) return openCancel(context, payload, line.ref);
  return replyToLine(context, line, asker);
}

/** Has evidence sent to whoever pressed; from a window they are answered in one above it, which opens before anything is read. */
async function sendEvidence(context: ListenerContext, received: ActionPayload): Promise<void> {
  const { asker, value, view } = received;
  if (value === undefined) return;
  const line: CommandLine = { verb: 'evidence', ref: value, isSent: true };
  if (!view) return replyToLine(context, line, asker);
  const options = context.renderContext;
  const viewId = await pushView(context, received, evidenceModal(undefined, options));
  const reply = await runSafely(context, line, asker);
  if (viewId !== undefined) await fillView(context, viewId, evidenceModal(reply, options));
}

/** Opens the window in which whoever requested something cancels it; it opens before anything is read. */
export async function openCancel(
  context: ListenerContext,
  payload: { readonly asker: ActionPayload['asker']; readonly triggerId: string },
  ref: string,
): Promise<void> {
  const options = context.renderContext;
  const viewId = await openView(context, payload, {
    view: cancelModal(undefined, options),
    texts: commandMessages,
  });
  if (viewId === undefined) return;
  const reply = await runSafely(context, { verb: 'cancel', ref }, payload.asker);
  await fillView(context, viewId, cancelModal(reply, options));
}

/** Confirms what the window showed; what becomes of it is said like that of any change. */
async function submitCancel(context: ListenerContext, body: unknown, ack: AckSubmission): Promise<void> {
  const payload = readSubmission(body, context.us);
  if (!payload || payload.metadata === '') {
    await ack();
    return replyUnread(context, body, payload ? commandMessages.oldProposal : messages.unread);
  }
  const { commands } = context.useCases;
  const [asker, changeId] = [{ person: payload.person }, payload.metadata];
  const about = { change: changeId };
  const carryOut = () => commands.carryOut(changeId);
  const outcome = await writtenThenAcked(context, {
    about,
    write: () => commands.confirm(changeId, asker),
    ack: () => ack(),
  });
  if (outcome === 'unknown') return replyUnread(context, body, commandMessages.oldProposal);
  if (outcome === undefined || outcome === 'unconfirmed') {
    await ack();
    return replyUnread(context, body, commandMessages.notConfirmed);
  }
  await orSayBroke(context, { asker, about, work: carryOut });
}

type PageKind = 'page-before' | 'page-after' | `${'approvals' | 'history'}-${'before' | 'after'}`;

/** Reads which page a button leads to; absent when it was not written by us. */
function pageAfter({ kind, value }: ReceivedAction<PageKind>): CommandLine | undefined {
  switch (kind) {
    case 'page-before':
    case 'page-after': {
      const place = readListPlace(value);
      return place && { verb: 'list', ...place };
    }
    case 'history-before':
    case 'history-after': {
      const place = readHistoryPlace(value);
      return place && { verb: 'history', ...place };
    }
    case 'approvals-before':
    case 'approvals-after': {
      const page = readPage(value);
      return page === undefined ? undefined : { verb: 'approvals', page };
    }
  }
}

async function choose(context: ListenerContext, { asker, value, blockId }: ActionPayload): Promise<void> {
  const choiceId = readChoiceBlock(blockId);
  const line =
    choiceId === undefined ? undefined : await context.commandReplies.chosenFor(choiceId, asker.person);
  if (!line || value === undefined) {
    await context.replies.say(asker, commandMessages.oldChoice);
    return;
  }
  await replyToLine(context, withRun(line, value), asker, { replaces: 'always' });
}

interface Proposal {
  readonly asker: ActionPayload['asker'];
  readonly changeId: string;
}

function confirm(context: ListenerContext, { asker, changeId }: Proposal, ack: Ack): Promise<void> {
  const { commands } = context.useCases;
  const about = { change: changeId };
  const carryOut = () => commands.carryOut(changeId);
  const proposed = {
    about,
    texts: commandMessages,
    confirm: () => commands.confirm(changeId, asker),
    working: () => context.commandReplies.working(asker, changeId, commandMessages.working),
    carryOut,
    // Of a change that was confirmed before, carrying it out says how it stands.
    repeated: () => orSayBroke(context, { asker, about, work: carryOut }),
  };
  return confirmProposal(context, { asker, ack, proposed });
}

/** Drops a proposal, and says how it stands now; one that was confirmed before is not called cancelled. */
async function cancel(context: ListenerContext, { asker, changeId }: Proposal): Promise<void> {
  const { useCases, log, replies, commandReplies } = context;
  try {
    const record = await useCases.commands.cancel(changeId, asker);
    if (record) await commandReplies.reply(asker, { kind: 'change', record });
    else await replies.say(asker, commandMessages.oldProposal, { replaces: true });
  } catch (error) {
    log.error({ err: asError(error), change: changeId }, 'A proposal could not be dropped');
    await replies.say(asker, commandMessages.notCancelled);
  }
}

/** What can be clicked beside an approval in a list. */
export type InListKind = `decide.${'approve' | 'deny' | 'details'}`;

/** A click beside an approval in a list, as if it had been on the card. */
interface OnCard {
  readonly received: ActionPayload;
  readonly click: ButtonClick;
  readonly preview: ClickPreview;
}

/** A click beside an approval, and where the list stands if not in an answer to a command. */
interface InList extends Pick<ButtonClick, 'from'> {
  readonly received: ReceivedAction<InListKind>;
  readonly approval: Revised;
}

/**
 * Handles a click beside an approval in a list.
 *
 * It is taken as one on the approval's own card: the same modals, the same checks, the same record. A list never
 * decides at one click, since what is at stake does not stand on it.
 */
export async function decideInList(context: ListenerContext, inList: InList, ack: Ack): Promise<void> {
  const { received, approval } = inList;
  let found: OnCard | undefined;
  try {
    found = await findCard(context, inList);
  } catch (error) {
    const err = asError(error);
    context.log.error({ err, approvalId: approval.id }, 'A click in a list could not be read');
    await ack();
    return sayTo(context, received, messages.notWritten);
  }
  if (found) return follow(context, found, ack);
  await ack();
  await sayTo(context, received, commandMessages.noCardYet);
}

const verbsOfKind = {
  'decide.approve': 'approve',
  'decide.deny': 'deny',
  'decide.details': 'details',
} as const;

/** Absent while the card was not posted. */
async function findCard(
  { useCases }: ListenerContext,
  { received, approval, from = 'list' }: InList,
): Promise<OnCard | undefined> {
  const { kind, output, asker } = received;
  const { person } = asker;
  const { id: approvalId, revision } = approval;
  const message = await useCases.commands.cardOf(approvalId, { person });
  if (!message) return undefined;
  const verb = verbsOfKind[kind];
  const click: ButtonClick = { approvalId, revision, message, person, verb, ...defined({ output, from }) };
  return { received, click, preview: await useCases.approvals.preview(click) };
}

async function follow(
  context: ListenerContext,
  { received, click, preview }: OnCard,
  ack: Ack,
): Promise<void> {
  const { verb } = click;
  if (preview.kind === 'answer') return refuse(context, { received, reply: preview.answer }, ack);
  if (verb === 'details')
    return openDetails(context, { payload: received, preview, message: click.message }, ack);
  const { card, mayDecide, isLinkMissing } = preview;
  // Only the chat can tell who is in a group; what is remembered was learned before the rule named it.
  const isUnchecked = mayDecide?.kind === 'group-not-checked';
  if (mayDecide && mayDecide.kind !== 'yes' && !isUnchecked) {
    return refuse(context, { received, reply: { kind: 'refused', why: mayDecide } }, ack);
  }
  if ((verb !== 'approve' && verb !== 'deny') || !card.actions.includes(verb)) {
    return refuse(context, { received, reply: { kind: 'unknown-card' } }, ack);
  }
  if (isLinkMissing || isUnchecked) return takeClick(context, clickOf(context, received, click, verb), ack);
  return openDialog(context, { payload: received, click, verb, preview }, ack);
}

/** Nothing was decided, so nothing is written down but a line in the log. */
async function refuse(
  context: ListenerContext,
  { received, reply }: { readonly received: ActionPayload; readonly reply: ClickReply },
  ack: Ack,
): Promise<void> {
  await ack();
  const { log, renderContext } = context;
  const { asker } = received;
  const reason = reply.kind === 'refused' ? { reason: reply.why.kind } : {};
  log.info({ person: asker.person.userId, answer: reply.kind, ...reason }, 'A click in a list led nowhere');
  await sayTo(context, received, clickReplyText(reply, renderContext));
}

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
function withRun(line: CommandLine, ref: string): CommandLine {
  return isRunLine(line) ? { ...line, ref } : { verb: 'status', ref };
}

/**
 * Asks which run a verb is about, and for what else it needs: the modal opens before anything is read, and is filled
 * afterwards. Where the run was typed, nothing is read.
 */
async function openRunPicker(
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
async function openStarter(
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
