import type { Approval } from '../../domain/approval.js';
import { requesterOf } from '../../domain/card.js';
import { isSamePerson } from '../../domain/person.js';
import type { CommonReply } from '../../domain/reply.js';
import { type NudgeResult, nudgePeople } from '../approvals/remind.js';
import type { CommandWork } from '../context.js';
import { openApprovalsOf } from '../home.js';
import type { VerbRuns } from './find-run.js';

/** What the verbs of this file show. */
export type RequestReply =
  /** What somebody asked for and is still open, the latest first; `total` of all. */
  | { readonly kind: 'mine'; readonly approvals: readonly Approval[]; readonly total: number }
  | NudgeResult
  /** Nothing that somebody asked for and that waits has this code. */
  | { readonly kind: 'not-requested'; readonly typed: string };

type Reply = RequestReply | CommonReply;

/** The verbs of whoever asked for something: each is run by the line in its name. */
export const requestVerbs = {
  mine: (work) => showRequested(work),
  nudge: (work, { code }) => nudge(work, code),
} satisfies VerbRuns<Reply>;

const mostListed = 20;

async function showRequested(work: CommandWork): Promise<Reply> {
  const { store } = work.context;
  const { requested } = await openApprovalsOf(work);
  const approvals: Approval[] = [];
  for (const { approvalId } of requested.slice(0, mostListed)) {
    const approval = await store.findApproval(approvalId);
    if (approval) approvals.push(approval);
  }
  return { kind: 'mine', approvals, total: requested.length };
}

/** What is not theirs is as if it were not there. */
async function nudge({ context, person }: CommandWork, typed: string): Promise<Reply> {
  const { store, policy } = context;
  const ref = await store.findByCode(typed.trim().toUpperCase());
  const approval = ref && (await store.latestApprovalOf(ref));
  const requester = approval && requesterOf(approval, policy);
  const isTheirs = requester !== undefined && isSamePerson(requester, person.id);
  const result = approval && isTheirs ? await nudgePeople(context, approval.id, person.id) : undefined;
  return result ?? { kind: 'not-requested', typed };
}
