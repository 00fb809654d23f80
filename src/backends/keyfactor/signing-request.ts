import '../../shared/webcrypto-names.js';
// The library throws at load unless this comes first.
import 'reflect-metadata';
import { constants, createHash, createPublicKey, verify } from 'node:crypto';
import { CertificationRequest } from '@peculiar/asn1-csr';
import { ECParameters } from '@peculiar/asn1-ecc';
import { RSAPublicKey, RsaSaPssParams } from '@peculiar/asn1-rsa';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  type AlgorithmIdentifier,
  type Attribute,
  BasicConstraints,
  Certificate,
  ExtendedKeyUsage,
  type Extension,
  Extensions,
  GeneralName,
  KeyUsage,
  NameConstraints,
  OtherName,
  type SubjectPublicKeyInfo,
} from '@peculiar/asn1-x509';
import { Name } from '@peculiar/x509';
import * as asn1js from 'asn1js';
import {
  describeName,
  type KeyFacts,
  type ReplacedCertificate,
  type RequestDetail,
  type RequestedName,
  type SignatureFacts,
} from '../../domain/request.js';
import { defined } from '../../shared/language.js';
import {
  attributeNames,
  curves,
  extensionNames,
  hashes,
  keyAlgorithms,
  keyPurposes,
  type SignatureScheme,
  signatureSchemes,
} from './object-identifiers.js';

type Bytes = Uint8Array<ArrayBuffer>;

/** What a signing request says, value by value; what could not be read is said among the details. */
export interface SigningRequest {
  readonly subject?: string;
  readonly names: readonly RequestedName[];
  readonly key: KeyFacts;
  readonly signature: SignatureFacts;
  readonly details: readonly RequestDetail[];
  /** SHA-256 of the signed part, so that a request that was exchanged is another fact. */
  readonly digest: string;
}

/** Reads a PKCS #10 request whole; throws if the bytes are none. RFC 2986, and MS-WCCE for Microsoft's attributes. */
export function readRequest(der: Bytes): SigningRequest {
  const request = AsnConvert.parse(der, CertificationRequest);
  const { certificationRequestInfo: info, certificationRequestInfoRaw: raw } = request;
  const signedPart = bytesOf(raw ?? AsnConvert.serialize(info));
  const attributes: readonly Attribute[] = [...(info.attributes ?? [])];
  const found = readExtensions(attributes.flatMap(extensionsOf));
  const subject = nameText(AsnConvert.serialize(info.subject));
  const signature = readSignature(request.signatureAlgorithm, {
    key: info.subjectPKInfo,
    signedPart,
    signature: bytesOf(request.signature),
  });
  return {
    ...(subject === '' ? {} : { subject }),
    names: found.names,
    key: { ...readKey(info.subjectPKInfo), ...defined({ hash: signature.hash }) },
    signature,
    details: [
      ...(info.version === 0 ? [] : [{ kind: 'version', version: info.version + 1 } as const]),
      ...found.details,
      ...attributes.flatMap(readAttribute),
    ],
    digest: sha256(signedPart),
  };
}

/** What a certificate says that a request to replace it is compared with. */
export type ReadCertificate = Omit<ReplacedCertificate, 'names'> & {
  readonly names: readonly RequestedName[];
};

/** Reads a certificate; throws if the bytes are none. RFC 5280. */
export function readCertificate(der: Bytes): ReadCertificate {
  const { tbsCertificate: body, signatureAlgorithm } = AsnConvert.parse(der, Certificate);
  const found = readExtensions([...(body.extensions ?? [])]);
  const subject = nameText(AsnConvert.serialize(body.subject));
  const authority = nameText(AsnConvert.serialize(body.issuer));
  const { hash } = schemeOf(signatureAlgorithm);
  return {
    ...(subject === '' ? {} : { subject }),
    names: found.names,
    key: { ...readKey(body.subjectPublicKeyInfo), ...defined({ hash }) },
    ...(authority === '' ? {} : { authority }),
    expiresAtMs: body.validity.notAfter.getTime().getTime(),
  };
}

// Extensions and attributes

const alternativeNames = '2.5.29.17';

