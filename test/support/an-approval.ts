import type { Approval, Decision, Signal, Vote } from '../../src/domain/approval.js';
import { decisionFactsOf } from '../../src/domain/approval.js';
import type { Instance } from '../../src/domain/instance.js';
import type { Person, PersonId } from '../../src/domain/person.js';
import { type RequestFacts, wholeReading } from '../../src/domain/request.js';
import type { Click, Dialog, Receipt } from '../../src/domain/voting.js';

/** Noon of a winter day in UTC, the moment at which everything built here happens. */
export const noonMs = Date.UTC(2026, 0, 15, 12);

/** A chat account in the workspace everybody here belongs to. */
export function aPersonId(userId = 'U0ADA', teamId = 'T0EXAMPLE'): PersonId {
  return { teamId, userId };
}

/** Ada, a full member whose e-mail is confirmed. */
export function aPerson(overrides: Partial<Person> = {}): Person {
  return {
    id: aPersonId(),
    name: 'Ada Okafor',
    membership: 'member',
    confirmedEmail: 'ada@example.com',
    ...overrides,
  };
}

/** A run of an enrollment workflow that waits for an approval. */
export function anInstance(overrides: Partial<Instance> = {}): Instance {
  return {
    ref: { system: 'command', id: '3f0c7a52-6f0e-4d0a-9a53-0c5a7b1f2d11' },
    referenceId: '4711',
    title: 'Enroll app.example.com',
    definition: {
      id: 'd2b6b2ab-31b7-4f0c-8f0e-4a2f6a9c7e55',
      name: 'Web servers',
      version: 3,
      type: 'Enrollment',
    },
    status: { kind: 'suspended', raw: 'Suspended' },
    step: { uniqueName: 'approval-1', name: 'Approval by the PKI team' },
    awaitsApproval: true,
    startedAtMs: noonMs - 60_000,
    modifiedAtMs: noonMs - 30_000,
    facts: {
      requesters: ['KEYEXAMPLE\\rkim'],
      subject: 'CN=app.example.com',
      names: ['app.example.com'],
      key: { algorithm: 'RSA', sizeBits: 3072, hash: 'SHA-256' },
      template: 'WebServer',
      authority: 'Issuing CA 1',
      others: [],
    },
    fingerprint: 'f1',
    ...overrides,
  };
}

/** What a renewal asks for that has everything as in the certificate before it, which expires in twenty days. */
export function renewalFacts(overrides: Partial<RequestFacts> = {}): RequestFacts {
  const { facts } = anInstance();
  const key = { algorithm: 'RSA', sizeBits: 3072, hash: 'SHA-256', exponent: '65537' };
  return {
    ...facts,
    key: { ...key, fingerprint: 'new' },
    details: [{ kind: 'extended-key-usage', usages: ['server authentication'] }],
    digest: 'digest',
    authority: 'ca01\\Issuing CA 1',
    replaces: {
      subject: 'CN=app.example.com',
      names: ['app.example.com'],
      key: { ...key, fingerprint: 'old' },
      authority: 'CN=Issuing CA 1, DC=example',
      details: [
        { kind: 'extended-key-usage', usages: ['server authentication'] },
        { kind: 'template', template: 'WebServer' },
      ],
      expiresAtMs: noonMs + 20 * 24 * 60 * 60_000,
    },
    replacesDigest: 'replaced',
    reading: wholeReading,
    ...overrides,
  };
}

/** An approval that waits for votes, first version and first attempt. */
export function anApproval(overrides: Partial<Approval> = {}): Approval {
  return {
    id: 'approval-a',
    code: 'K7F3',
    instance: anInstance(),
    step: 'approval-1',
    attempt: 1,
    revision: 1,
    version: 1,
    requirement: { needed: 1, roles: ['PKI Approvers'] },
    state: { kind: 'waiting' },
    isAssigned: true,
    waitingSinceMs: noonMs,
    ...overrides,
  };
}

