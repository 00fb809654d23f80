import { describe, expect, it } from '@jest/globals';
import type { ApprovalState, Ending, WaitingNote } from '../../src/domain/approval.js';
import type { Finding } from '../../src/domain/findings.js';
import type { FixedNotice } from '../../src/domain/notification.js';
import type { MayDecide } from '../../src/domain/policy.js';
import type { RequestFacts } from '../../src/domain/request.js';
import type { ClickReply } from '../../src/domain/voting.js';
import { defined } from '../../src/shared/language.js';
import { fallbackFormatter } from '../../src/slack/format.js';
import { clickReplyText } from '../../src/slack/text/answer.js';
import { headline, noteLines, stateSentence } from '../../src/slack/text/approval-state.js';
import { detailGroups, factLines, findingTexts } from '../../src/slack/text/card.js';
import { waitingLines } from '../../src/slack/text/home.js';
import { noticeLines } from '../../src/slack/text/notice.js';
import { aDecision, anApproval, anInstance, aPersonId, aVote, noonMs } from '../support/an-approval.js';
import { aCard, aRule } from './a-card.js';

const renderContext = { formatter: fallbackFormatter, labelOf: () => 'Command' };
const approval = anApproval();
const by = (...names: readonly string[]) =>
  aDecision({ votes: names.map((name) => aVote({ name, person: aPersonId(name) })) });
const ana = by('Ana');
const denial = aDecision({
  verdict: 'deny',
  votes: [aVote({ name: 'Li', verdict: 'deny', comment: 'not ours' })],
});
const saying = (state: ApprovalState, needed = 2) => {
  const stated = anApproval({ state, requirement: { needed, roles: [] } });
  return `${headline(stated, renderContext)}\n${stateSentence(stated, renderContext)}`;
};

describe('what a card says of an approval', () => {
  const cases: readonly [ApprovalState, readonly string[]][] = [
    [{ kind: 'waiting' }, ['🔐 Approval needed: certificate enrollment · K7F3', '2026-01-15 at 12:00 UTC']],
    [{ kind: 'deciding', decision: ana }, ['Ana approved 2026-01-15 at 12:00 UTC. Sending to Command…']],
    [
      { kind: 'held', decision: ana, untilMs: noonMs + 600_000 },
      ['Command cannot be reached; trying until 2026-01-15 at 12:10 UTC. Nothing has been changed yet.'],
    ],
    [
      { kind: 'checking', decision: ana, sentAtMs: noonMs, isAccepted: false },
      ['whether Command accepted it is not known. Checking.'],
    ],
    [
      { kind: 'checking', decision: ana, sentAtMs: noonMs, isAccepted: true },
      ['Command accepted it', 'its effect is not known yet. Checking.'],
    ],
    [
      { kind: 'recorded', decision: ana },
      ['recorded in Command as 1 of 2; another approver must approve it in Command.'],
    ],
    [
      { kind: 'not-moved', decision: ana },
      ["Command accepted Ana's approval, but the workflow has not moved. Command retries once a day"],
    ],
  ];
  it.each(cases)('puts %j into words', (state, phrase) => {
    for (const word of phrase) expect(saying(state)).toContain(word);
  });

  it('leaves out how many Command wants when that is not known', () => {
    const text = stateSentence(
      anApproval({ state: { kind: 'recorded', decision: ana }, requirement: { roles: [] } }),
      renderContext,
    );
    expect(text).not.toContain('as 1 of');
  });

  it('names everybody who decided', () => {
    const text = saying({ kind: 'deciding', decision: by('Ana', 'Bo', 'Li') });
    expect(text).toContain('Ana, Bo and Li approved');
  });

  it.each([
    ['Enrollment', 'Approval needed: certificate enrollment ·'],
    ['Revocation', 'Approval needed: certificate revocation ·'],
    ['CertificateEnteredCollection', 'Approval needed: certificate entered a collection ·'],
    ['CertificateLeftCollection', 'Approval needed: certificate left a collection ·'],
    ['Expiration', 'Approval needed: certificate expiration ·'],
    ['CertificateStoreFound', 'Approval needed: certificate store found ·'],
    ['OwnType', 'Approval needed: OwnType · Enroll app.example.com ·'],
    ['', 'Approval needed: Enroll app.example.com ·'],
  ])('calls work of type %j a %s', (type, phrase) => {
    const { definition } = approval.instance;
    const other = anApproval({ instance: { ...approval.instance, definition: { ...definition, type } } });
    expect(headline(other, renderContext)).toContain(phrase);
  });
});

