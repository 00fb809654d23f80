import type { Changes, Since } from '../../../ports/backend.js';
import { BackendError, ContractError } from '../../../ports/errors.js';
import type { Log } from '../../../ports/log.js';
import type { WideAccess } from '../instances/wide-access.js';
import type { ReadChanges } from './read-changes.js';

/** Access that lets an account read instances which do not wait for it. */
export const readAccess = '/workflows/instances/read/';

/** What a look came to; changes are absent while they cannot be read. */
export interface ChangesSeen {
  readonly changes?: Changes;
  /** True when nothing has changed on the whole server since the look before. */
  readonly isUnchanged: boolean;
}

/** Looks for changes; a failure of the list is not thrown, because approvals are told all the same. */
export type PollChanges = (since: Since | undefined) => Promise<ChangesSeen>;

/** A list that fails slowly is left alone for so many times as long, but no longer than the limit. */
const rest = { times: 10, mostMs: 600_000 };

/** Creates that look. */
export function createPollChanges(deps: {
  readonly system: string;
  readonly readChanges: ReadChanges;
  readonly wideAccess: WideAccess;
  readonly now: () => number;
  readonly log: Log;
}): PollChanges {
  const { system, readChanges, wideAccess, now, log } = deps;
  const refused: ChangesSeen = {
    changes: { kind: 'not-permitted', permission: readAccess },
    isUnchanged: false,
  };
  let restsUntilMs = 0;

  return async (since) => {
    if (since === undefined || now() < restsUntilMs) return { isUnchanged: false };
    if (!wideAccess.isWorthTrying()) return refused;
    const startedAtMs = now();
    try {
      return await readChanges(since);
    } catch (error) {
      if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
      if (error instanceof BackendError && (error.code === 'forbidden' || error.code === 'sign-in')) {
        wideAccess.noteRefusal();
        return refused;
      }
      restsUntilMs = now() + Math.min((now() - startedAtMs) * rest.times, rest.mostMs);
      log.warn(
        { system, err: error },
        'Could not read what has changed; approvals were looked at all the same',
      );
      return { isUnchanged: false };
    }
  };
}
