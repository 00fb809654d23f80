import { describe, expect, it } from '@jest/globals';
import { findingsOf } from '../../../../src/domain/findings.js';
import { describeDetail, describeKey } from '../../../../src/domain/request.js';
import { asking, der, extension, namesOf, otherName, part, requestWith, tlv } from './der.js';
import { factsOf } from './facts-of.js';

const {
  seq,
  set,
  int,
  oid,
  utf8,
  bmp,
  t61,
  universal,
  ia5,
  printable,
  general,
  tagged,
  plain,
  bits,
  nothing,
} = der;
const upn = '1.3.6.1.4.1.311.20.2.3';
const kerberos = '1.3.6.1.5.2.2';

async function read(csr: string, rest: object = {}) {
  const facts = await factsOf({ CSR: csr, ...rest });
  const kinds = findingsOf(facts, { zones: ['keyexample.com'] }).map(({ kind }) => kind);
  return { ...facts, kinds, details: facts.details?.map(describeDetail) };
}

describe('one name of a request', () => {
  const broken = Buffer.from([0x61, 0xff, 0x40, 0x78]);
  it.each<[string, Uint8Array, string, readonly string[]]>([
    [
      'a UPN as BMP string',
      otherName(upn, bmp('jo@keyexample.com')),
      'UPN jo@keyexample.com',
      ['login-identity'],
    ],
    [
      'a UPN as T61 string',
      otherName(upn, t61('j\xf6@keyexample.com')),
      'UPN jö@keyexample.com',
      ['login-identity'],
    ],
    [
      'a UPN as universal string',
      otherName(upn, universal('jo\u{1F511}@keyexample.com')),
      'UPN jo\u{1F511}@keyexample.com',
      ['login-identity'],
    ],
    [
      'a UPN as printable string',
      otherName(upn, printable('jo@keyexample.com')),
      'UPN jo@keyexample.com',
      ['login-identity'],
    ],
    [
      'a UPN that is no UTF-8',
      otherName(upn, der.octets(), broken),
      `other name ${upn}: `,
      ['login-identity', 'unreadable-name'],
    ],
    [
      'a UPN in parts',
      otherName(upn, tlv(0x2c, utf8('jo@'), utf8('keyexample.com'))),
      'UPN jo@keyexample.com',
      ['login-identity'],
    ],
    [
      'a UPN of two values',
      otherName(upn, utf8('a@b.c'), utf8('d@e.f')),
      `other name ${upn}: a@b.c d@e.f`,
      ['login-identity', 'unreadable-name'],
    ],
    [
      'a UPN cut short',
      otherName(upn, Buffer.from([30, 3, 0, 97, 0])),
      `other name ${upn}: `,
      ['login-identity', 'unreadable-name'],
    ],
    ['an empty UPN', otherName(upn, utf8('')), 'UPN (empty)', ['login-identity']],
    [
      'a UPN with letters nobody sees',
      otherName(upn, utf8('jo\u202e@keyexample.com')),
      'UPN jo\u202e@keyexample.com',
      ['login-identity', 'odd-name', 'outside-zones'],
    ],
    [
      'a Kerberos name of another form',
      otherName(kerberos, utf8('a@R')),
      `other name ${kerberos}: a@R`,
      ['login-identity', 'unreadable-name'],
    ],
    [
      'a Kerberos name of two parts',
      otherName(
        kerberos,
        seq(
          tagged(0, general('R')),
          tagged(1, seq(tagged(0, int(1)), tagged(1, seq(general('a'), general('b'))))),
        ),
      ),
      'Kerberos a/b@R',
      ['login-identity'],
    ],
    [
      'a security identifier among the names',
      otherName('1.3.6.1.4.1.311.25.2.1', der.octets('S-1-5-21-1-2-3-500')),
      'other name 1.3.6.1.4.1.311.25.2.1: S-1-5-21-1-2-3-500',
      ['login-identity', 'unreadable-name'],
    ],
    [
      'a security identifier as URI',
      plain(6, 'tag:microsoft.com,2022-09-14:sid:S-1-5-21-1-2-3-500'),
      'URI tag:microsoft.com,2022-09-14:sid:S-1-5-21-1-2-3-500',
      ['login-identity'],
    ],
    ['a DNS name in parts', tagged(2, ia5('evil.'), ia5('example')), 'evil.example', ['outside-zones']],
    ['an empty DNS name', plain(2, ''), '(empty)', ['odd-name', 'outside-zones']],
    [
      'a DNS name with an empty label',
      plain(2, 'a..keyexample.com'),
      'a..keyexample.com',
      ['odd-name', 'outside-zones'],
    ],
    [
      'a DNS name with umlauts',
      plain(2, Buffer.from('bü.keyexample.com')),
      'bü.keyexample.com',
      ['odd-name', 'outside-zones'],
    ],
    [
      'a mail address with a NUL',
      plain(1, 'jo@evil.example\0.keyexample.com'),
      'mail jo@evil.example\\x00.keyexample.com',
      ['odd-name', 'outside-zones'],
    ],
    ['a URI at an address', plain(6, 'https://[2001:db8::1]/'), 'URI https://[2001:db8::1]/', []],
    [
      'an address of three bytes',
      plain(7, Buffer.from([10, 0, 0])),
      'other name of unknown form: 87030a0000',
      ['unreadable-name'],
    ],
    [
      'an address with its mask',
      plain(7, '\x0a\0\0\0\xff\0\0\0'),
      'other name of unknown form: 87080a000000ff000000',
      ['unreadable-name'],
    ],
    [
      'a registered id that is none',
      plain(8, Buffer.from([0x80, 0x80])),
      'other name of unknown form: 88028080',
      ['unreadable-name'],
    ],
    [
      'an EDI party',
      tagged(5, tagged(1, utf8('Partner'))),
      'other name EDI party: Partner',
      ['unreadable-name'],
    ],
    ['a kind nobody knows', plain(9, 'x'), 'other name of unknown form: 890178', ['unreadable-name']],
    ['no kind', utf8('abc'), 'other name of unknown form: 0c03616263', ['unreadable-name']],
    [
      'garbage in a directory name',
      tagged(4, Buffer.from([0x30, 0x09, 0x01])),
      'other name of unknown form: a403300901',
      ['unreadable-name'],
    ],
    [
      'a large value without text',
      otherName('1.2.3.4', der.octets(Buffer.alloc(300, 255))),
      'other name 1.2.3.4: 1 value not shown (300 bytes)',
      ['unreadable-name'],
    ],
  ])(
    'is told and pointed out, whatever it is, and hides no other: %s',
    async (_what, name, text, findings) => {
      const { names, kinds } = await read(
        requestWith([asking([namesOf(name, plain(2, 'app.keyexample.com'))])]),
      );
      expect(names).toEqual([expect.stringContaining(text), 'app.keyexample.com']);
      expect(kinds).toEqual(findings);
    },
  );
});