function readExtensions(extensions: readonly Extension[]) {
  const isNames = ({ extnID }: Extension) => extnID === alternativeNames;
  const counts = new Map<string, number>();
  for (const { extnID } of extensions) counts.set(extnID, (counts.get(extnID) ?? 0) + 1);
  const doubled = [...counts].filter(([, count]) => count > 1);
  const details: readonly RequestDetail[] = [
    ...extensions.filter((one) => !isNames(one)).map(readExtension),
    ...doubled.map(
      ([oid, count]) => ({ kind: 'doubled-extension', name: extensionNames[oid] ?? oid, count }) as const,
    ),
  ];
  return {
    names: extensions.filter(isNames).flatMap(({ extnValue }) => readNames(bytesOf(extnValue.buffer))),
    details,
  };
}

const standardRequest = '1.2.840.113549.1.9.14';
const microsoftRequest = '1.3.6.1.4.1.311.2.1.14';

/** Lists the extensions that an attribute asks for, in either of the two forms certificate authorities honor. */
function extensionsOf({ type, values }: Attribute): readonly Extension[] {
  if (type !== standardRequest && type !== microsoftRequest) return [];
  return values.flatMap((value) => attempt(() => [...AsnConvert.parse(value, Extensions)]) ?? []);
}

/** Says what one extension asks for; one without a reader of its own is told by its name and its content. */
function readExtension({ extnID: oid, critical, extnValue }: Extension): RequestDetail {
  const bytes = bytesOf(extnValue.buffer);
  const read = extensionReaders[oid];
  const detail = read && attempt(() => read(bytes));
  const isCritical = critical === true;
  if (detail) return detail;
  return {
    kind: 'extension',
    oid,
    name: extensionNames[oid] ?? oid,
    isKnown: oid in extensionNames,
    isCritical,
    ...contentOf(bytes),
  };
}

const extensionReaders: Readonly<Record<string, (bytes: Bytes) => RequestDetail>> = {
  '2.5.29.19': (bytes) => {
    const { cA, pathLenConstraint } = AsnConvert.parse(bytes, BasicConstraints);
    return { kind: 'basic-constraints', isAuthority: cA, ...defined({ pathLength: pathLenConstraint }) };
  },
  '2.5.29.15': (bytes) => ({ kind: 'key-usage', usages: AsnConvert.parse(bytes, KeyUsage).toJSON() }),
  '2.5.29.37': (bytes) => ({
    kind: 'extended-key-usage',
    usages: [...AsnConvert.parse(bytes, ExtendedKeyUsage)].map((oid) => keyPurposes[oid] ?? oid),
  }),
  '2.5.29.30': (bytes) => {
    const { permittedSubtrees = [], excludedSubtrees = [] } = AsnConvert.parse(bytes, NameConstraints);
    const texts = (trees: NonNullable<NameConstraints['permittedSubtrees']> | never[]) =>
      [...trees].map(({ base }) => describeName(readName(decode(bytesOf(AsnConvert.serialize(base))))));
    return {
      kind: 'name-constraints',
      permitted: texts(permittedSubtrees),
      excluded: texts(excludedSubtrees),
    };
  },
  // Microsoft's template extensions: by name (version 1), or by object identifier and version (version 2).
  '1.3.6.1.4.1.311.20.2': (bytes) => ({ kind: 'template', template: textOf(bytes) }),
  '1.3.6.1.4.1.311.21.7': (bytes) => ({ kind: 'template', template: textOf(bytes) }),
  '1.3.6.1.4.1.311.25.2': (bytes) => ({
    kind: 'sid',
    sid: /S-1-[\d-]+/.exec(textOf(bytes))?.[0] ?? textOf(bytes),
  }),
};

/** What nobody is shown: a password the requester chose, and a private key that is to be archived. */
const secretAttributes = new Set(['1.2.840.113549.1.9.7', '1.3.6.1.4.1.311.21.13']);
const nameValuePair = '1.3.6.1.4.1.311.13.2.1';

/** Says what an attribute adds; extensions it asks for are read with the others. */
function readAttribute({ type: oid, values }: Attribute): readonly RequestDetail[] {
  if (secretAttributes.has(oid)) return [];
  const name = attributeNames[oid] ?? oid;
  return values.flatMap((value): readonly RequestDetail[] => {
    const bytes = bytesOf(value);
    if (oid === standardRequest || oid === microsoftRequest) {
      const isRead = attempt(() => AsnConvert.parse(bytes, Extensions)) !== undefined;
      return isRead ? [] : [{ kind: 'attribute', name, ...contentOf(bytes) }];
    }
    if (oid === nameValuePair) {
      const [key, text] = attempt(() => leavesOf(decode(bytes))) ?? [];
      if (key?.text !== undefined && text?.text !== undefined)
        return [{ kind: 'name-value', name: key.text, value: text.text }];
    }
    return [{ kind: 'attribute', name, ...contentOf(bytes) }];
  });
}

