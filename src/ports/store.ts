import type { Absence, AbsenceEnd } from '../domain/absence.js';
import type { Approval, ApprovalState, Signal, Vote } from '../domain/approval.js';
import type { UnshownCard } from '../domain/card.js';
import type { ChangeRecord } from '../domain/change.js';
import type { Home, PublishedHome } from '../domain/home.js';
import type { Failure, FollowUp, Incident, IncidentKey, Mute } from '../domain/incident.js';
import type { InstanceRef } from '../domain/instance.js';
import type { LedgerHead, LedgerRecord } from '../domain/ledger.js';
import type { Link, LinkRequest, Locked } from '../domain/link.js';
import type { Delivery, DeliverySubject, Notice } from '../domain/notification.js';
import type { Person, PersonId } from '../domain/person.js';
import type { Target } from '../domain/policy.js';
import type { NotificationPreferences } from '../domain/preferences.js';
import type { ReportCount, ReportEntry, ReportGroup } from '../domain/report.js';
import type { RetentionKind, removedWith } from '../domain/retention.js';
import type { ShadowRecord } from '../domain/shadow.js';
import type { Click, ClickReply, Dialog, MessageRef, Receipt, Suspension } from '../domain/voting.js';

/**
 * Keeps what an open window or list goes on with, until it is too old to be answered; whichever bot takes the
 * answer finds it.
 */
export interface KeyValueStore {
  keep(key: string, text: string): Promise<void>;
  /** Absent once it is too old, or if it was never kept. */
  kept(key: string): Promise<string | undefined>;
}

/** Incidents, the failures that were folded into them, and runs to be polled on systems that list nothing. */
export interface IncidentRepository {
  /** Adds an incident. Throws if its short code was ever given out. */
  addIncident(incident: Incident): Promise<void>;
  findIncident(id: string): Promise<Incident | undefined>;
  /** Gives the open incident of a key. */
  findOpenIncident(key: IncidentKey): Promise<Incident | undefined>;
  listOpenIncidents(system: string): Promise<readonly Incident[]>;
  /**
   * Saves a changed incident under the next version and makes its alerts due.
   *
   * Returns what was saved. Throws `ChangedMeanwhile` if its version is not the stored one.
   */
  saveIncident(incident: Incident, nowMs: number): Promise<Incident>;
  putMute(mute: Mute): Promise<void>;
  /** Gives the mute of a key, also when it is over. */
  findMute(key: IncidentKey): Promise<Mute | undefined>;
  /** Ends a mute; nothing happens if there is none. */
  removeMute(key: IncidentKey): Promise<void>;

  /** Adds a failure, or replaces what was known of that run's. */
  putFailure(failure: Failure): Promise<void>;
  /** Gives the failure of a run, or the one that goes on as that run. */
  findFailure(ref: InstanceRef): Promise<Failure | undefined>;
  /** Lists the failures of an incident, oldest first. */
  listFailures(incidentId: string): Promise<readonly Failure[]>;
  /** Lists failures of a system of which something is still to be expected; none that are old. */
  listOpenFailures(system: string): Promise<readonly Failure[]>;

  /** Watches a run from now on; a second call for the same run does nothing. */
  watchRun(ref: InstanceRef, sinceMs: number): Promise<void>;
  listWatchedRuns(system: string): Promise<readonly InstanceRef[]>;
  /** Watches a run no longer. */
  unwatchRun(ref: InstanceRef): Promise<void>;
}

/** Changes people asked for with commands, one by one or several together. */
export interface ChangeRepository {
  addChange(record: ChangeRecord): Promise<void>;
  findChange(id: string): Promise<ChangeRecord | undefined>;
  /** Saves a record if it is still in the given phase; false if somebody else was faster. */
  saveChange(record: ChangeRecord, phase: ChangeRecord['phase']): Promise<boolean>;
  /** Lists changes that were confirmed and are not over, oldest first. */
  listOpenChanges(): Promise<readonly ChangeRecord[]>;
  /** Lists confirmed changes that answer an activity of a system, whichever run they name, the latest first. */
  listAlertChanges(system: string, activityId: string): Promise<readonly ChangeRecord[]>;
  /** Finds a change of the same kind to the same thing that somebody confirmed since a time. */
  findTwin(record: ChangeRecord, sinceMs: number): Promise<ChangeRecord | undefined>;

  /** Lists the changes of a batch, in the order in which they were proposed. */
  listBatch(batchId: string): Promise<readonly ChangeRecord[]>;
  /** Lists changes about a run that were confirmed, the latest first. */
  listChangesOn(ref: InstanceRef): Promise<readonly ChangeRecord[]>;
}

