import '../../shared/webcrypto-names.js';
// The library throws at load unless this comes first.
import 'reflect-metadata';
import { constants, createHash, createPublicKey, verify } from 'node:crypto';
import { CertificationRequest } from '@peculiar/asn1-csr';
import { ECParameters } from '@peculiar/asn1-ecc';
import { RSAPublicKey, RsaSaPssParams } from '@peculiar/asn1-rsa';
import { AsnConvert } from '@peculiar/asn1-schema';
import {
  AlgorithmIdentifier,
  type Attribute,
  BasicConstraints,
  Certificate,
  KeyUsage,
  NameConstraints,
  PolicyConstraints,
  type SubjectPublicKeyInfo,
} from '@peculiar/asn1-x509';
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
  distinguishedNames,
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
  /** The whole request in base64; absent where an attribute of it is a secret. */
  readonly encoded?: string;
}

/** Reads a PKCS #10 request whole; throws if the bytes are none. RFC 2986, and MS-WCCE for Microsoft's attributes. */
export function readRequest(der: Bytes): SigningRequest {
  const request = AsnConvert.parse(der, CertificationRequest);
  const { certificationRequestInfo: info, certificationRequestInfoRaw: raw } = request;
  const signedPart = bytesOf(raw ?? AsnConvert.serialize(info));
  const attributes: readonly Attribute[] = [...(info.attributes ?? [])];
  const found = readExtensions(attributes.flatMap(extensionsOf));
  const [, subjectPart = signedPart] = elementsOf(signedPart);
  const subject = nameText(subjectPart);
  const spki = bytesOf(AsnConvert.serialize(info.subjectPKInfo));
  const key = readKey(info.subjectPKInfo, spki);
  const signature = readSignature(request.signatureAlgorithm, {
    algorithm: info.subjectPKInfo.algorithm.algorithm,
    key,
    spki,
    signedPart,
    signature: bytesOf(request.signature),
  });
  return {
    ...(subject === '' ? {} : { subject }),
    names: found.names,
    key: { ...key, ...defined({ hash: signature.hash }) },
    signature,
    details: [
      ...(info.version === 0 ? [] : [{ kind: 'version', version: info.version + 1 } as const]),
      ...found.details,
      ...attributes.flatMap(readAttribute),
    ],
    digest: sha256(signedPart),
    ...(attributes.some(({ type }) => secretAttributes.has(type))
      ? {}
      : { encoded: Buffer.from(der).toString('base64') }),
  };
}

/** What a certificate says that a request to replace it is compared with. */
export type ReadCertificate = Omit<ReplacedCertificate, 'names'> & {
  readonly names: readonly RequestedName[];
};

/** Reads a certificate; throws if the bytes are none. RFC 5280. */
export function readCertificate(der: Bytes): ReadCertificate {
  const { tbsCertificate: body, signatureAlgorithm } = AsnConvert.parse(der, Certificate);
  const found = readExtensions(
    [...(body.extensions ?? [])].map(({ extnID: oid, critical, extnValue }) => ({
      oid,
      isCritical: critical === true,
      content: bytesOf(extnValue.buffer),
    })),
  );
  // As they are encoded, since the library writes some texts otherwise; a version may stand before them.
  const [signedPart = der] = elementsOf(der);
  const parts = elementsOf(signedPart).filter(([tag]) => tag === 0x30);
  const [, issuerPart = der, , subjectPart = der] = parts;
  const subject = nameText(subjectPart);
  const authority = nameText(issuerPart);
  const { hash, name: signature } = schemeOf(signatureAlgorithm);
  return {
    ...(subject === '' ? {} : { subject }),
    names: found.names,
    key: { ...readKey(body.subjectPublicKeyInfo), ...defined({ hash }) },
    signature,
    ...(authority === '' ? {} : { authority }),
    ...(found.details.length > 0 ? { details: found.details } : {}),
    expiresAtMs: body.validity.notAfter.getTime().getTime(),
  };
}

// Extensions and attributes

const alternativeNames = '2.5.29.17';

/** One extension, with its content as it is encoded. */
interface RequestedExtension {
  readonly oid: string;
  readonly isCritical: boolean;
  readonly content: Bytes;
}

