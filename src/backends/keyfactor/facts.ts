import { isDeepStrictEqual } from 'node:util';
import { canonical, type Plain } from '../../domain/ledger.js';
import {
  describeName,
  type KeyFacts,
  type LabelledValue,
  type NameKind,
  type ReplacedCertificate,
  type RequestDetail,
  type RequestFacts,
  type RevocationFacts,
  readNameText,
  subjectBeside,
  wholeReading,
} from '../../domain/request.js';
import { sha256Of } from '../../shared/fingerprint-of.js';
import { defined } from '../../shared/language.js';
import { curves } from './object-identifiers.js';
import type { SigningRequest } from './signing-request.js';
import { type InstanceDetail, initiatorOf } from './wire.js';

/**
 * Reads what a request asks for out of the free-form values of its instance.
 *
 * The signing request is believed before the values beside it. Names are those of both, since the server may add
 * some. Never throws, whatever the values hold.
 */
export async function readFacts(detail: InstanceDetail): Promise<RequestFacts> {
  const bag = createDataBag(detail.initialdata, detail.currentstatedata);
  // What approvers of the step wrote, which Command keeps among the values; it was asked by nobody.
  bag.takeMatching(/^approvalsignal(cmnts|comments?)$/);
  const requesters = readRequesters(bag);
  const initiator = initiatorOf(detail.title);
  const listed = bag.takeMatching(nameKeys).flatMap(namesUnder);
  const renewed = bag.take(keys.renewed) ?? renewedIn(bag);
  const encoded = [...bag.takeAll(keys.request), ...bag.takeHolding(requestHeader)];
  const { request, unreadableRequest } = await readSigningRequests(encoded);
  const replaced = renewed === undefined ? undefined : await readReplacedCertificate(renewed);
  const { subject, otherSubjects } = readSubjects(bag, request);
  const reported = {
    subject,
    key: request?.key ?? readWantedKey(bag),
    signature: request?.signature,
    template: nameOf(bag.take(keys.template)),
    authority: nameOf(bag.take(keys.authority)),
    revocation: readRevocation(bag, detail.definition?.workflowtype ?? ''),
    replaces: replaced?.kind === 'read' ? replaced.certificate : undefined,
    replacesUnreadable: replaced?.kind === 'unreadable' ? reasonOf(replaced, renewed) : replaced?.unread,
    unreadableRequest,
    signingRequest: unreadableRequest === undefined ? keptRequest(request) : undefined,
    digest: unreadableRequest === undefined ? request?.digest : digestOf(encoded[1] ? encoded : encoded[0]),
    replacesDigest: digestOf(renewed),
  };
  const validity = readValidity(bag);
  const beside = readBeside(bag.unreported(), request?.details ?? []);
  const replacedValues =
    replaced?.kind === 'unreadable' ? opened({ key: renewedLabel, value: renewed }, 0) : [];
  const shown = shownValues([...replacedValues, ...beside.entries]);
  const details = [...(request?.details ?? []).map(withoutSecret), ...beside.details];
  const names = distinctNames([...(request?.names.map(describeName) ?? []), ...listed, ...beside.names]);
  const attributes = attributesIn(beside.entries);
  const notShown = shown.hidden + Math.max(0, names.length - mostNames);
  return {
    requesters: withInitiator(requesters, initiator),
    names: names.slice(0, mostNames),
    ...defined(reported),
    ...defined({ validity: joined([...validity, ...beside.validity]) }),
    reading: wholeReading,
    ...(request || details.length > 0 ? { details } : {}),
    others: [...otherSubjects, ...shown.values],
    ...(notShown > 0 ? { notShown } : {}),
    ...(attributes.told.length > 0 ? { attributes: attributes.told } : {}),
    ...defined({ hiddenDigest: digestOfHidden(attributes.unseen, names.slice(mostNames)) }),
  };
}

/** Sums up a file that was sent along, in whatever form; none of them can be guessed from it. */
function digestOf(file: unknown): string | undefined {
  return file === undefined ? undefined : sha256Of(canonical(file as Plain));
}

/** Sums up what was sent along and is only counted, so that an exchange is noticed. */
function digestOfHidden(entries: readonly BagEntry[], names: readonly string[]): string | undefined {
  const values = entries.map(({ key, label = key, value }) => ({ label, value: withoutSecrets(value) }));
  if (values.length === 0 && names.length === 0) return undefined;
  return sha256Of(canonical({ values, names }));
}

/** Leaves out what may be a secret: short ones could be found from their hash by trying. */
function withoutSecrets(value: unknown): Plain {
  if (typeof value === 'string') return isSensitiveValue(value) ? null : value;
  if (Array.isArray(value)) return value.map(withoutSecrets);
  if (!isNested(value)) return typeof value === 'number' || typeof value === 'boolean' ? value : null;
  if (Object.values(value).some(namesSecret)) return null;
  const open = Object.entries(value).filter(([key]) => !isSensitiveKey(key));
  return Object.fromEntries(open.map(([key, inner]) => [key, withoutSecrets(inner)]));
}

/** Says why a certificate could not be read, and what is told of it instead. */
function reasonOf({ reason }: { readonly reason: string }, renewed: unknown): string {
  const held = unpacked({ key: 'attributes', value: renewed });
  const text = plainText(held);
  // A number or a thumbprint says at least which certificate it is.
  if (text !== undefined && /^(\d{1,20}|([0-9a-f]{2}[: ]?){16,32})$/i.test(text))
    return `only told as ${text}`;
  if (!isNested(held)) return reason;
  const { values } = shownValues(opened({ key: 'attributes', value: held }, 0));
  const told = values.slice(0, 5).map(({ label, value }) => `${label} ${value}`);
  return told.length === 0 ? reason : `only told as ${told.join(', ')}`;
}

