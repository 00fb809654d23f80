import type { AlertReply } from '../../../domain/alerts/alert-reply.js';
import { assertNever } from '../../../shared/assert-never.js';
import type { Ack } from '../actions/acting.js';
import { readMute } from '../alert-ids.js';
import { type AlertClick, readAlertAction } from './alert-press.js';
import type { AlertHandlerContext } from './alerting.js';
import { replyToAlertAction } from './answer-alert-press.js';
import { cancelRecovery, confirmRecovery } from './confirm-way-out.js';
import { openAlertDetails } from './open-alert-details.js';

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
