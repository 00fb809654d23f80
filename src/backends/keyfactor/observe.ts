import type { Snapshot } from '../../domain/approval-lifecycle.js';
import { type InstanceRef, refKey } from '../../domain/instance.js';
import type { Observation, Remembered, Since } from '../../ports/backend.js';
import { BackendError, ContractError } from '../../ports/errors.js';
import type { Log } from '../../ports/runtime.js';
import { mapAhead } from '../../shared/async.js';
import { defined } from '../../shared/defined.js';
import { asError } from '../../shared/errors.js';
import { createWalking, type PollChanges, readAccess, type Walk } from './changes.js';
import {
  type FindSuccessors,
  fingerprintOfRow,
  type Instances,
  isAsListedOnly,
  type Listing,
} from './instances.js';
import type { KeyfactorServer } from './settings.js';
import type { InstanceRow } from './wire.js';

const detailsAtOnce = 4;

/**
 * Creates the look at everything that waits for us and everything remembered.
 *
 * An instance that cannot be read for now is left out; the others are told all the same.
 */
export function createObserve(deps: {
  readonly system: string;
  readonly instances: Instances;
  readonly findSuccessors: FindSuccessors;
  readonly pollChanges: PollChanges;
  readonly signalAs: KeyfactorServer['signalAs'];
  readonly log: Log;
}): (remembered: readonly Remembered[], since?: Since) => Promise<Observation> {
  const { system, instances, log } = deps;
  const goThrough = createWalking({ ...deps, list: instances.listAssigned });
  return async (remembered, since) => {
    const { walk, isRepeated, changes } = await goThrough(since);
    const { listing } = walk;
    const known = new Map(remembered.map((entry) => [entry.ref.id.toLowerCase(), entry]));
    const listed = new Set(listing.rows.map(({ id }) => id));
    const changed = listing.rows
      .filter((row) => hasChanged(row, known.get(row.id)))
      .map((row) => ({ ref: { system, id: row.id }, poll: () => pollAtListed(deps, row, listing) }));
    const gone = remembered
      .filter(({ ref }) => !listed.has(ref.id.toLowerCase()))
      .filter((entry) => !isRepeated || entry.isAssigned || !isUnchanged(walk, entry))
      .map((entry) => ({ ref: entry.ref, poll: () => pollAtGone(deps, entry, walk) }));
    // Cards that are there tell the truth before others come; what could never be read in full comes last.
    const rankOf = ({ ref }: Poll) => {
      const before = known.get(ref.id.toLowerCase());
      if (before === undefined) return 1;
      return isAsListedOnly(before.fingerprint) ? 2 : 0;
    };
    const polls = [...gone, ...changed].sort((a, b) => rankOf(a) - rankOf(b));
    return { snapshots: runPolls(polls, log), ...defined({ changes }) };
  };
}

/** A look at one instance, still to be taken; undefined if it shows nothing new. */
interface Poll {
  readonly ref: InstanceRef;
  readonly poll: () => Promise<Snapshot | undefined>;
}

async function* runPolls(polls: readonly Poll[], log: Log): AsyncGenerator<Snapshot, void> {
  const found = mapAhead(detailsAtOnce, polls, ({ ref, poll }) => orLeaveOut(poll, ref, log));
  for await (const snapshot of found) if (snapshot) yield snapshot;
}

type Deps = Parameters<typeof createObserve>[0];

function hasChanged(row: InstanceRow, before: Remembered | undefined): boolean {
  return before === undefined || !before.isAssigned || before.fingerprint !== fingerprintOfRow(row);
}

function isUnchanged({ unchanged }: Walk, { ref, fingerprint }: Remembered): boolean {
  return unchanged.get(ref.id) === fingerprint;
}

async function pollAtListed(deps: Deps, row: InstanceRow, listing: Listing): Promise<Snapshot> {
  const reading = await deps.instances.read({ system: deps.system, id: row.id }, row);
  const instance = reading.kind === 'found' ? reading.instance : await deps.instances.fromRow(row);
  // What waits for anybody may also wait for something other than people.
  const isAssigned = deps.signalAs === 'service' || instance.awaitsApproval;
  return withSuccessors(deps, { kind: 'seen', instance, isAssigned }, listing);
}

async function pollAtGone(deps: Deps, before: Remembered, walk: Walk): Promise<Snapshot | undefined> {
  const { instances } = deps;
  const reading = await instances.read(before.ref);
  if (reading.kind === 'not-visible') {
    return { kind: 'not-visible', ref: before.ref, missingPermission: readAccess };
  }
  const { instance } = reading;
  if (!before.isAssigned && instance.fingerprint === before.fingerprint) {
    walk.unchanged.set(before.ref.id, before.fingerprint);
    return undefined;
  }
  const { listing } = walk;
  const mayHaveMoved = listing.pages > 1 && before.isAssigned && instance.awaitsApproval;
  const isAssigned = mayHaveMoved && (await instances.isAssigned(before.ref));
  return withSuccessors(deps, { kind: 'seen', instance, isAssigned }, listing);
}

async function withSuccessors(
  { findSuccessors }: Deps,
  snapshot: Extract<Snapshot, { kind: 'seen' }>,
  listing: Listing,
): Promise<Snapshot> {
  if (snapshot.instance.status.kind !== 'canceled-for-restart') return snapshot;
  return { ...snapshot, successors: await findSuccessors(snapshot.instance, listing.rows) };
}

async function orLeaveOut(
  poll: () => Promise<Snapshot | undefined>,
  ref: InstanceRef,
  log: Log,
): Promise<Snapshot | undefined> {
  try {
    return await poll();
  } catch (error) {
    const isOfServer = error instanceof BackendError || error instanceof ContractError;
    const correlationId = error instanceof BackendError ? error.correlationId : undefined;
    const err = asError(error);
    // A defect of ours about one run must not keep all others from being seen.
    log[isOfServer ? 'warn' : 'error'](
      { instance: refKey(ref), correlationId, err },
      'An instance could not be looked at',
    );
    return undefined;
  }
}
