import type { webApi } from '@slack/bolt';
import type { ModalView } from '@slack/types';
import type { AlertReply } from '../../domain/alert.js';
import type { PersonId } from '../../domain/person.js';
import type { AlertService, Asker } from '../../ports/chat.js';
import type { Log } from '../../ports/runtime.js';
import { assertNever } from '../../shared/assert-never.js';
import { asError } from '../../shared/errors.js';
import {
  alertMessage,
  alertModal,
  plainAlert,
  plainRecovery,
  recoveryMessage,
  sentenceModal,
  waitingAlertModal,
} from '../blocks/alert.js';
import { plainSection, section } from '../blocks/blocks.js';
import type { Rendered } from '../blocks/card.js';
import { blockProblems, chatError, isTriggerGone, slackWord } from '../client.js';
import { replyPrivately } from '../deliver.js';
import type { RenderContext } from '../format.js';
import { readMute } from '../ids.js';
import { type AlertClick, readAlertAction } from '../payloads.js';
import { alertMessages, alertReplyText } from '../text/alert.js';
import type { Ack } from './approvals.js';

/** Handles a press on an alert, or under what it was answered with. */
export async function handleAlertAction(
  alertContext: AlertHandlerContext,
  body: unknown,
  ack: Ack,
): Promise<void> {
  const action = readAlertAction(body);
  if (!action) return ack();
  if (action.kind === 'confirm') return confirmRecovery(alertContext, action, ack);
  await ack();
  return follow(alertContext, action);
}

async function follow(alertContext: AlertHandlerContext, action: AlertClick): Promise<void> {
  const { asker, value } = action;
  const { service } = alertContext;
  const reply = (reply: Promise<AlertReply>) => replyToAlertAction(alertContext, asker, reply);
  switch (action.kind) {
    case 'restart':
    case 'resume':
    case 'abort':
      return reply(service.propose(value, action.kind, asker));
    case 'take':
      return reply(service.take(value, asker));
    case 'unmute':
      return reply(service.unmute(value, asker));
    case 'mute': {
      const chosen = readMute(value);
      return chosen && reply(service.mute(chosen.incidentId, chosen.span, asker));
    }
    case 'details':
      return openAlertDetails(alertContext, action);
    case 'cancel':
      return cancelRecovery(alertContext, action);
    case 'confirm':
    case 'open':
      return;
    default:
      return assertNever(action.kind);
  }
}

/** Creates the private side of alerts: through the press's own address, else where the alert is. */
export function createPrivateMessages(options: {
  readonly client: webApi.WebClient;
  readonly log: Log;
  readonly timeoutMs?: number;
}): PrivateMessages {
  const replying = { timeoutMs: 5_000, ...options };
  return {
    say(asker, text, { replaces = false } = {}) {
      const rendered: Rendered = { text, blocks: [section([text])] };
      const plain: Rendered = { text, blocks: [plainSection(text)] };
      return replyPrivately(replying, asker, { rendered, plain, replaces, mayFade: true });
    },
    show: (asker, shown) => replyPrivately(replying, asker, { ...shown, replaces: false, mayFade: true }),
  };
}

/**
 * Confirms a way out: it is written down, then acknowledged, then carried out.
 *
 * In this order, so that what Slack was told is taken survives a crash. What was confirmed before is not done
 * again. The question makes way for the answer, so that it cannot be pressed any more.
 */
async function confirmRecovery(
  alertContext: AlertHandlerContext,
  action: AlertClick,
  ack: Ack,
): Promise<void> {
  const { service, log, privateMessages } = alertContext;
  const { asker, value: batchId } = action;
  let outcome: Awaited<ReturnType<AlertService['confirm']>>;
  try {
    outcome = await service.confirm(batchId, asker);
  } catch (error) {
    log.error({ err: asError(error), batch: batchId }, 'A confirmation could not be written down');
    await ack();
    await privateMessages.say(asker, alertMessages.notConfirmed);
    return;
  }
  await ackOrLog(alertContext, batchId, ack);
  switch (outcome) {
    case 'unknown':
      await privateMessages.say(asker, alertMessages.oldProposal, { replaces: true });
      return;
    case 'repeated':
      await privateMessages.say(asker, alertMessages.repeated, { replaces: true });
      return;
    case 'confirmed': {
      const reported = privateMessages.say(asker, alertMessages.confirmed, { replaces: true });
      await carryOut(alertContext, action);
      await reported;
      return;
    }
    default:
      return assertNever(outcome);
  }
}

const cancelMessages: Readonly<Record<Awaited<ReturnType<AlertService['cancel']>>, string>> = {
  cancelled: alertMessages.cancelled,
  confirmed: alertMessages.tooLateToCancel,
  unknown: alertMessages.oldProposal,
};

/** Drops a proposal, unless it was confirmed already. */
async function cancelRecovery(
  { service, log, privateMessages }: AlertHandlerContext,
  { asker, value: batchId }: AlertClick,
): Promise<void> {
  try {
    const outcome = await service.cancel(batchId, asker);
    await privateMessages.say(asker, cancelMessages[outcome], { replaces: true });
  } catch (error) {
    log.error({ err: asError(error), batch: batchId }, 'A proposal could not be dropped');
    await privateMessages.say(asker, alertMessages.notCancelled);
  }
}

