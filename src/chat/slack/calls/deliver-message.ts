import type { webApi } from '@slack/bolt';
import type { MessageRef } from '../../../domain/click.js';
import type { Target } from '../../../domain/rules.js';
import type { Content } from '../../../ports/chat.js';
import { ChatError } from '../../../ports/errors.js';
import type { Log } from '../../../ports/log.js';
import { assertNever } from '../../../shared/assert-never.js';
import type { RenderContext } from '../messages/wording.js';
import { alertMessage, plainAlert } from '../views/alerts/alert-message.js';
import { followUpMessage, plainFollowUp } from '../views/alerts/follow-up-message.js';
import { approvalCard, plainCard, type Rendered } from '../views/approval-card.js';
import { digestMessage } from '../views/digest-message.js';
import { noticeMessage, plainNotice } from '../views/notice-message.js';
import { blockProblems, chatError, isBadForm, slackWord } from './client-errors.js';

/** What posting and updating need. */
export interface Delivering {
  readonly client: webApi.WebClient;
  readonly log: Log;
  readonly labelOf: RenderContext['labelOf'];
  /** The slash command, for what can be typed next. */
  readonly command?: string;
  readonly linkUrlOf?: NonNullable<RenderContext['linkUrlOf']>;
}

/** Posts a message to a channel, to a person's direct messages, or in a thread there. Throws `ChatError`. */
export async function postMessage(
  delivering: Delivering,
  {
    target,
    content,
    thread,
  }: {
    readonly target: Target;
    readonly content: Content;
    readonly thread: MessageRef | undefined;
  },
): Promise<MessageRef> {
  // A person's id opens direct messages; a thread there is found by the conversation it is in.
  const channel = thread?.channel ?? (target.kind === 'channel' ? target.channel : target.person.userId);
  const attempt = target.kind === 'channel' ? 'post' : 'direct-post';
  const send = async ({ text, blocks }: Rendered): Promise<MessageRef> => {
    const posted = await delivering.client.chat.postMessage({
      channel,
      text,
      blocks: [...blocks],
      ...(thread ? { thread_ts: thread.ts } : {}),
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
  delivering: Delivering,
  content: Content,
  send: (rendered: Rendered) => Promise<T>,
): Promise<T> {
  const { log } = delivering;
  try {
    return await send(realForm(delivering, content));
  } catch (error) {
    if (!isBadForm(error)) throw error;
    log.error(
      { word: slackWord(error), problems: blockProblems(error) },
      'Slack does not take this message; sending it plainly',
    );
    return send(plainForm(delivering, content));
  }
}

function realForm(delivering: Delivering, content: Content): Rendered {
  const { labelOf, command } = delivering;
  switch (content.kind) {
    case 'card':
      return approvalCard(content.card, labelOf);
    case 'notice':
      return noticeMessage(content.notice, labelOf, delivering);
    case 'digest':
      return digestMessage(content.count, command);
    case 'alert':
      return alertMessage(content.alert, labelOf);
    case 'follow-up':
      return followUpMessage(content.followUp, labelOf);
    default:
      return assertNever(content);
  }
}

function plainForm(delivering: Delivering, content: Content): Rendered {
  const { labelOf, command } = delivering;
  switch (content.kind) {
    case 'card':
      return plainCard(content.card, labelOf);
    case 'notice':
      return plainNotice(content.notice, labelOf, delivering);
    case 'digest':
      return digestMessage(content.count, command);
    case 'alert':
      return plainAlert(content.alert, labelOf);
    case 'follow-up':
      return plainFollowUp(content.followUp, labelOf);
    default:
      return assertNever(content);
  }
}
