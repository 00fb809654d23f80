import type { Alert } from '../domain/alerts/alert.js';
import type { FollowUpContent } from '../domain/alerts/follow-up.js';
import type { ClickReply } from '../domain/answer.js';
import type { Card } from '../domain/card.js';
import type { Click, MessageRef } from '../domain/click.js';
import type { Notice } from '../domain/notice.js';
import type { Person, PersonId } from '../domain/person.js';
import type { Reply } from '../domain/reply.js';
import type { Target } from '../domain/rules.js';
import type { Asker } from './command-desk.js';

/** A place where people talk, as the bot needs it. */
export interface Chat {
  /** Looks a person up afresh. Throws `ChatError` when that cannot be done, which must count as a no. */
  lookUpPerson(id: PersonId): Promise<Person>;
  /** Lists who is in a user group; may be up to five minutes old. Throws `ChatError` when that cannot be told. */
  membersOf(group: string): Promise<readonly PersonId[]>;
  /** Says something new, in the thread of a message if one is given. Throws `ChatError`. */
  post(target: Target, content: Content, thread?: MessageRef): Promise<MessageRef>;
  /** Tells when a message was posted, in epoch milliseconds, where the reference to it says so. */
  postedAtMs(message: MessageRef): number | undefined;
  /** Replaces what a message says. Throws `ChatError`. */
  update(message: MessageRef, content: Content): Promise<void>;
  /**
   * Answers a click for that person's eyes only.
   *
   * Returns false when no way was open, so that the answer can be sent as a notice. Never throws for that.
   */
  replyToClick(click: Pick<Click, 'person' | 'message' | 'responseUrl'>, reply: ClickReply): Promise<boolean>;
  /** Answers a command for that person's eyes only; false when no way was open. Never throws for that. */
  replyPrivately(asker: Asker, reply: Reply): Promise<boolean>;
}

/** What is to be shown. */
export type Content =
  | { readonly kind: 'card'; readonly card: Card }
  | { readonly kind: 'notice'; readonly notice: Notice }
  /** So many requests wait without a card in that place; none, once all have one. */
  | { readonly kind: 'digest'; readonly count: number }
  | { readonly kind: 'alert'; readonly alert: Alert }
  | { readonly kind: 'follow-up'; readonly followUp: FollowUpContent };
