import type { Answer } from '../domain/answer.js';
import type { Approval, Vote } from '../domain/approval.js';
import type { Click, Dialog, MessageRef } from '../domain/click.js';
import type { Delivery } from '../domain/delivery.js';
import type { InstanceRef } from '../domain/instance.js';
import type { Notice } from '../domain/notice.js';
import type { Person, PersonId } from '../domain/person.js';
import type { Target } from '../domain/rules.js';
import type { Signal } from '../domain/signal.js';
import type { BatchMemory, FailureMemory, IncidentMemory, WatchMemory } from './alert-memory.js';
import type { ChangeMemory, CodeMemory } from './change-memory.js';

/** Durable memory. What has been awaited here survives a crash. */
export interface Store extends Memory {
  /** Runs some work as one: all of it is remembered, or nothing. No network call belongs inside. */
  inTransaction<T>(work: (memory: Memory) => Promise<T>): Promise<T>;
  /** Takes or renews the right to be the one running bot on this store; false while another one holds it. */
  holdBot(holder: string, nowMs: number, leaseMs: number): Promise<boolean>;
  /** Tells who has that right, or had it last. */
  botHolder(): Promise<string | undefined>;
  /** Gives that right back, so that the next start need not wait. */
  releaseBot(holder: string): Promise<void>;
  /**
   * Takes or renews a right that one run of the bot has at a time; undefined while another one holds it.
   *
   * Its fence stays the same as long as it stays with one holder, and is higher whenever it comes to another:
   * whoever was frozen and wakes up can be told by it.
   */
  holdLease(lease: {
    readonly name: string;
    readonly holder: string;
    readonly nowMs: number;
    readonly leaseMs: number;
  }): Promise<{ readonly fence: number } | undefined>;
  /** Gives such a right back; one that somebody else holds by now stays theirs. */
  releaseLease(name: string, holder: string): Promise<void>;
  close(): Promise<void>;
}

/** Everything that is remembered, by kind. */
export interface Memory
  extends ApprovalMemory,
    VoteMemory,
    ClickMemory,
    SignalMemory,
    DeliveryMemory,
    PersonMemory,
    CodeMemory,
    ChangeMemory,
    BatchMemory,
    FailureMemory,
    IncidentMemory,
    WatchMemory,
    NoteMemory {}

/** Approvals, each with the last full reading of its instance. */
export interface ApprovalMemory {
  /** Adds an approval; false if one with the same instance, step and attempt exists. */
  addApproval(approval: Approval): Promise<boolean>;
  findApproval(id: string): Promise<Approval | undefined>;
  /** Lists approvals that have not ended, of one system or of all. */
  listOpenApprovals(system?: string): Promise<readonly Approval[]>;
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
  /** Tells whether a short code was ever given out. */
  isCodeTaken(code: string): Promise<boolean>;
}

/** Thrown when somebody else changed an approval between reading and saving; read it again. */
export class ChangedMeanwhile extends Error {
  override readonly name = 'ChangedMeanwhile';
}

/** Votes towards a quorum. */
export interface VoteMemory {
  /** Adds a vote; false if that person already has one on that approval's revision. */
  addVote(approvalId: string, vote: Vote): Promise<boolean>;
  /** Lists votes that were not withdrawn or voided, oldest first. */
  listVotes(approvalId: string): Promise<readonly Vote[]>;
  /** Takes a person's votes back; false if there were none. */
  removeVote(approvalId: string, person: PersonId): Promise<boolean>;
  /** Takes every vote back. */
  removeVotes(approvalId: string): Promise<void>;
}

/** Clicks written down before they were acknowledged, and modals that were opened. */
export interface ClickMemory {
  /** Writes a click down; `repeated` if the same interaction was written before. */
  addClick(click: Click): Promise<'written' | 'repeated'>;
  findClick(id: string): Promise<StoredClick | undefined>;
  /** Records what became of a click, for good. */
  finishClick(id: string, answer: Answer, nowMs: number): Promise<void>;
  /** Lists clicks nobody finished, oldest first. */
  listUnfinishedClicks(): Promise<readonly Click[]>;
  addDialog(dialog: Dialog): Promise<void>;
  findDialog(id: string): Promise<Dialog | undefined>;
  /** Forgets response addresses, and modals, from before a time. */
  forgetSecrets(beforeMs: number): Promise<void>;
}