// Names

/** Reads a list of general names; one that cannot be read makes one name unreadable, not the list. */
function readNames(bytes: Bytes): readonly RequestedName[] {
  const list = attempt(() => decode(bytes));
  if (!(list instanceof asn1js.Sequence)) return [{ kind: 'other', value: hexOf(bytes), isUnreadable: true }];
  return list.valueBlock.value.map(readName);
}

const upn = '1.3.6.1.4.1.311.20.2.3';
const kerberos = '1.3.6.1.5.2.2';
const internationalMail = '1.3.6.1.5.5.7.8.9';

function readName(block: asn1js.AsnType): RequestedName {
  const name = attempt(() => plainNameIn(block) ?? nameIn(block, bytesOf(block.toBER())));
  return name ?? { kind: 'other', value: hexOf(bytesOf(block.toBER())), isUnreadable: true };
}

/** The texts of the three kinds of plain names are taken as they are, since not every one is what it should be. */
const plainKinds: Readonly<Record<number, RequestedName['kind']>> = { 1: 'mail', 2: 'dns', 6: 'uri' };

function plainNameIn(block: asn1js.AsnType): RequestedName | undefined {
  const kind = plainKinds[block.idBlock.tagNumber];
  const isPlain = kind !== undefined && block instanceof asn1js.Primitive;
  return isPlain ? { kind, value: rawText(block.valueBlock.valueHexView) } : undefined;
}

function nameIn(block: asn1js.AsnType, bytes: Bytes): RequestedName | undefined {
  if (block.idBlock.tagNumber === 0) return otherName(bytes);
  const unnamed = { 3: 'X.400 address', 5: 'EDI party' }[block.idBlock.tagNumber];
  if (unnamed !== undefined) {
    const texts = leavesOf(block).map(({ text, hex }) => text ?? hex);
    return { kind: 'other', oid: unnamed, value: texts.join(' '), isUnreadable: true };
  }
  const name = AsnConvert.parse(bytes, GeneralName);
  if (block.idBlock.tagNumber === 7 && block instanceof asn1js.Primitive)
    return { kind: 'ip', value: addressText(block.valueBlock.valueHexView) };
  if (name.directoryName)
    return { kind: 'directory', value: nameText(AsnConvert.serialize(name.directoryName)) };
  if (name.registeredID !== undefined) return { kind: 'registered-id', value: name.registeredID };
  return undefined;
}

/** Writes an address, or in name constraints an address with its mask. */
function addressText(bytes: Uint8Array): string {
  const half = bytes.length / 2;
  if (bytes.length === 8 || bytes.length === 32)
    return `${addressText(bytes.subarray(0, half))}/${addressText(bytes.subarray(half))}`;
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length !== 16) throw new RangeError('An address of another length');
  const groups = hexOf(bytes).match(/.{4}/g) ?? [];
  return new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1);
}

function otherName(bytes: Bytes): RequestedName {
  const { typeId: oid, value } = AsnConvert.parse(bytes, GeneralName).otherName ?? new OtherName();
  const leaves = leavesOf(decode(bytesOf(value)));
  const texts = leaves.map(({ text, hex }) => text ?? hex);
  const isText = leaves.every(({ text }) => text !== undefined);
  if (isText && oid === upn) return { kind: 'upn', value: texts.join(' ') };
  if (isText && oid === internationalMail) return { kind: 'mail', value: texts.join(' ') };
  if (oid === kerberos) {
    const [realm, ...rest] = leaves;
    const parts = rest.filter(({ isNumber }) => !isNumber).map(({ text, hex }) => text ?? hex);
    return { kind: 'kerberos', value: `${parts.join('/')}@${realm?.text ?? realm?.hex}` };
  }
  return { kind: 'other', oid, value: texts.join(' '), ...(isText ? {} : { isUnreadable: true as const }) };
}

/** Writes a distinguished name as RFC 4514 does, parts in the order in which they are encoded. */
function nameText(der: ArrayBuffer): string {
  return attempt(() => visible(new Name(der).toString())) ?? hexOf(bytesOf(der));
}

// Keys and signatures

