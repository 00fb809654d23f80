import type { Alert, AlertReply, FollowUpContent, MuteSpan, RecoveryAction } from '../domain/alert.js';
import type { Approval, Output } from '../domain/approval.js';
import type { Card } from '../domain/card.js';
import type { ChangeRecord } from '../domain/change.js';
import type { CommandLine } from '../domain/commands.js';
import type { Instance } from '../domain/instance.js';
import type { Notice } from '../domain/notification.js';
import type { Person, PersonId } from '../domain/person.js';
import type { MayDecide, Target } from '../domain/policy.js';
import type { Reply, Row, StartOption } from '../domain/reply.js';
import type { Click, ClickReply, ClickVerb, Dialog, MessageRef, Missing } from '../domain/voting.js';

/** What a chat may ask of the bot on behalf of a person who types commands. */
export interface CommandService {
  /** Answers a command; one that changes something is answered with a proposal, and nothing is changed. */
  run(line: CommandLine, asker: Asker): Promise<Reply>;
  /** Offers runs to choose from where a command named none: those that wait first, then recent ones. */
  candidates(verb: CommandLine['verb'], asker: Asker): Promise<readonly Row[]>;
  /** Offers the workflows the asker may start. */
  startOptions(asker: Asker): Promise<readonly StartOption[]>;
  /** Tells at once, without asking anybody, whether the workflow to start has yet to be chosen. */
  isStartOpen(line: Extract<CommandLine, { verb: 'execute' }>, asker: Asker): boolean;
  /**
   * Finds a message that shows an approval's card, from what is remembered; absent while none was posted.
   *
   * Who presses in a list of approvals is taken to that card, as if they had pressed there.
   */
  cardOf(approvalId: string, asker: Asker): Promise<MessageRef | undefined>;
  /**
   * Writes down that a proposal was confirmed; once this has resolved the wish cannot be lost.
   *
   * `repeated`: it was confirmed before, or the same change by the same person was a moment ago.
   */
  confirm(changeId: string, asker: Asker): Promise<'confirmed' | 'repeated' | 'unknown'>;
  /** Carries out a confirmed change and answers its person, and again when it has ended. */
  carryOut(changeId: string): Promise<void>;
  /** Drops a proposal, and tells how it stands now: what was confirmed before is not undone. Absent for others. */
  cancel(changeId: string, asker: Asker): Promise<ChangeRecord | undefined>;
}

/** Who asks, and where they are answered. */
export interface Asker {
  readonly person: PersonId;
  readonly channel?: string;
  readonly responseUrl?: string;
}

/** What a chat may ask of the bot on behalf of a person at an alert; rights are those of the person who presses. */
export interface AlertService {
  /** Gives an alert with all its samples, as it stands now. */
  details(incidentId: string, asker: Asker): Promise<AlertReply>;
  /** Notes who is on it, for everybody to see. */
  take(incidentId: string, asker: Asker): Promise<AlertReply>;
  /** Says nothing of its kind for a while. */
  mute(incidentId: string, span: MuteSpan, asker: Asker): Promise<AlertReply>;
  unmute(incidentId: string, asker: Asker): Promise<AlertReply>;
  /** Says what a way out would do to which runs; nothing is done. */
  propose(incidentId: string, way: RecoveryAction, asker: Asker): Promise<AlertReply>;
  /** Writes down that a proposal was confirmed; once this has resolved the wish cannot be lost. */
  confirm(batchId: string, asker: Asker): Promise<'confirmed' | 'repeated' | 'unknown'>;
  /** Carries a confirmed proposal out, one run after the other; what becomes of each is told in the thread. */
  carryOut(batchId: string): Promise<void>;
  /** Drops a proposal, unless it was confirmed before; `unknown` if there is none of theirs. */
  cancel(batchId: string, asker: Asker): Promise<'cancelled' | 'confirmed' | 'unknown'>;
}

/** What a chat may ask of the bot on behalf of a person at a card. */
export interface ApprovalService {
  /**
   * Says what a press may lead to, from what is already known: nothing is read over the network and nothing
   * is decided.
   */
  preview(click: ButtonClick): Promise<ClickPreview>;
  /**
   * Tells whether a press decides by itself, whatever a look would say: its rule wants no window.
   *
   * Asked first, because most presses of a busy hour are of this kind and wait for nothing else.
   */
  decidesAtOnce(click: ButtonClick): Promise<boolean>;
  /** Remembers a modal that is about to be opened. */
  openDialog(dialog: Dialog): Promise<void>;
  /** Finds the modal somebody submits; absent when it was never opened by that person. */
  findDialog(id: string, person: PersonId): Promise<Dialog | undefined>;
  /** Tells whether what was typed is enough, and fits with the attribution it will carry, while typing is possible. */
  checkComment(dialog: Dialog, submitted: Submitted): Promise<CommentCheck>;
  /** Writes a click down; once this has resolved the click cannot be lost. Throws when it could not. */
  writeDown(click: Click): Promise<'written' | 'repeated'>;
  /** Works on a click that was written down, and answers its person privately where the card does not. */
  work(clickId: string): Promise<void>;
}

