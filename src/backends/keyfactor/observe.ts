import type { Snapshot } from '../../domain/approval-lifecycle.js';
import { type Instance, type InstanceRef, refKey } from '../../domain/instance.js';
import type { Changes, Observation, Remembered, Since } from '../../ports/backend.js';
import { BackendError, isBackendFailure } from '../../ports/errors.js';
import type { Log } from '../../ports/runtime.js';
import { endSignal, mapAhead } from '../../shared/async.js';
import { asError, defined } from '../../shared/language.js';
import type { ChangePoller } from './changes.js';
import { fingerprintOfRow, type Instances, isAsListedOnly, type Listing, readAccess } from './instances.js';
import type { KeyfactorServer } from './settings.js';
import type { InstanceRow } from './wire.js';

const detailsAtOnce = 4;

interface Deps {
  readonly server: Pick<KeyfactorServer, 'name' | 'signalAs'>;
  readonly instances: Instances;
  readonly pollChanges: ChangePoller['poll'];
  readonly log: Log;
  /** Tells whether a run's step is one of people, by its definition; its signals tell it unless given. */
  readonly asksPeople?: (instance: Instance) => Promise<boolean>;
}

/**
 * Creates the look at everything that waits for us and everything remembered.
 *
 * An instance that cannot be read for now is left out; the others are told all the same.
 */
export function createObserve(
  deps: Deps,
): (remembered: readonly Remembered[], since?: Since) => Promise<Observation> {
  const { server, log } = deps;
  const goThrough = createWalking(deps);
  return async (remembered, since) => {
    const { walk, isRepeated, changes } = await goThrough(since);
    const { listing } = walk;
    const known = new Map(remembered.map((entry) => [entry.ref.id.toLowerCase(), entry]));
    const listed = new Set(listing.rows.map(({ id }) => id));
    const changed = listing.rows
      .filter((row) => hasChanged(row, known.get(row.id)))
      .map((row) => ({
        ref: { system: server.name, id: row.id },
        poll: () => pollAtListed(deps, row, listing),
      }));
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

/** What a walk through the list of everything that waits has found. */
interface Walk {
  readonly listing: Listing;
  /** Fingerprints of remembered instances that were read besides and had not changed, by id. */
  readonly unchanged: Map<string, string>;
}

/** A walk, made now or before, and what has changed on the whole server. */
interface Walked {
  readonly walk: Walk;
  /** True when the walk was made before, and nothing has changed since. */
  readonly isRepeated: boolean;
  readonly changes?: Changes;
}

/** A walk that took no more requests than these is always made again: roles change without a trace in lists. */
const fewRequests = 4;

/**
 * Creates the walk, which is spared while nothing changes on the server.
 *
 * It is made all the same for a full look, after a start, while anything tells no time of its last change, and
 * until one look after the last change was seen: two changes within one tick of the server's clock look alike.
 */
function createWalking({ instances, pollChanges }: Deps): (since: Since | undefined) => Promise<Walked> {
  let last: { readonly walk: Walk; readonly isRepeatable: boolean } | undefined;

  async function walkAnew(): Promise<Walk> {
    last = undefined;
    return { listing: await instances.listAssigned(), unchanged: new Map() };
  }

  return async (since) => {
    const known = last?.isRepeatable && isCostly(last.walk) && !since?.isFull ? last.walk : undefined;
    // A walk that has to be made comes first: its failure is everybody's, that of the changes is their own.
    const made = known === undefined ? await walkAnew() : undefined;
    const { changes, isUnchanged } = await pollChanges(since);
    const isRepeated = made === undefined && isUnchanged;
    const walk = made ?? (known !== undefined && isUnchanged ? known : await walkAnew());
    last = {
      walk,
      isRepeatable: isUnchanged && walk.listing.rows.every(({ lastmodified }) => lastmodified !== undefined),
    };
    return { walk, isRepeated, ...defined({ changes }) };
  };
}

function isCostly({ listing, unchanged }: Walk): boolean {
  return listing.pages + unchanged.size > fewRequests;
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

function hasChanged(row: InstanceRow, before: Remembered | undefined): boolean {
  return before === undefined || !before.isAssigned || before.fingerprint !== fingerprintOfRow(row);
}

function isUnchanged({ unchanged }: Walk, { ref, fingerprint }: Remembered): boolean {
  return unchanged.get(ref.id) === fingerprint;
}

async function pollAtListed(
  { server, instances, asksPeople = async () => true }: Deps,
  row: InstanceRow,
  listing: Listing,
): Promise<Snapshot> {
  const reading = await instances.read({ system: server.name, id: row.id }, row);
  const instance = reading.kind === 'found' ? reading.instance : instances.fromRow(row);
  // What waits for anybody may also wait for something other than people.
  const isAssigned =
    server.signalAs === 'service' || (instance.awaitsApproval && (await asksPeople(instance)));
  return withSuccessors(instances, { kind: 'seen', instance, isAssigned }, listing);
}

async function pollAtGone(
  { instances }: Deps,
  before: Remembered,
  walk: Walk,
): Promise<Snapshot | undefined> {
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
  return withSuccessors(instances, { kind: 'seen', instance, isAssigned }, listing);
}

async function withSuccessors(
  instances: Instances,
  snapshot: Extract<Snapshot, { kind: 'seen' }>,
  listing: Listing,
): Promise<Snapshot> {
  if (snapshot.instance.status.kind !== 'canceled-for-restart') return snapshot;
  return { ...snapshot, successors: await instances.findSuccessors(snapshot.instance, listing.rows) };
}

async function orLeaveOut(
  poll: () => Promise<Snapshot | undefined>,
  ref: InstanceRef,
  log: Log,
): Promise<Snapshot | undefined> {
  try {
    return await poll();
  } catch (error) {
    // Whoever looked was told to end.
    if (endSignal()?.aborted) return undefined;
    const isOfServer = isBackendFailure(error);
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