function readKey(info: SubjectPublicKeyInfo): KeyFacts {
  const oid = info.algorithm.algorithm;
  const known = keyAlgorithms[oid];
  const parts = attempt(() => readKeyParts(info)) ?? {};
  return {
    algorithm: known?.name ?? oid,
    ...defined({ sizeBits: known?.sizeBits }),
    ...parts,
    ...(known?.cannotSign ? { cannotSign: true as const } : {}),
    fingerprint: `SHA256:${sha256(bytesOf(AsnConvert.serialize(info)))}`,
  };
}

function readKeyParts({ algorithm, subjectPublicKey }: SubjectPublicKeyInfo): Partial<KeyFacts> {
  const parameters = algorithm.parameters ? bytesOf(algorithm.parameters) : undefined;
  switch (keyAlgorithms[algorithm.algorithm]?.family) {
    case 'rsa':
    case 'rsa-pss': {
      const { modulus, publicExponent } = AsnConvert.parse(subjectPublicKey, RSAPublicKey);
      const size = numberOf(bytesOf(modulus));
      const exponent = numberOf(bytesOf(publicExponent));
      const isBroken = exponent < 3n || exponent % 2n === 0n || size % 2n === 0n;
      return {
        sizeBits: bitsOf(size),
        exponent: exponent.toString(),
        ...(isBroken ? { isBroken: true as const } : {}),
      };
    }
    case 'dsa': {
      const list = parameters && decode(parameters);
      const prime = list instanceof asn1js.Sequence ? list.valueBlock.value[0] : undefined;
      return prime instanceof asn1js.Integer
        ? { sizeBits: bitsOf(numberOf(prime.valueBlock.valueHexView)) }
        : {};
    }
    case 'ec': {
      const { namedCurve, specifiedCurve } = AsnConvert.parse(parameters ?? new Uint8Array(), ECParameters);
      if (namedCurve === undefined)
        return { curve: specifiedCurve ? 'explicit parameters' : 'no curve named' };
      const known = curves[namedCurve];
      return known ? { curve: known[0], sizeBits: known[1] } : { curve: namedCurve };
    }
    default:
      return {};
  }
}

function schemeOf({
  algorithm: oid,
  parameters,
}: AlgorithmIdentifier): SignatureScheme & { readonly saltLength?: number } {
  const known = signatureSchemes[oid] ?? { name: oid };
  if (known.family !== 'rsa-pss') return known;
  const pss = parameters && attempt(() => AsnConvert.parse(parameters, RsaSaPssParams));
  const hash = hashes[pss?.hashAlgorithm.algorithm ?? ''] ?? (pss ? undefined : 'SHA-1');
  return {
    ...known,
    name: `RSA-PSS with ${hash ?? pss?.hashAlgorithm.algorithm}`,
    ...defined({ hash, saltLength: pss?.saltLength }),
  };
}

/** Names a signature's algorithm, and says whether the key made the signature, where Node can tell. */
function readSignature(
  algorithm: AlgorithmIdentifier,
  parts: { readonly key: SubjectPublicKeyInfo; readonly signedPart: Bytes; readonly signature: Bytes },
): SignatureFacts {
  const scheme = schemeOf(algorithm);
  return { algorithm: scheme.name, ...defined({ hash: scheme.hash }), fits: fitOf(scheme, parts) };
}

function fitOf(
  scheme: ReturnType<typeof schemeOf>,
  {
    key,
    signedPart,
    signature,
  }: { readonly key: SubjectPublicKeyInfo; readonly signedPart: Bytes; readonly signature: Bytes },
): SignatureFacts['fits'] {
  const family = keyAlgorithms[key.algorithm.algorithm]?.family;
  if (scheme.family === undefined || family === undefined) return 'not-checked';
  const isOfKey = scheme.family === family || (scheme.family === 'rsa-pss' && family === 'rsa');
  if (!isOfKey) return 'no';
  const fits = attempt(() => {
    const publicKey = createPublicKey({
      key: Buffer.from(AsnConvert.serialize(key)),
      format: 'der',
      type: 'spki',
    });
    const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, ...defined({ saltLength: scheme.saltLength }) };
    const digest = scheme.hash?.toLowerCase().replace('sha-', 'sha').replace('sha3-', 'sha3-') ?? null;
    return verify(
      digest,
      signedPart,
      { key: publicKey, ...(scheme.family === 'rsa-pss' ? pss : {}) },
      signature,
    );
  });
  if (fits === undefined) return 'not-checked';
  return fits ? 'yes' : 'no';
}

