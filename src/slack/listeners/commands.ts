import type { ChangeRecord } from '../../domain/change.js';
import { type CommandLine, parseCommand } from '../../domain/commands.js';
import type { ClickReply } from '../../domain/voting.js';
import type { ButtonClick, ClickPreview } from '../../ports/chat.js';
import { assertNever } from '../../shared/assert-never.js';
import { defined } from '../../shared/defined.js';
import { asError } from '../../shared/errors.js';
import {
  type ListAction,
  type Revised,
  readChoiceBlock,
  readCommandActionId,
  readHistoryPlace,
  readListPlace,
  readPage,
  readRevised,
} from '../ids.js';
import {
  type ActionPayload,
  type CommandActionPayload,
  readAction,
  readCommandAction,
  readSlash,
  replyTarget,
  type SlashPayload,
} from '../payloads.js';
import { clickReplyText, messages } from '../text/answer.js';
import { commandMessages } from '../text/reply.js';
import {
  type Ack,
  type ApprovalHandlerContext,
  clickOf,
  openDetails,
  openDialog,
  takeClick,
} from './approvals.js';
import {
  type CommandHandlerContext,
  isRunLine,
  plainTyping,
  replyToLine,
  withRun,
} from './command-context.js';
import { openRunPicker, openStarter, showValuesFor } from './pickers.js';

/** Handles a press on anything under an answer to a command. */
export async function handleCommandAction(commandContext: Deciding, body: unknown, ack: Ack): Promise<void> {
  const payload = readCommandAction(body);
  const action = payload && readCommandActionId(payload.actionId);
  if (!payload || !action) return ack();
  switch (action.kind) {
    case 'confirm':
      return confirmAction(commandContext, payload, ack);
    case 'cancel':
      return cancelAction(commandContext, payload, ack);
    case 'propose':
      await ack();
      return propose(commandContext, payload, action.verb);
    case 'page-before':
    case 'page-after':
      await ack();
      return turnPage(commandContext, payload);
    case 'choose':
      await ack();
      return choose(commandContext, payload);
    case 'approvals-open':
      await ack();
      return replyToLine(commandContext, { verb: 'approvals', page: 1 }, payload.asker);
    case 'approvals-before':
    case 'approvals-after':
      await ack();
      return turnApprovals(commandContext, payload);
    case 'history-before':
    case 'history-after':
      await ack();
      return turnHistory(commandContext, payload);
    case 'decide':
      return decideAction(commandContext, body, { clicked: action, ack });
    case 'workflow':
      await ack();
      return showValuesFor(commandContext, body);
    default:
      return assertNever(action);
  }
}

async function propose(
  commandContext: CommandHandlerContext,
  { asker, value }: CommandActionPayload,
  verb: 'restart' | 'stop' | 'pause' | 'resume' | 'abort',
): Promise<void> {
  if (value === undefined) return;
  const line: CommandLine = { verb, ref: value };
  await replyToLine(commandContext, line, asker);
}

/** A page takes the place of the one before; anything else that is answered leaves it standing. */
async function turnPage(
  commandContext: CommandHandlerContext,
  { asker, value }: CommandActionPayload,
): Promise<void> {
  const place = readListPlace(value);
  if (place) await replyToLine(commandContext, { verb: 'list', ...place }, asker, { replaces: 'by-a-list' });
}

async function turnApprovals(
  commandContext: CommandHandlerContext,
  { asker, value }: CommandActionPayload,
): Promise<void> {
  const page = readPage(value);
  if (page === undefined) return;
  await replyToLine(commandContext, { verb: 'approvals', page }, asker, { replaces: 'by-a-list' });
}

async function turnHistory(
  commandContext: CommandHandlerContext,
  { asker, value }: CommandActionPayload,
): Promise<void> {
  const place = readHistoryPlace(value);
  if (place)
    await replyToLine(commandContext, { verb: 'history', ...place }, asker, { replaces: 'by-a-list' });
}

async function choose(
  commandContext: CommandHandlerContext,
  { asker, value, blockId }: CommandActionPayload,
): Promise<void> {
  const choiceId = readChoiceBlock(blockId);
  const line =
    choiceId === undefined ? undefined : await commandContext.replies.chosenFor(choiceId, asker.person);
  if (!line || value === undefined) {
    await commandContext.replies.say(asker, commandMessages.oldChoice);
    return;
  }
  await replyToLine(commandContext, withRun(line, value), asker, { replaces: 'always' });
}

