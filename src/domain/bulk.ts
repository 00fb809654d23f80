import type { Approval } from './approval.js';
import { severityOf } from './findings.js';
import type { PersonId } from './person.js';
import { approverRuleFor, findingsIn, type Policy } from './policy.js';
import { isShownWhole } from './request.js';
import { type Click, isBeyondOneAccount, type MessageRef, type WhyNotInBulk } from './voting.js';

/** Up to which severity a rule lets requests with findings be approved together; `off`: none at all, ever. */
export const bulkLimits = ['none', 'low', 'medium', 'high', 'off'] as const;

/** Says why a request cannot be approved together with others; nothing where it can. */
export function whyNotInBulk(approval: Approval, policy: Policy): WhyNotInBulk | undefined {
  const { instance, inbound } = approval;
  const rule = approverRuleFor(instance, policy);
  const { bulkUpTo = 'none' } = rule ?? {};
  if (!rule || bulkUpTo === 'off' || rule.holdMs !== undefined || rule.automatic) return 'rule';
  if (rule.approveWith === 'typed' || rule.approveWith === 'portal-only') return 'rule';
  if (inbound) return 'outputs';
  if (isBeyondOneAccount(approval, policy)) return 'beyond-one-account';
  if (!isShownWhole(instance.facts)) return 'not-whole';
  const most = bulkLimits.indexOf(bulkUpTo);
  const isTooGrave = findingsIn(instance, policy).some(
    (finding) => bulkLimits.indexOf(severityOf(finding)) > most,
  );
  return isTooGrave ? 'finding' : undefined;
}

/** What a window showed of one request, to which a decision made in it is bound. */
export interface BulkItem {
  readonly approvalId: string;
  readonly revision: number;
  /** What was shown of it besides the facts, summed up. */
  readonly basis: string;
  /** The copy of its card that is nearest to the person. */
  readonly message: MessageRef;
  /** Whether its rule wanted a reason, and how long a comment could be beside those given already. */
  readonly wantsReason: boolean;
  readonly room: number;
}

/** A window in which several requests can be approved together; only its opener may submit it. */
export interface BulkWindow extends Pick<Click, 'from'> {
  readonly id: string;
  readonly person: PersonId;
  readonly items: readonly BulkItem[];
}
