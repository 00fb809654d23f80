import type { ModalView } from '@slack/types';
import type { AlertReply } from '../../../domain/alerts/alert-reply.js';
import type { PersonId } from '../../../domain/person.js';
import { asError } from '../actions/take-click.js';
import { blockProblems, chatError, isTriggerGone, slackWord } from '../calls/client-errors.js';
import { alertReplyText } from '../messages/alerts/alert-answers.js';
import { alertMessages } from '../messages/alerts/alert-words.js';
import { alertModal, sentenceModal, waitingAlertModal } from '../views/alerts/alert-modal.js';
import type { AlertClick } from './alert-press.js';
import type { AlertHandlerContext } from './alerting.js';
import { settled } from './answer-alert-press.js';

/** Shows all that is known of an alert: the window opens before anything is read, and is filled afterwards. */
export async function openAlertDetails(
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
