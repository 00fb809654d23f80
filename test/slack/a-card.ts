import type { Card } from '../../src/domain/card.js';
import type { ApproverRule } from '../../src/domain/policy.js';
import { anApproval, aPersonId } from '../support/an-approval.js';

/** A rule by which Ada and Bo approve, each with a modal. */
export function aRule(overrides: Partial<ApproverRule> = {}): ApproverRule {
  return {
    name: 'PKI Approvers',
    match: {},
    people: [aPersonId('U0ADA'), aPersonId('U0BO')],
    quorum: 1,
    ownRequest: 'forbidden',
    approveWith: 'comment',
    ...overrides,
  };
}

/** The card of an approval that waits. */
export function aCard(overrides: Partial<Card> = {}): Card {
  return {
    approval: anApproval(),
    votes: [],
    findings: [],
    basis: 'findings.rule',
    rule: aRule(),
    wanted: overrides.rule?.quorum ?? 1,
    link: 'https://keyfactor.example.com/KeyfactorPortal/Workflow/1',
    actions: ['approve', 'deny', 'details', 'ask'],
    ...overrides,
  };
}