/** The outbox and the memory of every message; digests stand for many cards at once, until those are posted. */
export interface DeliveryRepository {
  /** Makes an approval's card wanted in a place; a second call for the same place does nothing. */
  addCard(approvalId: string, target: Target, priority: number, nowMs: number): Promise<void>;
  /** Queues a notice; a second one with the same key does nothing. */
  addNotice(key: string, notice: Notice, target: Target, nowMs: number): Promise<void>;
  /** Gives the message of a notice, once it was posted; `none` if it was given up, or none is wanted. */
  findNoticeMessage(key: string): Promise<MessageRef | 'not-yet' | 'none'>;
  /** Puts another notice in the place of one with this key; one that was posted is edited. */
  replaceNotice(key: string, notice: Notice, target: Target, nowMs: number): Promise<void>;
  /**
   * Takes due deliveries, most urgent first, and hides them from others for a while. What has failed several times
   * stands behind everything else.
   */
  claimDueDeliveries(options: {
    readonly nowMs: number;
    readonly limit: number;
    readonly leaseMs: number;
    readonly claim: string;
    /** Places to leave alone, as `targetKey` writes them. */
    readonly except?: readonly string[];
  }): Promise<readonly Delivery[]>;
  /**
   * Notes that a delivery is about to be tried, and hides it for a full lease from now; false if the claim is
   * over and somebody else may be at it. After a crash during a post a message may exist.
   */
  markTrying(
    id: string,
    attempt: {
      readonly claim: string;
      readonly isPost: boolean;
      readonly nowMs: number;
      readonly leaseMs: number;
    },
  ): Promise<boolean>;
  /**
   * Records that a version is shown by a message; stays due if a newer one is wanted by now.
   *
   * Under a claim that is over it takes nothing from whoever came after: an edited message is due again, since
   * it may show what is old, and a posted card is one more copy to keep true.
   */
  markDelivered(
    id: string,
    shown: { readonly message: MessageRef; readonly version: number; readonly claim?: string | undefined },
  ): Promise<void>;
  /**
   * Gives a delivery back, to be tried later. Under a claim that is over it only makes a message due again that
   * the attempt may have edited.
   */
  postponeDelivery(
    id: string,
    until: {
      readonly dueAtMs: number;
      readonly error: string;
      /** Whether this was an attempt; waiting for a turn is none. */
      readonly wasTried: boolean;
      readonly mayHavePosted: boolean;
      readonly claim?: string | undefined;
      /** Set where its reader's preferences have it wait. */
      readonly isHeld?: true;
    },
  ): Promise<void>;
  /**
   * Ends a delivery that can never succeed; one of which a newer version is wanted by now stays due, and so does
   * one whose claim is over.
   */
  giveUpDelivery(
    id: string,
    how: {
      readonly error: string;
      readonly nowMs: number;
      readonly version: number;
      readonly claim?: string | undefined;
      /** Set where its reader's preferences leave it out: then no newer version of it is ever wanted there. */
      readonly isHeld?: true;
    },
  ): Promise<void>;
  /** Lists what waits for a person because of their preferences. */
  listHeld(person: PersonId): Promise<readonly Delivery[]>;
  /** Ends what of these still waits so for a person and tells what it was, so that something else says it. */
  takeHeld(
    person: PersonId,
    held: readonly Pick<Delivery, 'id'>[],
    nowMs: number,
  ): Promise<readonly Delivery[]>;
  /** Makes all that waits so due now, since their preferences are others. */
  releaseHeld(person: PersonId, nowMs: number): Promise<void>;
  /** Finds the card a message shows. */
  findCardByMessage(message: MessageRef): Promise<Delivery | undefined>;
  listCards(approvalId: string): Promise<readonly Delivery[]>;
  /** Tells whether a card of an approval besides this one is shown, or still to be, its reader's preferences allowing. */
  hasOtherCard(approvalId: string, id: string): Promise<boolean>;
  /**
   * Takes the card of a waiting approval that nobody has touched for longest and whose check is due, and puts its next
   * check off; undefined when there is none.
   */
  claimIdleCard(nowMs: number): Promise<IdleCard | undefined>;
  /** Notes whether a card was still there when it was checked; nothing if it shows in another message by now. */
  noteCardCheck(card: IdleCard, found: 'there' | 'not-found', nowMs: number): Promise<void>;
  /** Counts the cards in a place that were not found when last checked, those that a digest stands for included. */
  countNotFound(target: Target): Promise<number>;
  /**
   * Has a card posted anew whose message is gone; `waits` has it listed in a digest instead. One that was put up twice
   * already is given up.
   */
  renewCard(card: IdleCard, how: 'anew' | 'waits', nowMs: number): Promise<void>;
  /** Has a card tried again in its own message, whose place takes no posts. */
  tryCardAgain(card: IdleCard, dueAtMs: number): Promise<void>;
  /**
   * Takes back every delivery that was handed out and not returned; only for the one bot on a store, whose
   * earlier run is dead. A post that was under way counts as lost.
   */
  reclaimDeliveries(nowMs: number): Promise<void>;
  /** Takes in a message of ours that we did not know, so that it is kept true like any other copy. */
  adoptCard(approvalId: string, message: MessageRef, nowMs: number): Promise<void>;
  /** Takes a turn in a lane of limited pace; returns 0, or how many milliseconds to wait. */
  takeSlot(limiter: string, rateLimit: RateLimit, nowMs: number): Promise<number>;
  /** Closes a lane until a time, as the chat asked. */
  blockLimiter(limiter: string, untilMs: number): Promise<void>;
  /** Tells when the next delivery is due; undefined when none is. */
  nextDueMs(): Promise<number | undefined>;
  /** Counts deliveries that are wanted and not yet made, none of which its reader's preferences have wait. */
  countPending(): Promise<number>;

