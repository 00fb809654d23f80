import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { compareFacts, type DecisionFacts, decisionFactsOf, factChanges } from '../../src/domain/approval.js';
import type { Instance } from '../../src/domain/instance.js';
import { describeKey, type KeyFacts, type RequestFacts } from '../../src/domain/request.js';
import { anInstance } from '../support/an-approval.js';

const withFacts = (facts: Partial<RequestFacts>): Instance =>
  anInstance({ facts: { ...anInstance().facts, ...facts } });
const withDefinition = (definition: Partial<Instance['definition']>): Instance =>
  anInstance({ definition: { ...anInstance().definition, ...definition } });
const changed = (before: Instance, after: Instance) =>
  factChanges(decisionFactsOf(before), decisionFactsOf(after));

describe('a decision does not count any more', () => {
  it.each<[string, keyof DecisionFacts, Instance]>([
    ['the requester', 'requester', withFacts({ requesters: ['KEYEXAMPLE\\eve'] })],
    [
      'one of the requester’s names',
      'requester',
      withFacts({ requesters: ['KEYEXAMPLE\\rkim', 'eve@example.com'] }),
    ],
    ['the subject', 'subject', withFacts({ subject: 'CN=evil.example.com' })],
    ['the names, by one more', 'names', withFacts({ names: ['app.example.com', 'b.example.com'] })],
    ['the names, by one less', 'names', withFacts({ names: [] })],
    ['the key’s size', 'key', withFacts({ key: { algorithm: 'RSA', sizeBits: 2048, hash: 'SHA-256' } })],
    ['the key’s algorithm', 'key', withFacts({ key: { algorithm: 'EC', curve: 'P-256', hash: 'SHA-256' } })],
    ['the hash', 'key', withFacts({ key: { algorithm: 'RSA', sizeBits: 3072, hash: 'SHA-1' } })],
    ['an extension', 'details', withFacts({ details: [{ kind: 'basic-constraints', isAuthority: true }] })],
    [
      'the subject beside the request',
      'details',
      withFacts({ others: [{ label: 'Subject beside the signing request', value: 'CN=evil' }] }),
    ],
    ['the template', 'template', withFacts({ template: 'CodeSigning' })],
    ['the authority', 'authority', withFacts({ authority: 'Issuing CA 2' })],
    ['the validity', 'validity', withFacts({ validity: '10 years' })],
    [
      'the reason of a revocation',
      'revocationReason',
      withFacts({ revocation: { reason: 'Key compromise' } }),
    ],
    [
      'the serial number to be revoked',
      'serialNumber',
      withFacts({ revocation: { serialNumber: '1D4F00' } }),
    ],
    [
      'from when it is to be revoked',
      'effectiveDate',
      withFacts({ revocation: { effectiveAt: '2026-01-05' } }),
    ],
    ['the comment of a revocation', 'revocationComment', withFacts({ revocation: { comment: 'stolen' } })],
    ['the certificate it replaces', 'replaced', withFacts({ replaces: { names: [] } })],
    ['what could not be read of it', 'replaced', withFacts({ replacesDigest: 'one' })],
    ['an attribute sent along', 'attributes', withFacts({ attributes: ['Department: Sales'] })],
    ['what is only counted of those', 'hidden', withFacts({ hiddenDigest: 'one' })],
    ['the definition’s version', 'definitionVersion', withDefinition({ version: 4 })],
    ['the definition', 'definitionVersion', withDefinition({ id: 'another' })],
  ])('once %s changed', (_sentence, fact, after) => {
    expect(changed(anInstance(), after).map((change) => change.fact)).toEqual([fact]);
  });

  it('once the request was exchanged, though it says the same of the same key', () => {
    expect(changed(withFacts({ digest: 'one' }), withFacts({ digest: 'another' }))).toEqual([
      { fact: 'digest', from: 'one', to: 'another' },
    ]);
  });

  it('once an older version’s approval turns out to ask for more than was shown', () => {
    const whole = withFacts({ digest: 'one', details: [{ kind: 'basic-constraints', isAuthority: true }] });
    expect(changed(anInstance(), whole)).toEqual([
      { fact: 'details', from: '', to: 'Asks for a CA certificate' },
    ]);
  });

  it('once a request that could be read cannot be read any more', () => {
    const { key: _key, ...unread } = anInstance().facts;
    const after = anInstance({ facts: { ...unread, unreadableRequest: 'not a signing request' } });
    expect(changed(anInstance(), after)).toEqual([
      { fact: 'key', from: 'RSA 3072, SHA-256', to: 'not a signing request' },
    ]);
  });

  it('once two names became one that reads like both', () => {
    const two = withFacts({ names: ['a.example.com', 'b.example.com'] });
    const one = withFacts({ names: ['a.example.com, b.example.com'] });
    expect(changed(two, one).map(({ fact }) => fact)).toEqual(['names']);
  });
});

