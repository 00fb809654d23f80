import type { Person } from '../domain/person.js';
import { mayDecide } from '../domain/policy.js';
import { byUrgency, type UrgencyPlace, urgencyPlace } from '../domain/urgency.js';
import type { VotedOn } from '../ports/store.js';
import type { Context } from './context.js';

/** What waits for somebody. */
interface WaitingList {
  /** What they can decide and have not, the most pressing first. */
  readonly open: readonly VotedOn[];
  /** How many more wait for others, since they have voted. */
  readonly voted: number;
}

/**
 * Lists what waits for somebody, by what their rules and the settings say.
 *
 * `own`: system name → the runs that wait for their own account there; systems that are not in it are not narrowed.
 */
export async function listWaiting(
  { store, backends, policy, now }: Context,
  person: Person,
  own: ReadonlyMap<string, ReadonlySet<string>> = new Map(),
): Promise<WaitingList> {
  const votes = new Set((await store.listVotedOn(person.id)).map(keyOf));
  const nowMs = now();
  const open: (VotedOn & { readonly place: UrgencyPlace })[] = [];
  let voted = 0;
  for await (const approval of store.eachOpenApproval()) {
    const { id: approvalId, instance, state, revision } = approval;
    const { system, id } = instance.ref;
    const isOwn = own.get(system)?.has(id) ?? true;
    const waits = state.kind === 'waiting' && backends.has(system) && isOwn;
    if (!waits || mayDecide(person, instance, policy).kind !== 'yes') continue;
    if (votes.has(keyOf({ approvalId, revision }))) voted += 1;
    else open.push({ approvalId, revision, place: urgencyPlace(approval, nowMs) });
  }
  return { open: open.sort((a, b) => byUrgency(a.place, b.place)), voted };
}

/** A vote counts on the revision it was given on. */
function keyOf({ approvalId, revision }: VotedOn): string {
  return `${approvalId} ${revision}`;
}
