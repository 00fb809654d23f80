import {
  type CommandLine,
  isRunLine,
  missingIn,
  parseCommand,
  type statusVerbs,
} from '../../domain/commands.js';
import type { ClickReply } from '../../domain/voting.js';
import { asError, defined } from '../../shared/language.js';
import type { ButtonClick, ClickPreview } from '../../use-cases/approvals/decide.js';
import { cancelModal, evidenceModal } from '../blocks/reply.js';
import {
  actionKinds,
  callbackIds,
  type Revised,
  readChoiceBlock,
  readHistoryPlace,
  readListPlace,
  readPage,
  readRevised,
} from '../ids.js';
import {
  type ActionPayload,
  plainTyping,
  readSlash,
  readSubmission,
  type SlashPayload,
} from '../payloads.js';
import { clickReplyText, messages } from '../text/answer.js';
import { commandMessages } from '../text/reply.js';
import { clickOf, openDetails, openDialog, takeClick } from './approvals.js';
import {
  type Ack,
  type AckSubmission,
  arrived,
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
  sayTo,
  writtenThenAcked,
} from './context.js';
import { openRunPicker, openStarter, type Pickers, withRun } from './modals.js';

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