/** A leave request a workflow told of itself: Approved, Send back or Rejected, by the activity 501. */
export function anInboundApproval(overrides: Partial<Approval> = {}): Approval {
  return anApproval({
    instance: anInstance({
      ref: { system: 'plant', id: 'Leave WF#1001' },
      referenceId: '1001',
      title: 'Leave of Rosa Kim',
      definition: { id: 'Leave WF', name: 'Leave WF', version: 0, type: 'Work Tasks' },
      status: { kind: 'suspended', raw: '' },
      step: { uniqueName: 'key:leave-1', name: 'Manager approval' },
      facts: {
        requesters: ['activedirectory::rkim'],
        subject: 'Leave of Rosa Kim',
        names: [],
        others: [
          { label: 'Days', value: '3' },
          { label: 'From', value: '2026-02-02' },
        ],
        isInbound: true,
      },
    }),
    step: 'key:leave-1',
    requirement: { roles: [] },
    isAssigned: false,
    inbound: {
      activityId: '501',
      outputs: [
        { name: 'Approved', verdict: 'approve' },
        { name: 'Send back', verdict: 'approve' },
        { name: 'Rejected', verdict: 'deny' },
      ],
      suggested: ['activedirectory::lwei'],
    },
    ...overrides,
  });
}

/** The same, before anybody has said which activity waits. */
export function aLinkOnlyApproval(overrides: Partial<Approval> = {}): Approval {
  const { activityId: _unknown, ...inbound } = anInboundApproval().inbound ?? { outputs: [], suggested: [] };
  return anInboundApproval({ inbound: inbound, ...overrides });
}

/** Ada's approval of the first revision. */
export function aVote(overrides: Partial<Vote> = {}): Vote {
  return {
    person: aPersonId(),
    name: 'Ada Okafor',
    identities: ['KEYEXAMPLE\\aokafor'],
    verdict: 'approve',
    atMs: noonMs,
    revision: 1,
    ...overrides,
  };
}

/** A decision to approve that one vote filled. */
export function aDecision(overrides: Partial<Decision> = {}): Decision {
  return { verdict: 'approve', votes: [aVote()], atMs: noonMs, ...overrides };
}

/** Ada's press on a card's approve button. */
export function aClick(overrides: Partial<Click> = {}): Click {
  return {
    id: 'click-1',
    approvalId: 'approval-a',
    revision: 1,
    person: aPersonId(),
    verb: 'approve',
    via: 'modal',
    message: { channel: 'C0PKI', ts: '1768478400.000100' },
    responseUrl: 'https://hooks.slack.example/actions/secret',
    atMs: noonMs,
    ...overrides,
  };
}

/** The modal Ada opened to deny with a reason. */
export function aDialog(overrides: Partial<Dialog> = {}): Dialog {
  return {
    id: 'dialog-1',
    approvalId: 'approval-a',
    revision: 1,
    verb: 'deny',
    person: aPersonId(),
    message: { channel: 'C0PKI', ts: '1768478400.000100' },
    responseUrl: 'https://hooks.slack.example/actions/secret',
    atMs: noonMs,
    ...overrides,
  };
}

/** Ada's receipt for having approved. */
export function aReceipt(overrides: Partial<Receipt> = {}): Receipt {
  return {
    code: 'R4T9XW',
    approvalId: 'approval-a',
    vote: aVote(),
    shown: decisionFactsOf(anInstance()),
    ...overrides,
  };
}

/** A claimed signal that was not sent yet, held for half a minute. */
export function aSignal(overrides: Partial<Signal> = {}): Signal {
  return {
    id: 'signal-1',
    approvalId: 'approval-a',
    instance: anInstance().ref,
    step: 'approval-1',
    revision: 1,
    decision: aDecision(),
    phase: 'claimed',
    replicaId: 'bot-1',
    leaseUntilMs: noonMs + 30_000,
    claimedAtMs: noonMs,
    sends: 0,
    stillWaitingReads: 0,
    ...overrides,
  };
}