it('a heading names the collection a certificate entered, and calls a release from hold what it is', () => {
  const headed = (type: string, facts: Partial<RequestFacts>) => {
    const { definition, facts: usual } = approval.instance;
    const instance = {
      ...approval.instance,
      definition: { ...definition, type },
      facts: { ...usual, ...facts },
    };
    return headline(anApproval({ instance }), renderContext);
  };
  const others = [{ label: 'CollectionName', value: 'Weak Keys' }];
  expect(headed('CertificateEnteredCollection', { others })).toContain(
    'Approval needed: certificate entered collection Weak Keys ·',
  );
  expect(headed('Revocation', { revocation: { reason: 'removeFromHold' } })).toContain(
    'Approval needed: release from hold ·',
  );
});

describe('what a card says of an ending', () => {
  const at = (kind: 'aborted' | 'complete' | 'suspended' | 'failed' | 'rejected', fields = {}) => ({
    status: { kind, raw: kind },
    ...fields,
  });
  const step = { uniqueName: 'issue', name: 'Issue' };
  const cases: readonly [Ending, typeof ana | undefined, readonly string[]][] = [
    [
      { kind: 'approved', now: at('complete'), elsewhere: false },
      ana,
      ['✅ Approved by Ana', 'Approved by Ana 2026-01-15 at 12:00 UTC', 'Complete'],
    ],
    [{ kind: 'approved', now: at('suspended', { step }), elsewhere: false }, ana, ['at step Issue']],
    [
      { kind: 'approved', now: at('failed', { statusMessage: 'disk full' }), elsewhere: false },
      ana,
      ['then failed', 'It then failed in Command: disk full'],
    ],
    [{ kind: 'approved', now: at('complete'), elsewhere: true }, ana, ['by other approvers in Command']],
    [{ kind: 'denied', now: at('rejected') }, denial, ['⛔ Denied by Li', 'Rejected']],
    [
      { kind: 'decided-elsewhere', now: at('complete') },
      undefined,
      ['Decided in Command, not here: now Complete'],
    ],
    [
      { kind: 'decided-elsewhere', now: at('aborted') },
      undefined,
      [
        'The workflow no longer waits for this approval; Countersign sent no decision. Command showed it as Aborted',
      ],
    ],
    [{ kind: 'decided-elsewhere', now: at('rejected') }, undefined, ['Denied or stopped in Command']],
    [{ kind: 'decided-elsewhere', now: at('complete') }, ana, ["Ana's approval had not been sent"]],
    [{ kind: 'overtaken', now: at('rejected') }, ana, ["Ana's approval", 'was sent', 'cannot tell whether']],
    [{ kind: 'not-visible' }, undefined, ['that account cannot see the result']],
    [
      { kind: 'restarted', candidates: 1, successor: { system: 'corp', id: 'run-2' } },
      undefined,
      ['Restarted in Command; it continues as run run-2'],
    ],
    [{ kind: 'restarted', candidates: 3 }, undefined, ['cannot tell which of 3 runs is the new one']],
    [{ kind: 'restarted', candidates: 0 }, undefined, ['has not found the new run']],
  ];
  it.each(cases)('puts %j into words', (ending, decision, phrase) => {
    const text = saying({ kind: 'ended', ending, atMs: noonMs, ...defined({ decision }) });
    for (const word of phrase) expect(text).toContain(word);
  });
});

describe('what a Home says of the revocation of an old certificate', () => {
  it.each([
    ['superseded', 'it has waited a long time'],
    ['keyCompromise', 'the reason is keyCompromise'],
  ])('names the reason only where the key may be known to others: %s', (reason, why) => {
    const { facts } = anInstance();
    const approval = anApproval({ instance: anInstance({ facts: { ...facts, revocation: { reason } } }) });
    const row = { card: aCard({ approval }), urgency: { level: 'high', isOverdue: false } } as const;
    expect(waitingLines(row, renderContext)).toContain(`🔴 Urgent: ${why}`);
  });
});

