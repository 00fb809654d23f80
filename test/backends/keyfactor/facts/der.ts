import { generateKeyPairSync, sign } from 'node:crypto';

/** Encoded bytes, or text of which each character is a byte. */
type Piece = Uint8Array | string;

/** Writes one value: its tag, its length and what it holds. */
export function tlv(tag: number, ...pieces: readonly Piece[]): Buffer {
  const content = Buffer.concat(
    pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece, 'latin1') : Buffer.from(piece))),
  );
  const { length } = content;
  const digits = length.toString(16);
  const bytes = Buffer.from(digits.length % 2 === 0 ? digits : `0${digits}`, 'hex');
  const header = length < 128 ? [tag, length] : [tag, 0x80 | bytes.length, ...bytes];
  return Buffer.concat([Buffer.from(header), content]);
}

const of =
  (tag: number) =>
  (...pieces: readonly Piece[]): Buffer =>
    tlv(tag, ...pieces);

/** Writers of values by what they are called. */
export const der = {
  seq: of(0x30),
  set: of(0x31),
  octets: of(4),
  int: (...bytes: readonly number[]) => tlv(2, Buffer.from(bytes)),
  yes: tlv(1, Buffer.from([255])),
  nothing: tlv(5),
  utf8: (text: string) => tlv(12, Buffer.from(text, 'utf8')),
  bmp: (text: string) => tlv(30, Buffer.from(text, 'utf16le').swap16()),
  t61: of(20),
  universal: (text: string) =>
    tlv(
      28,
      ...[...text].map((character) => {
        const bytes = Buffer.alloc(4);
        bytes.writeUInt32BE(character.codePointAt(0) ?? 0);
        return bytes;
      }),
    ),
  ia5: of(22),
  printable: of(19),
  general: of(27),
  bits: (bytes: Uint8Array) => tlv(3, Buffer.from([0]), bytes),
  /** A value behind a tag of its context, with others in it. */
  tagged: (tag: number, ...pieces: readonly Piece[]) => tlv(0xa0 | tag, ...pieces),
  /** A value behind a tag of its context, with plain content. */
  plain: (tag: number, ...pieces: readonly Piece[]) => tlv(0x80 | tag, ...pieces),
  oid: (text: string) => {
    const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
    const digits = [first * 40 + second, ...rest].flatMap((number) => {
      const groups = [number & 127];
      for (let left = Math.floor(number / 128); left > 0; left = Math.floor(left / 128))
        groups.unshift((left & 127) | 128);
      return groups;
    });
    return tlv(6, Buffer.from(digits));
  },
} as const;

/** Writes a name of another kind. */
export function otherName(oid: string, ...values: readonly Piece[]): Buffer {
  return der.tagged(0, der.oid(oid), der.tagged(0, ...values));
}

/** Writes an extension around content that is encoded already. */
export function extension(oid: string, ...content: readonly Piece[]): Buffer {
  return der.seq(der.oid(oid), der.octets(...content));
}

/** Writes the extension that holds names. */
export function namesOf(...names: readonly Piece[]): Buffer {
  return extension('2.5.29.17', der.seq(...names));
}

/** Writes the attribute that asks for extensions, in the standard's form or in Microsoft's. */
export function asking(extensions: readonly Piece[], form: 'standard' | 'microsoft' = 'standard'): Buffer {
  const oid = { standard: '1.2.840.113549.1.9.14', microsoft: '1.3.6.1.4.1.311.2.1.14' }[form];
  return der.seq(der.oid(oid), der.set(der.seq(...extensions)));
}

/** Writes one part of a distinguished name. */
export function part(oid: string, value: Piece): Buffer {
  return der.set(der.seq(der.oid(oid), value));
}

const keys = generateKeyPairSync('ec', { namedCurve: 'P-256' });

/** Writes a request of a host with these attributes, as PEM; signed by the key it holds unless that is another. */
export function requestWith(
  attributes: readonly Piece[],
  {
    subject = der.seq(part('2.5.4.3', der.utf8('app.keyexample.com'))),
    key = keys.publicKey.export({ type: 'spki', format: 'der' }),
    algorithm = der.seq(der.oid('1.2.840.10045.4.3.2')),
  }: { readonly subject?: Piece; readonly key?: Piece; readonly algorithm?: Piece } = {},
): string {
  const info = der.seq(der.int(0), subject, key, der.tagged(0, ...attributes));
  const body = der.seq(info, algorithm, der.bits(sign('sha256', info, keys.privateKey))).toString('base64');
  return `-----BEGIN CERTIFICATE REQUEST-----\n${body.replace(/(.{64})/g, '$1\n')}\n-----END CERTIFICATE REQUEST-----\n`;
}
