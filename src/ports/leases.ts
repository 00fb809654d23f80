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
