import { BackendError, ContractError } from '../../../ports/errors.js';
import type { Log } from '../../../ports/log.js';

/** A reading that failed, and may work another time. */
export type Failed = BackendError | ContractError;

/** Tells whether a reading failed. */
export function hasFailedToRead(thing: unknown): thing is Failed {
  return thing instanceof BackendError || thing instanceof ContractError;
}

/** Reads, and gives the failure instead of throwing it, with a line in the log. */
export async function tryReading<Value>(
  read: () => Promise<Value>,
  { log, ...about }: { readonly log: Log; readonly instance?: string; readonly workflow?: string },
): Promise<Value | Failed> {
  try {
    return await read();
  } catch (error) {
    if (!hasFailedToRead(error)) throw error;
    log.warn({ ...about, err: error }, 'An execution could not be looked at');
    return error;
  }
}