describe('a decision still counts', () => {
  const { step: _step, ...nowhere } = anInstance();
  it.each<[string, Instance]>([
    ['nothing', anInstance()],
    ['the modification time', anInstance({ modifiedAtMs: 1 })],
    [
      'the status and its text',
      anInstance({ status: { kind: 'suspended', raw: 'Waiting' }, statusMessage: '1 of 2 approvals' }),
    ],
    ['what a list shows of received signals', anInstance({ fingerprint: 'f2' })],
    ['the title', anInstance({ title: 'Enroll app' })],
    ['the step', nowhere],
    ['the definition’s display name', withDefinition({ name: 'Web servers (old)' })],
    ['what else the system told', withFacts({ others: [{ label: 'Approvals', value: '1' }] })],
  ])('though %s changed', (_sentence, after) => {
    expect(changed(anInstance(), after)).toEqual([]);
  });

  it('though only now the digest of the request is known, all else being equal', () => {
    expect(changed(anInstance(), withFacts({ digest: 'one', details: [] }))).toEqual([]);
  });

  it('though the names come in another order', () => {
    const names = ['a.example.com', 'b.example.com', '10.0.0.1', 'c.example.com'];
    fc.assert(
      fc.property(fc.shuffledSubarray(names, { minLength: 4 }), (shuffled) => {
        expect(changed(withFacts({ names }), withFacts({ names: shuffled }))).toEqual([]);
      }),
    );
  });
});

describe('the changes between facts', () => {
  const few = fc.constantFrom('', 'a', 'b');
  const anyFacts: fc.Arbitrary<DecisionFacts> = fc.record({
    requester: few,
    subject: few,
    names: few,
    key: few,
    template: few,
    authority: few,
    validity: few,
    revocationReason: few,
    definitionVersion: few,
    details: few,
  });

  it('are none between facts and themselves', () => {
    fc.assert(fc.property(anyFacts, (facts) => expect(factChanges(facts, { ...facts })).toEqual([])));
  });

  it('are the same in both directions, turned round', () => {
    fc.assert(
      fc.property(anyFacts, anyFacts, (a, b) => {
        const turned = factChanges(b, a).map(({ fact, from, to }) => ({ fact, from: to, to: from }));
        expect(factChanges(a, b)).toEqual(turned);
      }),
    );
  });

  it('leave nothing out: applied to the facts before, they give the facts after', () => {
    fc.assert(
      fc.property(anyFacts, anyFacts, (before, after) => {
        const changes = factChanges(before, after).map(({ fact, to }) => [fact, to] as const);
        const applied = { ...before, ...Object.fromEntries(changes) };
        expect(applied).toEqual(after);
      }),
    );
  });

  it('come in the order in which a card shows the facts', () => {
    const after = withFacts({ requesters: ['e'], names: [], key: { algorithm: 'EC' }, validity: '1 year' });
    expect(changed(anInstance(), after)).toEqual([
      { fact: 'requester', from: 'KEYEXAMPLE\\rkim', to: 'e' },
      { fact: 'names', from: 'app.example.com', to: '' },
      { fact: 'key', from: 'RSA 3072, SHA-256', to: 'EC' },
      { fact: 'validity', from: '', to: '1 year' },
    ]);
  });
});

describe('a key in words', () => {
  it.each<[string, KeyFacts]>([
    ['RSA 2048, SHA-256', { algorithm: 'RSA', sizeBits: 2048, hash: 'SHA-256' }],
    ['EC P-256', { algorithm: 'EC', sizeBits: 256, curve: 'P-256' }],
    ['Ed25519', { algorithm: 'Ed25519' }],
    ['Ed25519, SHA-512', { algorithm: 'Ed25519', hash: 'SHA-512' }],
  ])('is %s', (text, key) => {
    expect(describeKey(key)).toBe(text);
  });
});

describe('facts that an earlier version of whole reading stored', () => {
  const stored = withFacts({
    reading: 2,
    digest: 'one',
    details: [{ kind: 'extension', oid: '2.5.29.36', name: 'policy constraints', isKnown: true, text: '03' }],
  });
  const readNow = (facts: Partial<RequestFacts>) =>
    withFacts({
      reading: 3,
      digest: 'one',
      details: [
        {
          kind: 'extension',
          oid: '2.5.29.36',
          name: 'policy constraints',
          isKnown: true,
          text: 'explicit policy after 3',
        },
      ],
      ...facts,
    });

  it('stand where only the words for one signed part differ', () => {
    expect(compareFacts(stored, readNow({}))).toBeUndefined();
  });

  it('do not stand where the signed part, the subject or a template beside it is another', () => {
    expect(compareFacts(stored, readNow({ digest: 'two' }))?.changes).not.toEqual([]);
    expect(compareFacts(stored, readNow({ subject: 'CN=evil.example.com' }))?.changes).toHaveLength(1);
    const details = [{ kind: 'template', template: 'SubCA' }] as const;
    expect(compareFacts(stored, readNow({ details }))?.changes).toHaveLength(1);
  });

  it('whatever is critical, a decision is about the same facts, since the digest covers that', () => {
    const usage = { kind: 'key-usage', usages: ['digitalSignature'] } as const;
    const plain = withFacts({ details: [usage] });
    const critical = withFacts({
      details: [
        { ...usage, isCritical: true },
        { kind: 'critical-names', isCritical: true },
      ],
    });
    expect(changed(plain, critical)).toEqual([]);
  });
});
