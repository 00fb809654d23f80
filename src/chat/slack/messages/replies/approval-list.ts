import type { ApprovalRow, Reply } from '../../../../domain/reply.js';
import { subjectOf, systemOf, type Wording, workOf } from '../wording.js';

/** What waits for somebody's decision. */
export type ApprovalList = Extract<Reply, { kind: 'approvals' }>;

/** Lists what waits for somebody's decision, two lines each. */
export function approvalLines(list: ApprovalList, wording: Wording): readonly string[] {
  return [
    approvalsHead(list, wording),
    ...list.rows.flatMap((row) => approvalRowLines(row, wording)),
    ...approvalsFoot(list),
  ];
}

/** Heads the list: how many there are, and which page this is. */
export function approvalsHead({ page, total, rows, hasMore }: ApprovalList, { ink }: Wording): string {
  if (total === 0) return 'Nothing waits for your decision.';
  if (rows.length === 0) return `Waiting for your decision: nothing on page ${page} any more.`;
  const which = page > 1 || hasMore ? `, page ${page}` : '';
  return ink.label(`Waiting for your decision: ${total}${which}`);
}

/** Tells an approval in two lines: what it is, then since when it waits, who asked and where its card is. */
export function approvalRowLines({ card, channel }: ApprovalRow, wording: Wording): readonly string[] {
  const { ink } = wording;
  const { approval, votes, rule } = card;
  const [chief] = approval.instance.facts.requesters;
  const parts = [
    `since ${ink.moment(approval.waitingSinceMs)}`,
    ...(chief === undefined ? [] : [`requested by ${ink.exact(chief, 80)}`]),
    ...(rule && rule.quorum > 1 ? [`${votes.length} of ${rule.quorum} have approved`] : []),
    systemOf(approval, wording),
    ...(channel === undefined ? [] : [`card in ${ink.channel(channel)}`]),
  ];
  return [
    `${ink.exact(approval.code, 24)} 🔐 ${workOf(approval, ink)} ${ink.exact(subjectOf(approval), 150)}`,
    parts.join(' · '),
  ];
}

/** Says what is not in the list, and where to look for what becomes of a decision. */
export function approvalsFoot({ rows, voted }: ApprovalList): readonly string[] {
  return [
    ...(voted > 0
      ? [`You have approved ${voted} more, ${voted === 1 ? 'which waits' : 'which wait'} for others.`]
      : []),
    ...(rows.length > 0 ? ['What becomes of a decision is shown on its card.'] : []),
  ];
}
