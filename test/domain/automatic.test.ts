import { describe, expect, it } from '@jest/globals';
import type { Approval } from '../../src/domain/approval.js';
import { signalComment } from '../../src/domain/approval.js';
import { applyEvent, claimedSignal } from '../../src/domain/approval-lifecycle.js';
import { attend, type Brake, planFor, planStep, whyNotByRule } from '../../src/domain/automatic.js';
import type { ApproverRule, Policy } from '../../src/domain/policy.js';
import type { ReplacedCertificate, RequestFacts } from '../../src/domain/request.js';
import { anApproval, anInstance, aPersonId, noonMs, renewalFacts } from '../support/an-approval.js';
import { aPolicy, aRule } from './a-policy.js';

const minuteMs = 60_000;

const automatic = { holdMs: 10 * minuteMs, limit: 20 };

function policyWith(rule: Partial<ApproverRule> = {}, more: Partial<Policy> = {}): Policy {
  const match = { requester: ['KEYEXAMPLE\\rkim'] };
  return aPolicy({
    approvers: [aRule({ match, approveWith: 'comment', automatic, ...rule })],
    zones: ['example.com'],
    ...more,
  });
}

function asking(facts: Partial<RequestFacts> = {}, more: Partial<Approval> = {}): Approval {
  return anApproval({ instance: anInstance({ facts: renewalFacts(facts) }), ...more });
}

function replacing(more: Partial<ReplacedCertificate>): Partial<RequestFacts> {
  const { replaces = { names: [] } } = renewalFacts();
  return { replaces: { ...replaces, ...more } };
}

const key = renewalFacts().key ?? { algorithm: 'RSA' };
const usage = (...usages: string[]) => [{ kind: 'extended-key-usage', usages } as const];

describe('what a rule approves by itself', () => {
  it('is a renewal of the same', () => {
    expect(whyNotByRule(asking(), policyWith(), noonMs)).toBeUndefined();
    expect(planFor(asking(), policyWith(), noonMs)).toEqual({
      rule: 'everything',
      revision: 1,
      holdMs: automatic.holdMs,
    });
  });

  it.each<[string, Partial<RequestFacts>, Brake]>([
    ['replaces nothing', { replaces: undefined as never }, 'no-renewal'],
    ['replaces what cannot be read', { replacesUnreadable: 'it is text' }, 'no-renewal'],
    ['revokes', { revocation: { reason: 'superseded' } }, 'no-renewal'],
    ['replaces what has expired', replacing({ expiresAtMs: noonMs }), 'expired'],
    ['replaces what expires nobody knows when', replacing({ expiresAtMs: undefined as never }), 'expired'],
    ['adds a name', { names: ['app.example.com', 'b.example.com'] }, 'names'],
    ['leaves a name out', replacing({ names: ['app.example.com', 'b.example.com'] }), 'names'],
    ['has a name of another kind', { names: ['UPN app.example.com'] }, 'names'],
    ['has no names', { names: [], ...replacing({ names: [] }) }, 'names'],
    ['has another subject', { subject: 'CN=app.example.com, O=Other' }, 'names'],
    ['has a subject nobody knows', { subject: undefined as never }, 'names'],
    ['has another size of key', { key: { ...key, sizeBits: 4096 } }, 'key'],
    ['has another kind of key', { key: { algorithm: 'EC', curve: 'P-256' } }, 'key'],
    [
      'has a key of a size nobody knows',
      { key: { algorithm: 'RSA' }, ...replacing({ key: { algorithm: 'RSA' } }) },
      'key',
    ],
    ['has no key', { key: undefined as never }, 'key'],
    ['goes to another CA', { authority: 'ca01\\Issuing CA 2' }, 'authority'],
    ['goes to a CA nobody knows', { authority: undefined as never }, 'authority'],
    ['has another template', { template: 'WebServer2' }, 'template'],
    ['replaces what names no template', replacing({ details: usage('server authentication') }), 'template'],
    [
      'asks for a usage more',
      { details: usage('server authentication', 'client authentication') },
      'asks-for-more',
    ],
    ['uses the old key again', { key: { ...key, fingerprint: 'old' } }, 'finding'],
    ['is valid for too long', { validity: '10 years' }, 'finding'],
    ['was not read whole', { reading: 1 }, 'not-whole'],
    ['has no signing request', { digest: undefined as never }, 'not-whole'],
    ['has values nobody is shown', { notShown: 1 }, 'not-whole'],
    ['is of somebody else', { requesters: ['KEYEXAMPLE\\jdoe'] }, 'requester'],
    ['is of somebody else as well', { requesters: ['KEYEXAMPLE\\rkim', 'KEYEXAMPLE\\jdoe'] }, 'requester'],
  ])('is nothing that %s', (_what, facts, brake) => {
    const limits = { validityLimits: [{ match: {}, days: 398 }] };
    const policy = policyWith({ match: { requester: ['KEYEXAMPLE\\rkim'] } }, limits);
    // A rule that is about others does not match at all.
    const expected = facts.requesters?.length === 1 ? 'rule' : brake;
    expect(whyNotByRule(asking(facts), policy, noonMs)).toBe(expected);
  });

  it.each<[string, Partial<Approval>, Brake]>([
    ['Command wants two identities for', { requirement: { needed: 2, roles: [] } }, 'several-identities'],
    ['nobody says how many identities it wants', { requirement: { roles: [] } }, 'several-identities'],
    ['the service account does not have in its list', { isAssigned: false }, 'not-listed'],
    [
      'somebody asked about',
      { questions: [{ number: 1, person: aPersonId(), name: 'Ada', text: 'Why?', atMs: noonMs }] },
      'question',
    ],
  ])('is nothing that %s', (_what, more, brake) => {
    expect(whyNotByRule(asking({}, more), policyWith(), noonMs)).toBe(brake);
  });

  it.each<[string, Partial<ApproverRule>, Partial<Policy>, Brake]>([
    ['it is not automatic', { automatic: undefined as never }, {}, 'rule'],
    ['it names no requester', { match: {} }, {}, 'requester'],
    ['it names requesters by a pattern', { match: { requester: ['KEYEXAMPLE\\*'] } }, {}, 'requester'],
    ['two must approve', { quorum: 2 }, {}, 'quorum'],
    ['no zones are declared', {}, { zones: [] }, 'zones'],
    ['names stand outside the zones', {}, { zones: ['example.org'] }, 'finding'],
    ['decisions go out in the name of people', {}, { signalingAsPerson: ['command'] }, 'as-person'],
  ])('is nothing where %s', (_what, rule, more, brake) => {
    expect(whyNotByRule(asking(), policyWith(rule, more), noonMs)).toBe(brake);
    expect(planFor(asking(), policyWith(rule, more), noonMs)).toBeUndefined();
  });

  it('may name its template by an identifier the settings know', () => {
    const facts = replacing({
      details: [
        ...usage('server authentication'),
        { kind: 'template', template: '1.3.6.1.4.1.311.21.8.7, 64, 03' },
      ],
    });
    expect(whyNotByRule(asking(facts), policyWith(), noonMs)).toBe('template');
    const known = { templateIds: { WebServer: '1.3.6.1.4.1.311.21.8.7' } };
    expect(whyNotByRule(asking(facts), policyWith({}, known), noonMs)).toBeUndefined();
    const other = { templateIds: { WebServer: '1.3.6.1.4.1.311.21.8.77' } };
    expect(whyNotByRule(asking(facts), policyWith({}, other), noonMs)).toBe('template');
  });

  it('is told to its system as the decision of a rule, and of nobody', () => {
    const decision = { verdict: 'approve', votes: [], rule: 'Renewals (web), by Ana', atMs: noonMs } as const;
    expect(signalComment(decision)).toBe('Approved by rule Renewals web by Ana via Countersign');
  });
});