describe('what a card explains while it waits', () => {
  const cases: readonly [WaitingNote, readonly string[]][] = [
    [
      { kind: 'facts-changed', changes: [{ fact: 'template', from: 'Web', to: 'Code' }] },
      ['no longer count', 'Template: Web → Code'],
    ],
    [{ kind: 'released', decision: ana }, ["Ana's approval", 'dropped. Nothing was changed']],
    [
      { kind: 'too-old', decision: ana },
      ['after Countersign restarted, too old to be sent. Nothing was changed'],
    ],
    [{ kind: 'refused', decision: ana, reason: 'no-role' }, ['did not accept', 'lacks the role']],
    [{ kind: 'refused', decision: ana, reason: 'not-waiting' }, ['not waiting for this decision']],
    [{ kind: 'refused', decision: ana, reason: 'bad-request' }, ['rejected the signal as malformed']],
    [{ kind: 'refused', decision: ana, reason: 'sign-in' }, ['could not sign in']],
    [{ kind: 'vote-void', names: ['Ana', 'Bo'] }, ['Ana and Bo can no longer decide this']],
  ];
  it.each(cases)('puts %j into words', (note, phrase) => {
    const text = noteLines(approval, note, renderContext).join('\n');
    for (const word of phrase) expect(text).toContain(word);
  });
});

describe('what a card says to look at', () => {
  const cases: readonly [Finding, string][] = [
    [{ kind: 'wildcard', names: ['*.a.example'] }, '1 wildcard: *.a.example'],
    [{ kind: 'weak-key', key: { algorithm: 'RSA', sizeBits: 1024 } }, 'weak key: RSA 1024'],
    [
      { kind: 'weak-key', key: { algorithm: 'RSA', sizeBits: 2048, exponent: '1', isBroken: true } },
      'broken key: RSA 2048, exponent 1',
    ],
    [
      { kind: 'signature-mismatch' },
      "the request's signature doesn't match its key; a workflow step may have rewritten it",
    ],
    [{ kind: 'login-identity', names: ['UPN jo@a.example'] }, 'includes a sign-in name: UPN jo@a.example'],
    [{ kind: 'ca-certificate' }, 'requests a CA certificate, which can issue others'],
    [{ kind: 'dangerous-usage', usages: ['any purpose'] }, 'requests a dangerous usage: any purpose'],
    [
      { kind: 'other-template', templates: ['SubCA'], told: 'Web' },
      'the request names the template SubCA, not Web',
    ],
    [
      { kind: 'other-subject', subject: 'CN=b' },
      'a different subject is given outside the signing request: CN=b',
    ],
    [
      { kind: 'mixed-script', names: ['[U+0430].example'] },
      '1 name with letters from another script: [U+0430].example',
    ],
    [{ kind: 'odd-name', names: ['a b'] }, '1 name with characters not allowed in host names: a b'],
    [
      { kind: 'unreadable-name', names: ['other name 1.2: 05'] },
      "1 name that can't be read: other name 1.2: 05",
    ],
    [{ kind: 'names-without-cn', names: ['a'] }, "the subject's common name is not among the SANs: a"],
    [
      { kind: 'doubled-extension', extensions: ['key usage'] },
      'requests an extension more than once: key usage',
    ],
    [
      { kind: 'unknown-critical-extension', extensions: ['1.2'] },
      'requests a critical extension Countersign does not know: 1.2',
    ],
    [
      { kind: 'unreadable-extension', extensions: ['key usage'] },
      "requests an extension that can't be read: key usage",
    ],
    [{ kind: 'unreadable-replaced', why: 'no text' }, "replaces a certificate that can't be read: no text"],
    [{ kind: 'weak-hash', hash: 'SHA-1' }, 'weak hash: SHA-1'],
    [
      { kind: 'outside-zones', names: ['a', 'b', 'c', 'd'] },
      '4 names outside your domains: a, b, c, +1 more',
    ],
    [{ kind: 'unreadable-request', why: 'no CSR' }, 'the signing request could not be read: no CSR'],
    [{ kind: 'replaces', expiresAtMs: noonMs }, 'replaces a certificate that expires 2026-01-15'],
    [{ kind: 'replaces', expiresAtMs: noonMs, isExpiring: true }, 'the certificate expires 2026-01-15'],
    [{ kind: 'replaces' }, 'replaces a certificate'],
    [{ kind: 'adds-names', names: ['x'] }, 'adds 1 name: x'],
    [{ kind: 'removes-names', names: ['x', 'y'] }, 'leaves out 2 names: x, y'],
    [{ kind: 'changes', what: 'authority', from: 'A', to: 'B' }, 'changes the CA: A → B'],
  ];
  it.each(cases)('puts %j into words', (finding, phrase) => {
    expect(findingTexts([finding], fallbackFormatter)).toEqual([phrase]);
  });
});