/** Gives a signing request as it may be kept; absent where a value in it is a secret. */
function keptRequest(request: SigningRequest | undefined): string | undefined {
  const isSecret = (detail: RequestDetail) => withoutSecret(detail) !== detail;
  return request?.details.some(isSecret) ? undefined : request?.encoded;
}

function withoutSecret(detail: RequestDetail): RequestDetail {
  const isSecret = detail.kind === 'name-value' && isSensitiveKey(detail.name);
  return isSecret ? { ...detail, value: '1 value not shown' } : detail;
}

const renewedLabel = 'Certificate it replaces';

/** Under which names values are found, as keys are compared; of several that are there the first counts. */
const keys = {
  request: keysOf(
    `csr csrraw rawcsr csrpem pemcsr csrtext csrcontent csrdata csrfile certificaterequest certificaterequestpem
    certificatesigningrequest signingrequest pkcs10 pkcs10request`,
  ),
  renewed: keysOf(
    `certificatetoberenewed certificatetorenew renewedcertificate renewalcertificate previouscertificate
    certificatetobereplaced`,
  ),
  requesters: keysOf(
    `initiatingusername initiatinguser requester requestername requestor requestorname requestedby`,
  ),
  subject: keysOf('subject subjectname subjectdn subjectdistinguishedname distinguishedname dn'),
  commonName: keysOf('cn commonname'),
  template: keysOf(
    `template templatename templateshortname templatedisplayname certificatetemplate certificatetemplatename
    enrollmentpattern enrollmentpatternname`,
  ),
  authority: keysOf('certificateauthority certificateauthorityname ca caname authority issuingca'),
  validity: keysOf('validityperiod validity certificatevalidity requestedvalidity validityperiodvalue'),
  validityUnit: keysOf('validityperiodunits validityperiodunit validityunits validityunit'),
  keyAlgorithm: keysOf(
    'keytype keyalgorithm keyalgorithmname primarykeyalgorithm publickeyalgorithm encryptionalgorithm',
  ),
  keySize: keysOf('keylength keysize keybits keybitlength bitlength primarykeylength'),
  keyCurve: keysOf('keycurve curve ellipticcurve'),
  /** Only revocations have these. */
  revocation: keysOf('cmnt revokecode revocationcode revocationreason revokereason'),
  reason: keysOf('code revokecode revocationcode revocationreason revokereason reason'),
  comment: keysOf('cmnt revocationcomment'),
  sentComment: keysOf('comment comments'),
  effectiveAt: keysOf('effectivedate revocationdate revocationeffectivedate effdate'),
  serialNumber: keysOf('serialnumber certificateserialnumber serial'),
};

const nameKeys =
  /^(?:(?:additional|request|enrollment|certificate)?attributes?)?(?:sans?|subjectalt(?:ernative)?names?|alternativenames|dnsnames)(?<kind>dns|dnsnames?|ip|ips|ipv4|ipv6|ipaddress(?:es)?|emails?|upns?|uris?|urls?|dirnames?|rids?)?\d?$/;

function namesUnder({ key, value }: BagEntry): readonly string[] {
  return readNames(value, kindIn(nameKeys.exec(plainKey(key))?.groups?.kind));
}

/** Finds what only says which certificate is replaced. */
function renewedIn(bag: DataBag): Readonly<Record<string, unknown>> | undefined {
  const named = bag.takeMatching(
    /^(renewal|renewing|replaced|previous)cert(ificate)?(id|thumbprint|serialnumber)$/,
  );
  return named.length === 0 ? undefined : Object.fromEntries(named.map(({ key, value }) => [key, value]));
}

function keysOf(text: string): readonly string[] {
  return text.split(/\s+/);
}

/** The title names who started the run, whoever the values beside it name; neither may decide about it. */
function withInitiator(requesters: readonly string[], initiator: string | undefined): readonly string[] {
  if (initiator === undefined) return requesters;
  const isNamed = requesters.some((name) => name.toLowerCase() === initiator.toLowerCase());
  return isNamed ? requesters : [...requesters, initiator];
}

/** Takes the request's own subject; each beside it that differs is shown too, so that nobody misses it. */
function readSubjects(bag: DataBag, request: SigningRequest | undefined) {
  const whole = bag.takeAll(keys.subject).flatMap((value) => subjectText(value) ?? []);
  const common = bag.takeAll(keys.commonName).flatMap((value) => {
    const text = plainText(value);
    return text === undefined || /^cn\s*=/i.test(text) ? (text ?? []) : `CN=${escaped(text)}`;
  });
  const subject = request?.subject ?? whole[0] ?? common[0];
  const others = [...new Set([...whole, ...common])].filter(
    (one) => subject !== undefined && !isWithin(one, subject),
  );
  const otherSubjects: readonly LabelledValue[] = others.map((value) => ({ label: subjectBeside, value }));
  return { subject, otherSubjects };
}

/** Gives a distinguished name as text, also one that is told part by part. */
function subjectText(value: unknown): string | undefined {
  if (Array.isArray(value))
    return joined(
      value.flatMap((one) => subjectText(one) ?? []),
      ', ',
    );
  if (!isNested(value)) return plainText(value);
  const parts = Object.entries(value).flatMap(([key, inner]) => {
    const text = plainText(inner);
    return text === undefined ? [] : [`${key}=${escaped(text)}`];
  });
  return joined(parts, ', ');
}

