import type { Absence, AbsenceEnd } from './absence.js';
import type { Approval, Question, SignalRefusal } from './approval.js';
import type { ChangeRecord } from './change.js';
import type { FollowUp } from './incident.js';
import type { Fault } from './instance.js';
import type { Anchor } from './ledger.js';
import type { PendingClick } from './link.js';
import type { PersonId } from './person.js';
import type { Target } from './policy.js';
import type { ReportSpan } from './report.js';
import type { ShadowSum } from './shadow.js';
import type { BulkPart, ClickReply, MessageRef, Receipt, RoleGap } from './voting.js';

/** Something said once, unprompted, besides the cards. */
export type Notice =
  /** To the requester: it waits for a decision. */
  | { readonly kind: 'opened'; readonly approval: Approval }
  /** To the requester: how it ended. */
  | { readonly kind: 'outcome'; readonly approval: Approval }
  /** To those who decided: the decision was given up in time, and nothing was changed. */
  | { readonly kind: 'released'; readonly approval: Approval; readonly why: ReleaseReason }
  /** To those who decided: it was sent, never answered, and nothing tells whether it arrived. */
  | { readonly kind: 'outcome-unknown'; readonly approval: Approval }
  /** To somebody whose click could not be answered on the spot. */
  | { readonly kind: 'late-answer'; readonly approval: Approval | undefined; readonly reply: ClickReply }
  /** To those whose votes do not count any more. */
  | { readonly kind: 'vote-void'; readonly approval: Approval; readonly why: VoidReason }
  /** To whoever has just decided: a receipt, and a way to say that it was not them. */
  | {
      readonly kind: 'receipt';
      readonly receipt: Receipt;
      readonly approval: Approval;
      /** Set once they have withdrawn it, or taken it back before it was sent. */
      readonly isWithdrawn?: true;
    }
  /** To whoever had decided: it could not be sent in their name, since their link has ended. */
  | {
      readonly kind: 'link-ended';
      readonly approval: Approval;
      readonly system: string;
      readonly requestId: string;
    }
  /** To whoever linked an account: which one, and what they had wanted to decide before. */
  | {
      readonly kind: 'linked';
      readonly system: string;
      readonly username: string;
      /** When the link ends by itself; absent where it can be renewed. */
      readonly endsAtMs?: number;
      readonly pendingClick?: PendingClick;
      readonly approval?: Approval;
    }
  /** To the requester: what somebody who can decide wants to know. */
  | { readonly kind: 'question'; readonly approval: Approval; readonly question: Question }
  /** To whoever asked the requester: what they answered. */
  | { readonly kind: 'answered'; readonly approval: Approval; readonly question: Question }
  /** To whoever made a change: how it ended, when that could not be told on the spot. */
  | { readonly kind: 'change'; readonly record: ChangeRecord }
  /** To whoever confirmed changes on an alert whose thread is gone: what became of them. */
  | { readonly kind: 'batch'; readonly records: readonly ChangeRecord[] }
  /** To whoever approved several together: what came of each. */
  | { readonly kind: 'bulk'; readonly results: readonly BulkResult[] }
  /** To an approver who is away, with a way to say that it was not them, and to who decides in their place. */
  | { readonly kind: 'absence'; readonly absence: Absence; readonly to: 'approver' | 'delegate' }
  /** To both: that is over; `to` is set where the one who was away reads it. */
  | {
      readonly kind: 'absence-ended';
      readonly absence: Absence;
      readonly why: AbsenceEnd;
      readonly to?: 'approver';
    }
  /** To the operators. */
  | { readonly kind: 'operators'; readonly event: OperatorEvent }
  | LiveNotice;