/**
 * Handles a slash command.
 *
 * It is acknowledged at once, since nothing is decided by typing. What cannot be understood is answered from
 * the table of verbs alone; a run that was not named is asked for in a modal.
 */
export async function handleCommand(
  commandContext: CommandHandlerContext,
  body: unknown,
  ack: Ack,
): Promise<void> {
  await ack();
  const payload = readSlash(body);
  if (!payload) {
    commandContext.log.warn({}, 'Slack sent a command that cannot be read');
    return;
  }
  const parsed = parseCommand(typedText(payload.text));
  switch (parsed.kind) {
    case 'unknown-verb':
    case 'usage':
      await commandContext.replies.reply(payload.asker, parsed);
      return;
    case 'command':
      return followLine(commandContext, payload, parsed.line);
    default:
      return assertNever(parsed);
  }
}

/** Whose rights are restored is told by the id of a mention: a name can be anybody's. */
function typedText(text: string): string {
  const isAboutSomebody = /^\s*restore\b/i.test(text);
  return plainTyping(isAboutSomebody ? text.replace(/<@([A-Z0-9]+)(?:\|[^<>]*)?>/g, '@$1') : text);
}

async function followLine(
  commandContext: CommandHandlerContext,
  payload: SlashPayload,
  line: CommandLine,
): Promise<void> {
  const { asker } = payload;
  if (line.verb === 'help') {
    const { about } = line;
    await commandContext.replies.reply(asker, { kind: 'help', ...(about ? { about } : {}) });
    return;
  }
  if (isRunLine(line) && line.ref === undefined) return openRunPicker(commandContext, payload, line);
  if (line.verb === 'execute' && commandContext.service.isStartOpen(line, asker)) {
    return openStarter(commandContext, payload, line);
  }
  return replyToLine(commandContext, line, asker);
}

/**
 * Confirms a proposal: it is written down, then acknowledged, then carried out.
 *
 * In this order, so that what Slack was told is taken survives a crash. What was confirmed before is not done
 * again; its person is told how it stands.
 */
async function confirmAction(
  commandContext: CommandHandlerContext,
  { asker, value: changeId }: CommandActionPayload,
  ack: Ack,
): Promise<void> {
  const { service, log, replies } = commandContext;
  if (changeId === undefined) return ack();
  let outcome: 'confirmed' | 'repeated' | 'unknown';
  try {
    outcome = await service.confirm(changeId, asker);
  } catch (error) {
    log.error({ err: asError(error), change: changeId }, 'A confirmation could not be written down');
    await ack();
    await replies.say(asker, commandMessages.notConfirmed);
    return;
  }
  await ackOrLog(commandContext, changeId, ack);
  switch (outcome) {
    case 'unknown':
      await replies.say(asker, commandMessages.oldProposal, { replaces: true });
      return;
    case 'confirmed': {
      const reported = replies.working(asker, changeId, commandMessages.working);
      await carryOut(commandContext, changeId, asker);
      await reported;
      return;
    }
    case 'repeated':
      return carryOut(commandContext, changeId, asker);
    default:
      return assertNever(outcome);
  }
}

/** Drops a proposal, and says how it stands now; one that was confirmed before is not called cancelled. */
async function cancelAction(
  { service, log, replies }: CommandHandlerContext,
  { asker, value: changeId }: CommandActionPayload,
  ack: Ack,
): Promise<void> {
  await ack();
  if (changeId === undefined) return;
  let record: ChangeRecord | undefined;
  try {
    record = await service.cancel(changeId, asker);
  } catch (error) {
    log.error({ err: asError(error), change: changeId }, 'A proposal could not be dropped');
    await replies.say(asker, commandMessages.notCancelled);
    return;
  }
  if (record) await replies.reply(asker, { kind: 'change', record });
  else await replies.say(asker, commandMessages.oldProposal, { replaces: true });
}

async function carryOut(
  { service, log, newId, replies }: CommandHandlerContext,
  changeId: string,
  asker: CommandActionPayload['asker'],
): Promise<void> {
  try {
    await service.carryOut(changeId);
  } catch (error) {
    const ref = newId();
    log.error({ ref, change: changeId, err: asError(error) }, 'A confirmed change broke');
    await replies.reply(asker, { kind: 'broke', ref });
  }
}

