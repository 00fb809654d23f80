import type { ApprovalRow, Reply } from '../../../../domain/reply.js';
import { type RenderContext, subjectOf, systemOf, workOf } from '../wording.js';

/** What waits for somebody's decision. */
export type ApprovalList = Extract<Reply, { kind: 'approvals' }>;

/** Lists what waits for somebody's decision, two lines each. */
export function approvalLines(list: ApprovalList, renderContext: RenderContext): readonly string[] {
  return [
    approvalsHead(list, renderContext),
    ...list.rows.flatMap((row) => approvalRowLines(row, renderContext)),
    ...approvalsFoot(list),
  ];
}

/** Heads the list: how many there are, and which page this is. */
export function approvalsHead(
  { page, total, rows, hasMore }: ApprovalList,
  { formatter }: RenderContext,
): string {
  if (total === 0) return 'Nothing waits for your decision.';
  if (rows.length === 0) return `Waiting for your decision: nothing on page ${page} any more.`;
  const which = page > 1 || hasMore ? `, page ${page}` : '';
  return formatter.label(`Waiting for your decision: ${total}${which}`);
}

/** Tells an approval in two lines: what it is, then since when it waits, who asked and where its card is. */
export function approvalRowLines(
  { card, channel }: ApprovalRow,
  renderContext: RenderContext,
): readonly string[] {
  const { formatter } = renderContext;
  const { approval, votes, rule } = card;
  const [chief] = approval.instance.facts.requesters;
  const parts = [
    `since ${formatter.moment(approval.waitingSinceMs)}`,
    ...(chief === undefined ? [] : [`requested by ${formatter.exact(chief, 80)}`]),
    ...(rule && rule.quorum > 1 ? [`${votes.length} of ${rule.quorum} have approved`] : []),
    systemOf(approval, renderContext),
    ...(channel === undefined ? [] : [`card in ${formatter.channel(channel)}`]),
  ];
  return [
    `${formatter.exact(approval.code, 24)} 🔐 ${workOf(approval, formatter)} ${formatter.exact(subjectOf(approval), 150)}`,
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
