import { describe, expect, it } from '@jest/globals';
import { commonNames, type Finding, findingsOf } from '../../src/domain/findings.js';
import type { KeyFacts, ReplacedCertificate, RequestFacts } from '../../src/domain/request.js';
import { noFacts } from '../../src/domain/request.js';

const find = (facts: Partial<RequestFacts>, zones: readonly string[] = []) =>
  findingsOf({ ...noFacts, ...facts }, zones);
const kinds = (findings: readonly Finding[]) => findings.map(({ kind }) => kind);

describe('nothing is pointed out', () => {
  it.each<[string, Partial<RequestFacts>, readonly string[]]>([
    ['when nothing is known', {}, ['example.com']],
    ['about a sound key', { key: { algorithm: 'RSA', sizeBits: 2048, hash: 'SHA-256' } }, []],
    [
      'about names inside the zones',
      { subject: 'CN=example.com', names: ['app.example.com'] },
      ['example.com'],
    ],
    ['about any name while there are no zones', { names: ['app.elsewhere.net'] }, []],
  ])('%s', (_sentence, facts, zones) => {
    expect(find(facts, zones)).toEqual([]);
  });
});

describe('a key', () => {
  it.each<[string, KeyFacts, readonly string[]]>([
    ['of RSA below 2048 bits is weak', { algorithm: 'RSA', sizeBits: 2047 }, ['weak-key']],
    ['of RSA is judged whatever the case', { algorithm: 'rsa', sizeBits: 1024 }, ['weak-key']],
    ['of DSA below 2048 bits is weak', { algorithm: 'DSA', sizeBits: 1024 }, ['weak-key']],
    ['of EC below 224 bits is weak', { algorithm: 'EC', sizeBits: 192, curve: 'P-192' }, ['weak-key']],
    ['of ECDSA with 224 bits is sound', { algorithm: 'ECDSA', sizeBits: 224 }, []],
    ['of unknown size is not judged', { algorithm: 'RSA' }, []],
    ['of another kind is not judged by its size', { algorithm: 'Ed25519', sizeBits: 253 }, []],
    ['signed with SHA-1 has a weak hash', { algorithm: 'RSA', sizeBits: 4096, hash: 'SHA-1' }, ['weak-hash']],
    ['signed with sha1 has a weak hash', { algorithm: 'RSA', sizeBits: 4096, hash: 'sha1' }, ['weak-hash']],
    ['signed with MD5 has a weak hash', { algorithm: 'RSA', sizeBits: 4096, hash: 'MD5' }, ['weak-hash']],
    ['signed with SHA-512 is sound', { algorithm: 'RSA', sizeBits: 4096, hash: 'SHA-512' }, []],
    ['may be weak in two ways', { algorithm: 'RSA', sizeBits: 512, hash: 'MD5' }, ['weak-key', 'weak-hash']],
  ])('%s', (_sentence, key, found) => {
    expect(kinds(find({ key }))).toEqual(found);
  });
});

describe('names', () => {
  it('with a star are pointed out, wherever they stand', () => {
    expect(find({ subject: 'CN=*.example.com', names: ['*.b.example.com', 'c.example.com'] })).toEqual([
      { kind: 'wildcard', names: ['*.b.example.com', '*.example.com'] },
    ]);
  });

  it('are pointed out once, though subject and alternative names repeat them', () => {
    expect(find({ subject: 'CN=*.example.com', names: ['*.example.com'] })).toEqual([
      { kind: 'wildcard', names: ['*.example.com'] },
    ]);
  });

  it('outside the zones are pointed out, also one in the subject only', () => {
    const facts = { subject: 'CN=evil.example.org', names: ['app.example.com', 'app.corp.example'] };
    expect(find(facts, ['example.com', 'corp.example'])).toEqual([
      { kind: 'outside-zones', names: ['evil.example.org'] },
    ]);
  });

  it.each<[string, string, string, boolean]>([
    ['the zone itself', 'example.com', 'example.com', false],
    ['a name below', 'a.b.example.com', 'example.com', false],
    ['a name below, whatever the case', 'A.Example.COM', 'example.com', false],
    ['a wildcard below', '*.example.com', 'example.com', false],
    ['a name that only ends alike', 'badexample.com', 'example.com', true],
    ['a name that only begins alike', 'example.com.evil.net', 'example.com', true],
    ['a wildcard above', '*.com', 'example.com', true],
    ['an address', '10.0.0.1', 'example.com', false],
    ['a person’s name', 'directory name CN=Rosa Kim', 'example.com', false],
    ['a name of one word', 'localhost', 'example.com', true],
  ])('of %s (%s in %s) count as strange: %j', (_sentence, name, zone, isStrange) => {
    expect(kinds(find({ names: [name] }, [zone])).includes('outside-zones')).toBe(isStrange);
  });

  it.each([
    ['a letter of another alphabet that looks alike', 'CN=login.ex\u0430mple.com'],
    ['a star inside', 'CN=*.*.evil.net'],
  ])('outside the zones are not overlooked because of %s', (_sentence, subject) => {
    expect(kinds(find({ subject }, ['example.com']))).toContain('outside-zones');
  });
});