describe('an extension a request asks for', () => {
  const constraints = '2.5.29.19';
  it.each<[string, readonly Uint8Array[], readonly string[], readonly string[]]>([
    ['no names', [namesOf()], ['Subject alternative name: empty'], []],
    [
      'more behind its content',
      [extension(constraints, seq(), seq(der.yes))],
      ['Basic constraints: 300030030101ff'],
      ['unreadable-extension'],
    ],
    [
      'another beside it that is none',
      [extension(constraints, seq(der.yes)), utf8('bad')],
      ['Asks for a CA certificate', 'Attribute requested extensions: bad'],
      ['ca-certificate', 'unreadable-extension'],
    ],
    [
      'a purpose that is none',
      [extension('2.5.29.37', seq(oid('1.3.6.1.5.5.7.3.1'), utf8('x')))],
      ['Extended key usage: 1.3.6.1.5.5.7.3.1, x'],
      ['unreadable-extension'],
    ],
    [
      'smartcard logon by Kerberos',
      [extension('2.5.29.37', seq(oid('1.3.6.1.5.2.3.4')))],
      ['Extended key usage Kerberos client authentication'],
      ['dangerous-usage'],
    ],
    [
      'a template by its number',
      [extension('1.3.6.1.4.1.311.21.7', seq(oid('1.3.6.1.4.1.311.21.8.1'), int(100), int(4)))],
      ['Template in the request: 1.3.6.1.4.1.311.21.8.1, 100, 4'],
      ['other-template'],
    ],
  ])('is told and pointed out: %s', async (_what, extensions, details, findings) => {
    const facts = await read(requestWith([asking(extensions)]), { Template: 'WebServer' });
    expect(facts.details).toEqual(details);
    expect(facts.kinds).toEqual(findings);
  });

  it('is told again where the other form of request asks for it, too', async () => {
    const { details, kinds } = await read(
      requestWith([
        asking([extension(constraints, seq())]),
        asking([extension(constraints, seq(der.yes))], 'microsoft'),
      ]),
    );
    expect(details).toEqual([
      'Not a CA certificate',
      'Asks for a CA certificate',
      '2 extensions of one kind: basic constraints',
    ]);
    expect(kinds).toEqual(['ca-certificate', 'doubled-extension']);
  });

  it('is an attribute without values, too, and of a name and value nothing is left out', async () => {
    const pair = '1.3.6.1.4.1.311.13.2.1';
    const { details } = await read(
      requestWith([
        seq(oid('1.2.3.4'), set()),
        asking([]),
        seq(oid(pair), set(seq(bmp('x'), bmp('y'), bmp('z')))),
      ]),
    );
    expect(details).toEqual([
      'Attribute 1.2.3.4: empty',
      'Attribute requested extensions: empty',
      'Attribute enrollment name and value: x, y, z',
    ]);
  });
});

