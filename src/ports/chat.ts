import type { Approval, Output } from '../domain/approval.js';
import type { Card } from '../domain/card.js';
import type { ClickedView, HomePage } from '../domain/home.js';
import type { Alert, FollowUpContent } from '../domain/incident.js';
import type { Instance } from '../domain/instance.js';
import type { FixedNotice } from '../domain/notification.js';
import type { Person, PersonId } from '../domain/person.js';
import type { Target } from '../domain/policy.js';
import type { Urgency } from '../domain/reminders.js';
import type { CommonReply } from '../domain/reply.js';
import type { Report } from '../domain/report.js';
import type { Click, ClickReply, MessageRef } from '../domain/voting.js';

/** A place where people talk, as the bot needs it. */
export interface Chat {
  /** Looks a person up afresh. Throws `ChatError` when that cannot be done, which must count as a no. */
  lookUpPerson(id: PersonId): Promise<Person>;
  /** Lists who is in a user group; may be up to five minutes old. Throws `ChatError` when that cannot be told. */
  membersOf(group: string): Promise<readonly PersonId[]>;
  /** Makes sure that the chat answers and brings clicks just now. Throws `ChatError`. */
  checkConnection(): Promise<void>;
  /** Says something new, in the thread of a message if one is given. Throws `ChatError`. */
  post(target: Target, content: Content, thread?: MessageRef): Promise<MessageRef & ShownForm>;
  /** Tells when a message was posted, in epoch milliseconds, where the reference to it says so. */
  postedAtMs(message: MessageRef): number | undefined;
  /** Replaces what a message says. Throws `ChatError`. */
  update(message: MessageRef, content: Content): Promise<ShownForm>;
  /**
   * Answers a click for that person's eyes only.
   *
   * Returns false when no way was open, so that the answer can be sent as a notice. Never throws for that.
   */
  replyToClick(
    click: Pick<Click, 'person' | 'message' | 'responseUrl' | 'from'>,
    reply: ClickReply,
  ): Promise<boolean>;
  /**
   * Shows somebody their Home; `hash` is that of the page it takes the place of. What came from elsewhere in between
   * makes way. Throws `ChatError`.
   */
  publishHome(page: HomePage, hash: string | undefined): Promise<ClickedView>;
  /**
   * Sends somebody files in their direct messages, all or none. Throws `ChatError`; whether they arrived is not known
   * after `outcome-unknown`.
   */
  sendFiles(person: PersonId, files: readonly SentFile[], comment: string): Promise<void>;
  /** Answers a command for that person's eyes only; false when no way was open. Never throws for that. */
  replyPrivately(asker: Asker, reply: CommonReply): Promise<boolean>;
}

/** In what form something is shown. */
export interface ShownForm {
  /** Set for a card that does not show all that people sign for. */
  readonly isCut?: true;
}

/** A token the chat takes for a while, and what the next one is had with. */
export interface TokenPair {
  readonly accessToken: string;
  /** Works once. */
  readonly refreshToken: string;
  /** Epoch milliseconds. */
  readonly expiresAtMs: number;
}

/** Where the pair in force is kept. */
export interface TokenPairRepository {
  read(): Promise<TokenPair | undefined>;
  /**
   * Does what one bot at a time may do; undefined while another one does.
   *
   * What is written is kept once that resolves. Where it rejects, no other bot gets the right before a while has
   * passed, in which this one can try again.
   */
  alone(
    work: (write: (pair: TokenPair) => Promise<void>) => Promise<TokenPair>,
  ): Promise<TokenPair | undefined>;
}

/** A file of text. */
export interface SentFile {
  readonly name: string;
  readonly text: string;
}

/** Who asks, and where they are answered. */
export interface Asker {
  readonly person: PersonId;
  readonly channel?: string;
  readonly responseUrl?: string;
}

