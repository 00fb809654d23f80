import type { ClickReply } from '../domain/answer.js';
import type { Approval } from '../domain/approval.js';
import type { ApprovalState } from '../domain/approval-state.js';
import type { Click, Dialog } from '../domain/click.js';
import type { Vote } from '../domain/decision.js';
import type { InstanceRef } from '../domain/instance.js';
import type { Person, PersonId } from '../domain/person.js';
import type { Signal } from '../domain/signal.js';
import type {
  BatchRepository,
  FailureRepository,
  IncidentRepository,
  WatchRepository,
} from './alert-memory.js';
import type { ChangeRepository, CodeRepository } from './change-memory.js';
import type { DeliveryRepository } from './delivery-memory.js';
import type { DigestRepository } from './digest-memory.js';
import type { FenceRepository, Leases } from './leases.js';
import type { LedgerRepository } from './ledger-memory.js';
import type { LinkRepository } from './link-memory.js';
import type { RightsRepository } from './rights-memory.js';
import type { GaugeRepository } from './stock-memory.js';

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
  /** Gives that right back, so that the next start need not wait. */
  releaseBotLease(replicaId: string): Promise<void>;
  close(): Promise<void>;
}

/** Everything that is remembered, by kind. */
export interface Transaction
  extends ApprovalRepository,
    VoteRepository,
    ClickRepository,
    SignalRepository,
    DeliveryRepository,
    DigestRepository,
    PersonRepository,
    RightsRepository,
    CodeRepository,
    ChangeRepository,
    BatchRepository,
    FailureRepository,
    IncidentRepository,
    WatchRepository,
    LedgerRepository,
    FenceRepository,
    GaugeRepository,
    LinkRepository,
    NoteRepository {}

/** Approvals, each with the last full reading of its instance. */
export interface ApprovalRepository {
  /** Adds an approval; false if one with the same instance, step and attempt exists. */
  addApproval(approval: Approval): Promise<boolean>;
  findApproval(id: string): Promise<Approval | undefined>;
  /** Lists approvals that have not ended, oldest first, of one system or of all, in one state or in any. */
  listOpenApprovals(system?: string, state?: ApprovalState['kind']): Promise<readonly Approval[]>;
  /** Goes through approvals that have not ended, oldest first; the process looks after everything else in between. */
  eachOpenApproval(atOnce?: number): AsyncIterable<Approval>;
  /** Lists the systems that have approvals which have not ended. */
  listOpenSystems(): Promise<readonly string[]>;
  /** Lists what a look needs of a system's approvals that have not ended, oldest first. */
  listTracked(system: string): Promise<readonly Tracked[]>;
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

/** Votes towards a quorum. */
export interface VoteRepository {
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
}

/** Where somebody has voted. */
export interface VotedOn {
  readonly approvalId: string;
  readonly revision: number;
}

/** Clicks written down before they were acknowledged, and modals that were opened. */
export interface ClickRepository {
  /** Writes a click down; `repeated` if the same interaction was written before. */
  addClick(click: Click): Promise<'written' | 'repeated'>;
  findClick(id: string): Promise<StoredClick | undefined>;
  /** Records what became of a click, for good; false if that was recorded before. */
  finishClick(id: string, reply: ClickReply, nowMs: number): Promise<boolean>;
  /** Lists clicks nobody finished, oldest first. */
  listUnfinishedClicks(): Promise<readonly Click[]>;
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
  readonly answer?: ClickReply;
}

/** Signals on their way to a system. */
export interface SignalRepository {
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

/** People as last looked up, so that a press can be judged without a network read. */
export interface PersonRepository {
  rememberPerson(person: Person, nowMs: number): Promise<void>;
  recallPerson(id: PersonId): Promise<Person | undefined>;
}

/** Small things worth keeping, such as which form of a signal a server takes. */
export interface NoteRepository {
  putNote(key: string, value: string): Promise<void>;
  getNote(key: string): Promise<string | undefined>;
}