describe('the hold of a rule', () => {
  const plan = { rule: 'everything', revision: 1, holdMs: 10 * minuteMs };
  const at = (minute: number) => noonMs + minute * minuteMs;
  const attended = (since: number, minute: number) => ({
    replicaId: 'one',
    sinceMs: at(since),
    atMs: at(minute),
  });
  const step = (
    more: Partial<typeof plan & { sinceMs: number; untilMs: number }>,
    attendance: ReturnType<typeof attended>,
    isShown = true,
  ) =>
    planStep({ ...asking(), plan: { ...plan, ...more } }, { policy: policyWith(), isShown, attendance }).kind;

  it('begins once the card is shown, and anew after a time away; it is over after ten minutes', () => {
    const held = { sinceMs: at(1), untilMs: at(11) };
    expect(step({}, attended(0, 1), false)).toBe('wait');
    expect(step({}, attended(0, 1))).toBe('begin');
    expect(step(held, attended(0, 10))).toBe('wait');
    expect(step(held, attended(0, 11), false)).toBe('wait');
    expect(step(held, attended(0, 11))).toBe('decide');
    expect(step(held, attended(2, 11))).toBe('begin');
    // Whatever is stored, no hold is shorter.
    expect(step({ sinceMs: at(1), untilMs: at(2) }, attended(0, 10))).toBe('wait');
    expect(step({ sinceMs: at(1), untilMs: at(2), holdMs: 0 }, attended(0, 10))).toBe('wait');
    // A clock that was set back holds nothing.
    expect(step({ sinceMs: at(20), untilMs: at(21) }, attended(0, 11))).toBe('begin');
  });

  it('is attended while polls follow on each other, by one run of the bot', () => {
    const first = attend(undefined, 'one', at(0));
    expect(first).toEqual(attended(0, 0));
    expect(attend(first, 'one', at(1))).toEqual(attended(0, 1));
    expect(attend(first, 'one', at(2))).toEqual(attended(2, 2));
    expect(attend(first, 'one', at(-1))).toEqual(attended(-1, -1));
    expect(attend(first, 'two', at(1)).sinceMs).toBe(at(1));
  });

  it('decides only what was planned, was not stopped and was held to its end', () => {
    const held = { ...plan, sinceMs: at(0), untilMs: at(10) };
    const approval = { ...asking(), plan: held };
    const decision = { verdict: 'approve', votes: [], rule: plan.rule, atMs: at(10) } as const;
    const decide = (one: Approval, change: Partial<typeof decision> = {}, minute = 10) => {
      const signal = claimedSignal(
        { id: 's', replicaId: 'one', decision: { ...decision, ...change } },
        one,
        at(minute),
      );
      return applyEvent({ approval: one }, { kind: 'rule-decided', signal }, at(minute));
    };
    const decided = decide(approval);
    expect(decided).toMatchObject({
      approval: { state: { kind: 'deciding' }, plan: { over: 'decided' } },
      claim: { signal: { id: 's' } },
    });
    expect(decide(approval, {}, 9).refusal).toBeDefined();
    expect(decide(approval, { rule: 'another' } as never).refusal).toBeDefined();
    expect(decide({ ...approval, plan: { ...held, over: 'stopped' } }).refusal).toBeDefined();
    expect(decide({ ...approval, revision: 2 }).refusal).toBeDefined();
    expect(decide(asking()).refusal).toBeDefined();
    const stopped = applyEvent({ approval }, { kind: 'left-to-people', why: 'stopped', by: 'Ana' }, at(5));
    expect(stopped.approval.plan).toMatchObject({ over: 'stopped', stoppedBy: 'Ana' });
    expect(decide(stopped.approval).refusal).toBeDefined();
  });
});
