import type { webApi } from '@slack/bolt';
import type { MessageRef } from '../../../domain/click.js';
import type { PersonId } from '../../../domain/person.js';
import type { Log } from '../../../ports/log.js';
import type { Rendered } from '../views/approval-card.js';
import { chatError } from './client-errors.js';
import { respond } from './respond.js';

/** Where somebody can be answered for their eyes only. */
export interface ReplyTarget {
  readonly person: PersonId;
  readonly message?: MessageRef;
  /** Good for five answers within thirty minutes; a secret. */
  readonly responseUrl?: string;
}

/** Answers people privately. */
export interface PrivateReplies {
  /** Tries every way there is; false when none was open. Never throws. */
  say(place: ReplyTarget, said: string | Rendered): Promise<boolean>;
}

/** Creates the ladder of private answers: the press's own address, then a message only that person sees. */
export function createPrivateReplies(options: {
  readonly client: webApi.WebClient;
  readonly log: Log;
  readonly timeoutMs?: number;
}): PrivateReplies {
  const { client, log, timeoutMs = 5_000 } = options;
  return {
    async say({ person, message, responseUrl }, said) {
      const { text, blocks } = typeof said === 'string' ? { text: said, blocks: [] } : said;
      const shown = blocks.length > 0 ? { blocks: [...blocks] } : {};
      if (responseUrl !== undefined) {
        const reply = { text, ...shown, replaces: false };
        if ((await respond(responseUrl, reply, timeoutMs)) === 'taken') return true;
      }
      if (!message) return false;
      try {
        await client.chat.postEphemeral({ channel: message.channel, user: person.userId, text, ...shown });
        return true;
      } catch (error) {
        log.warn({ code: chatError(error, 'post').code }, 'A private answer could not be given on the spot');
        return false;
      }
    },
  };
}