// Texts of what is encoded

/** A value that holds no others. */
interface Leaf {
  /** Absent if it is no text, nor a number or an object identifier. */
  readonly text?: string;
  readonly isNumber?: boolean;
  readonly hex: string;
}

/** Longest content without a text form that is shown whole, in bytes; of a longer one its length is told. */
const longestHex = 200;

/** Gives what a value holds as text, or in hexadecimal digits, or its length. */
function contentOf(bytes: Bytes): { readonly text: string } | { readonly hiddenBytes: number } {
  const leaves = attempt(() => leavesOf(decode(bytes))) ?? [leafOf(bytes)];
  const isShort = leaves.every(({ text, hex }) => text !== undefined || hex.length <= 2 * longestHex);
  return isShort
    ? { text: leaves.map(({ text, hex }) => text ?? hex).join(', ') }
    : { hiddenBytes: bytes.length };
}

function textOf(bytes: Bytes): string {
  const content = contentOf(bytes);
  if ('text' in content) return content.text;
  throw new RangeError('A value without a text form');
}

/** Lists the values within a value, in their order; octet strings that hold text are texts. */
function leavesOf(block: asn1js.AsnType): readonly Leaf[] {
  if (
    block instanceof asn1js.Constructed ||
    block instanceof asn1js.Sequence ||
    block instanceof asn1js.Set
  ) {
    return block.valueBlock.value.flatMap((inner: asn1js.AsnType) => leavesOf(inner));
  }
  if (block instanceof asn1js.ObjectIdentifier) return [{ text: block.getValue(), hex: '' }];
  if (block instanceof asn1js.Boolean) return [{ text: String(block.getValue()), hex: '' }];
  if (block instanceof asn1js.Null) return [];
  if (block instanceof asn1js.Integer || block instanceof asn1js.Enumerated) {
    return [{ text: signedNumberOf(block.valueBlock.valueHexView).toString(), isNumber: true, hex: '' }];
  }
  if (block instanceof asn1js.BaseStringBlock) return [{ text: visible(String(block.getValue())), hex: '' }];
  if (block instanceof asn1js.UTCTime) return [{ text: block.toDate().toISOString(), hex: '' }];
  return [
    leafOf(
      bytesOf(
        block.valueBlock instanceof Object && 'valueHexView' in block.valueBlock
          ? (block.valueBlock.valueHexView as Bytes)
          : block.toBER(),
      ),
    ),
  ];
}

function leafOf(bytes: Bytes): Leaf {
  const text = Buffer.from(bytes).toString('latin1');
  return { ...(bytes.length > 0 && /^[\x20-\x7e]+$/.test(text) ? { text } : {}), hex: hexOf(bytes) };
}

function decode(bytes: Bytes): asn1js.AsnType {
  const { offset, result } = asn1js.fromBER(bytes);
  if (offset < 0) throw new RangeError(result.error || 'Not encoded by the basic encoding rules');
  return result;
}

/** Reads text as UTF-8 where it is, else byte by byte, and makes visible what a screen would not show. */
function rawText(bytes: Uint8Array): string {
  const buffer = Buffer.from(bytes);
  const text = buffer.toString('utf8');
  return visible(text.includes('\uFFFD') ? buffer.toString('latin1') : text);
}

function visible(text: string): string {
  return text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is made visible
    /[\u0000-\u001f\u007f-\u009f]/g,
    (one) => `\\x${one.charCodeAt(0).toString(16).padStart(2, '0')}`,
  );
}

function numberOf(bytes: Uint8Array): bigint {
  return bytes.length === 0 ? 0n : BigInt(`0x${Buffer.from(bytes).toString('hex')}`);
}

function signedNumberOf(bytes: Uint8Array): bigint {
  return BigInt.asIntN(8 * Math.max(1, bytes.length), numberOf(bytes));
}

function bitsOf(number: bigint): number {
  return number === 0n ? 0 : number.toString(2).length;
}

function hexOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex');
}

function sha256(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('base64').replace(/=+$/, '');
}

function bytesOf(buffer: ArrayBuffer | Uint8Array): Bytes {
  return new Uint8Array(buffer);
}

/** Gives what a reader reads, or undefined if it throws: one odd field must not hide the others. */
function attempt<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