  /** Makes an incident's alert wanted in a channel; a second call for the same place does nothing. */
  addAlert(incidentId: string, target: Target, nowMs: number): Promise<void>;
  /**
   * Makes a follow-up wanted in the thread of each of an incident's alerts, not before a time.
   *
   * The key is the incident's own: a second one with the same key makes the first one due again.
   */
  wantFollowUp(incidentId: string, key: string, followUp: FollowUp, dueAtMs: number): Promise<void>;
  /** Gives the message of an incident's alert in a place, once it was posted; `none` if none is wanted there. */
  alertMessage(incidentId: string, target: Target): Promise<MessageRef | 'not-yet' | 'none'>;

  /** Counts, by place, the cards that are wanted there and were never posted. */
  countUnpostedCards(): Promise<readonly UnpostedCards[]>;
  /** Lists digests whose last count was not zero. */
  listLiveDigests(): Promise<readonly LiveDigest[]>;
  /** Makes a digest wanted in a place with a count; the same id again makes it due with the new one. */
  wantDigest(digest: Pick<LiveDigest, 'id' | 'target' | 'count'>, nowMs: number): Promise<void>;
  /** Finds a posted digest in a place where an approval's card is wanted and was never posted. */
  findDigestFor(approvalId: string): Promise<MessageRef | undefined>;
  /** Tells whether a message is a digest in a place where an approval's card is wanted, posted or not. */
  isDigestFor(approvalId: string, message: MessageRef): Promise<boolean>;
}

/** How fast a lane may go: `burst` at once, then one every `everyMs`. */
export interface RateLimit {
  readonly everyMs: number;
  readonly burst: number;
}

/** How many cards a place lacks. */
export interface UnpostedCards {
  readonly target: Target;
  readonly count: number;
}

/** A digest as last counted. */
export interface LiveDigest {
  readonly id: string;
  readonly target: Target;
  readonly count: number;
  readonly countedAtMs: number;
  /** Whether people can see it. */
  readonly isPosted: boolean;
}

/** How the rights begin that every bot at work on a shared store holds, each one of its own. */
export const replicaPrefix = 'replica/';

/** Rights that one run of the bot has at a time, where several work on one store. */
export interface Leases {
  /**
   * Takes or renews a right that one run of the bot has at a time; undefined while another one holds it.
   *
   * Its fence stays the same as long as it stays with one holder, and is higher whenever it comes to another:
   * whoever was frozen and wakes up can be told by it.
   */
  acquireLease(lease: {
    readonly name: string;
    readonly replicaId: string;
    readonly nowMs: number;
    readonly leaseMs: number;
  }): Promise<{ readonly fence: number } | undefined>;
  /** Gives such a right back; one that somebody else holds by now stays theirs. */
  releaseLease(name: string, replicaId: string): Promise<void>;
  /** Lists who holds a right whose name begins so. */
  listLeaseReplicaIds(prefix: string, nowMs: number): Promise<readonly string[]>;
  /** Forgets rights whose names begin so and that ended before a time; their fences begin anew. */
  forgetLeases(prefix: string, endedBeforeMs: number): Promise<void>;
}

/** A right as it was when it was taken. */
export interface Fence {
  readonly name: string;
  readonly fence: number;
}

