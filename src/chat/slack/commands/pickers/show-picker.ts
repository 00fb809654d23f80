import type { ModalView } from '@slack/types';
import { asError } from '../../actions/take-click.js';
import { blockProblems, chatError, isTriggerGone, slackWord } from '../../calls/client-errors.js';
import { commandMessages } from '../../messages/replies/command-remarks.js';
import type { SlashPayload } from '../command-payloads.js';
import type { CommandHandlerContext } from '../commanding.js';

/** Opens a modal and gives its id; absent when Slack did not, which the person is told. */
export async function openPicker(
  { client, replies, log, newId }: CommandHandlerContext,
  { asker, triggerId }: SlashPayload,
  view: ModalView,
): Promise<string | undefined> {
  try {
    const opened = await client.views.open({ trigger_id: triggerId, view });
    return opened.view?.id;
  } catch (error) {
    if (isTriggerGone(error)) {
      await replies.say(asker, commandMessages.tooSlow);
      return undefined;
    }
    const ref = newId();
    const { code } = chatError(error, 'read');
    log.warn({ ref, code, word: slackWord(error) }, 'Slack did not open a modal for a command');
    await replies.say(asker, commandMessages.windowRefused);
    return undefined;
  }
}

/** Fills a modal that is open. One that was closed meanwhile is no loss. */
export async function fillPicker(
  { client, log }: CommandHandlerContext,
  viewId: string,
  view: ModalView,
): Promise<void> {
  try {
    await client.views.update({ view_id: viewId, view });
  } catch (error) {
    const word = slackWord(error);
    if (word === 'not_found') return;
    log.warn(
      { word, problems: blockProblems(error), err: asError(error) },
      'Slack did not fill a modal for a command',
    );
  }
}