/** What somebody submits a modal with. */
export interface Submitted {
  /** Their name, as the chat says it. */
  readonly name: string;
  readonly comment: string;
  readonly typed: string;
}

/** A press on a card's button, before it is anything more. */
export interface ButtonClick {
  readonly verb: ClickVerb | 'details';
  /** Which of the outputs the workflow offered, counted from 0; absent where there are only the two answers. */
  readonly output?: number;
  readonly approvalId: string;
  readonly revision: number;
  readonly message: MessageRef;
  readonly person: PersonId;
}

/**
 * What can be said of a press at once.
 *
 * `reply`: the press cannot lead anywhere any more (over, being decided, other facts, unknown card). A press
 * that decides is then written down and worked on all the same, so that its refusal is recorded.
 */
export type ClickPreview =
  | { readonly kind: 'answer'; readonly answer: ClickReply }
  | {
      readonly kind: 'card';
      readonly card: Card;
      readonly approval: Approval;
      /** From the person as last known; absent when never looked up. The authoritative check comes later. */
      readonly mayDecide?: MayDecide;
      readonly person?: Person;
      /** They would have to link their account before they could decide. */
      readonly isLinkMissing?: true;
    };

/** Whether a comment fits. */
export type CommentCheck =
  | { readonly kind: 'fits' }
  | { readonly kind: 'too-long'; readonly byCharacters: number }
  | { readonly kind: 'incomplete'; readonly missing: Missing };

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

/** Where browsers come to link an account. */
export interface LinkService {
  /** Says whose account is about to be linked to what; nothing is used up. */
  preview(state: string): Promise<LinkPreview>;
  /** Sends a browser off to sign in; `browser` is a secret that only this browser has. */
  begin(state: string, browser: string): Promise<LinkBeginning>;
  /** Takes a browser back, with the query it brought. */
  finish(returned: {
    readonly state: string;
    readonly browser: string | undefined;
    readonly query: ReadonlyMap<string, string>;
  }): Promise<LinkEnding>;
}

/** Who is about to be linked to what, as people know both. */
export interface LinkParties {
  readonly person: Pick<Person, 'id' | 'name'>;
  readonly system: string;
  readonly label: string;
}

/** Why an invitation leads nowhere: over, used, or never given out. */
type NoInvitation = { readonly kind: 'no-invitation' };

/** What an address to link at stands for. */
export type LinkPreview = ({ readonly kind: 'invited' } & LinkParties) | NoInvitation;

/** Where to send a browser that said yes. */
export type LinkBeginning = { readonly kind: 'sign-in'; readonly url: string } | NoInvitation | Away;

/** The identity provider did not answer. */
export interface Away {
  readonly kind: 'away';
  readonly label: string;
}

/** What came of linking. */
export type LinkEnding =
  | ({ readonly kind: 'linked'; readonly username: string; readonly hasPendingClick: boolean } & LinkParties)
  | NoInvitation
  | Away
  /** Another browser began this. */
  | { readonly kind: 'other-browser' }
  | { readonly kind: 'cancelled' }
  /** What the browser brought was used before or is too old. */
  | { readonly kind: 'expired' }
  /** The person has linked another account there. */
  | ({ readonly kind: 'person-linked'; readonly username: string; readonly linked: string } & LinkParties)
  /** The account is linked to another person. */
  | ({ readonly kind: 'account-linked'; readonly username: string } & LinkParties)
  /** The settings say that the person has another account. */
  | ({ readonly kind: 'other-account'; readonly username: string } & LinkParties)
  /** The settings say that the account is another person's. */
  | ({ readonly kind: 'other-person'; readonly username: string } & LinkParties)
  /** The settings give another person a name that could be the account's. */
  | ({ readonly kind: 'maybe-other-person'; readonly username: string } & LinkParties);

/** What a chat may ask of the bot about receipts. */
export interface ReceiptService {
  /** Takes somebody's word that a decision in their name was not theirs. Throws when it could not be written. */
  repudiate(code: string, person: PersonId): Promise<Repudiation>;
}

/** What became of that word. */
export type Repudiation =
  | {
      readonly kind: 'suspended';
      /** How it stands with what was decided. */
      readonly approval: Approval | undefined;
      /** How many decisions were still held and are cancelled now. */
      readonly cancelled: number;
      readonly wasSuspended: boolean;
    }
  /** No receipt of that person has this code. */
  | { readonly kind: 'unknown-receipt' };

/** Where a workflow that asks for people by itself is heard. */
export interface InboundService {
  /** Takes what a workflow told; a repetition changes nothing. */
  take(request: InboundRequest): Promise<InboundResult>;
}

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

/** What came of it; `code` is the short code of the approval. */
export type InboundResult =
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
