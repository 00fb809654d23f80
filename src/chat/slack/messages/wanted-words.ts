import type { ApproverRule } from '../../../domain/rules.js';
import { assertNever } from '../../../shared/assert-never.js';

/** Says in a few words what a rule wants beyond people; nothing where a press or a comment is enough. */
export function wantedText({ approveWith, holdMs }: ApproverRule): readonly string[] {
  const delayParts = holdMs ? [`sent after ${Math.ceil(holdMs / 1000)} s, to be taken back until then`] : [];
  switch (approveWith) {
    case 'one-click':
    case 'comment':
      return delayParts;
    case 'reason':
      return ['with a reason', ...delayParts];
    case 'typed':
      return ['the code or subject is typed to approve', ...delayParts];
    case 'portal-only':
      return ['in the portal only'];
    default:
      return assertNever(approveWith);
  }
}