/** A click with what became of it. */
export interface StoredClick extends Click {
  readonly answer?: Answer;
}

/** Signals on their way to a system. */
export interface SignalMemory {
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
  takeSignal(id: string, holder: string, nowMs: number, leaseMs: number): Promise<Signal | undefined>;
}

/** The outbox and the memory of every message. */
export interface DeliveryMemory {
  /** Makes an approval's card wanted in a place; a second call for the same place does nothing. */
  addCard(approvalId: string, target: Target, priority: number, nowMs: number): Promise<void>;
  /** Queues a notice; a second one with the same key does nothing. */
  addNotice(key: string, notice: Notice, target: Target, nowMs: number): Promise<void>;
  /** Gives the message of an incident's alert in a place, once it was posted; `none` if none is wanted there. */
  alertMessage(incidentId: string, target: Target): Promise<MessageRef | 'not-yet' | 'none'>;
  /** Takes due deliveries, most urgent first, and hides them from others for a while. */
  claimDueDeliveries(options: {
    readonly nowMs: number;
    readonly limit: number;
    readonly leaseMs: number;
    readonly claim: string;
  }): Promise<readonly Delivery[]>;
  /** Notes that a post is about to be tried, so that after a crash a message may exist. */
  markPosting(id: string, claim: string): Promise<void>;
  /** Records that a version is shown by a message; stays due if a newer one is wanted by now. */
  markDelivered(id: string, shown: { readonly message: MessageRef; readonly version: number }): Promise<void>;
  /** Gives a delivery back, to be tried later. */
  postponeDelivery(
    id: string,
    until: {
      readonly dueAtMs: number;
      readonly error: string;
      /** Whether this was an attempt; waiting for a turn is none. */
      readonly wasTried: boolean;
      readonly mayHavePosted: boolean;
    },
  ): Promise<void>;
  /** Ends a delivery that can never succeed; one of which a newer version is wanted by now stays due. */
  giveUpDelivery(
    id: string,
    how: { readonly error: string; readonly nowMs: number; readonly version: number },
  ): Promise<void>;
  /** Finds the card a message shows. */
  findCardByMessage(message: MessageRef): Promise<Delivery | undefined>;
  listCards(approvalId: string): Promise<readonly Delivery[]>;
  /**
   * Takes back every delivery that was handed out and not returned; only for the one bot on a store, whose
   * earlier run is dead. A post that was under way counts as lost.
   */
  reclaimDeliveries(nowMs: number): Promise<void>;
  /** Takes in a message of ours that we did not know, so that it is kept true like any other copy. */
  adoptCard(approvalId: string, message: MessageRef, nowMs: number): Promise<void>;
  /** Takes a turn in a lane of limited pace; returns 0, or how many milliseconds to wait. */
  takeTurn(lane: string, pace: Pace, nowMs: number): Promise<number>;
  /** Closes a lane until a time, as the chat asked. */
  blockLane(lane: string, untilMs: number): Promise<void>;
  /** Tells when the next delivery is due; undefined when none is. */
  nextDueMs(): Promise<number | undefined>;
  /** Counts deliveries that are wanted and not yet made. */
  countPending(): Promise<number>;
}

/** How fast a lane may go: `burst` at once, then one every `everyMs`. */
export interface Pace {
  readonly everyMs: number;
  readonly burst: number;
}

/** People as last looked up, so that a press can be judged without a network read. */
export interface PersonMemory {
  rememberPerson(person: Person, nowMs: number): Promise<void>;
  recallPerson(id: PersonId): Promise<Person | undefined>;
}

/** Small things worth keeping, such as which form of a signal a server takes. */
export interface NoteMemory {
  putNote(key: string, value: string): Promise<void>;
  getNote(key: string): Promise<string | undefined>;
}
