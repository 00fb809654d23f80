import type { MessageRef } from '../domain/click.js';
import type { Target } from '../domain/rules.js';

/** Messages that stand for many cards at once, until those are posted. */
export interface DigestRepository {
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