/** Tells what became of a right. */
export interface FenceRepository {
  /** Tells whether a right has not come to another holder; inside a transaction it stays so until its end. */
  stands(fence: Fence): Promise<boolean>;
}

/** What happened, for good: records are added and read and never changed; only the beginning of a chain can be removed. */
export interface LedgerRepository {
  /** Adds the record that is made on the head of a system's chain; two writers never make it on the same head. */
  appendLedger(system: string, make: (head: LedgerHead | undefined) => LedgerRecord): Promise<void>;
  /** Gives the head of every chain, as it was noted when its last record was added. */
  listLedgerHeads(): Promise<readonly LedgerHead[]>;
  /** Gives the last record of a chain that was sealed with a key, whatever came after it without one. */
  lastSigned(system: string): Promise<LedgerHead | undefined>;
  /** Names every system of which there are records or a head. */
  listLedgerSystems(): Promise<readonly string[]>;
  /** Lists records of a chain in its order, after that number. */
  listLedger(page: {
    readonly system: string;
    readonly after: number;
    readonly sinceMs?: number;
    readonly limit: number;
  }): Promise<readonly LedgerRecord[]>;
  /** Lists records of some kinds about what a person did since a time, the latest first, of all chains. */
  listLedgerBy(
    person: PersonId,
    page: { readonly kinds: readonly string[]; readonly sinceMs: number; readonly limit: number },
  ): Promise<readonly LedgerRecord[]>;
  /** Gives the last checkpoint of a chain: the record that says up to which one its beginning was cut off. */
  lastCheckpoint(system: string): Promise<LedgerRecord | undefined>;
  /** Removes the first records of a chain, up to a number, as many as wanted; returns how many that were. */
  cutLedger(system: string, cut: { readonly upTo: number; readonly limit: number }): Promise<number>;
  /** Keeps what a decision was made on, under the SHA-256 of its text. */
  addEvidence(sha256: string, text: string): Promise<void>;
  /** Gives it back; absent where it was never kept or was removed, and no text of ours where it cannot be read. */
  findEvidence(sha256: string): Promise<string | undefined>;
  /** Lists records about a run, the latest first. */
  listLedgerOf(
    ref: InstanceRef,
    page: { readonly offset: number; readonly limit: number },
  ): Promise<readonly LedgerRecord[]>;
}

/** Accounts people linked, and invitations to link one. */
export interface LinkRepository {
  /**
   * Adds a link: one account of a system belongs to at most one person there, and one person has at most one.
   *
   * The same account of the same person is linked anew, and the link before is given back; no other is moved.
   */
  addLink(link: Link): Promise<AddLinkResult>;
  findLink(system: string, person: PersonId): Promise<Link | undefined>;
  listLinks(person: PersonId): Promise<readonly Link[]>;
  /** Replaces the secret of a link; false if the link is gone. */
  saveToken(linkId: string, token: Locked): Promise<boolean>;
  /** Ends a link; false if it was gone. */
  removeLink(linkId: string): Promise<boolean>;
  addLinkRequest(request: LinkRequest): Promise<void>;
  findLinkRequest(id: string): Promise<LinkRequest | undefined>;
  /** Notes which browser went off to sign in; false if the invitation is gone. */
  beginLinkRequest(id: string, begun: NonNullable<LinkRequest['begun']>): Promise<boolean>;
  /** Uses an invitation up; false if somebody else did. */
  takeLinkRequest(id: string): Promise<boolean>;
  /** Forgets invitations that ended before a time. */
  forgetLinkRequests(endedBeforeMs: number): Promise<void>;
}

/** What became of a link that was to be added. */
export type AddLinkResult =
  | { readonly kind: 'linked'; readonly replaced?: Link }
  /** The person has another account there. */
  | { readonly kind: 'person-linked'; readonly link: Link }
  /** The account is somebody else's. */
  | { readonly kind: 'account-linked'; readonly link: Link };

/** What is counted for whoever watches the bot; nothing decides by it. */
export interface GaugeRepository {
  /** Counts messages that are wanted and not shown, by kind; kinds without any are left out. */
  countOutbox(): Promise<readonly OutboxCount[]>;
  /** Lists open approvals of which no card is shown, each with the copies that are not. */
  listMissingCards(): Promise<readonly MissingCard[]>;
  /** Lists incidents whose alert is wanted somewhere and shown nowhere. */
  listUnshownAlerts(): Promise<readonly string[]>;
  /** Lists places that took no posts when last something was to be said there, also what is still tried. */
  listLostPlaces(): Promise<readonly LostPlace[]>;
}