async function carryOut(
  { service, log, newId, privateMessages, renderContext }: AlertHandlerContext,
  { asker, value: batchId }: AlertClick,
): Promise<void> {
  try {
    await service.carryOut(batchId);
  } catch (error) {
    const ref = newId();
    log.error({ ref, batch: batchId, err: asError(error) }, 'Carrying out what was confirmed broke');
    await privateMessages.say(
      asker,
      alertReplyText({ kind: 'broke', ref }, { person: asker.person, renderContext }),
    );
  }
}

/** A lost acknowledgement does not undo a written confirmation. */
async function ackOrLog({ log }: AlertHandlerContext, batchId: string, ack: Ack): Promise<void> {
  try {
    await ack();
  } catch (error) {
    log.warn({ err: asError(error), batch: batchId }, 'A confirmation could not be acknowledged');
  }
}

/** Shows all that is known of an alert: the window opens before anything is read, and is filled afterwards. */
async function openAlertDetails(
  alertContext: AlertHandlerContext,
  { asker, value, triggerId }: Pick<AlertClick, 'asker' | 'value' | 'triggerId'>,
): Promise<void> {
  const viewId = await open(alertContext, { asker, triggerId });
  if (viewId === undefined) return;
  const reply = await settled(alertContext, alertContext.service.details(value, asker));
  await fill(alertContext, viewId, viewOf(alertContext, reply, asker.person));
}

async function open(
  { client, log, privateMessages }: AlertHandlerContext,
  { asker, triggerId }: Pick<AlertClick, 'asker' | 'triggerId'>,
): Promise<string | undefined> {
  try {
    const opened = await client.views.open({ trigger_id: triggerId, view: waitingAlertModal() });
    return opened.view?.id;
  } catch (error) {
    const isLate = isTriggerGone(error);
    const { code } = chatError(error, 'read');
    if (!isLate) log.warn({ code, word: slackWord(error) }, 'Slack did not open a modal for an alert');
    await privateMessages.say(asker, isLate ? alertMessages.tooSlow : alertMessages.windowRefused);
    return undefined;
  }
}

/** One that was closed meanwhile is no loss. */
async function fill({ client, log }: AlertHandlerContext, viewId: string, view: ModalView): Promise<void> {
  try {
    await client.views.update({ view_id: viewId, view });
  } catch (error) {
    const word = slackWord(error);
    if (word === 'not_found') return;
    const problems = blockProblems(error);
    log.warn({ word, problems, err: asError(error) }, 'Slack did not fill a modal for an alert');
  }
}

function viewOf({ renderContext }: AlertHandlerContext, reply: AlertReply, person: PersonId): ModalView {
  if (reply.kind === 'details') return alertModal(reply.alert, renderContext.labelOf);
  if (reply.kind === 'proposal') throw new Error('Details were answered with a proposal');
  return sentenceModal(alertReplyText(reply, { person, renderContext }));
}

/** Tells somebody what became of their press; what breaks is logged under a reference they are given. */
async function replyToAlertAction(
  alertContext: AlertHandlerContext,
  asker: Asker,
  pending: Promise<AlertReply>,
): Promise<void> {
  const { privateMessages, renderContext } = alertContext;
  const { labelOf } = renderContext;
  const reply = await settled(alertContext, pending);
  switch (reply.kind) {
    case 'proposal':
      await privateMessages.show(asker, {
        rendered: recoveryMessage(reply, labelOf),
        plain: plainRecovery(reply, labelOf),
      });
      return;
    case 'details': {
      const { alert } = reply;
      const still = { ...alert, actions: [] };
      await privateMessages.show(asker, {
        rendered: alertMessage(still, labelOf),
        plain: plainAlert(still, labelOf),
      });
      return;
    }
    default:
      await privateMessages.say(asker, alertReplyText(reply, { person: asker.person, renderContext }));
  }
}

/** Waits for what the desk answers; a desk that broke is an answer too. */
async function settled(
  { log, newId }: AlertHandlerContext,
  pending: Promise<AlertReply>,
): Promise<AlertReply> {
  try {
    return await pending;
  } catch (error) {
    const ref = newId();
    log.error({ ref, err: asError(error) }, 'A press on an alert could not be answered');
    return { kind: 'broke', ref };
  }
}

/** What every handler of a press on an alert stands on. */
export interface AlertHandlerContext {
  readonly service: AlertService;
  readonly client: webApi.WebClient;
  readonly privateMessages: PrivateMessages;
  readonly log: Log;
  readonly newId: () => string;
  readonly renderContext: RenderContext;
}

/** Tells one person something for their eyes only; false when no way was open. Never throws. */
interface PrivateMessages {
  /** `replaces`: whether it takes the place of what was pressed. */
  say(asker: Asker, text: string, how?: { readonly replaces?: boolean }): Promise<boolean>;
  /** Shows a message with buttons; the plain form is for when Slack finds fault with the real one. */
  show(asker: Asker, shown: { readonly rendered: Rendered; readonly plain: Rendered }): Promise<boolean>;
}