/** Something said once that tells what is true when it is delivered, and is not said when nothing waits any more. */
export type LiveNotice =
  /** To somebody who can decide: what waits for them. */
  | {
      readonly kind: 'reminder';
      readonly person: PersonId;
      /** The approval whose requester has them reminded. */
      readonly nudge?: string;
    }
  /**
   * To somebody whose messages were kept, or who wants one a day: what they have missed. `approvals`: ids of those whose
   * card was kept; `isList`: what waits for them is listed too.
   */
  | {
      readonly kind: 'summary';
      readonly person: PersonId;
      readonly held: readonly HeldNotice[];
      readonly approvals: readonly string[];
      readonly isList?: true;
    }
  /** To a channel, once a day: what waits on a system because a certificate expires. */
  | { readonly kind: 'expiring'; readonly system: string }
  /** To whoever approved several together, once all of them were worked on: what came of each by now. */
  | { readonly kind: 'bulk-summary'; readonly bulk: Pick<BulkPart, 'id' | 'size'> }
  /** To the channel of the weekly report: what was decided in the week. */
  | ({ readonly kind: 'report' } & ReportSpan)
  /** To those a rule names for it: nobody has decided. */
  | { readonly kind: 'escalation'; readonly approvalId: string }
  /** To the requester, or to the operators: nobody has decided for as long as the rule says. */
  | { readonly kind: 'undecided'; readonly approvalId: string; readonly isRequester: boolean };

/** Tells whether a notice tells what is true when it is delivered. */
export function isLiveNotice(notice: Notice): notice is LiveNotice {
  const { kind } = notice;
  return (
    kind === 'reminder' ||
    kind === 'escalation' ||
    kind === 'undecided' ||
    kind === 'bulk-summary' ||
    kind === 'summary' ||
    kind === 'expiring' ||
    kind === 'report'
  );
}

/** A notice that can be kept for later, and then be said together with others. */
export type HeldNotice = Extract<
  Notice,
  { readonly kind: 'opened' | 'outcome' | 'question' | 'answered' | 'escalation' | 'undecided' }
>;

/** What a notice says by itself, whenever it is delivered. */
export type FixedNotice = Exclude<Notice, LiveNotice>;

/** What came of one of several approvals that were given together. */
export interface BulkResult {
  readonly code: string;
  readonly subject: string;
  /**
   * `under-way`: decided, and its system has not said what became of it; `counted`: it waits for others; `not-taken`:
   * decided, and it waits again; `refused`: it decided nothing, as the reply says.
   */
  readonly how: 'approved' | 'under-way' | 'counted' | 'not-taken' | 'refused';
  readonly reply?: ClickReply;
}

/**
 * Why a decision was given up unsent: out of reach for too long, too late, its system is not watched any more, or the
 * step was over before enough people had decided.
 */
export type ReleaseReason = 'unreachable' | 'overtaken' | 'unwatched' | 'undecided';

/**
 * Why a vote does not count any more: other facts, something else that stands out in them, lost rights, the system
 * would not take the signal, or it wants more identities than the one that signals.
 */
export type VoidReason = 'facts-changed' | 'findings' | 'rights' | 'refused' | 'beyond-one-account';

