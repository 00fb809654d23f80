import type { AlertReply } from '../../../domain/alerts/alert-reply.js';
import type { Asker } from '../../../ports/command-desk.js';
import { asError } from '../actions/take-click.js';
import { alertReplyText } from '../messages/alerts/alert-answers.js';
import { alertMessage, plainAlert } from '../views/alerts/alert-message.js';
import { plainRecovery, recoveryMessage } from '../views/alerts/way-out-message.js';
import type { AlertHandlerContext } from './alerting.js';

/** Tells somebody what became of their press; what breaks is logged under a reference they are given. */
export async function replyToAlertAction(
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
export async function settled(
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
