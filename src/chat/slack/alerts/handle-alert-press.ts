import type { AlertReply } from '../../../domain/alerts/alert-reply.js';
import { assertNever } from '../../../shared/assert-never.js';
import type { Ack } from '../actions/acting.js';
import { readMute } from '../alert-ids.js';
import { type AlertPress, readAlertPress } from './alert-press.js';
import type { Alerting } from './alerting.js';
import { answerAlertPress } from './answer-alert-press.js';
import { cancelWayOut, confirmWayOut } from './confirm-way-out.js';
import { openAlertDetails } from './open-alert-details.js';

/** Handles a press on an alert, or under what it was answered with. */
export async function handleAlertPress(alerting: Alerting, body: unknown, ack: Ack): Promise<void> {
  const press = readAlertPress(body);
  if (!press) return ack();
  if (press.kind === 'confirm') return confirmWayOut(alerting, press, ack);
  await ack();
  return follow(alerting, press);
}

async function follow(alerting: Alerting, press: AlertPress): Promise<void> {
  const { asker, value } = press;
  const { desk } = alerting;
  const answer = (reply: Promise<AlertReply>) => answerAlertPress(alerting, asker, reply);
  switch (press.kind) {
    case 'restart':
    case 'resume':
    case 'abort':
      return answer(desk.propose(value, press.kind, asker));
    case 'take':
      return answer(desk.take(value, asker));
    case 'unmute':
      return answer(desk.unmute(value, asker));
    case 'mute': {
      const chosen = readMute(value);
      return chosen && answer(desk.mute(chosen.incidentId, chosen.span, asker));
    }
    case 'details':
      return openAlertDetails(alerting, press);
    case 'cancel':
      return cancelWayOut(alerting, press);
    case 'confirm':
    case 'open':
      return;
    default:
      return assertNever(press.kind);
  }
}