/** What operators need to know to keep the bot working. */
export type OperatorEvent =
  | { readonly kind: 'channel-lost'; readonly channel: string; readonly reason: string }
  /** Somebody on a route gets no direct messages: their account is deactivated, or takes none from the bot. */
  | { readonly kind: 'person-lost'; readonly person: PersonId; readonly reason: string }
  /** A message is there and cannot be edited, so another says what it should. */
  | { readonly kind: 'not-editable'; readonly channel: string; readonly reason: string }
  /** So many cards that waited in a channel are gone from it; one digest stands for them. */
  | { readonly kind: 'cards-missing'; readonly channel: string; readonly count: number }
  | {
      readonly kind: 'signal-refused';
      readonly approval: Approval;
      readonly reason: SignalRefusal;
      /** The person's own account that was refused. */
      readonly account?: string;
      /** The system's own words. */
      readonly said?: string;
      /** What it lacks was known here, so it never left. */
      readonly isUnsent?: true;
    }
  | { readonly kind: 'not-moved'; readonly approval: Approval }
  /** A system could not be looked at several times in a row. */
  | {
      readonly kind: 'system-unreachable';
      readonly system: string;
      readonly sinceMs: number;
      readonly fault?: Fault;
    }
  | {
      readonly kind: 'system-back';
      readonly system: string;
      readonly sinceMs: number;
      readonly fault?: Fault;
    }
  /** A step waits, and by the rules and the map of people nobody can decide about it. */
  | { readonly kind: 'undecidable'; readonly approval: Approval }
  /** A run waits, and its system does not say at which step, so that no decision could be sent. */
  | { readonly kind: 'no-step'; readonly system: string; readonly name: string; readonly run: string }
  /** A step waits, and fewer people can act than must. */
  | { readonly kind: 'too-few'; readonly approval: Approval; readonly gap: RoleGap }
  /** Somebody said that a decision in their name was not theirs; their rights are suspended. */
  | {
      readonly kind: 'disowned';
      readonly person: PersonId;
      readonly name: string;
      readonly receipt: string;
      readonly approval: Approval | undefined;
      /** How many decisions were still held and are cancelled. */
      readonly cancelled: number;
      /** It was no decision: they had not left their place to anybody. */
      readonly isAbsence?: true;
    }
  /** An approver has left their place to somebody, or that is over. */
  | { readonly kind: 'absence'; readonly absence: Absence }
  | { readonly kind: 'absence-ended'; readonly absence: Absence; readonly why: AbsenceEnd }
  /** Everybody a rule names is away or may do nothing, and nobody decides in their place. */
  | { readonly kind: 'unattended'; readonly rule: string }
  /** An operator gave somebody's rights back. */
  | { readonly kind: 'restored'; readonly person: PersonId; readonly by: PersonId }
  /** To keep where nobody can rewrite it: how far the record of everything goes. */
  | { readonly kind: 'ledger-anchored'; readonly anchors: readonly Anchor[] }
  /** Nothing that waits on a system can be read any more, so nothing is said of any of it. */
  | { readonly kind: 'nothing-visible'; readonly system: string; readonly approvals: number }
  /** The store is older than these, which were written down of it: a backup was put in its place. */
  | { readonly kind: 'store-restored'; readonly anchors: readonly Anchor[] }
  /** Failures of a system cannot be seen: the account lacks a permission. */
  /** In shadow mode something cannot be read: what is wrong, and what to do about it. */
  | {
      readonly kind: 'access-missing';
      readonly system: string;
      readonly reason: string;
      readonly said?: string;
    }
  /** What live mode would have done in the last day. */
  | { readonly kind: 'shadow-day'; readonly sum: ShadowSum }
  /** The bot went live, or into shadow mode; so many requests waited then. */
  | { readonly kind: 'mode-switched'; readonly switchedTo: 'live' | 'shadow'; readonly count: number }
  /** After going live: requests that wait for people and not for the bot's account, so it cannot sign them. */
  | {
      readonly kind: 'unsignable';
      readonly system: string;
      readonly count: number;
      /** The first of them, by what they are about. */
      readonly name: string;
    }
  | { readonly kind: 'alerts-off'; readonly system: string; readonly permission: string }
  | { readonly kind: 'result-not-visible'; readonly approval: Approval; readonly permission: string };

/** What goes first when a channel is busy: the smaller, the sooner. */
export const priorities = {
  staleButtons: 0,
  digest: 5,
  newCard: 10,
  progress: 20,
  notice: 30,
  alert: 40,
} as const;

/**
 * One thing to be shown in one place.
 *
 * A card's delivery lives as long as the card: each change of the approval makes it due again, and only the
 * latest state is rendered, so changes in between cost no edit.
 */
export interface Delivery {
  readonly id: string;
  readonly subject: DeliverySubject;
  readonly target: Target;
  /** The message this delivery made, once it has. */
  readonly message?: MessageRef;
  /** Version of the approval that is wanted there, and the one that was last shown. */
  readonly wantedVersion: number;
  readonly shownVersion: number;
  readonly priority: number;
  /** Since when that version is wanted there. */
  readonly wantedAtMs: number;
  readonly dueAtMs: number;
  readonly attempts: number;
  /** Set where a message that was there is put up anew, which must call nobody a second time. */
  readonly isAgain?: true;
  /** Set once its reader's own preferences had it wait, or left it out. */
  readonly isHeld?: true;
  /** Set while a post is under way, and for good once the outcome of one was never told: a message may exist that we do not know. */
  readonly mayHavePosted: boolean;
  /** Proves who claimed it; a claim that expired cannot finish it. */
  readonly claim?: string;
  /** Id of the work that wanted it last, as in the log. */
  readonly trace?: string;
}

/** What a delivery shows. */
export type DeliverySubject =
  | { readonly kind: 'card'; readonly approvalId: string }
  | { readonly kind: 'notice'; readonly notice: Notice }
  /** Stands for so many cards that could not be posted yet. */
  | { readonly kind: 'digest'; readonly count: number }
  | { readonly kind: 'alert'; readonly incidentId: string }
  | { readonly kind: 'follow-up'; readonly incidentId: string; readonly followUp: FollowUp };