describe('the subject of a request', () => {
  it('is told in every way of writing text, and in digits where it is none', async () => {
    const subject = seq(
      part('2.5.4.10', t61('T\xe9')),
      part('2.5.4.11', universal('U\u{1F511}')),
      part('2.5.4.7', int(5)),
      set(seq(oid('2.5.4.3'), utf8('a, CN=evil.example')), seq(oid('2.5.4.97'), ia5('N "1"'))),
      part('2.5.4.8', utf8('a\nb')),
    );
    const facts = await read(requestWith([], { subject }));
    expect(facts.subject).toBe(
      'O=Té, OU=U\u{1F511}, L=#020105, CN=a\\, CN=evil.example+2.5.4.97=N \\"1\\", ST=a\\x0ab',
    );
  });
});

describe('a key a request holds', () => {
  const rsa = (modulus: Uint8Array, exponent: Uint8Array) =>
    seq(seq(oid('1.2.840.113549.1.1.1'), nothing), bits(seq(der.int(...modulus), der.int(...exponent))));
  const sound = [0, ...Buffer.alloc(256, 0xc1)];
  const curve = (parameters: Uint8Array) =>
    seq(seq(oid('1.2.840.10045.2.1'), parameters), bits(Buffer.alloc(65, 4)));
  const field = (bytes: number) =>
    seq(
      int(1),
      seq(oid('1.2.840.10045.1.1'), int(0, ...Buffer.alloc(bytes, 255))),
      seq(der.octets('a'), der.octets('b')),
      der.octets(Buffer.alloc(29, 4)),
      int(7),
      int(1),
    );
  const of = (name: string, ...more: readonly Uint8Array[]) =>
    seq(seq(oid(name), ...more), bits(Buffer.alloc(32, 7)));
  it.each<[string, Uint8Array, string, readonly string[]]>([
    [
      'an exponent of nothing',
      rsa(Buffer.from(sound), Buffer.from([0])),
      'RSA 2048, SHA-256, exponent 0',
      ['weak-key'],
    ],
    [
      'an exponent below nothing',
      rsa(Buffer.from(sound), Buffer.from([255])),
      'RSA 2048, SHA-256, exponent -1',
      ['weak-key'],
    ],
    [
      'an exponent larger than the key',
      rsa(Buffer.from(sound), Buffer.alloc(301, 1)),
      'RSA 2048, SHA-256, exponent of 2401 bits',
      ['weak-key'],
    ],
    [
      'a key below nothing',
      rsa(Buffer.alloc(256, 0xc1), Buffer.from([1, 0, 1])),
      'RSA 2047, SHA-256',
      ['weak-key'],
    ],
    [
      'no numbers',
      seq(seq(oid('1.2.840.113549.1.1.1'), nothing), bits(Buffer.from('zz'))),
      'RSA, SHA-256',
      ['unknown-key'],
    ],
    ['a curve nobody knows', curve(oid('1.2.3.4')), 'EC 1.2.3.4, SHA-256', ['unknown-key']],
    ['no curve', curve(nothing), 'EC, SHA-256', ['unknown-key']],
    ['a curve written out', curve(field(32)), 'EC explicit parameters of 256 bits, SHA-256', ['unknown-key']],
    [
      'a small curve written out',
      curve(field(14)),
      'EC explicit parameters of 112 bits, SHA-256',
      ['weak-key', 'unknown-key'],
    ],
    ['a kind nobody knows', of('1.2.3.4.5'), '1.2.3.4.5, SHA-256', ['unknown-key']],
    ['a kind of later days', of('2.16.840.1.101.3.4.3.18'), 'ML-DSA-65, SHA-256', []],
    [
      'a kind of later days that hashes',
      of('2.16.840.1.101.3.4.3.32'),
      'HashML-DSA-44 with SHA-512, SHA-256',
      [],
    ],
    [
      'a kind that wraps keys',
      of('2.16.840.1.101.3.4.4.2'),
      'ML-KEM-768, SHA-256, a key that signs nothing',
      [],
    ],
  ])(
    'is told by name and size, and pointed out where nobody can judge it: %s',
    async (_what, key, text, findings) => {
      const facts = await read(requestWith([], { key }));
      expect(facts.key && describeKey(facts.key)).toBe(text);
      const ofKey = facts.kinds.filter((kind) => kind !== 'signature-mismatch' && kind !== 'weak-hash');
      expect(ofKey).toEqual(findings);
    },
  );

  const pss = (hash: string, mask: string) =>
    seq(
      oid('1.2.840.113549.1.1.10'),
      seq(
        tagged(0, seq(oid(hash), nothing)),
        tagged(1, seq(oid('1.2.840.113549.1.1.8'), seq(oid(mask), nothing))),
        tagged(2, int(32)),
      ),
    );
  it.each<[string, Uint8Array, string]>([
    ['two hashes', pss('2.16.840.1.101.3.4.2.1', '1.3.14.3.2.26'), 'RSA-PSS with SHA-256, mask with SHA-1'],
    ['a hash nobody knows', pss('1.2.3.4', '1.2.3.4'), 'RSA-PSS with 1.2.3.4'],
    ['a way nobody knows', seq(oid('1.2.3')), '1.2.3'],
    ['no hash', seq(oid('1.2.840.113549.1.1.1'), nothing), 'RSA without a hash'],
  ])('is not said to mismatch a signature that Node cannot check: %s', async (_what, algorithm, name) => {
    const key = rsa(Buffer.from(sound), Buffer.from([1, 0, 1]));
    const { signature } = await read(requestWith([], { key, algorithm }));
    expect(signature).toMatchObject({ algorithm: name, fits: 'not-checked' });
  });
});
