import type { Instance, InstanceRef } from '../instance.js';

/**
 * What has become of a run that failed.
 *
 * `failed`: it still stands so. `retrying`: it goes on, itself or as its successor. `recovered`: it went on and
 * came to rest well. `given-up`: somebody stopped or aborted it. `restarted`: it was started again, and that run
 * failed in its turn, or cannot be told. `gone`: it cannot be read any more.
 */
export type FailureState = 'failed' | 'retrying' | 'recovered' | 'given-up' | 'restarted' | 'gone';

/** One run that failed, and what has become of it since. */
export interface Failure {
  /** The run as it was when it was seen to have failed. */
  readonly instance: Instance;
  readonly incidentId: string;
  readonly state: FailureState;
  readonly failedAtMs: number;
  /** Where a restarted run goes on, once exactly one run was found. */
  readonly successor?: InstanceRef;
  /** True for what had failed before the bot first looked: never told. */
  readonly isOld: boolean;
}

/** Tells whether nothing more is to be expected of a failure. */
export function isFailureOver({ state }: Pick<Failure, 'state'>): boolean {
  return state !== 'failed' && state !== 'retrying';
}

/** Tells whether a run has failed: with an error, or aborted by whomever. */
export function hasFailed({ status }: Pick<Instance, 'status'>): boolean {
  return status.kind === 'failed' || status.kind === 'aborted';
}

/**
 * Says what has become of a failure, given how its run, or the run it goes on as, was just read.
 *
 * `successors` are the runs a restarted one may go on as; they are asked for only when it was canceled for that.
 */
export function followFailure(
  failure: Failure,
  seen: Instance,
  successors: readonly InstanceRef[] = [],
): Failure {
  if (isFailureOver(failure)) return failure;
  const isSuccessor = seen.ref.id !== failure.instance.ref.id;
  switch (seen.status.kind) {
    case 'failed':
      // The successor's failure is a failure of its own; this one has been dealt with.
      return isSuccessor ? { ...failure, state: 'restarted' } : { ...failure, state: 'failed' };
    case 'complete':
      return { ...failure, state: 'recovered' };
    case 'rejected':
    case 'aborted':
      return isSuccessor || seen.status.kind !== failure.instance.status.kind
        ? { ...failure, state: 'given-up' }
        : failure;
    case 'canceled-for-restart':
      // Where it goes on was found before; what can be found now may be less.
      return failure.successor && !isSuccessor ? failure : restarted(failure, successors);
    case 'running':
    case 'suspended':
    case 'paused':
      return { ...failure, state: 'retrying' };
    case 'unknown':
      return failure;
  }
}

function restarted(failure: Failure, successors: readonly InstanceRef[]): Failure {
  const [only] = successors;
  if (successors.length === 1 && only) return { ...failure, state: 'retrying', successor: only };
  return { ...failure, state: 'restarted' };
}
