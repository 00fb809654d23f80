import type { webApi } from '@slack/bolt';
import type { Asker } from '../../../ports/command-desk.js';
import type { Log } from '../../../ports/log.js';
import type { Rendered } from '../views/approval-card.js';
import { chatError, isBadForm } from './client-errors.js';
import { respond } from './respond.js';

/** An answer to a command in both its forms, and how it is to be shown. */
export interface PrivateReply {
  readonly rendered: Rendered;
  /** The form for when Slack finds fault with the real one. */
  readonly plain: Rendered;
  readonly replaces: boolean;
  /** Whether a message that only shows while the person is there would do, when the first way is closed. */
  readonly mayFade: boolean;
}

/** What answering needs. */
export interface Replying {
  readonly client: webApi.WebClient;
  readonly log: Log;
  readonly timeoutMs: number;
}

/**
 * Answers a command for one person's eyes: through its response URL, else as an ephemeral message where it was
 * typed; false when no way was open. Never throws.
 */
export async function replyPrivately(
  replying: Replying,
  { person, channel, responseUrl }: Asker,
  reply: PrivateReply,
): Promise<boolean> {
  if (responseUrl !== undefined && (await throughUrl(replying, responseUrl, reply))) return true;
  if (channel === undefined || !reply.mayFade) return false;
  const say = async ({ text, blocks }: Rendered): Promise<void> => {
    await replying.client.chat.postEphemeral({
      channel,
      user: person.userId,
      text,
      blocks: [...blocks],
    });
  };
  try {
    await say(reply.rendered).catch((error: unknown) => {
      if (!isBadForm(error)) throw error;
      return say(reply.plain);
    });
    return true;
  } catch (error) {
    const { code } = chatError(error, 'post');
    replying.log.warn({ code }, 'A command could not be answered on the spot');
    return false;
  }
}

async function throughUrl(
  { log, timeoutMs }: Replying,
  responseUrl: string,
  { rendered, plain, replaces }: PrivateReply,
): Promise<boolean> {
  const outcome = await respond(responseUrl, { ...rendered, replaces }, timeoutMs);
  if (outcome !== 'bad-form') return outcome === 'taken';
  log.error({}, 'Slack does not take this answer; sending it plainly');
  return (await respond(responseUrl, { ...plain, replaces }, timeoutMs)) === 'taken';
}