/** A card that is shown and of which nothing was heard for long. */
export interface IdleCard {
  readonly delivery: Delivery;
  readonly message: MessageRef;
  /** Whether it was not found when it was checked before, ten minutes ago or earlier. */
  readonly wasNotFound: boolean;
}

/** How many messages of a kind are wanted and not shown. */
export interface OutboxCount {
  readonly kind: DeliverySubject['kind'];
  readonly pending: number;
  /** When the first of them falls or fell due. */
  readonly oldestDueAtMs: number;
}

/** An open approval without a card. */
interface MissingCard {
  readonly approvalId: string;
  readonly copies: readonly UnshownCopy[];
}

/** One copy of a card that is not shown, and where it was to go. */
export interface UnshownCopy extends UnshownCard {
  /** The place as `targetKey` writes it. */
  readonly place: string;
  /** Whether it was shown there before. */
  readonly wasShown: boolean;
}

/** A place that cannot be posted to. */
interface LostPlace {
  readonly target: Target;
  readonly sinceMs: number;
}

/** Durable memory. What has been awaited here survives a crash. */
export interface Store extends Transaction, Leases {
  /** Whether several bots may work on it at the same time; else one must hold it. */
  readonly isShared: boolean;
  /** Runs some work as one: all of it is remembered, or nothing. No network call belongs inside. */
  inTransaction<T>(work: (transaction: Transaction) => Promise<T>): Promise<T>;
  /** Takes or renews the right to be the one running bot on this store; false while another one holds it. */
  acquireBotLease(replicaId: string, nowMs: number, leaseMs: number): Promise<boolean>;
  /** Tells who has that right, or had it last. */
  getBotReplicaId(): Promise<string | undefined>;
  /** Gives some space of removed rows back to the disk; tells whether there is more. A database does so by itself. */
  reclaimSpace(): Promise<boolean>;
  /**
   * Tells whether an error says that the store could take nothing just then, or that its answer was lost: what was being
   * done has happened whole or not at all, and can be done once more.
   */
  isTransient(error: unknown): boolean;
  /** Gives that right back, so that the next start need not wait. */
  releaseBotLease(replicaId: string): Promise<void>;
  close(): Promise<void>;
}

/** What is removed once it is older than the settings keep it. */
export type RemovableKind = (typeof removedWith)[keyof typeof removedWith][number];

/** What is packed once it is over. */
export type PackedKind = Extract<RemovableKind, 'approvals' | 'clicks' | 'receipts' | 'notices'>;

/** What stays taken for good. */
type UsedKind = 'approval' | 'code' | 'click' | 'receipt' | 'inbound' | 'alert' | 'failure';

/** Where in the rows of a kind a page ended. */
export interface RemovalPlace {
  readonly at: number;
  readonly id: string;
}

/** Rows of a kind that were looked through, and which of them may go. */
export interface RemovalPage {
  readonly ids: readonly string[];
  /** Absent where nothing older comes after them. */
  readonly next?: RemovalPlace;
}

/** What is over and older than the settings keep it: found page by page and removed, with what stays taken for good. */
export interface RetentionRepository {
  /**
   * Goes through the next rows of a kind that are older than a time, and lists those that may go.
   *
   * Whatever is open, undelivered, not settled or on hold stays, and so does what belongs to it.
   */
  listRemovable(
    kind: RemovableKind,
    page: { readonly beforeMs: number; readonly after?: RemovalPlace | undefined; readonly limit: number },
  ): Promise<RemovalPage>;
  /** Removes what was listed in the same transaction, with all that belongs to it; returns how many rows that were. */
  removeForGood(kind: RemovableKind, ids: readonly string[], nowMs: number): Promise<number>;
  /** Goes through the next rows of a kind that are older than a time, and packs what of them changes no more. */
  packOld(
    kind: PackedKind,
    page: { readonly beforeMs: number; readonly after?: RemovalPlace | undefined; readonly limit: number },
  ): Promise<{ readonly packed: number; readonly next?: RemovalPlace }>;
  /** Tells when something was removed; undefined if it never was. */
  findRemoval(kind: UsedKind, id: string): Promise<number | undefined>;
  /** Lists which of these runs have an approval that is stored, or are on hold: their records are needed. */
  listKeptRuns(system: string, ids: readonly string[]): Promise<readonly string[]>;
  /** Counts what is stored of a kind, and tells since when. */
  countStored(kind: RetentionKind): Promise<StoredCount>;
}

/** How much there is of a kind. */
export interface StoredCount {
  readonly rows: number;
  readonly oldestMs?: number;
}

