import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import {
  commonNames,
  type Finding,
  findingNames,
  findingsOf,
  isFindingOf,
  severityOf,
} from '../../src/domain/findings.js';
import type { KeyFacts, ReplacedCertificate, RequestFacts } from '../../src/domain/request.js';
import { describeName, noFacts, type RequestedName, readNameText } from '../../src/domain/request.js';
import { isPublicSuffix, toUnicode } from '../../src/shared/host-names.js';

const find = (facts: Partial<RequestFacts>, zones: readonly string[] = []) =>
  findingsOf({ ...noFacts, ...facts }, { zones });
const kinds = (findings: readonly Finding[]) => findings.map(({ kind }) => kind);

describe('nothing is pointed out', () => {
  it.each<[string, Partial<RequestFacts>, readonly string[]]>([
    ['when nothing is known', {}, ['example.com']],
    ['about a sound key', { key: { algorithm: 'RSA', sizeBits: 2048, hash: 'SHA-256' } }, []],
    [
      'about names inside the zones',
      { subject: 'CN=app.example.com', names: ['app.example.com', 'example.com'] },
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
      { kind: 'names-without-cn', names: ['*.example.com'] },
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
      { kind: 'names-without-cn', names: ['evil.example.org'] },
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

  it('finds a mail address in the subject outside the zones, which authorities copy to the names', () => {
    const subject = 'CN=app.example.com, E=ceo@evil.example';
    expect(find({ subject }, ['example.com'])).toContainEqual({
      kind: 'outside-zones',
      names: ['mail ceo@evil.example'],
    });
    expect(
      kinds(find({ subject: 'CN=app.example.com, emailAddress=jo@example.com' }, ['example.com'])),
    ).toEqual([]);
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

describe('what a request asks for besides', () => {
  const extension = { kind: 'extension', isKnown: false, isCritical: true, text: '05' } as const;
  it.each<[string, Partial<RequestFacts>]>([
    ['a small key as Command spells it', { key: { algorithm: 'ECC', sizeBits: 192 } }],
    ['a small key with its size in one word', { key: { algorithm: 'ECC 192' } }],
    ['a small curve', { key: { algorithm: 'ECDSA', curve: 'P-192' } }],
    ['a small key of RSA-PSS', { key: { algorithm: 'RSA-PSS', sizeBits: 1024 } }],
    ['any key of DSA', { key: { algorithm: 'DSA', sizeBits: 3072 } }],
    ['a key that protects nothing', { key: { algorithm: 'RSA', sizeBits: 4096, isBroken: true } }],
  ])('is %s, which is weak', (_what, facts) => {
    expect(kinds(find(facts))).toEqual(['weak-key']);
  });

  it.each<[string, Partial<RequestFacts>, Finding]>([
    [
      'a CA certificate',
      { details: [{ kind: 'basic-constraints', isAuthority: true }] },
      { kind: 'ca-certificate' },
    ],
    [
      'to sign certificates',
      { details: [{ kind: 'key-usage', usages: ['keyCertSign'] }] },
      { kind: 'ca-certificate' },
    ],
    [
      'dangerous usages',
      {
        details: [{ kind: 'extended-key-usage', usages: ['smartcard logon', 'code signing', 'any purpose'] }],
      },
      { kind: 'dangerous-usage', usages: ['smartcard logon', 'any purpose'] },
    ],
    [
      'dangerous policies',
      {
        details: [
          {
            ...extension,
            oid: '1.3.6.1.4.1.311.21.10',
            name: 'Microsoft application policies',
            isKnown: true,
            text: '1.3.6.1.5.5.7.3.1, 1.3.6.1.4.1.311.20.2.1',
          },
        ],
      },
      { kind: 'dangerous-usage', usages: ['certificate request agent'] },
    ],
    ['a login', { names: ['UPN jo@example.com'] }, { kind: 'login-identity', names: ['UPN jo@example.com'] }],
    [
      'a ticket',
      { names: ['Kerberos jo@EXAMPLE'] },
      { kind: 'login-identity', names: ['Kerberos jo@EXAMPLE'] },
    ],
    [
      'a security identifier',
      { details: [{ kind: 'sid', sid: 'S-1-5-21-500' }] },
      { kind: 'login-identity', names: ['security identifier S-1-5-21-500'] },
    ],
    [
      'another template',
      { template: 'Web Server', details: [{ kind: 'template', template: 'SubCA' }] },
      { kind: 'other-template', templates: ['SubCA'], told: 'Web Server' },
    ],
    [
      'another template by a pair of name and value',
      { template: 'Web', details: [{ kind: 'name-value', name: 'CertificateTemplate', value: 'SubCA' }] },
      { kind: 'other-template', templates: ['SubCA'], told: 'Web' },
    ],
    [
      'another subject',
      { others: [{ label: 'Subject beside the signing request', value: 'CN=evil.example' }] },
      { kind: 'other-subject', subject: 'CN=evil.example' },
    ],
    [
      'an extension twice',
      { details: [{ kind: 'doubled-extension', name: 'key usage', count: 2 }] },
      { kind: 'doubled-extension', extensions: ['key usage'] },
    ],
    [
      'a critical extension nobody knows',
      { details: [{ ...extension, oid: '1.2.3', name: '1.2.3' }] },
      { kind: 'unknown-critical-extension', extensions: ['1.2.3'] },
    ],
    [
      'an extension of another form',
      { details: [{ ...extension, oid: '2.5.29.19', name: 'basic constraints', isKnown: true }] },
      { kind: 'unreadable-extension', extensions: ['basic constraints'] },
    ],
    [
      'a name of no known kind',
      { names: ['other name 1.2.3: 0405'] },
      { kind: 'unreadable-name', names: ['other name 1.2.3: 0405'] },
    ],
    [
      'a letter that looks like another',
      { names: ['\u0430pp.example.com'] },
      { kind: 'mixed-script', names: ['[U+0430]pp.example.com (xn--pp-6kc.example.com)'] },
    ],
    [
      'in place of a certificate that is not told',
      { replacesUnreadable: 'it is not text' },
      { kind: 'unreadable-replaced', why: 'it is not text' },
    ],
    [
      'with a signature of another key',
      { signature: { algorithm: 'SHA-256 with RSA', fits: 'no' } },
      { kind: 'signature-mismatch' },
    ],
    [
      'other names than the common one',
      { subject: 'CN=a.example.com', names: ['b.example.com'] },
      { kind: 'names-without-cn', names: ['a.example.com'] },
    ],
  ])('is pointed out: %s', (_what, facts, finding) => {
    expect(find(facts)).toEqual([finding]);
  });

  it.each([
    'a b.example.com',
    'a:1.example.com',
    'evil.net/.example.com',
    'a@b.example.com',
    'a\\x00.example.com',
  ])('is a name no host has, and so outside of every domain: %j', (name) => {
    expect(kinds(find({ names: [name] }, ['example.com']))).toEqual(['odd-name', 'outside-zones']);
  });

  it.each([
    ['URI https://app.elsewhere.net/x', true],
    ['URI https://app.example.com@evil.net/', true],
    ['URI https://app.example.com/x', false],
    ['mail jo@elsewhere.net', true],
    ['mail jo@example.com', false],
    ['UPN jo@elsewhere.net', true],
    ['UPN jo@example.com', false],
    ['directory name CN=a.elsewhere.net', false],
  ])('is compared with the domains by its host: %s', (name, isStrange) => {
    expect(kinds(find({ names: [name] }, ['example.com'])).includes('outside-zones')).toBe(isStrange);
  });

  it('adds a login to a renewal, though the mail address reads the same', () => {
    const replaces = { names: ['mail jo@example.com'] };
    expect(find({ names: ['UPN jo@example.com'], replaces })).toContainEqual({
      kind: 'adds-names',
      names: ['UPN jo@example.com'],
    });
  });
});

describe('what is known of the names of hosts', () => {
  const hosts = { toUnicode, isPublicSuffix };
  const found = (facts: Partial<RequestFacts>) => findingsOf({ ...noFacts, ...facts }, { zones: [], hosts });

  it.each([
    ['xn--pple-43d.com', 'xn--pple-43d.com ([U+0430]pple.com)'],
    ['URI https://xn--pple-43d.com/x', 'URI https://xn--pple-43d.com/x ([U+0430]pple.com)'],
    ['mail jo@xn--pple-43d.com', 'mail jo@xn--pple-43d.com ([U+0430]pple.com)'],
    ['xn--fiqs8s.example', 'xn--fiqs8s.example ([U+4E2D][U+56FD].example)'],
    ['xn--dseo-lza.example', 'xn--dseo-lza.example (d[U+0131]seo.example)'],
  ])('shows what %s is read as', (name, text) => {
    expect(found({ names: [name] })).toContainEqual({ kind: 'mixed-script', names: [text] });
  });

  it.each([['xn--bro-hoa.example'], ['xn--zzzzz9999.example'], ['app.example']])(
    'finds no foreign letter in %s',
    (name) => {
      expect(found({ names: [name] })).toEqual([]);
    },
  );

  it.each([
    ['*.co.uk', true],
    ['*.com', true],
    ['*.github.io', true],
    ['*', true],
    ['a*.com', true],
    ['*.*.co.uk', true],
    ['*.CO.UK.', true],
    ['*.example.co.uk', false],
    ['*.local', false],
    ['co.uk', false],
  ])('tells whether %s is a wildcard for everybody: %s', (name, isWide) => {
    expect(kinds(found({ names: [name] })).includes('public-suffix-wildcard')).toBe(isWide);
  });
});

describe('for how long a certificate is wanted', () => {
  it.each<[string, number]>([
    ['2 Years', 729],
    ['1 year, 2 months', 420],
    ['400 days', 399],
    ['400d', 399],
    ['P1Y2M', 420],
    ['60 weeks', 419],
    ['10000 hours', 416],
    ['13 Month(s)', 392],
    ['2026-01-01 to 2027-03-01', 423],
    ['1 year; 50 Years', 18_000],
  ])('is pointed out where %s is longer than %d days', (validity, mostDays) => {
    expect(findingsOf({ ...noFacts, validity }, { zones: [], mostDays })).toEqual([
      { kind: 'long-validity', validity, mostDays },
    ]);
  });

  it.each<[string, number]>([
    ['1 Year', 365],
    ['12 months', 365],
    ['6 months', 181],
    ['2 months', 59],
    ['398 days', 398],
    ['9999', 10],
    ['P400', 10],
    ['forever', 10],
    ['Years', 10],
    ['400 moons', 10],
    ['400 days or so', 10],
    ['until 2040-01-01', 10],
  ])('is not pointed out where %s need not be longer than %d days', (validity, mostDays) => {
    expect(findingsOf({ ...noFacts, validity }, { zones: [], mostDays })).toEqual([]);
  });
});

describe('a rule', () => {
  const findings: readonly Finding[] = [
    { kind: 'ca-certificate' },
    { kind: 'signature-mismatch' },
    { kind: 'reuses-key' },
  ];
  const matched = (wish: 'high' | 'medium' | 'any') =>
    findings.filter((finding) => isFindingOf([wish], finding)).map(severityOf);

  it('asks for findings by their severity, medium meaning the high ones as well', () => {
    expect(matched('high')).toEqual(['high']);
    expect(matched('medium')).toEqual(['high', 'medium']);
    expect(matched('any')).toEqual(['high', 'medium', 'low']);
  });

  it('is met by each finding through its severity', () => {
    for (const name of findingNames) {
      const finding = { kind: name.replace(/^changes-.*/, 'changes'), what: name.replace('changes-', '') };
      const severity = severityOf(finding as Finding);
      const met = (['high', 'medium', 'any'] as const).filter((wish) =>
        isFindingOf([wish], finding as Finding),
      );
      expect([name, met]).toEqual([
        name,
        { high: ['high', 'medium', 'any'], medium: ['medium', 'any'], low: ['any'] }[severity],
      ]);
    }
  });

  it('asks for each finding by its name', () => {
    for (const name of findingNames) {
      const finding = { kind: name.replace(/^changes-.*/, 'changes'), what: name.replace('changes-', '') };
      expect(isFindingOf([name], finding as Finding)).toBe(true);
    }
  });
});

it('the table for people who approve names each finding with its severity', () => {
  const page = readFileSync('docs/approvers.md', 'utf8');
  const rows = [...page.matchAll(/^\| `([a-z-]+)` +\| (low|medium|high) +\|/gm)].map(([, name, severity]) => [
    name,
    severity,
  ]);
  const known = findingNames.map((name) => {
    const what = name.replace('changes-', '');
    return [name, severityOf({ kind: name.replace(/^changes-.*/, 'changes'), what } as Finding)];
  });
  expect(rows.sort()).toEqual(known.sort());
});

describe('a name with its kind', () => {
  it.each<[RequestedName, string]>([
    [{ kind: 'dns', value: 'a.example.com' }, 'a.example.com'],
    [{ kind: 'ip', value: '10.0.0.1' }, '10.0.0.1'],
    [{ kind: 'ip', value: '2001:db8::1' }, '2001:db8::1'],
    [{ kind: 'dns', value: '10.0.0.1' }, 'DNS 10.0.0.1'],
    [{ kind: 'dns', value: 'UPN jo@example.com' }, 'DNS UPN jo@example.com'],
    [{ kind: 'upn', value: 'jo@example.com' }, 'UPN jo@example.com'],
    [{ kind: 'mail', value: 'jo@example.com' }, 'mail jo@example.com'],
    [{ kind: 'directory', value: 'CN=Jo,O=Example' }, 'directory name CN=Jo,O=Example'],
    [{ kind: 'registered-id', value: '1.2.3' }, 'registered id 1.2.3'],
    [{ kind: 'other', oid: '1.2.3', value: 'a: b' }, 'other name 1.2.3: a: b'],
  ])('%j is written so that it is read back: %s', (name, text) => {
    expect(describeName(name)).toBe(text);
    expect(readNameText(text)).toEqual(name);
  });
});
