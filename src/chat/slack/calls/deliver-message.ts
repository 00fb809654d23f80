import type { webApi } from '@slack/bolt';
import type { MessageRef } from '../../../domain/click.js';
import type { Target } from '../../../domain/rules.js';
import type { Content } from '../../../ports/chat.js';
import { ChatError } from '../../../ports/errors.js';
import type { Log } from '../../../ports/log.js';
import type { Wording } from '../messages/wording.js';
import { approvalCard, plainCard, type Rendered } from '../views/approval-card.js';
import { noticeMessage, plainNotice } from '../views/notice-message.js';
import { blockProblems, chatError, isBadForm, slackWord } from './client-errors.js';

/** What posting and updating need. */
export interface Delivering {
  readonly client: webApi.WebClient;
  readonly log: Log;
  readonly labelOf: Wording['labelOf'];
  /** The slash command, for what can be typed next. */
  readonly command?: string;
}

/** Posts a message to a channel, or to a person's direct messages. Throws `ChatError`. */
export async function postMessage(
  delivering: Delivering,
  target: Target,
  content: Content,
): Promise<MessageRef> {
  const channel = target.kind === 'channel' ? target.channel : target.person.userId;
  const attempt = target.kind === 'channel' ? 'post' : 'direct-post';
  const send = async ({ text, blocks }: Rendered): Promise<MessageRef> => {
    const posted = await delivering.client.chat.postMessage({
      channel,
      text,
      blocks: [...blocks],
      unfurl_links: false,
      unfurl_media: false,
    });
    if (posted.channel === undefined || posted.ts === undefined) {
      throw new ChatError('Slack did not say where the message is', {
        code: 'outcome-unknown',
        retryable: false,
      });
    }
    return { channel: posted.channel, ts: posted.ts };
  };
  try {
    return await inSomeForm(delivering, content, send);
  } catch (error) {
    throw chatError(error, attempt);
  }
}

/** Replaces what a message says. Throws `ChatError`. */
export async function updateMessage(
  delivering: Delivering,
  { channel, ts }: MessageRef,
  content: Content,
): Promise<void> {
  const send = async ({ text, blocks }: Rendered): Promise<void> => {
    await delivering.client.chat.update({ channel, ts, text, blocks: [...blocks] });
  };
  try {
    await inSomeForm(delivering, content, send);
  } catch (error) {
    throw chatError(error, 'update');
  }
}

/** Sends the real form, and once more a plain one if Slack finds fault with that: a request must be seen. */
async function inSomeForm<T>(
  { log, labelOf, command }: Delivering,
  content: Content,
  send: (rendered: Rendered) => Promise<T>,
): Promise<T> {
  if (content.kind === 'alert' || content.kind === 'follow-up') throw new Error('Not shown yet');
  const rendered =
    content.kind === 'card'
      ? approvalCard(content.card, labelOf)
      : noticeMessage(content.notice, labelOf, command);
  try {
    return await send(rendered);
  } catch (error) {
    if (!isBadForm(error)) throw error;
    log.error(
      { word: slackWord(error), problems: blockProblems(error) },
      'Slack does not take this message; sending it plainly',
    );
    const plain =
      content.kind === 'card'
        ? plainCard(content.card, labelOf)
        : plainNotice(content.notice, labelOf, command);
    return send(plain);
  }
}