function escaped(text: string): string {
  return text.replace(/[\\,+;"]/g, (one) => `\\${one}`);
}

function joined(texts: readonly string[], between = '; '): string | undefined {
  return texts.length === 0 ? undefined : [...new Set(texts)].join(between);
}

/** Compares names by their parts, since order, case, blanks, quotes and escapes differ between sources. */
function isWithin(part: string, whole: string): boolean {
  const all = new Set(nameParts(whole));
  return nameParts(part).every((text) => all.has(text));
}

/** Splits a distinguished name, written with commas or with slashes, into parts that can be compared. */
function nameParts(name: string): readonly string[] {
  const pieces = /^\s*\//.test(name)
    ? name.split(/\/(?=[A-Za-z][\w.]*\s*=)/)
    : (name.match(/(?:"(?:\\.|[^"\\])*"|\\.|[^,;+])+/g) ?? []);
  return pieces.flatMap((piece) => {
    const text = piece.trim();
    const [, told = 'cn', value = text] = /^([\w. ]+?)\s*=\s*(.*)$/s.exec(text) ?? [];
    const type = told.toLowerCase().replace(/^oid\.|\s/g, '');
    const plain = unescaped(value.replace(/^"(.*)"$/s, '$1'))
      .trim()
      .replace(/\s+/g, ' ')
      .toLowerCase();
    return plain === '' ? [] : [`${partNames[type] ?? type}=${plain}`];
  });
}

function unescaped(text: string): string {
  return text.replace(/((?:\\[0-9a-f]{2})+)|\\(.)/gi, (_whole, hex: string | undefined, one: string) =>
    hex === undefined ? one : Buffer.from(hex.replaceAll('\\', ''), 'hex').toString('utf8'),
  );
}

/** Parts of distinguished names by what else they are called. */
const partNames: Readonly<Record<string, string>> = {
  commonname: 'cn',
  surname: 'sn',
  countryname: 'c',
  country: 'c',
  localityname: 'l',
  locality: 'l',
  s: 'st',
  state: 'st',
  stateorprovincename: 'st',
  organizationname: 'o',
  organization: 'o',
  organizationalunitname: 'ou',
  organizationalunit: 'ou',
  title: 't',
  givenname: 'g',
  gn: 'g',
  initials: 'i',
  domaincomponent: 'dc',
  emailaddress: 'e',
  email: 'e',
  mail: 'e',
  serialnumber: '2.5.4.5',
  street: '2.5.4.9',
  streetaddress: '2.5.4.9',
  postalcode: '2.5.4.17',
  dnqualifier: '2.5.4.46',
  dnq: '2.5.4.46',
  organizationidentifier: '2.5.4.97',
  uid: '0.9.2342.19200300.100.1.1',
  userid: '0.9.2342.19200300.100.1.1',
};

/** Reads everybody who is said to have asked, the chief one first; each once. */
function readRequesters(bag: DataBag): readonly string[] {
  return distinctNames(bag.takeAll(keys.requesters).flatMap((value) => nameOf(value) ?? []));
}

/** Reads for how long a certificate is wanted. */
function readValidity(bag: DataBag): readonly string[] {
  return validityIn(plainText(bag.take(keys.validity)), plainText(bag.take(keys.validityUnit)));
}

/** Microsoft calls the unit the period, and the number its units. */
function validityIn(period: string | undefined, unit: string | undefined): readonly string[] {
  const isNumber = (text: string | undefined) => text !== undefined && /^\d+$/.test(text);
  const texts = isNumber(unit) && !isNumber(period) ? [unit, period] : [period, unit];
  const isApart = isNumber(period) || isNumber(unit);
  const found = texts.filter((text) => text !== undefined);
  return isApart && found.length > 0 ? [found.join(' ')] : found;
}

/** Reads the key the server is to make itself, when it does. */
function readWantedKey(bag: DataBag): KeyFacts | undefined {
  const algorithm = scalarsIn(bag.take(keys.keyAlgorithm));
  if (algorithm === undefined) return undefined;
  const size = plainText(bag.take(keys.keySize));
  const [, digits] = /^(\d+)(?:\s*-?\s*bits?)?$/i.exec(size ?? '') ?? [];
  const sizeBits = Number(digits) > 0 ? Number(digits) : undefined;
  const curve = plainText(bag.take(keys.keyCurve)) ?? (digits === undefined ? size : undefined);
  const [name = curve, bits] = curves[curve ?? ''] ?? [];
  return { algorithm, ...defined({ sizeBits: sizeBits ?? bits, curve: name }) };
}

/** Gives the scalars a value holds, one after the other. */
function scalarsIn(value: unknown): string | undefined {
  if (!isNested(value)) return plainText(value);
  return joined(
    Object.values(value).flatMap((inner) => plainText(inner) ?? []),
    ' ',
  );
}

/** Gives a value as a name, be it text or an object that has one. */
function nameOf(value: unknown): string | undefined {
  if (typeof value !== 'object' || value === null) return plainText(value);
  const fields = new Map(Object.entries(value).map(([key, inner]) => [key.toLowerCase(), inner]));
  const name = ['displayname', 'name', 'logicalname', 'commonname', 'username', 'templatename']
    .map((key) => plainText(fields.get(key)))
    .find((text) => text !== undefined);
  const host = plainText(fields.get('hostname'));
  return host !== undefined && name !== undefined ? `${host}\\${name}` : name;
}

/** Kinds of names, in the spellings in which servers and tools write them before a value or as a key. */
const kindSpellings: Readonly<Record<NameKind, string>> = {
  dns: 'dns',
  ip: 'ipv4|ipv6|ip4|ip6|ip',
  mail: 'e-?mail|mail|rfc822',
  upn: 'upn|user ?principal|nt ?principal|principal|ms_ntprincipal|msntprincipal',
  kerberos: 'krb5?principal|krb5?|kerberos',
  uri: 'uri|url|uniform ?resource ?identifier',
  directory: 'dir|directory|dn',
  'registered-id': 'rid|registered',
  other: 'guid|other|ms_ntdsreplication|msntdsreplication|x400|edi ?party',
};

const kindMatchers = Object.entries(kindSpellings).map(
  ([kind, spellings]) =>
    [kind as NameKind, new RegExp(`^(?:${spellings})[ _]?(?:name|address|id)?(?:e?s)?$`, 'i')] as const,
);

/** Finds a kind before a value, such as `dns=` or `IP Address:`. */
const kindPrefix = new RegExp(
  `(?<=^|[&,;\\s])(${Object.values(kindSpellings).join('|')})[ _]?(?:name|address|id)?(?:\\.\\d{1,4}(?= *=))?[ ]{0,3}[=:][ ]{0,3}`,
  'gi',
);

/** Kinds by the numbers of RFC 5280, and those that Command adds. */
const numberedKinds: Readonly<Record<string, NameKind>> = {
  0: 'other',
  1: 'mail',
  2: 'dns',
  3: 'other',
  4: 'directory',
  5: 'other',
  6: 'uri',
  7: 'ip',
  8: 'registered-id',
  100: 'upn',
  101: 'other',
};

function kindIn(spelling: unknown): NameKind | undefined {
  if (typeof spelling !== 'string' && typeof spelling !== 'number') return undefined;
  const text = String(spelling)
    .trim()
    .slice(0, 60)
    .replace(/\.\d+$/, '');
  return numberedKinds[text] ?? kindMatchers.find(([, pattern]) => pattern.test(text))?.[0];
}

/** More names than any request has; what is beyond is counted only. */
const mostNames = 2_000;

/**
 * Reads subject alternative names from the forms in which they are found, as `describeName` writes them.
 *
 * These are lists, lists of `{ Type, Value }`, lists by type, and texts such as `dns=a&ip=10.0.0.1`.
 */
function readNames(value: unknown, kind?: NameKind): readonly string[] {
  return [...namesIn(value, { depth: 0, kind })];
}

/** Joins lists of names; of hosts that differ in case only, the first stays. */
function distinctNames(names: readonly string[]): readonly string[] {
  const keyOf = (name: string) => (readNameText(name).kind === 'dns' ? name.toLowerCase() : name);
  const seen = new Map(names.map((name) => [keyOf(name), name] as const).reverse());
  return [...new Set(names.map((name) => seen.get(keyOf(name)) ?? name))];
}

/** Where names are looked for: how deep within a value, and the kind told so far. */
interface Place {
  readonly depth: number;
  readonly kind: NameKind | undefined;
}

/** No system nests names deeper; what is deeper is a name nobody can read. */
const deepestName = 8;

function* namesIn(value: unknown, place: Place): Generator<string> {
  const inside = { ...place, depth: place.depth + 1 };
  if (typeof value === 'string') {
    yield* namesInText(value, place);
  } else if (isNested(value) && place.depth >= deepestName) {
    yield describeName({ kind: 'other', value: 'nested too deep' });
  } else if (Array.isArray(value)) {
    for (const member of value) yield* namesIn(typeof member === 'number' ? String(member) : member, inside);
  } else if (isNested(value)) {
    yield* namesInObject(value, inside);
  }
}

function* namesInObject(holder: object, { depth, kind }: Place): Generator<string> {
  const entries = Object.entries(holder);
  const find = (pattern: RegExp) => entries.find(([key]) => pattern.test(key));
  const own = find(/value$/i) ?? find(/^name$/i);
  if (own !== undefined) {
    const told = kindIn((find(/(type|kind|key)$/i) ?? find(/^name$/i))?.[1]);
    yield* namesIn(own[1], { depth, kind: told ?? kind });
  } else {
    for (const [key, inner] of entries) yield* namesIn(inner, { depth, kind: kindIn(key) ?? kind });
  }
}

function* namesInText(text: string, { depth, kind }: Place): Generator<string> {
  const json = /^\s*[[{]/.test(text) && depth < 2 ? parsed(text) : undefined;
  if (json !== undefined) {
    yield* namesIn(json, { depth: depth + 1, kind });
    return;
  }
  const plain = text
    .replace(/^\s*\{text\}/i, '')
    .replace(/^\s*(?:san|subject ?alt(?:ernative)? ?names?)\s*[:=]\s*/i, '')
    .replace(/other ?name\s*[:=]\s*(?=(?:user ?|nt ?)?principal|(?:ms)?upn\b)/gi, '');
  for (const part of partsOf(plain, kind)) {
    const parts = isWhole(part.kind) ? [part.text.replace(/[&,;\s]+$/, '')] : part.text.split(/[&,;\s]+/);
    for (const word of parts) {
      const value = plainText(word);
      if (value !== undefined) yield besideName(value, part.kind);
    }
  }
}

/** Tells whether blanks, commas and the like may stand within a name of a kind. */
function isWhole(kind: NameKind | undefined): boolean {
  return kind !== undefined && kind !== 'dns' && kind !== 'ip' && kind !== 'mail' && kind !== 'registered-id';
}

/** Splits a text before each kind that stands in it; within a directory name `E=` and `email=` are no kinds. */
function partsOf(text: string, kind: NameKind | undefined) {
  const parts: { kind: NameKind | undefined; text: string }[] = [];
  let start = 0;
  let current = kind;
  for (const match of text.matchAll(kindPrefix)) {
    const next = kindIn(match[0].replace(/\s*[=:]\s*$/, ''));
    const isInside = isWhole(current) && /[,\s]/.test(text[match.index - 1] ?? '') && /mail/i.test(match[0]);
    if (next === undefined || (isInside && match[0].includes('='))) continue;
    parts.push({ kind: current, text: text.slice(start, match.index) });
    start = match.index + match[0].length;
    current = next;
  }
  parts.push({ kind: current, text: text.slice(start) });
  return parts;
}

const typedOther = /^(\d+(?:\.\d+)+)\s*[;:]\s*(?:(?:utf-?8|ia5|bmp|printable)\w*\s*:\s*)?/i;

/** Writes a name that stands beside the request; one without a kind is taken for what it looks like. */
function besideName(value: string, kind: NameKind | undefined): string {
  const text = value.slice(0, longestName);
  if (kind === 'upn') return describeName({ kind, value: text.replace(/^[:;\s]+/, '') });
  if (kind === 'other') {
    const [told, oid] = typedOther.exec(text) ?? [];
    const rest = text.slice(told?.length ?? 0);
    if (oid === '1.3.6.1.4.1.311.20.2.3') return describeName({ kind: 'upn', value: rest });
    return describeName({ kind, value: rest, ...defined({ oid }) });
  }
  const isLikely = readNameText(text).kind === 'ip' ? 'ip' : 'dns';
  return describeName({
    kind: kind === undefined || kind === 'dns' || kind === 'ip' ? isLikely : kind,
    value: text,
  });
}

const longestName = 1_000;

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const mostShown = 40;

/** What values beside a signing request add to it, and the values that only say something. */
function readBeside(entries: readonly BagEntry[], details: readonly RequestDetail[]) {
  const pairs = details.flatMap((detail) =>
    detail.kind === 'name-value' ? [{ key: detail.name, value: detail.value }] : [],
  );
  const all = entries.map((entry) => ({ entry, inner: opened(entry, 0) }));
  // What stands at the top has been looked at by its name already.
  const nested = all.flatMap(({ entry, inner }) => inner.filter((one) => one !== entry));
  const isName = ({ key }: BagEntry) => nameKeys.test(plainKey(key));
  const find = (names: readonly string[]) =>
    plainText([...pairs, ...nested].find(({ key }) => names.includes(plainKey(key)))?.value);
  const isTemplate = ({ key }: BagEntry) => plainKey(key) === 'certificatetemplate';
  const named = [...pairs, ...nested].filter(isName);
  const templates = [...pairs, ...nested].filter(isTemplate);
  return {
    names: named.flatMap(namesUnder),
    validity: validityIn(find(keys.validity), find(keys.validityUnit)),
    details: templates.flatMap(({ value }) => {
      const template = nameOf(value);
      return template === undefined ? [] : [{ kind: 'template', template } as const];
    }),
    entries: all.flatMap(({ inner }) => inner).filter((entry) => !isName(entry)),
  };
}

/** Lists what else a request says, without anything that may be a secret, and counts what is not listed. */
function shownValues(entries: readonly BagEntry[]) {
  const showables = entries.flatMap((entry) => showable(entry) ?? []);
  const values = showables.slice(0, mostShown);
  const deep = entries.filter(({ key, value }) => isNested(value) && !isSensitiveKey(key)).length;
  return { values, hidden: showables.length - values.length + deep };
}

/** Lists what was sent along as attributes, whether or not there is room for it, and whatever cannot be listed. */
function attributesIn(entries: readonly BagEntry[]) {
  const sent = entries.filter(({ isAttribute }) => isAttribute);
  const told = sent.flatMap((entry) => showable(entry) ?? []).map(({ label, value }) => `${label}: ${value}`);
  const isCut = (entry: BagEntry) => {
    const shown = showable(entry);
    return shown
      ? String(entry.value).length > longestScalar
      : isNested(entry.value) && !isSensitiveKey(entry.key);
  };
  return { told, unseen: sent.filter(isCut) };
}

function showable({ key, value, label: told }: BagEntry): LabelledValue | undefined {
  const label = plainText(told ?? key)?.slice(0, longestLabel);
  const text = shownText(value);
  if (label === undefined || text === undefined) return undefined;
  const isSecret = isSensitiveKey(key) || isSensitiveValue(key) || isSensitiveValue(String(value));
  return isSecret ? undefined : { label, value: text };
}

function isNested(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

/** Nothing deeper is opened, nor more at one place: it is counted only. */
const deepest = 4;
const mostOpened = 200;

/** Opens a value that holds others, each under its own name; names are left to whoever reads names. */
function opened(entry: BagEntry, depth: number): readonly BagEntry[] {
  const { key } = entry;
  const value = unpacked(entry);
  if (!isNested(value) || depth > deepest || isSensitiveKey(key)) return [entry];
  if (depth > 0 && nameKeys.test(plainKey(key))) return [entry];
  const sent = entry.isAttribute || isGroup(key) ? ({ isAttribute: true } as const) : {};
  const pair = pairIn(value);
  if (pair) return opened({ ...pair, ...sent }, depth + 1);
  // What speaks of a secret in one place may hold it in the next.
  if (!Array.isArray(value) && Object.values(value).some(namesSecret)) return [{ key, value: {}, ...sent }];
  const outer = isGroup(key) ? '' : `${entry.label ?? key} `;
  const members = Array.isArray(value)
    ? value.map((inner): BagEntry => ({ ...entry, ...sent, value: inner }))
    : Object.entries(value).map(
        ([inner, innerValue]): BagEntry => ({
          key: inner,
          value: innerValue,
          label: `${outer}${inner}`,
          ...sent,
        }),
      );
  const present = members.filter((member) => isPresent(member.value));
  return [
    ...present.slice(0, mostOpened).flatMap((member) => opened(member, depth + 1)),
    ...present.slice(mostOpened).map((member) => ({ ...member, value: { [member.key]: member.value } })),
  ];
}

/** Tells whether the members of a value speak for themselves. */
function isGroup(key: string): boolean {
  return /^(certificate)?metadata$|attributes?\d?$/.test(plainKey(key));
}

/** Attributes as `certreq -attrib` takes them: a name, a colon, a value, one a line. */
const attributeLine = /^\s*([\w .-]{1,60}?)\s*[:=]\s*(\S.*)$/;
const attributesInside = /^\s*(?:san|subjectaltname2?|certificatetemplate)\s*[:=]/im;

/** Opens a text that holds other values: JSON, or attributes line by line. */
function unpacked({ key, value }: BagEntry): unknown {
  if (typeof value !== 'string' || value.length > longestText) return value;
  if (/^\s*[[{]/.test(value)) {
    const inner = parsed(value);
    if (isNested(inner)) return inner;
  }
  if (!isGroup(key) && !attributesInside.test(value)) return value;
  const lines = value.split(/\r?\n|\\n/).filter((line) => line.trim() !== '');
  const pairs = lines.map((line) => attributeLine.exec(line));
  if (pairs.length === 0 || pairs.some((pair) => pair === null)) return value;
  return pairs.map((pair) => ({ Key: pair?.[1], Value: pair?.[2] }));
}

const longestText = 100_000;

function namesSecret(value: unknown): boolean {
  return typeof value === 'string' && value.length < 60 && isSensitiveKey(value);
}

/** Gives what an object such as `{ Key, Value }` says. */
function pairIn(value: object): BagEntry | undefined {
  const entries = Array.isArray(value) ? [] : Object.entries(value);
  const name = plainText(entries.find(([key]) => /(key|name)$/i.test(key))?.[1]);
  const held = entries.find(([key]) => /value$/i.test(key));
  return name !== undefined && held !== undefined ? { key: name, value: held[1] } : undefined;
}

const sensitiveKeys =
  /pass|pwd|secret|pfx|pkcs|private|blob|token|credential|authori[sz]ationheader|bearer|cookie|session|jwt|challenge|keymaterial|keydata|keypair|connectionstring|key$|^pin$|otp$/;

/** Tells whether a value must not be shown because of what it is called. */
function isSensitiveKey(key: string): boolean {
  return sensitiveKeys.test(plainKey(key));
}

/**
 * Tells whether a value must not be shown because of what it looks like: encoded keys and files, tokens,
 * credentials inside addresses or inside longer text.
 */
function isSensitiveValue(text: string): boolean {
  const start = text.slice(0, 20_000);
  const dense = start.replace(/[\r\n]+|\\[rn]/g, '');
  return (
    /-----BEGIN/i.test(start) ||
    /[A-Za-z0-9+/_-]{200,}/.test(dense) ||
    /([A-Za-z0-9+/_-]{40,}={0,2}\s+){2}/.test(start) ||
    isPkcs12(dense) ||
    /\beyJ[\w-]{8,}/.test(start) ||
    /\b(bearer|basic)\s+\S{8,}/i.test(start) ||
    /:\/\/[^/\s:@]{1,200}:[^/\s@]{1,200}@/.test(start) ||
    /(pass(word|wd|phrase)?|pwd|secret|token|api[-_ ]?key|private[-_ ]?key)["']?\s*[:=]/i.test(start)
  );
}

/** Version 3 right after the outer sequence begins a PKCS #12 file, in base64 or in hexadecimal. */
function isPkcs12(dense: string): boolean {
  if (/^(0x)?3082[0-9a-f]{4}020103/i.test(dense)) return true;
  const [outer, , , , integer, length, version] = Buffer.from(dense.slice(0, 16), 'base64');
  return outer === 0x30 && integer === 0x02 && length === 0x01 && version === 0x03;
}

/** The certificate a request replaces, or the reason why it was not read. */
type ReadReplaced =
  | {
      readonly kind: 'read';
      readonly certificate: ReplacedCertificate;
      /** Which of its names could not be read, if there are such. */
      readonly unread?: string;
    }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Reads the certificate a request replaces. Never throws. */
async function readReplacedCertificate(value: unknown): Promise<ReadReplaced> {
  const file = decodeFile(value, /CERTIFICATE$/);
  if (file.kind === 'unreadable') return file;
  try {
    const { readCertificate } = await import('./signing-request.js');
    const certificate = readCertificate(file.bytes);
    const names = certificate.names.map(describeName);
    const unread = certificate.names.filter(({ isUnreadable }) => isUnreadable).map(describeName);
    const many = unread.length === 1 ? 'one of its names is' : `${unread.length} of its names are`;
    return {
      kind: 'read',
      certificate: { ...certificate, names },
      ...(unread.length > 0 ? { unread: `${many} in a form nobody here reads: ${unread.join(', ')}` } : {}),
    };
  } catch {
    return { kind: 'unreadable', reason: 'it is not a certificate' };
  }
}

/** Reasons by the numbers of RFC 5280, section 5.3.1. */
const reasons: Readonly<Record<string, string>> = {
  '-1': 'removeFromHold',
  0: 'unspecified',
  1: 'keyCompromise',
  2: 'cACompromise',
  3: 'affiliationChanged',
  4: 'superseded',
  5: 'cessationOfOperation',
  6: 'certificateHold',
  8: 'removeFromCRL',
  9: 'privilegeWithdrawn',
  10: 'aACompromise',
};

/** Reads what a revocation asks for; undefined if the request is none. */
function readRevocation(bag: DataBag, workflowType: string): RevocationFacts | undefined {
  if (!/revo/i.test(workflowType) && !bag.has(keys.revocation)) return undefined;
  const reason = plainText(bag.take(keys.reason));
  return defined({
    reason: reason === undefined ? undefined : (reasons[reason] ?? reason),
    // Elsewhere a signal leaves its own comment under such a name.
    comment: plainText(bag.take(keys.comment) ?? bag.takeSent(keys.sentComment)),
    effectiveAt: plainText(bag.take(keys.effectiveAt)),
    serialNumber: plainText(bag.take(keys.serialNumber)),
  });
}

/** A signing request as read, or the reason why it was not. */
type ReadSigningRequest =
  | { readonly kind: 'read'; readonly request: SigningRequest }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Finds a request by its header, whatever it is called. */
const requestHeader = /-----BEGIN (NEW )?CERTIFICATE REQUEST-----/;

/** Reads every signing request the values hold; which of several that differ would be signed, nobody can tell. */
async function readSigningRequests(
  encoded: readonly unknown[],
): Promise<{ readonly request?: SigningRequest; readonly unreadableRequest?: string }> {
  const reads = await Promise.all(encoded.map(readSigningRequest));
  const requests = new Map(
    reads.flatMap((one) => (one.kind === 'read' ? [[one.request.digest, one.request]] : [])),
  );
  const [request] = requests.values();
  if (requests.size > 1) return { unreadableRequest: `the data holds ${requests.size} requests that differ` };
  const isTold = (at: number) => request === undefined || typeof rawIn(encoded[at]) === 'string';
  const reasons = reads.flatMap((one, at) => (one.kind === 'unreadable' && isTold(at) ? [one.reason] : []));
  return defined({ request, unreadableRequest: reasons[0] });
}

/** Reads a signing request from any of its textual forms. Never throws. */
export async function readSigningRequest(value: unknown): Promise<ReadSigningRequest> {
  const file = decodeFile(value, /CERTIFICATE REQUEST$/);
  if (file.kind === 'unreadable') return file;
  const wrapper = wrapperIn(file.bytes);
  if (wrapper !== undefined) return { kind: 'unreadable', reason: `it is a ${wrapper}` };
  // Loaded only when there is something to read: the library is heavy.
  const { readRequest, readCertificate } = await import('./signing-request.js');
  try {
    return { kind: 'read', request: readRequest(file.bytes) };
  } catch {
    return {
      kind: 'unreadable',
      reason: isReadBy(readCertificate, file.bytes) ?? 'it is not a PKCS #10 request',
    };
  }
}

function isReadBy(read: (bytes: Bytes) => unknown, bytes: Bytes): string | undefined {
  try {
    read(bytes);
    return 'it is a certificate';
  } catch {
    return undefined;
  }
}

type Bytes = Uint8Array<ArrayBuffer>;

/** A decoded file, or why it could not be decoded. */
type DecodedFile =
  | { readonly kind: 'decoded'; readonly bytes: Bytes }
  | { readonly kind: 'unreadable'; readonly reason: string };

const longestFile = 1024 * 1024;

const signedData = '06092a864886f70d010702';
const cmcRequest = '06082b06010505070c02';

/** Names what a request may be wrapped in, by the identifiers at its beginning: PKCS #7 (RFC 5652), CMC (RFC 5272). */
function wrapperIn(bytes: Bytes): string | undefined {
  const start = Buffer.from(bytes.subarray(0, 200)).toString('hex');
  const at = start.indexOf(signedData);
  if (at < 0 || at > 12) return undefined;
  return start.includes(cmcRequest) ? 'CMC request (PKCS #7)' : 'PKCS #7 message';
}

const labelText: Readonly<Record<string, string>> = {
  PKCS7: 'PKCS #7 message',
  'PKCS #7 SIGNED DATA': 'PKCS #7 message',
  CMS: 'CMS message',
  CMC: 'CMC request',
};

/**
 * Decodes a file kept as text: PEM, or bare base64 in either alphabet, with real or written-out line ends.
 *
 * Never throws. Text around the PEM is passed over, as RFC 7468 has it; of several blocks the one whose header
 * fits is read, unless several fit.
 */
function decodeFile(held: unknown, wanted: RegExp): DecodedFile {
  const value = rawIn(held);
  if (typeof value !== 'string')
    return unreadable(isNested(value) ? 'it is in a form nobody here knows' : 'it is not text');
  if (value.length > longestFile) return unreadable('it is too long');
  const text = plainEncoded(value)
    .replace(/\\r|\\n/g, '\n')
    .trim();
  if (text === '') return unreadable('it is empty');
  const blocks = [
    ...text.matchAll(
      /-----BEGIN ([A-Z0-9# ]{1,60})-----((?:(?!-----)[\s\S])*)-----END [A-Z0-9# ]{1,60}-----/g,
    ),
  ];
  const headers = text.match(/-----BEGIN [A-Z0-9# ]{1,60}-----/gi) ?? [];
  if (blocks.length < headers.length) return unreadable('its PEM form is broken');
  if (blocks.length === 0 && text.includes('-----')) return unreadable('its PEM form is broken');
  const fitting = blocks.filter(([, label = '']) => wanted.test(label));
  if (fitting.length > 1) {
    const noun = wanted.test('CERTIFICATE') ? 'certificates' : 'requests';
    return unreadable(`the text holds ${fitting.length} ${noun}`);
  }
  const [label] = blocks.map(([, first = '']) => first);
  if (label !== undefined && fitting.length === 0)
    return unreadable(`it is a ${labelText[label] ?? label.toLowerCase()}`);
  const body = fitting[0]?.[2];
  if (body !== undefined) return decodeBase64(body.replace(pemHeaders, ''));
  const inner = textWithin(text);
  return inner === undefined ? decodeBase64(text) : decodeFile(inner, wanted);
}

/** Lines such as `Comment: …` that may stand in a PEM block above an empty one (RFC 1421). */
const pemHeaders = /^\s*(?:[\w-]+:[^\n]*\n(?:[ \t]+[^\s][^\n]*\n)*)+\s*\n/;

/** Gives text as it is meant: UTF-16 that was taken for one byte a character has a NUL beside each. */
function plainEncoded(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
  return text.replace(/^(\u00ff\u00fe|\u00fe\u00ff)(?=\u0000|-)/, '').replace(/\u0000|^\uFEFF/g, '');
}

/** Gives the PEM text that base64 holds, if it holds such. */
function textWithin(base64: string): string | undefined {
  const start = plainEncoded(Buffer.from(base64.slice(0, 80), 'base64').toString('latin1'));
  return start.startsWith('-----BEGIN')
    ? plainEncoded(Buffer.from(base64, 'base64').toString('latin1'))
    : undefined;
}

function decodeBase64(text: string): DecodedFile {
  const isHex = /^(0x)?30[0-9a-f:\s]+$/i.test(text);
  if (isHex) return decoded(Buffer.from(text.replace(/^0x|[:\s]/gi, ''), 'hex'));
  const base64 = text.replace(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return unreadable('it is not base64');
  return decoded(Buffer.from(base64, 'base64'));
}

function decoded(buffer: Buffer): DecodedFile {
  const bytes = new Uint8Array(buffer);
  const isSequence = bytes[0] === 0x30;
  const end = isSequence ? encodedLength(bytes) : undefined;
  if (end !== undefined && end < bytes.length) return unreadable('more stands behind it');
  return { kind: 'decoded', bytes };
}

/** Tells how many bytes the first value has with its header; undefined where its length is not told there. */
function encodedLength(bytes: Bytes): number | undefined {
  const [, length = 0] = bytes;
  if (length < 0x80) return length + 2;
  const digits = length - 0x80;
  if (digits === 0 || digits > 4) return undefined;
  return bytes.subarray(2, 2 + digits).reduce((sum, byte) => sum * 256 + byte, 0) + 2 + digits;
}

/** Gives the text of a file that is kept with what was read out of it: `{ Raw, Parsed }`; or alone in a list. */
function rawIn(value: unknown): unknown {
  const inner = typeof value === 'string' && /^\s*[[{]/.test(value) ? parsed(value) : value;
  if (!isNested(inner)) return value;
  if (Array.isArray(inner)) return inner.length === 1 ? rawIn(inner[0]) : inner;
  const fields = new Map(Object.entries(inner).map(([key, one]) => [plainKey(key), one]));
  const files = 'raw rawdata pem csr value pkcs10 request content contentbytes certificate certificatepem';
  return (
    files
      .split(' ')
      .map((key) => fields.get(key))
      .find((one) => typeof one === 'string' && one.trim() !== '') ?? inner
  );
}

function unreadable(reason: string) {
  return { kind: 'unreadable', reason } as const;
}

/** Nothing longer is read: no name or comment of a request is. */
const longestScalar = 4_000;

/** Longest label that is shown as it is. */
const longestLabel = 200;

/** Gives a scalar as clean text: no control characters, no outer blanks; undefined if nothing is left. */
function plainText(value: unknown): string | undefined {
  if (typeof value !== 'string' && typeof value !== 'number' && typeof value !== 'boolean') return undefined;
  const text = String(value)
    .slice(0, longestScalar)
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is taken out
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]+/g, ' ')
    .trim();
  return text === '' ? undefined : text;
}

/** Gives a scalar as clean text, and says how much of it is not there where it is very long. */
function shownText(value: unknown): string | undefined {
  const text = plainText(value);
  const left = typeof value === 'string' ? value.length - longestScalar : 0;
  return text !== undefined && left > 0 ? `${text}… (${left} more characters not shown)` : text;
}

/** The free-form values of an instance, found by any spelling of their key. */
interface DataBag {
  /** Gives the first value there is under one of the names and marks it as told. */
  take(names: readonly string[]): unknown;
  /** Does the same for what the instance started with, as it is now. */
  takeSent(names: readonly string[]): unknown;
  /** Gives every value under the names, in their order, and marks them as told. */
  takeAll(names: readonly string[]): readonly unknown[];
  /** Gives the values whose plain key fits a pattern and marks them as told. */
  takeMatching(pattern: RegExp): readonly BagEntry[];
  /** Gives texts of any name that fit a pattern and marks them as told. */
  takeHolding(pattern: RegExp): readonly unknown[];
  has(names: readonly string[]): boolean;
  /** Lists what was never taken. */
  unreported(): readonly BagEntry[];
}

/** One value with its key as the server spells it. */
interface BagEntry {
  readonly key: string;
  readonly value: unknown;
  /** What it is called where its key alone does not say what it belongs to. */
  readonly label?: string;
  /** True if it was sent along with the request as one of its attributes. */
  readonly isAttribute?: true;
}

/**
 * Creates a bag of the values an instance has now over those it started with.
 *
 * Keys are compared without case, blanks, underscores, colons, dots and dashes, because versions differ in them.
 */
function createDataBag(
  initial: Readonly<Record<string, unknown>>,
  current: Readonly<Record<string, unknown>>,
): DataBag {
  const known = new Set(
    Object.entries(current).flatMap(([key, value]) => (isPresent(value) ? [plainKey(key)] : [])),
  );
  const older = Object.entries(initial).filter(([key]) => !known.has(plainKey(key)));
  const entries = new Map<string, BagEntry[]>();
  for (const [key, value] of [...Object.entries(current), ...older]) {
    if (!isPresent(value)) continue;
    // Two spellings of one key are two values: neither may hide the other.
    const alike = entries.get(plainKey(key));
    if (alike === undefined) entries.set(plainKey(key), [{ key, value }]);
    else if (!isDeepStrictEqual(alike.at(-1)?.value, value)) alike.push({ key, value });
  }
  const sent = new Set(Object.keys(initial).map(plainKey));
  const reported = new Set<BagEntry>();
  const takeEntries = (taken: readonly BagEntry[]) => {
    for (const entry of taken) reported.add(entry);
    return taken;
  };
  const all = () => [...entries.values()].flat();
  const takeFirst = (names: readonly string[]) =>
    takeEntries(names.flatMap((name) => entries.get(name) ?? []).slice(0, 1))[0]?.value;
  return {
    take: takeFirst,
    takeSent: (names) => takeFirst(names.filter((name) => sent.size === 0 || sent.has(name))),
    takeAll: (names) =>
      takeEntries(names.flatMap((name) => entries.get(name) ?? [])).map(({ value }) => value),
    takeMatching: (pattern) =>
      takeEntries([...entries].flatMap(([name, alike]) => (pattern.test(name) ? alike : []))),
    takeHolding: (pattern) =>
      takeEntries(
        all().filter(
          (entry) => !reported.has(entry) && typeof entry.value === 'string' && pattern.test(entry.value),
        ),
      ).map(({ value }) => value),
    has: (names) => names.some((name) => entries.has(name)),
    unreported: () => all().filter((entry) => !reported.has(entry)),
  };
}

/** Brings a key to the form in which keys are compared. */
export function plainKey(key: string): string {
  return key
    .slice(0, 200)
    .toLowerCase()
    .replace(/[\s_:.-]/g, '');
}

function isPresent(value: unknown): boolean {
  return value !== null && value !== undefined && value !== '';
}
