import type { MappedPerson } from '../../src/domain/person.js';
import type { ApproverRule, Policy, RouteRule } from '../../src/domain/policy.js';
import { aPersonId } from '../support/an-approval.js';

/** A rule that lets Ada alone decide everything but what she asked for herself. */
export function aRule(overrides: Partial<ApproverRule> = {}): ApproverRule {
  return {
    name: 'everything',
    match: {},
    people: [aPersonId()],
    quorum: 1,
    ownRequest: 'forbidden',
    approveWith: 'one-click',
    ...overrides,
  };
}

/** A route for everything into one channel. */
export function aRoute(overrides: Partial<RouteRule> = {}): RouteRule {
  return { name: 'everything', match: {}, channels: ['C0PKI'], people: [], ...overrides };
}

/** Ada as the settings list her. */
export function aMappedPerson(overrides: Partial<MappedPerson> = {}): MappedPerson {
  return {
    id: aPersonId(),
    name: 'Ada Okafor',
    identities: { command: ['KEYEXAMPLE\\aokafor'] },
    ...overrides,
  };
}

/** Settings with one approver rule for Ada, whom the system's map knows. */
export function aPolicy(overrides: Partial<Policy> = {}): Policy {
  return {
    approvers: [aRule()],
    routes: [],
    people: [aMappedPerson()],
    operators: [],
    startables: [],
    alerts: { isOn: true, channel: 'C0ALERTS', rules: [], quietAfterMs: 4 * 60 * 60_000 },
    emailMatching: false,
    zones: [],
    fallbackChannel: 'C0FALLBACK',
    operatorsChannel: 'C0OPERATORS',
    keepTryingForMs: 600_000,
    ...overrides,
  };
}