/** What is to be shown. */
export type Content =
  | { readonly kind: 'card'; readonly card: Card }
  | { readonly kind: 'notice'; readonly notice: FixedNotice }
  /** What waits for somebody, the most pressing first; `total` of all, whether listed or not. */
  | {
      readonly kind: 'reminder';
      readonly waiting: readonly WaitingItem[];
      readonly total: number;
      /** About which the requester has them reminded, if it still waits. */
      readonly nudge?: Approval;
      readonly nowMs: number;
      /** Whether several of those listed could be approved together. */
      readonly isBulkOffered?: true;
    }
  /**
   * What somebody has missed whose messages were kept, or who wants one a day: what waits for them, what else was to be
   * shown to them, and what was to be said.
   */
  | {
      readonly kind: 'summary';
      readonly list?: ReminderContent;
      readonly others: readonly WaitingItem[];
      readonly held: readonly HeldContent[];
      readonly nowMs: number;
    }
  /** What waits because a certificate expires, the most pressing first; `total` of all, whether listed or not. */
  | {
      readonly kind: 'expiring';
      readonly rows: readonly ExpiringRow[];
      readonly total: number;
      readonly isBulkOffered?: true;
    }
  /** Nobody has decided about it for so long. */
  | { readonly kind: 'undecided'; readonly to: UndecidedReader; readonly card: Card; readonly nowMs: number }
  /** So many requests wait without a card in that place; none, once all have one. */
  | { readonly kind: 'digest'; readonly count: number }
  | { readonly kind: 'alert'; readonly alert: Alert }
  | { readonly kind: 'follow-up'; readonly followUp: FollowUpContent }
  /** What was decided in a span of days. */
  | { readonly kind: 'report'; readonly report: Report };

/** What waits for somebody. */
export type ReminderContent = Extract<Content, { kind: 'reminder' }>;

/** What is said together with others once it may be sent. */
export type HeldContent = Extract<Content, { kind: 'notice' | 'undecided' }>;

/** Something that waits because a certificate expires, and the channel its card is in. */
export interface ExpiringRow {
  readonly card: Card;
  readonly urgency: Urgency;
  readonly channel?: string;
}

/** One approval that waits, with how much it presses. */
export interface WaitingItem {
  readonly approval: Approval;
  readonly urgency: Urgency;
}

/** Who hears that nobody has decided: those a rule tells, whoever asked, or the operators. */
type UndecidedReader = 'told' | 'requester' | 'operators';

/** A workflow's own word that one of its steps waits for people. */
export interface InboundRequest {
  /** The run as told: its facts, and the step that waits, named for the key or the activity. */
  readonly instance: Instance;
  /** A name of the sender's choice that tells this step from others of the run. */
  readonly key?: string;
  /** What the system knows the waiting activity by. */
  readonly activityId?: string;
  /** What the workflow's designer calls it. */
  readonly activity?: string;
  /** Absent means that the sender did not say. */
  readonly outputs?: readonly Output[];
  readonly suggested: readonly string[];
}

/** What came of it; `isShadow` where nothing can be decided from the chat. */
export type InboundResult = InboundOutcome & { readonly isShadow?: true };

/** What became of the approval; `code` is its short code. */
type InboundOutcome =
  | { readonly kind: 'put'; readonly code: string }
  /** It was known already, with the same facts; people suggested only now get the card as well. */
  | { readonly kind: 'repeated'; readonly code: string }
  /** It was known, and can be answered from now on. */
  | { readonly kind: 'completed'; readonly code: string }
  /** It was known with other facts; votes given on those do not count any more. */
  | { readonly kind: 'changed'; readonly code: string }
  /** It is decided, or being decided: nothing was changed. */
  | { readonly kind: 'over'; readonly code: string }
  /** Several steps of the run wait without an activity, so it cannot be told which one this is. */
  | { readonly kind: 'ambiguous'; readonly codes: readonly string[] }
  /** The key is taken by another activity whose answer is still open. */
  | { readonly kind: 'key-taken'; readonly code: string };

/** One address of an HTTP listener of ours, and who answers there. */
export interface WebRoute {
  readonly method: 'GET' | 'POST';
  /** Begins with a slash; compared letter by letter, without the query. */
  readonly path: string;
  /** A larger body is refused before it is read to its end. */
  readonly maxBodyBytes: number;
  /** Answers a request; what it throws is answered with 500 and a reference. */
  handle(request: WebRequest): Promise<WebResponse>;
}

/** A request from outside, not trusted in any way. */
export interface WebRequest {
  /** Names in small letters; of a repeated header, all values joined. */
  readonly headers: Readonly<Record<string, string>>;
  /** A name that stands twice in the query is refused before anybody is asked. */
  readonly query: ReadonlyMap<string, string>;
  /** UTF-8, letter by letter what was sent, so that a signature can be checked. */
  readonly body: string;
  /** Whether it comes from this very machine; a proxy on it passes on what comes from elsewhere. */
  readonly isLocal?: boolean;
}

/** What is answered. */
export interface WebResponse {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: string;
  /** Why a request is refused, for the log: a sentence of ours, with nothing of the request in it. */
  readonly refusal?: string;
}

/** Refuses a request, and says why: to whoever sent it and to the log. */
export function refused(status: number, reason: string): WebResponse {
  return { status, body: `${reason}\n`, refusal: reason };
}
