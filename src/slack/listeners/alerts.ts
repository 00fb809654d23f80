import type { ModalView } from '@slack/types';
import type { AlertReply } from '../../domain/incident.js';
import type { Asker } from '../../ports/chat.js';
import { asError, assertNever } from '../../shared/language.js';
import {
  alertMessage,
  alertModal,
  plainAlert,
  plainRecovery,
  recoveryMessage,
  sentenceModal,
  waitingAlertModal,
} from '../blocks/alert.js';
import { readMute } from '../ids.js';
import { alertMessages, alertReplyText } from '../text/alert.js';
import {
  type Ack,
  confirmProposal,
  fillView,
  type ListenerContext,
  type Listening,
  onAction,
  openView,
  type ReceivedAction,
} from './context.js';

/** Registers what is pressed on alerts, and under what such a press is answered with. */
export function registerAlerts(app: Listening, context: ListenerContext): void {
  onAction(app, context, {
    on: 'alert',
    kinds: ['confirm'],
    handle: ({ asker, value }, ack) =>
      value === undefined ? ack() : confirm(context, { asker, batchId: value }, ack),
  });
  onAction(app, context, {
    on: 'alert',
    kinds: followedKinds,
    handle: async (received, ack) => {
      await ack();
      await follow(context, received);
    },
  });
}

const followedKinds = [
  'cancel',
  'details',
  'restart',
  'resume',
  'abort',
  'take',
  'take-over',
  'hand-back',
  'unmute',
  'mute',
  'mute-hour',
] as const;

type FollowedKind = (typeof followedKinds)[number];

async function follow(context: ListenerContext, received: ReceivedAction<FollowedKind>): Promise<void> {
  const { kind, asker, value } = received;
  if (value === undefined) return;
  const { alerts } = context.useCases;
  switch (kind) {
    case 'restart':
    case 'resume':
    case 'abort':
      return reply(context, asker, () => alerts.propose(value, kind, asker));
    case 'take':
      return reply(context, asker, () => alerts.take(value, asker));
    case 'take-over':
      return reply(context, asker, () => alerts.takeOver(value, asker));
    case 'hand-back':
      return reply(context, asker, () => alerts.handBack(value, asker));
    case 'unmute':
      return reply(context, asker, () => alerts.unmute(value, asker));
    case 'mute':
    case 'mute-hour': {
      const chosen = readMute(value);
      return chosen && reply(context, asker, () => alerts.mute(chosen.incidentId, chosen.span, asker));
    }
    case 'details':
      return showDetails(context, received, value);
    case 'cancel':
      return cancel(context, { asker, batchId: value });
    default:
      return assertNever(kind);
  }
}

/** Tells somebody what became of their press. */
async function reply(context: ListenerContext, asker: Asker, act: () => Promise<AlertReply>): Promise<void> {
  const { replies, renderContext } = context;
  const { labelOf } = renderContext;
  const answer = await settled(context, act);
  switch (answer.kind) {
    case 'proposal': {
      const rendered = recoveryMessage(answer, labelOf);
      await replies.show(asker, { rendered, plain: plainRecovery(answer, labelOf) });
      return;
    }
    case 'details': {
      const still = { ...answer.alert, actions: [] };
      await replies.show(asker, {
        rendered: alertMessage(still, labelOf),
        plain: plainAlert(still, labelOf),
      });
      return;
    }
    default:
      await replies.say(asker, alertReplyText(answer, { person: asker.person, renderContext }));
  }
}

/** Waits for an answer; what breaks is logged under a reference, which is an answer too. */
async function settled({ log, newId }: ListenerContext, act: () => Promise<AlertReply>): Promise<AlertReply> {
  try {
    return await act();
  } catch (error) {
    const ref = newId();
    log.error({ ref, err: asError(error) }, 'A click on an alert could not be answered');
    return { kind: 'broke', ref };
  }
}

/** Shows all that is known of an alert: the window opens before anything is read, and is filled afterwards. */
async function showDetails(
  context: ListenerContext,
  { asker, triggerId }: ReceivedAction<FollowedKind>,
  incidentId: string,
): Promise<void> {
  const opened = { view: waitingAlertModal(), texts: alertMessages };
  const viewId = await openView(context, { asker, triggerId }, opened);
  if (viewId === undefined) return;
  const answer = await settled(context, () => context.useCases.alerts.details(incidentId, asker));
  await fillView(context, viewId, viewOf(context, answer, asker));
}

function viewOf({ renderContext }: ListenerContext, answer: AlertReply, { person }: Asker): ModalView {
  if (answer.kind === 'details') return alertModal(answer.alert, renderContext.labelOf);
  if (answer.kind === 'proposal') throw new Error('Details were answered with a proposal');
  return sentenceModal(alertReplyText(answer, { person, renderContext }));
}

interface Batch {
  readonly asker: Asker;
  readonly batchId: string;
}

function confirm(context: ListenerContext, { asker, batchId }: Batch, ack: Ack): Promise<void> {
  const { replies, useCases } = context;
  const say = (text: string) => replies.say(asker, text, { replaces: true });
  const proposed = {
    about: { batch: batchId },
    texts: alertMessages,
    confirm: () => useCases.alerts.confirm(batchId, asker),
    working: () => say(alertMessages.confirmed),
    carryOut: () => useCases.alerts.carryOut(batchId),
    repeated: () => say(alertMessages.repeated),
  };
  return confirmProposal(context, { asker, ack, proposed });
}

const cancelTexts = {
  cancelled: alertMessages.cancelled,
  confirmed: alertMessages.tooLateToCancel,
  unknown: alertMessages.oldProposal,
} as const;

/** Drops a proposal, unless it was confirmed already. */
async function cancel({ useCases, log, replies }: ListenerContext, { asker, batchId }: Batch): Promise<void> {
  try {
    const outcome = await useCases.alerts.cancel(batchId, asker);
    await replies.say(asker, cancelTexts[outcome], { replaces: true });
  } catch (error) {
    log.error({ err: asError(error), batch: batchId }, 'A proposal could not be dropped');
    await replies.say(asker, alertMessages.notCancelled);
  }
}