/** Everything that is remembered, by kind. */
export interface Transaction
  extends ApprovalRepository,
    ClickRepository,
    DeliveryRepository,
    PersonRepository,
    ChangeRepository,
    IncidentRepository,
    LedgerRepository,
    FenceRepository,
    GaugeRepository,
    LinkRepository,
    HomeRepository,
    ShadowRepository,
    ReportRepository,
    RetentionRepository,
    NoteRepository {}

/**
 * Approvals, each with the last full reading of its instance; their short codes, which once given out are never given
 * to another run; votes towards their quorum; and signals on their way to a system.
 */
export interface ApprovalRepository {
  /** Adds an approval; false if one with the same instance, step and attempt exists. */
  addApproval(approval: Approval): Promise<boolean>;
  findApproval(id: string): Promise<Approval | undefined>;
  /** Lists approvals that have not ended, oldest first, of one system or of all, in one state or in any. */
  listOpenApprovals(system?: string, state?: ApprovalState['kind']): Promise<readonly Approval[]>;
  /** Goes through approvals that have not ended, oldest first; the process looks after everything else in between. */
  eachOpenApproval(atOnce?: number): AsyncIterable<Approval>;
  /** Lists approvals that were added before one of them, or the latest of all, the latest first. */
  listApprovalsBefore(page: {
    readonly place: number | undefined;
    readonly limit: number;
  }): Promise<readonly { readonly place: number; readonly approval: Approval }[]>;
  /** Lists the systems that have approvals which have not ended. */
  listOpenSystems(): Promise<readonly string[]>;
  /** Lists what a poll needs of a system's approvals that have not ended, oldest first; the same list while none changes. */
  listTracked(system: string): Promise<TrackedList>;
  /** Gives the latest approval put for an instance, ended or not. */
  latestApprovalOf(ref: InstanceRef): Promise<Approval | undefined>;
  /** Lists every approval put for an instance, the latest first. */
  listApprovalsOf(ref: InstanceRef): Promise<readonly Approval[]>;
  /** Gives the highest attempt there was at a step; 0 if none. */
  lastAttempt(ref: InstanceRef, step: string): Promise<number>;
  /**
   * Saves a changed approval under the next version and makes all its cards due with the given priority.
   *
   * Returns what was saved. Throws `ChangedMeanwhile` if its version is not the stored one.
   */
  saveApproval(approval: Approval, priority: number, nowMs: number): Promise<Approval>;

  /** Lists what rules are to approve by themselves on a system, oldest first. */
  listPlanned(system: string): Promise<readonly Approval[]>;
  /** Notes one more decision of a rule on this day, in UTC; false if it has made as many as it may. */
  noteRuleDecision(rule: string, nowMs: number, limit: number): Promise<boolean>;

  /** Lists open approvals of a system for which it is time to look whether somebody has to be reminded. */
  listReminded(system: string, nowMs: number, most: number): Promise<readonly Reminded[]>;
  /**
   * Notes what was said while nobody decides, and when to look again. An approval in another state, or whose run reads
   * otherwise, is looked at anew.
   */
  saveReminded(approvalId: string, said: readonly string[], nextAtMs: number | undefined): Promise<void>;
  /** Has an open approval looked at anew, or every one, as when the rules may have changed. */
  renewReminders(approvalId?: string): Promise<void>;

  /** Tells whether a short code was ever given out. */
  isCodeTaken(code: string): Promise<boolean>;
  /** Gives the run behind a code, also behind that of an approval. */
  findByCode(code: string): Promise<InstanceRef | undefined>;
  /** Gives the latest code of a run. */
  codeOf(ref: InstanceRef): Promise<string | undefined>;
  /** Lists the runs of a system that have a code or are watched, the latest first. */
  listKnownRuns(system: string, most: number): Promise<readonly InstanceRef[]>;
  /** Gives a code to a run; false if the code was ever given out. */
  addCode(code: string, ref: InstanceRef): Promise<boolean>;

  /** Adds a vote; false if that person already has one on that approval's revision. */
  addVote(approvalId: string, vote: Vote): Promise<boolean>;
  /** Lists votes that were not withdrawn or voided, oldest first. */
  listVotes(approvalId: string): Promise<readonly Vote[]>;
  /** Lists on which open approvals a person has a vote, and on which revision of each. */
  listVotedOn(person: PersonId): Promise<readonly VotedOn[]>;
  /** Takes a person's votes back; false if there were none. */
  removeVote(approvalId: string, person: PersonId): Promise<boolean>;
  /** Takes every vote back. */
  removeVotes(approvalId: string): Promise<void>;