function readExtensions(extensions: readonly RequestedExtension[]) {
  const isNames = ({ oid }: RequestedExtension) => oid === alternativeNames;
  const counts = new Map<string, number>();
  for (const { oid } of extensions) counts.set(oid, (counts.get(oid) ?? 0) + 1);
  const doubled = [...counts].filter(([, count]) => count > 1);
  const lists = extensions.filter(isNames).map((one) => ({ ...one, names: readNames(one.content) }));
  const details: readonly RequestDetail[] = [
    ...extensions.filter((one) => !isNames(one)).map(readExtension),
    ...lists.filter(({ names }) => names.length === 0).map(plainExtension),
    ...(lists.some(({ names, isCritical }) => isCritical && names.length > 0)
      ? [{ kind: 'critical-names', isCritical: true } as const]
      : []),
    ...doubled.map(
      ([oid, count]) => ({ kind: 'doubled-extension', name: extensionNames[oid] ?? oid, count }) as const,
    ),
  ];
  return { names: lists.flatMap(({ names }) => names), details };
}

const standardRequest = '1.2.840.113549.1.9.14';
const microsoftRequest = '1.3.6.1.4.1.311.2.1.14';

/** Lists the extensions that an attribute asks for, in either of the two forms certificate authorities honor. */
function extensionsOf({ type, values }: Attribute): readonly RequestedExtension[] {
  if (type !== standardRequest && type !== microsoftRequest) return [];
  return values.flatMap((value) => partsOf(bytesOf(value)).flatMap((part) => extensionIn(part) ?? []));
}

/** Reads one extension; undefined if it is none, or holds more than one may hold. */
function extensionIn(bytes: Bytes): RequestedExtension | undefined {
  return attempt(() => {
    const [type = bytes, ...parts] = elementsOf(bytes);
    const value = parts.pop() ?? bytes;
    const [flag, ...more] = parts.map(decode);
    const isSound = flag === undefined || flag instanceof asn1js.Boolean;
    if (!isSound || more.length > 0 || (value[0] ?? 0) % 0x20 !== 0x04)
      throw new RangeError('Not an extension');
    // The content of the plain form is not looked into yet: it may be long, or broken.
    const content = value[0] === 0x04 ? value.slice(extentOf(value, 0).start) : octetsIn(decode(value));
    return { oid: identifierIn(type), isCritical: flag?.getValue() === true, content: bytesOf(content) };
  });
}

/** Says what one extension asks for; one without a reader of its own is told by its name and its content. */
function readExtension(extension: RequestedExtension): RequestDetail {
  const read = extensionReaders[extension.oid];
  const detail = read && attempt(() => read(extension.content));
  if (detail === undefined) return plainExtension(extension);
  return extension.isCritical ? { ...detail, isCritical: true } : detail;
}

function plainExtension({ oid, isCritical, content }: RequestedExtension) {
  return {
    kind: 'extension',
    oid,
    name: extensionNames[oid] ?? oid,
    isKnown: oid in extensionNames,
    isCritical,
    ...(oid === alternativeNames ? { text: '' } : (textIn(oid, content) ?? contentOf(content))),
  } as const;
}

/** Gives the content of an extension whose numbers would read as others in hexadecimal digits. */
function textIn(oid: string, content: Bytes): { readonly text: string } | undefined {
  if (oid !== '2.5.29.36') return undefined;
  return attempt(() => {
    expectAtMost(2, content);
    const { requireExplicitPolicy, inhibitPolicyMapping } = parse(content, PolicyConstraints);
    const after = (what: string, count: ArrayBuffer | undefined) =>
      count === undefined ? [] : [`${what} after ${signedNumberOf(bytesOf(count))}`];
    const text = [
      ...after('explicit policy', requireExplicitPolicy),
      ...after('no mapping', inhibitPolicyMapping),
    ].join(', ');
    return { text };
  });
}