describe('what a card says a request asks for', () => {
  const { instance } = approval;
  const facts: RequestFacts = {
    ...instance.facts,
    names: ['app.example.com', 'UPN jo@example.com', '\u0430pp.example.com'],
    key: { algorithm: 'RSA', sizeBits: 2048, exponent: '3' },
    signature: { algorithm: '1.2.3.4', fits: 'not-checked' },
    details: [
      { kind: 'basic-constraints', isAuthority: true, pathLength: 0 },
      { kind: 'key-usage', usages: ['digitalSignature', 'keyCertSign'] },
      { kind: 'extended-key-usage', usages: ['code signing', '1.2.3'] },
      { kind: 'template', template: 'SubCA' },
      { kind: 'sid', sid: 'S-1-5-21-500' },
      { kind: 'name-constraints', permitted: ['a.example'], excluded: [] },
      { kind: 'extension', oid: '1.2.9', name: '1.2.9', isKnown: false, isCritical: true, hiddenBytes: 300 },
      { kind: 'extension', oid: '1.2.8', name: 'TLS feature', isKnown: true, isCritical: false, text: '5' },
      { kind: 'attribute', name: 'unstructured name', text: 'web 7' },
      { kind: 'name-value', name: 'SAN', value: 'dns=b.example.com' },
    ],
    notShown: 3,
  };
  const told = [
    'Asks for a CA certificate, path length 0',
    'Key usage digitalSignature, keyCertSign',
    'Extended key usage code signing, 1.2.3',
    'Template in the request: SubCA',
    'Security identifier S-1-5-21-500',
    'Name constraints: permitted a.example; excluded none',
    'Extension 1.2.9 (critical): 1 value not shown (300 bytes)',
    'TLS feature: 5',
    'Attribute unstructured name: web 7',
    'SAN = dns=b.example.com',
    '3 values not shown',
  ];

  it('names each thing on a line of its own, with names by their kind and the signature by its name', () => {
    const text = factLines(facts, renderContext).join('\n');
    for (const line of told) expect(text.split('\n').map((one) => one.replace(/^• /, ''))).toContain(line);
    expect(text).toContain('SANs: app.example.com, UPN jo@example.com, [U+0430]pp.example.com');
    expect(text).toContain('Key: RSA 2048, exponent 3, signed with 1.2.3.4');
  });

  it('tells the same in Details', () => {
    const card = aCard({ approval: anApproval({ instance: { ...instance, facts } }) });
    const text = detailGroups(card, renderContext)
      .flatMap(({ lines }) => lines)
      .join('\n');
    for (const line of [...told, 'Signature: 1.2.3.4, not checked', '[U+0430]pp.example.com'])
      expect(text).toContain(line);
  });
});

