import type { Approval } from '../../../domain/approval.js';
import type { Card } from '../../../domain/card.js';
import { mayDecide } from '../../../domain/may-decide.js';
import { isSamePerson } from '../../../domain/person.js';
import type { ApprovalRow, Reply } from '../../../domain/reply.js';
import { BackendError, ContractError } from '../../../ports/errors.js';
import { showCard } from '../../notifications/show-card.js';
import type { CommandWork } from '../command-work.js';
import { findCopy } from './find-copy.js';

const pageSize = 10;

/** Shows what waits for the asker's decision, the longest wait first; what they have voted on waits for others. */
export async function showApprovals(work: CommandWork, page: number): Promise<Reply> {
  const { context, person } = work;
  const cards: Card[] = [];
  for (const approval of await waitingFor(work)) cards.push(await showCard(context, approval));
  const hasVoted = ({ votes }: Card) => votes.some((vote) => isSamePerson(vote.person, person.id));
  const open = cards.filter((card) => !hasVoted(card));
  const end = page * pageSize;
  const rows: ApprovalRow[] = [];
  for (const card of open.slice(end - pageSize, end)) rows.push(await rowOf(work, card));
  const voted = cards.length - open.length;
  return { kind: 'approvals', page, rows, total: open.length, hasMore: open.length > end, voted };
}

/** Lists the approvals the asker may decide. */
async function waitingFor(work: CommandWork): Promise<readonly Approval[]> {
  const { context, person } = work;
  const { store, backends, policy } = context;
  const own = await ownLists(work);
  const approvals: Approval[] = [];
  for await (const approval of store.eachOpenApproval()) {
    const { instance, state } = approval;
    const { system, id } = instance.ref;
    const isOwn = own.get(system)?.has(id) ?? true;
    const waits = state.kind === 'waiting' && backends.has(system) && isOwn;
    if (waits && mayDecide(person, instance, policy).kind === 'yes') approvals.push(approval);
  }
  return approvals.sort((a, b) => a.waitingSinceMs - b.waitingSinceMs);
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
      const answer = await context.linking?.accessOf(system, person.id);
      const waitsFor = context.backends.get(system)?.waitingFor;
      if (answer?.kind !== 'access' || !waitsFor) continue;
      lists.set(system, new Set((await waitsFor(answer.access)).map(({ ref }) => ref.id)));
    } catch (error) {
      if (!(error instanceof BackendError || error instanceof ContractError)) throw error;
      context.log.warn({ system, err: error }, 'What waits for a person cannot be asked for now');
    }
  }
  return lists;
}

async function rowOf({ context, asker }: CommandWork, card: Card): Promise<ApprovalRow> {
  const copy = await findCopy(context, card.approval.id, asker);
  return { card, ...(copy?.channel === undefined ? {} : { channel: copy.channel }) };
}