/** A lost acknowledgement does not undo a written confirmation. */
async function ackOrLog({ log }: CommandHandlerContext, changeId: string, ack: Ack): Promise<void> {
  try {
    await ack();
  } catch (error) {
    log.warn({ err: asError(error), change: changeId }, 'A confirmation could not be acknowledged');
  }
}

/** What a press beside an approval stands on: besides a command's things those of a press on a card. */
interface Deciding extends CommandHandlerContext {
  readonly approvalContext: ApprovalHandlerContext;
}

/**
 * Handles a press beside an approval in a list.
 *
 * It is taken as one on the approval's own card: the same modals, the same checks, the same record. A list never
 * decides at one press, since what is at stake does not stand on it.
 */
async function decideAction(
  deciding: Deciding,
  body: unknown,
  { clicked, ack }: { readonly clicked: ListAction; readonly ack: Ack },
): Promise<void> {
  const { approvalContext, log } = deciding;
  const payload = readAction(body);
  const approval = readRevised(payload?.value);
  if (!payload || !approval) return ack();
  let found: Found | undefined;
  try {
    found = await findCard(deciding, { payload, approval, clicked });
  } catch (error) {
    log.error({ err: asError(error), approvalId: approval.id }, 'A press in a list could not be looked into');
    await ack();
    await approvalContext.privateReplies.say(replyTarget(payload), messages.notWritten);
    return;
  }
  if (found) return follow(approvalContext, found, ack);
  await ack();
  await approvalContext.privateReplies.say(replyTarget(payload), commandMessages.noCardYet);
}

interface Found {
  readonly payload: ActionPayload;
  readonly what: ListAction['what'];
  /** The press as if it had been on the card. */
  readonly action: ButtonClick;
  readonly preview: ClickPreview;
}

/** Absent while the card was not posted. */
async function findCard(
  { approvalContext, service }: Deciding,
  requested: { readonly payload: ActionPayload; readonly approval: Revised; readonly clicked: ListAction },
): Promise<Found | undefined> {
  const { payload, approval, clicked } = requested;
  const { what, output } = clicked;
  const { person } = payload;
  const { id: approvalId, revision } = approval;
  const message = await service.cardOf(approvalId, { person });
  if (!message) return undefined;
  const chosen = { verb: what, ...defined({ output }) };
  const action = { approvalId, revision, message, person, ...chosen };
  return { payload, what, action: action, preview: await approvalContext.service.preview(action) };
}

async function follow(
  approvalContext: ApprovalHandlerContext,
  { payload, what, action, preview }: Found,
  ack: Ack,
): Promise<void> {
  switch (preview.kind) {
    case 'answer':
      return refuse(approvalContext, { payload, answer: preview.answer }, ack);
    case 'card': {
      if (what === 'details') return openDetails(approvalContext, { payload, card: preview.card }, ack);
      const { card, mayDecide } = preview;
      if (mayDecide && mayDecide.kind !== 'yes') {
        return refuse(approvalContext, { payload, answer: { kind: 'refused', why: mayDecide } }, ack);
      }
      if (!card.actions.includes(what)) {
        return refuse(approvalContext, { payload, answer: { kind: 'unknown-card' } }, ack);
      }
      if (preview.isLinkMissing)
        return takeClick(approvalContext, clickOf(approvalContext, payload, action, what), ack);
      return openDialog(approvalContext, { payload, press: action, verb: what, preview }, ack);
    }
    default:
      return assertNever(preview);
  }
}

/** Nothing was decided, so nothing is written down but a line in the log. */
async function refuse(
  { privateReplies, log, renderContext }: ApprovalHandlerContext,
  { payload, answer: reply }: { readonly payload: ActionPayload; readonly answer: ClickReply },
  ack: Ack,
): Promise<void> {
  await ack();
  const reason = reply.kind === 'refused' ? { reason: reply.why.kind } : {};
  log.info({ person: payload.person.userId, answer: reply.kind, ...reason }, 'A press in a list led nowhere');
  await privateReplies.say(replyTarget(payload), clickReplyText(reply, renderContext));
}