describe('what somebody is answered privately', () => {
  const refusals: readonly [Exclude<MayDecide, { kind: 'yes' }>, string][] = [
    [{ kind: 'no-rule' }, 'nobody can decide it here'],
    [
      { kind: 'not-an-approver', rule: aRule() },
      'not one of the approvers of “PKI Approvers”: <@U0ADA>, <@U0BO>',
    ],
    [{ kind: 'not-an-approver', rule: aRule({ people: [] }) }, 'names nobody'],
    [{ kind: 'not-a-member', membership: 'guest' }, 'guest'],
    [{ kind: 'not-a-member', membership: 'stranger' }, 'another workspace'],
    [{ kind: 'not-a-member', membership: 'bot' }, 'an app'],
    [{ kind: 'not-a-member', membership: 'deactivated' }, 'deactivated'],
    [{ kind: 'own-request' }, 'You requested this'],
    [{ kind: 'not-mapped' }, "doesn't know your username in the system this comes from"],
    [{ kind: 'requester-unknown' }, 'The requester is not known'],
  ];
  it.each(refusals)('when refused: %j', (why, phrase) => {
    const text = clickReplyText({ kind: 'refused', why }, renderContext);
    expect(text).toContain(phrase);
    expect(text).toContain('Nothing was decided');
  });

  const over = anApproval({
    state: {
      kind: 'ended',
      ending: { kind: 'approved', now: { status: { kind: 'complete', raw: 'Complete' } }, elsewhere: false },
      decision: ana,
      atMs: noonMs,
    },
  });
  const deciding = anApproval({ state: { kind: 'deciding', decision: ana } });
  const results: readonly [ClickReply, string][] = [
    [{ kind: 'person-not-checked' }, 'Nothing was decided; please click again'],
    [{ kind: 'unknown-card' }, 'does not belong to a message'],
    [{ kind: 'removed', removedAtMs: noonMs }, 'The data of this approval was deleted'],
    [{ kind: 'over', approval: over }, 'Approved by Ana 2026-01-15 at 12:00 UTC'],
    [{ kind: 'being-decided', approval: deciding }, 'Ana approved'],
    [{ kind: 'account-counted', approval: deciding }, 'already approved this step'],
    [
      { kind: 'facts-changed', approval, changes: [{ fact: 'subject', from: 'a', to: 'b' }] },
      'Subject: a → b',
    ],
    [{ kind: 'already-voted', have: 1, of: 2 }, 'counts already: 1 of 2'],
    [{ kind: 'same-identity', other: 'Bo' }, 'Bo has approved already'],
    [{ kind: 'vote-counted', have: 1, of: 3 }, 'Approval recorded (1 of 3)'],
    [{ kind: 'vote-withdrawn', approval }, 'withdrawn'],
    [{ kind: 'nothing-to-withdraw' }, 'no approval of yours'],
    [{ kind: 'taken-back', approval }, 'Undone. Nothing was changed'],
    [{ kind: 'not-yours-to-take-back', approval: deciding }, 'Only those who decided can undo it: Ana'],
    [{ kind: 'too-late-to-take-back', approval: deciding }, 'too late'],
    [{ kind: 'too-old', verdict: 'deny' }, 'Your denial waited so long to be processed that it is too old'],
    [{ kind: 'decided', approval: over }, 'Approved by Ana'],
    [{ kind: 'kept', ref: '7f3a' }, 'could not be processed yet (ref 7f3a)'],
    [{ kind: 'broke', ref: '7f3a' }, 'Something went wrong in Countersign (ref 7f3a)'],
  ];
  it.each(results)('puts %j into words', (reply, phrase) => {
    expect(clickReplyText(reply, renderContext)).toContain(phrase);
  });
});

describe('what people are told unprompted', () => {
  const denied = anApproval({
    state: {
      kind: 'ended',
      ending: { kind: 'denied', now: { status: { kind: 'rejected', raw: 'Rejected' } } },
      decision: denial,
      atMs: noonMs,
    },
  });
  const cases: readonly [FixedNotice, readonly string[]][] = [
    [
      { kind: 'outcome', approval: denied },
      ['your request', 'CN=app.example.com', 'Denied by Li', 'not ours'],
    ],
    [{ kind: 'released', approval, why: 'unreachable' }, ['was not sent', 'Nothing was changed']],
    [{ kind: 'released', approval: denied, why: 'overtaken' }, ['was not sent', 'moved on in Command']],
    [
      { kind: 'late-answer', approval, reply: { kind: 'unknown-card' } },
      ['About certificate enrollment', 'K7F3'],
    ],
    [{ kind: 'vote-void', approval, why: 'facts-changed' }, ['no longer counts', 'changed']],
    [{ kind: 'vote-void', approval, why: 'rights' }, ['can no longer decide']],
    [{ kind: 'vote-void', approval, why: 'refused' }, ['did not accept it']],
    [
      { kind: 'operators', event: { kind: 'channel-lost', channel: 'C0PKI', reason: 'is_archived' } },
      ['can no longer post in C0PKI', 'is_archived'],
    ],
    [
      { kind: 'operators', event: { kind: 'signal-refused', approval, reason: 'no-role' } },
      ['lacks the role'],
    ],
    [{ kind: 'operators', event: { kind: 'not-moved', approval } }, ['is not moving on']],
    [
      { kind: 'operators', event: { kind: 'result-not-visible', approval, permission: '/x/read/' } },
      ['lacks /x/read/'],
    ],
  ];
  it.each(cases)('puts %j into words', (notice, phrase) => {
    const text = noticeLines(notice, renderContext).join('\n');
    for (const word of phrase) expect(text).toContain(word);
  });
});