  /** Claims the right to signal an instance; false while another signal for it is not settled. */
  addSignal(signal: Signal): Promise<boolean>;
  saveSignal(signal: Signal): Promise<void>;
  findSignal(id: string): Promise<Signal | undefined>;
  /** Lists signals that are not settled, of one system or of all. */
  listUnsettledSignals(system?: string): Promise<readonly Signal[]>;
  /**
   * Takes a signal over for a while; undefined while another holder's lease runs.
   *
   * The same holder may take it again at any time: it serialises itself.
   */
  takeSignal(id: string, replicaId: string, nowMs: number, leaseMs: number): Promise<Signal | undefined>;
}

/** An open approval, and what was said while nobody decided. */
export interface Reminded {
  readonly approval: Approval;
  readonly said: readonly string[];
}

/** Approvals that have not ended; each is made when somebody comes to it, since there may be very many. */
export interface TrackedList extends Iterable<Tracked> {
  readonly length: number;
}

/** What a look needs to know of an approval that has not ended. */
export interface Tracked {
  readonly id: string;
  readonly ref: InstanceRef;
  readonly step: string;
  readonly version: number;
  /** Sums up the last reading of its instance. */
  readonly fingerprint: string;
  readonly isAssigned: boolean;
}

/** Thrown when somebody else changed an approval between reading and saving; read it again. */
export class ChangedMeanwhile extends Error {
  override readonly name = 'ChangedMeanwhile';
}

/** Thrown when the answer to a write was lost and the store is away since: whether it was written is not known. */
export class OutcomeUnknown extends Error {
  override readonly name = 'OutcomeUnknown';
}

/** Where somebody has voted. */
interface VotedOn {
  readonly approvalId: string;
  readonly revision: number;
}

/** Clicks written down before they were acknowledged, and modals that were opened. */
export interface ClickRepository {
  /**
   * Writes a click down; `repeated` if the same interaction was written before.
   *
   * Throws `OutcomeUnknown` where it may be there all the same; after any other error it is not.
   */
  addClick(click: Click): Promise<'written' | 'repeated'>;
  /** Writes several down as one: all of them, or none; `repeated` if any of them was written before; throws alike. */
  addClicks(clicks: readonly Click[]): Promise<'written' | 'repeated'>;
  findClick(id: string): Promise<StoredClick | undefined>;
  /** Records what became of a click, for good; false if that was recorded before. */
  finishClick(id: string, reply: ClickReply, nowMs: number): Promise<boolean>;
  /** Lists clicks nobody finished, oldest first. */
  listUnfinishedClicks(): Promise<readonly Click[]>;
  /** Lists who has taken back a vote on an approval, or its decision, with a click nobody has finished. */
  listCallingOff(approvalId: string): Promise<readonly PersonId[]>;
  /**
   * Takes clicks over that nobody finished in time, for a while, oldest first.
   *
   * A click is left to whoever wrote it down for `clickLeaseMs`.
   */
  claimClicks(nowMs: number, leaseMs: number): Promise<readonly Click[]>;
  addDialog(dialog: Dialog): Promise<void>;
  findDialog(id: string): Promise<Dialog | undefined>;
  /** Keeps a text for as long as modals are kept; a later one under the same key takes its place. */
  keepText(key: string, text: string, nowMs: number): Promise<void>;
  keptText(key: string): Promise<string | undefined>;
  /** Forgets response addresses, modals and kept texts from before a time. */
  forgetSecrets(beforeMs: number): Promise<void>;
}

/** A click with what became of it. */
export interface StoredClick extends Click {
  readonly reply?: ClickReply;
}

/**
 * People as last looked up, so that a click can be judged without a network read; their receipts, whose rights are
 * suspended, who is away, and how they want their messages.
 */
export interface PersonRepository {
  rememberPerson(person: Person, nowMs: number): Promise<void>;
  recallPerson(id: PersonId): Promise<Person | undefined>;

  /** Adds a receipt; false if its code was given out before. */
  addReceipt(receipt: Receipt): Promise<boolean>;
  findReceipt(code: string): Promise<Receipt | undefined>;
  /** Lists the receipts for what was decided at a moment, whoever did. */
  listReceiptsAt(atMs: number): Promise<readonly Receipt[]>;
  /** Suspends somebody's rights; false if they are suspended already. */
  suspend(suspension: Suspension): Promise<boolean>;
  findSuspension(person: PersonId): Promise<Suspension | undefined>;
  /** Gives rights back; false if they were not suspended. */
  restore(person: PersonId): Promise<boolean>;

  /** Removes what is known of somebody besides approvals, changes and the ledger; returns how many rows that were. */
  forgetPerson(person: PersonId): Promise<ForgottenRows>;

