import type { Approval } from '../../../domain/approval.js';
import { mayDecide } from '../../../domain/may-decide.js';
import type { ApprovalRow, Reply } from '../../../domain/reply.js';
import { BackendError, ContractError } from '../../../ports/errors.js';
import type { VotedOn } from '../../../ports/store.js';
import { showCard } from '../../notifications/show-card.js';
import type { CommandWork } from '../command-work.js';
import { findCopy } from './find-copy.js';

const pageSize = 10;

/** Shows what waits for the asker's decision, the longest wait first; what they have voted on waits for others. */
export async function showApprovals(work: CommandWork, page: number): Promise<Reply> {
  const { store } = work.context;
  const all = await waitingFor(work);
  const votes = new Set((await store.listVotedOn(work.person.id)).map(keyOf));
  const open = all.filter((approval) => !votes.has(keyOf(approval)));
  const end = page * pageSize;
  const rows: ApprovalRow[] = [];
  for (const { approvalId } of open.slice(end - pageSize, end)) {
    const approval = await store.findApproval(approvalId);
    if (approval) rows.push(await rowOf(work, approval));
  }
  const voted = all.length - open.length;
  return { kind: 'approvals', page, rows, total: open.length, hasMore: open.length > end, voted };
}

/** What is kept of an approval while all that wait are gone through. */
interface Waiting extends VotedOn {
  readonly sinceMs: number;
}

/** A vote counts on the revision it was given on. */
function keyOf({ approvalId, revision }: VotedOn): string {
  return `${approvalId} ${revision}`;
}

/** Lists the approvals the asker may decide, the longest wait first. */
async function waitingFor(work: CommandWork): Promise<readonly Waiting[]> {
  const { context, person } = work;
  const { store, backends, policy } = context;
  const own = await ownLists(work);
  const found: Waiting[] = [];
  for await (const approval of store.eachOpenApproval()) {
    const { instance, state } = approval;
    const { system, id } = instance.ref;
    const isOwn = own.get(system)?.has(id) ?? true;
    const waits = state.kind === 'waiting' && backends.has(system) && isOwn;
    if (!waits || mayDecide(person, instance, policy).kind !== 'yes') continue;
    const { id: approvalId, revision, waitingSinceMs: sinceMs } = approval;
    found.push({ approvalId, revision, sinceMs });
  }
  return found.sort((a, b) => a.sinceMs - b.sinceMs);
}

/**
 * Lists, for each system where the asker has linked an account, the runs it says wait for that account.
 *
 * A system that cannot be asked is left out: the rules alone say then what is shown.
 */
async function ownLists({ context, person }: CommandWork): Promise<ReadonlyMap<string, ReadonlySet<string>>> {
  const lists = new Map<string, ReadonlySet<string>>();
  for (const system of Object.keys(person.linkedAs ?? {})) {
    try {
      const reply = await context.linking?.accessOf(system, person.id);
      const waitsFor = context.backends.get(system)?.waitingFor;
      if (reply?.kind !== 'access' || !waitsFor) continue;
      lists.set(system, new Set((await waitsFor(reply.access)).map(({ ref }) => ref.id)));
    } catch (error) {
      if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
      context.log.warn({ system, err: error }, 'What waits for a person cannot be asked for now');
    }
  }
  return lists;
}

async function rowOf({ context, asker }: CommandWork, approval: Approval): Promise<ApprovalRow> {
  const card = await showCard(context, approval);
  const copy = await findCopy(context, approval.id, asker);
  return { card, ...(copy?.channel === undefined ? {} : { channel: copy.channel }) };
}