const extensionReaders: Readonly<Record<string, (bytes: Bytes) => RequestDetail>> = {
  '2.5.29.19': (bytes) => {
    expectAtMost(2, bytes);
    const { cA, pathLenConstraint } = parse(bytes, BasicConstraints);
    return { kind: 'basic-constraints', isAuthority: cA, ...defined({ pathLength: pathLenConstraint }) };
  },
  '2.5.29.15': (bytes) => ({ kind: 'key-usage', usages: parse(bytes, KeyUsage).toJSON() }),
  '2.5.29.37': (bytes) => ({
    kind: 'extended-key-usage',
    usages: elementsOf(bytes).map((one) => keyPurposes[identifierIn(one)] ?? identifierIn(one)),
  }),
  '2.5.29.30': (bytes) => {
    expectAtMost(2, bytes);
    const { permittedSubtrees = [], excludedSubtrees = [] } = parse(bytes, NameConstraints);
    const texts = (trees: NonNullable<NameConstraints['permittedSubtrees']> | never[]) =>
      [...trees].map(({ base }) => describeName(readName(bytesOf(AsnConvert.serialize(base)))));
    const [permitted, excluded] = [texts(permittedSubtrees), texts(excludedSubtrees)];
    const count = elementsOf(bytes).flatMap(elementsOf).length;
    if (count !== permitted.length + excluded.length) throw new RangeError('A constraint of another form');
    return { kind: 'name-constraints', permitted, excluded };
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
  if (values.length === 0) return [{ kind: 'attribute', name, text: '' }];
  return values.flatMap((value): readonly RequestDetail[] => {
    const bytes = bytesOf(value);
    if (oid === standardRequest || oid === microsoftRequest) {
      const parts = partsOf(bytes);
      if (parts.length === 0) return [{ kind: 'attribute', name, text: '' }];
      const unread = parts.filter((part) => extensionIn(part) === undefined);
      return unread.map((part) => ({ kind: 'attribute', name, ...contentOf(part) }));
    }
    if (oid === nameValuePair) {
      const [key, text, ...more] = leavesIn(bytes);
      if (key?.text !== undefined && text?.text !== undefined && more.length === 0)
        return [{ kind: 'name-value', name: key.text, value: text.text }];
    }
    return [{ kind: 'attribute', name, ...contentOf(bytes) }];
  });
}

// Names

/** Reads a list of general names; one that cannot be read makes one name unreadable, not the list. */
function readNames(bytes: Bytes): readonly RequestedName[] {
  const isList = bytes[0] === 0x30;
  // An address with its mask belongs to name constraints only.
  const readAlone = (part: Bytes) => {
    const name = readName(part);
    return name.kind === 'ip' && name.value.includes('/') ? unreadableName(part) : name;
  };
  return isList ? partsOf(bytes).map(readAlone) : [unreadableName(bytes)];
}

const upn = '1.3.6.1.4.1.311.20.2.3';
const kerberos = '1.3.6.1.5.2.2';
const internationalMail = '1.3.6.1.5.5.7.8.9';

function readName(bytes: Bytes): RequestedName {
  const name = attempt(() => nameIn(bytes)) ?? unreadableName(bytes);
  return name.value === '' ? { ...name, value: '(empty)' } : name;
}

function unreadableName(bytes: Bytes): RequestedName {
  return { kind: 'other', value: hexText(bytes), isUnreadable: true };
}

/** Class of the tags by which the standard tells kinds of names apart. */
const contextSpecific = 2;

/** The texts of the three kinds of plain names are taken as they are, since not every one is what it should be. */
const plainKinds: Readonly<Record<number, RequestedName['kind']>> = { 1: 'mail', 2: 'dns', 6: 'uri' };

/** Kinds of names that are told by what is in them: nobody here reads them. */
const unreadKinds: Readonly<Record<number, string>> = { 3: 'X.400 address', 5: 'EDI party' };

function nameIn(bytes: Bytes): RequestedName | undefined {
  const [identifier = 0] = bytes;
  if (identifier >> 6 !== contextSpecific) return undefined;
  const [tagNumber, isConstructed] = [identifier & 0x1f, (identifier & 0x20) !== 0];
  const plain = plainKinds[tagNumber];
  if (plain !== undefined) {
    const octets = isConstructed ? octetsIn(decode(bytes)) : bytes.subarray(extentOf(bytes, 0).start);
    return { kind: plain, value: rawText(octets) };
  }
  const unread = unreadKinds[tagNumber];
  if (unread !== undefined)
    return { kind: 'other', oid: unread, value: leavesIn(bytes).map(leafText).join(' '), isUnreadable: true };
  if (tagNumber === 0 && isConstructed) return otherName(bytes);
  if (tagNumber === 7) return { kind: 'ip', value: addressText(octetsIn(decode(bytes))) };
  if (tagNumber === 8) {
    const encoded = Uint8Array.from(bytes);
    encoded[0] = 0x06;
    return { kind: 'registered-id', value: identifierIn(encoded) };
  }
  const [name, ...more] = tagNumber === 4 && isConstructed ? elementsOf(bytes) : [];
  return name && more.length === 0 && name[0] === 0x30
    ? { kind: 'directory', value: distinguishedText(name) }
    : undefined;
}

/** Gives the bytes of a value, those of its parts one after the other where it is written in parts. */
function octetsIn(block: asn1js.AsnType): Uint8Array {
  if (block instanceof asn1js.Constructed)
    return Buffer.concat(block.valueBlock.value.map((part: asn1js.AsnType) => octetsIn(part)));
  if ('valueHexView' in block.valueBlock) return block.valueBlock.valueHexView as Uint8Array;
  throw new RangeError('A value of another form');
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
  const [type = bytes, ...values] = elementsOf(bytes);
  const oid = identifierIn(type);
  const leaves = values.flatMap(leavesIn);
  const texts = leaves.map(leafText);
  const isText = leaves.length > 0 && leaves.every(({ text }) => text !== undefined);
  const isOneText = isText && leaves.length === 1;
  if (isOneText && oid === upn) return { kind: 'upn', value: texts.join(' ') };
  if (isOneText && oid === internationalMail) return { kind: 'mail', value: texts.join(' ') };
  const [realm, number, ...parts] = leaves;
  if (
    oid === kerberos &&
    isText &&
    number?.isNumber &&
    parts.length > 0 &&
    parts.every((part) => !part.isNumber)
  )
    return { kind: 'kerberos', value: `${parts.map(leafText).join('/')}@${realm?.text}` };
  return { kind: 'other', oid, value: texts.join(' '), ...(isText ? {} : { isUnreadable: true as const }) };
}

function nameText(der: Bytes): string {
  return attempt(() => distinguishedText(der)) ?? hexText(der);
}

/** Writes a distinguished name as RFC 4514 does, parts in the order in which they are encoded. */
function distinguishedText(der: Bytes): string {
  const parts = elementsOf(der).map((part) => elementsOf(part).map(partText).join('+'));
  return parts.filter((part) => part !== '').join(', ');
}

function partText(bytes: Bytes): string {
  const [type = bytes, ...values] = elementsOf(bytes);
  const oid = identifierIn(type);
  const [only, ...more] = values.map((value) => attempt(() => decode(value)));
  const [leaf] = only instanceof asn1js.BaseStringBlock && more.length === 0 ? leavesOf(only) : [];
  const value = leaf?.text === undefined ? `#${values.map(hexText).join('#')}` : escaped(leaf.text);
  return `${distinguishedNames[oid] ?? oid}=${value}`;
}

/** Puts a backslash before what has a meaning in a distinguished name; what nobody sees has been made visible. */
function escaped(text: string): string {
  return text.replace(/\\(?!x[0-9a-f]{2})|[,+"<>;]|^[ #]| $/g, (one) => `\\${one}`);
}

// Keys and signatures

function readKey(info: SubjectPublicKeyInfo, spki = bytesOf(AsnConvert.serialize(info))): KeyFacts {
  const oid = info.algorithm.algorithm;
  const known = keyAlgorithms[oid];
  const parts = attempt(() => readKeyParts(info)) ?? {};
  const isSized = (known?.sizeBits ?? parts.sizeBits) !== undefined && !parts.curve?.startsWith(explicit);
  return {
    algorithm: known?.name ?? oid,
    ...defined({ sizeBits: known?.sizeBits }),
    ...parts,
    ...(known?.cannotSign ? { cannotSign: true as const } : {}),
    ...(known === undefined || (known.family !== undefined && known.family !== 'eddsa' && !isSized)
      ? { isUnknown: true as const }
      : {}),
    fingerprint: `SHA256:${sha256(spki)}`,
  };
}

const explicit = 'explicit parameters';

/** An exponent of more bits is told by its size: no key has one, and nobody would read it. */
const longestExponent = 64;

function readKeyParts({ algorithm, subjectPublicKey }: SubjectPublicKeyInfo): Partial<KeyFacts> {
  const parameters = algorithm.parameters ? bytesOf(algorithm.parameters) : undefined;
  switch (keyAlgorithms[algorithm.algorithm]?.family) {
    case 'rsa':
    case 'rsa-pss': {
      const { modulus, publicExponent } = parse(bytesOf(subjectPublicKey), RSAPublicKey);
      const size = signedNumberOf(bytesOf(modulus));
      const exponent = signedNumberOf(bytesOf(publicExponent));
      const bits = bitsOf(exponent);
      const isBroken =
        exponent < 3n || exponent % 2n === 0n || size <= 0n || size % 2n === 0n || bits > bitsOf(size);
      return {
        sizeBits: bitsOf(size),
        exponent: bits > longestExponent ? `of ${bits} bits` : exponent.toString(),
        ...(isBroken ? { isBroken: true as const } : {}),
        ...pssRestriction(algorithm),
      };
    }
    case 'dsa': {
      const list = parameters && decode(parameters);
      return sizeOf(list instanceof asn1js.Sequence ? list.valueBlock.value[0] : undefined);
    }
    case 'ec': {
      const { namedCurve, specifiedCurve } = parse(parameters ?? new Uint8Array(), ECParameters);
      if (namedCurve !== undefined) {
        const [name, sizeBits] = curves[namedCurve] ?? [namedCurve];
        return { curve: name, ...defined({ sizeBits }) };
      }
      const field = specifiedCurve && decode(bytesOf(specifiedCurve.fieldID.parameters));
      const size = sizeOf(field);
      return {
        curve: size.sizeBits === undefined ? explicit : `${explicit} of ${size.sizeBits} bits`,
        ...size,
      };
    }
    default:
      return {};
  }
}

/** Says which hash a key of RSA-PSS is restricted to, if it is. */
function pssRestriction({ algorithm, parameters }: AlgorithmIdentifier): Pick<KeyFacts, 'restriction'> {
  if (keyAlgorithms[algorithm]?.family !== 'rsa-pss' || !parameters) return {};
  const pss = attempt(() => readPss(bytesOf(parameters)));
  return { restriction: pss ? `only with ${pss.name}` : 'parameters that cannot be read' };
}

function sizeOf(prime: asn1js.AsnType | undefined): Pick<KeyFacts, 'sizeBits'> {
  return prime instanceof asn1js.Integer ? { sizeBits: bitsOf(numberOf(prime.valueBlock.valueHexView)) } : {};
}

function schemeOf({ algorithm: oid, parameters }: AlgorithmIdentifier): SignatureScheme & {
  readonly saltLength?: number;
  /** Whether parameters say something that Node cannot be told. */
  readonly isOdd?: boolean;
} {
  const known = signatureSchemes[oid] ?? { name: oid };
  if (oid === ecdsaWithParameters) {
    const hash = parameters && attempt(() => parse(bytesOf(parameters), AlgorithmIdentifier).algorithm);
    return {
      ...known,
      name: `${hashes[hash ?? ''] ?? hash} with ECDSA`,
      ...defined({ hash: hashes[hash ?? ''] }),
    };
  }
  if (known.family !== 'rsa-pss' || known.hash !== undefined) return known;
  const pss = parameters && attempt(() => readPss(bytesOf(parameters)));
  if (parameters && !pss) return { ...known, name: 'RSA-PSS with unreadable parameters' };
  const { identifier, saltLength, inMask, name } = pss ?? {};
  const hash = pss ? hashes[identifier ?? ''] : 'SHA-1';
  return {
    ...known,
    name: `RSA-PSS with ${name ?? hash}`,
    ...defined({ hash, saltLength }),
    isOdd: pss !== undefined && inMask !== identifier,
  };
}

/** Reads what a signature by RSA-PSS is made with; the hash of its mask is named where it is another. */
function readPss(bytes: Bytes) {
  const { hashAlgorithm, maskGenAlgorithm, saltLength } = parse(bytes, RsaSaPssParams);
  const mask = maskGenAlgorithm.parameters;
  const inMask = mask ? attempt(() => parse(bytesOf(mask), AlgorithmIdentifier).algorithm) : undefined;
  const identifier = hashAlgorithm.algorithm;
  const nameOf = (oid: string) => hashes[oid] ?? oid;
  const maskText = inMask === undefined ? 'an unreadable hash' : nameOf(inMask);
  const other = inMask === identifier ? '' : `, mask with ${maskText}`;
  return { identifier, inMask, saltLength, name: `${nameOf(identifier)}${other}` };
}

const ecdsaWithParameters = '1.2.840.10045.4.3';

/** Names a signature's algorithm, and says whether the key made the signature, where Node can tell. */
function readSignature(algorithm: AlgorithmIdentifier, parts: SignatureParts): SignatureFacts {
  const scheme = schemeOf(algorithm);
  return { algorithm: scheme.name, ...defined({ hash: scheme.hash }), fits: fitOf(scheme, parts) };
}

/** What a signature is checked with: reading and writing a key anew is much of what a request costs. */
interface SignatureParts {
  /** That of the key, by its object identifier. */
  readonly algorithm: string;
  readonly key: KeyFacts;
  /** The key as it is encoded. */
  readonly spki: Bytes;
  readonly signedPart: Bytes;
  readonly signature: Bytes;
}

function fitOf(
  scheme: ReturnType<typeof schemeOf>,
  { algorithm, key, spki, signedPart, signature }: SignatureParts,
): SignatureFacts['fits'] {
  const known = keyAlgorithms[algorithm];
  if (scheme.family === undefined) return 'not-checked';
  if (known?.family === undefined) return known?.cannotSign ? 'no' : 'not-checked';
  const { family } = known;
  const isOfKey = scheme.family === family || (scheme.family === 'rsa-pss' && family === 'rsa');
  if (!isOfKey) return 'no';
  const isHashed = scheme.family === 'eddsa' || scheme.hash !== undefined;
  if (!isHashed || scheme.isOdd || isTooLarge(key)) return 'not-checked';
  const fits = attempt(() => {
    const publicKey = createPublicKey({ key: Buffer.from(spki), format: 'der', type: 'spki' });
    const pss = { padding: constants.RSA_PKCS1_PSS_PADDING, ...defined({ saltLength: scheme.saltLength }) };
    const digest = scheme.hash?.toLowerCase().replace('sha-', 'sha').replace('/', '-') ?? null;
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

/** OpenSSL, within Node, refuses to look at such keys, which must not be taken for a signature that fails. */
function isTooLarge({ sizeBits = 0, exponent = '' }: KeyFacts): boolean {
  return sizeBits > 10_000 || (sizeBits > 3_072 && exponent.startsWith('of '));
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
  const leaves = leavesIn(bytes);
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

function leafText({ text, hex }: Leaf): string {
  return text ?? (hex.length > 2 * longestHex ? notShown(hex.length / 2) : hex);
}

function hexText(bytes: Uint8Array): string {
  return bytes.length > longestHex ? notShown(bytes.length) : hexOf(bytes);
}

function notShown(length: number): string {
  return `1 value not shown (${length} bytes)`;
}

/** Lists the values within a value, or the value itself where it cannot be taken apart. */
function leavesIn(bytes: Bytes): readonly Leaf[] {
  return attempt(() => leavesOf(decode(bytes))) ?? [leafOf(bytes)];
}

/** Lists the values within a value, in their order; octet strings that hold text are texts. */
function leavesOf(block: asn1js.AsnType): readonly Leaf[] {
  if (isDirectoryName(block)) return [{ text: distinguishedText(bytesOf(block.toBER())), hex: '' }];
  if (
    block instanceof asn1js.Constructed ||
    block instanceof asn1js.Sequence ||
    block instanceof asn1js.Set
  ) {
    return block.valueBlock.value.flatMap((inner: asn1js.AsnType) => leavesOf(inner));
  }
  if (block instanceof asn1js.ObjectIdentifier) return [{ text: identifierOf(block), hex: '' }];
  if (block instanceof asn1js.Boolean) return [{ text: String(block.getValue()), hex: '' }];
  if (block instanceof asn1js.Null) return [];
  if (block instanceof asn1js.Integer || block instanceof asn1js.Enumerated) {
    return [{ text: signedNumberOf(block.valueBlock.valueHexView).toString(), isNumber: true, hex: '' }];
  }
  if (block instanceof asn1js.BaseStringBlock) return [{ text: stringOf(block), hex: '' }];
  if (block instanceof asn1js.UTCTime) return [{ text: block.toDate().toISOString(), hex: '' }];
  return [leafOf(bytesOf(attempt(() => octetsIn(block)) ?? block.toBER()))];
}

/** Tells whether a value is a list of lists of typed texts, as a distinguished name is. */
function isDirectoryName(block: asn1js.AsnType): boolean {
  const membersOf = (one: asn1js.AsnType): readonly asn1js.AsnType[] =>
    one instanceof asn1js.Sequence || one instanceof asn1js.Set ? one.valueBlock.value : [];
  const isPart = (part: asn1js.AsnType) => {
    const [type, value, ...more] = membersOf(part);
    const isTyped = type instanceof asn1js.ObjectIdentifier && value instanceof asn1js.BaseStringBlock;
    return isTyped && more.length === 0;
  };
  const parts = block instanceof asn1js.Sequence ? membersOf(block) : [];
  return (
    parts.length > 0 &&
    parts.every(
      (part) => part instanceof asn1js.Set && membersOf(part).length > 0 && membersOf(part).every(isPart),
    )
  );
}

/** Gives the text of a string, also of one that is written in parts. */
function stringOf(block: InstanceType<typeof asn1js.BaseStringBlock>): string {
  if (block.idBlock.isConstructed)
    return elementsOf(bytesOf(block.toBER())).flatMap(leavesIn).map(leafText).join('');
  if (!(block instanceof asn1js.UniversalString)) return visible(String(block.getValue()));
  const bytes = Buffer.from(block.valueBlock.valueHexView);
  // Four bytes a character; the library drops what stands above the first two.
  const codes = Array.from({ length: bytes.length / 4 }, (_, at) => bytes.readUInt32BE(4 * at));
  return visible(String.fromCodePoint(...codes));
}

function leafOf(bytes: Bytes): Leaf {
  const text = Buffer.from(bytes).toString('latin1');
  return { ...(bytes.length > 0 && /^[\x20-\x7e]+$/.test(text) ? { text } : {}), hex: hexOf(bytes) };
}

/** Decodes one value; throws if more stands behind it, since that would be passed over in silence. */
function decode(bytes: Bytes): asn1js.AsnType {
  const { offset, result } = asn1js.fromBER(bytes);
  if (offset < 0) throw new RangeError(result.error || 'Not encoded by the basic encoding rules');
  if (offset < bytes.length) throw new RangeError('More stands behind the value');
  return result;
}

function parse<T>(bytes: Bytes, form: new () => T): T {
  decode(bytes);
  return AsnConvert.parse(bytes, form);
}

/** Splits a value into those it holds, or gives it as it is where that cannot be done. */
function partsOf(bytes: Bytes): readonly Bytes[] {
  return (
    attempt(() => elementsOf(bytes)) ??
    attempt(() => (decode(bytes) as asn1js.Sequence).valueBlock.value.map((one) => bytesOf(one.toBER()))) ?? [
      bytes,
    ]
  );
}

/** Splits a value into those it holds, each as it is encoded, so that a broken one does not break the others. */
function elementsOf(bytes: Bytes): readonly Bytes[] {
  const outer = extentOf(bytes, 0);
  const elements: Bytes[] = [];
  for (let at = outer.start; at < outer.end; ) {
    const end = attempt(() => extentOf(bytes, at).end) ?? outer.end;
    elements.push(bytes.slice(at, end));
    at = end;
  }
  // What stands behind the list is told with it.
  return outer.end < bytes.length ? [...elements, bytes.slice(outer.end)] : elements;
}

/** Tells where the content of a value begins and ends; throws where that is beyond the bytes, or not told. */
function extentOf(bytes: Bytes, at: number) {
  const { idBlock, lenBlock } = new asn1js.BaseBlock();
  const behind = idBlock.fromBER(bytes, at, bytes.length - at);
  const start = behind < 0 ? behind : lenBlock.fromBER(bytes, behind, bytes.length - behind);
  const end = start + lenBlock.length;
  if (start < 0 || lenBlock.isIndefiniteForm || end > bytes.length)
    throw new RangeError('No value of a known length');
  return { start, end };
}

function expectAtMost(most: number, bytes: Bytes): void {
  if (elementsOf(bytes).length > most) throw new RangeError('More than there may be');
}

/** Reads an object identifier; throws if the bytes are none. */
function identifierIn(bytes: Bytes): string {
  const block = decode(bytes);
  if (block instanceof asn1js.ObjectIdentifier && block.valueBlock.blockLength > 0)
    return identifierOf(block);
  throw new RangeError('Not an object identifier');
}

function identifierOf(block: asn1js.ObjectIdentifier): string {
  const text = block.getValue();
  if (/^[0-2](\.\d+)+$/.test(text)) return text;
  throw new RangeError('Not an object identifier');
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