  addAbsence(absence: Absence): Promise<void>;
  /** Finds an absence, also one that has ended. */
  findAbsence(id: string): Promise<Absence | undefined>;
  /** Lists absences that have not been ended, the earliest first; the time of some may be over. */
  listAbsences(): Promise<readonly Absence[]>;
  /** Ends an absence for good; false if it was ended before. */
  endAbsence(id: string, end: { readonly why: AbsenceEnd; readonly atMs: number }): Promise<boolean>;

  /**
   * Keeps how somebody wants their direct messages, in place of what they chose before; `summaryDay`: the day whose
   * summary counts as sent, if it is another one.
   */
  putPreferences(preferences: NotificationPreferences, summaryDay: string | undefined): Promise<void>;
  /** Absent for whoever has chosen nothing. */
  findPreferences(person: PersonId): Promise<NotificationPreferences | undefined>;
  /** Lists what everybody has chosen, each with the last day whose summary is done with. */
  listPreferences(): Promise<
    readonly { readonly preferences: NotificationPreferences; readonly summaryDay?: string }[]
  >;
  /** Notes that somebody's summary of a day is done with; false if it was before. */
  noteSummary(person: PersonId, day: string): Promise<boolean>;
}

/** What was known of somebody, by kind. */
export interface ForgottenRows {
  readonly profiles: number;
  readonly homes: number;
  readonly links: number;
  readonly absences: number;
  readonly mutes: number;
  readonly preferences: number;
  /** Of when they were reminded or had others reminded, and of whom a rule names. */
  readonly notes: number;
}

/** A Home that somebody is about to draw: as it is wanted now, and what proves that it is theirs to draw. */
export interface ClaimedHome extends Home {
  readonly version: number;
  readonly claim: string;
}

/** The Homes people have opened, each with what it was last published with; nobody else's is ever drawn. */
export interface HomeRepository {
  /**
   * Notes that somebody opened their Home, which is due at once; `isAnew` if nothing of what was published counts any
   * more, so that it begins with its first page.
   */
  openHome(person: PersonId, how: { readonly nowMs: number; readonly isAnew: boolean }): Promise<void>;
  /** Absent if they never opened it. */
  findHome(person: PersonId): Promise<Home | undefined>;
  listHomes(): Promise<readonly Home[]>;
  /** Makes somebody's Home due then, or sooner if it is already; nothing if they never opened it. */
  wantHome(person: PersonId, how: { readonly dueAtMs: number; readonly page?: number }): Promise<void>;
  /** Takes Homes that are due, or that of one person, for a while. */
  claimHomes(options: {
    readonly nowMs: number;
    readonly limit: number;
    readonly leaseMs: number;
    readonly person?: PersonId;
  }): Promise<readonly ClaimedHome[]>;
  /** Records what a claimed Home was published with; false if the claim is over. */
  saveHome(
    home: Omit<ClaimedHome, 'published' | 'page'> & { readonly published: PublishedHome },
    nowMs: number,
  ): Promise<boolean>;
  /** Gives a claimed Home back, to be drawn then; `never`: not before something else changes. */
  postponeHome(home: ClaimedHome, dueAtMs: number | 'never'): Promise<void>;
}

/** What shadow mode noted of each run. */
export interface ShadowRepository {
  /** Adds a record, or replaces the one with that id. */
  putShadowRecord(record: ShadowRecord): Promise<void>;
  findShadowRecord(id: string): Promise<ShadowRecord | undefined>;
  /** Lists records after one of them, or after a time with an empty id, oldest first. */
  listShadowRecords(page: {
    readonly after: Pick<ShadowRecord, 'atMs' | 'id'>;
    readonly limit: number;
  }): Promise<readonly ShadowRecord[]>;
}

/** What reports count, and how much there is of it. */
export interface ReportRepository {
  /** Adds an entry, or replaces the one with that id. */
  putReportEntry(entry: ReportEntry): Promise<void>;
  removeReportEntry(id: string): Promise<void>;
  /** Adds up what happened from one moment to before another. */
  sumReportEntries(fromMs: number, toMs: number): Promise<readonly ReportGroup[]>;
  /** Counts votes and decisions from one moment to before another, under each person's id as one text. */
  countDecisionsBy(fromMs: number, toMs: number): Promise<readonly ReportCount[]>;
}

/** Small things worth keeping, such as which form of a signal a server takes. */
export interface NoteRepository {
  putNote(key: string, value: string): Promise<void>;
  getNote(key: string): Promise<string | undefined>;
}