describe('the common names of a subject', () => {
  it.each<[string, string | undefined, readonly string[]]>([
    ['are none when nothing is told', undefined, []],
    ['are none in a subject without one', 'O=Example,C=DE', []],
    ['stand first', 'CN=a.example.com,O=Example', ['a.example.com']],
    ['stand last', 'C=DE, O=Example, cn = a.example.com', ['a.example.com']],
    ['may be several', 'CN=a,OU=x,CN=b', ['a', 'b']],
    ['may be quoted, with a comma inside', 'CN="Kim, Rosa",O=Example', ['Kim, Rosa']],
    ['may share a part with another attribute', 'OU=x+CN=b', ['b']],
    ['are not found inside another attribute', 'O=NOCN=x', []],
    ['are not empty', 'CN=,O=Example', []],
  ])('%s', (_sentence, subject, names) => {
    expect(commonNames(subject)).toEqual(names);
  });
});

describe('a replacement', () => {
  const old: ReplacedCertificate = {
    subject: 'CN=app.example.com',
    names: ['app.example.com'],
    key: { algorithm: 'RSA', sizeBits: 2048 },
    authority: 'Issuing CA 1',
  };
  const same: Partial<RequestFacts> = {
    subject: 'CN=app.example.com',
    names: ['app.example.com'],
    key: { algorithm: 'RSA', sizeBits: 2048, hash: 'SHA-256' },
    authority: 'Issuing CA 1',
  };
  const replacing = (now: Partial<RequestFacts>) => find({ ...same, ...now, replaces: old }).slice(1);

  it('is told, with the end of what it replaces if that is known', () => {
    expect(find({ ...same, replaces: old })).toEqual([{ kind: 'replaces' }]);
    expect(find({ ...same, replaces: { ...old, expiresAtMs: 5 } })).toEqual([
      { kind: 'replaces', expiresAtMs: 5 },
    ]);
  });

  it.each<[string, Partial<RequestFacts>, readonly Finding[]]>([
    [
      'that adds a name says so',
      { names: ['app.example.com', 'b.example.com'] },
      [{ kind: 'adds-names', names: ['b.example.com'] }],
    ],
    ['that removes a name says so', { names: [] }, [{ kind: 'removes-names', names: ['app.example.com'] }]],
    [
      'that writes a name otherwise changes nothing',
      { names: ['APP.example.com'], subject: 'cn=APP.example.com' },
      [],
    ],
    [
      'with another subject says so',
      { subject: 'CN=b' },
      [{ kind: 'changes', what: 'subject', from: 'CN=app.example.com', to: 'CN=b' }],
    ],
    [
      'with another key says so',
      { key: { algorithm: 'EC', curve: 'P-256' } },
      [{ kind: 'changes', what: 'key', from: 'RSA 2048', to: 'EC P-256' }],
    ],
  ])('%s', (_sentence, now, found) => {
    expect(replacing(now)).toEqual(found);
  });

  it('says nothing about what is told on one side only', () => {
    const { subject: _subject, key: _key, ...rest } = same;
    expect(find({ ...noFacts, ...rest, replaces: old }).slice(1)).toEqual([]);
  });
});

it('the gravest comes first', () => {
  const facts: Partial<RequestFacts> = {
    unreadableRequest: 'not a signing request',
    key: { algorithm: 'RSA', sizeBits: 1024, hash: 'MD5' },
    names: ['*.evil.net'],
    replaces: { names: [] },
  };
  const order = [
    'unreadable-request',
    'weak-key',
    'weak-hash',
    'wildcard',
    'outside-zones',
    'replaces',
    'adds-names',
  ];
  expect(kinds(find(facts, ['example.com']))).toEqual(order);
});
