import type { MessageRef } from '../domain/click.js';
import type { Delivery } from '../domain/delivery.js';
import type { Notice } from '../domain/notice.js';
import type { Target } from '../domain/rules.js';

/** The outbox and the memory of every message. */
export interface DeliveryRepository {
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
    },
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
  takeSlot(limiter: string, rateLimit: RateLimit, nowMs: number): Promise<number>;
  /** Closes a lane until a time, as the chat asked. */
  blockLimiter(limiter: string, untilMs: number): Promise<void>;
  /** Tells when the next delivery is due; undefined when none is. */
  nextDueMs(): Promise<number | undefined>;
  /** Counts deliveries that are wanted and not yet made. */
  countPending(): Promise<number>;
}

/** How fast a lane may go: `burst` at once, then one every `everyMs`. */
export interface RateLimit {
  readonly everyMs: number;
  readonly burst: number;
}
