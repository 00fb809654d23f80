import type {
  KeyFacts,
  LabelledValue,
  ReplacedCertificate,
  RequestFacts,
  RevocationFacts,
} from '../../domain/request.js';
import { defined } from '../../shared/defined.js';
import { type InstanceDetail, initiatorOf } from './wire.js';
import type { SigningRequest } from './x509.js';

/**
 * Reads what a request asks for out of the free-form values of its instance.
 *
 * The signing request is believed before the values beside it. Names are those of both, since the server may add
 * some. Never throws, whatever the values hold.
 */
export async function readFacts(detail: InstanceDetail): Promise<RequestFacts> {
  const bag = createDataBag(detail.initialdata, detail.currentstatedata);
  const requesters = readRequesters(bag);
  const initiator = initiatorOf(detail.title);
  const encoded = bag.take(keys.request);
  const read = encoded === undefined ? undefined : await readSigningRequest(encoded);
  const request = read?.kind === 'read' ? read.request : undefined;
  const listed = bag.takeMatching(nameKeys).flatMap(({ value }) => readNames(value));
  const renewed = bag.take(keys.renewed);
  const reported = {
    ...readSubjects(bag, request),
    key: request?.key ?? readWantedKey(bag),
    template: nameOf(bag.take(keys.template)),
    authority: nameOf(bag.take(keys.authority)),
    validity: readValidity(bag),
    revocation: readRevocation(bag, detail.definition?.workflowtype ?? ''),
    replaces: renewed === undefined ? undefined : await readReplacedCertificate(renewed),
    unreadableRequest: read?.kind === 'unreadable' ? read.reason : undefined,
  };
  const { otherSubject, ...facts } = reported;
  return {
    requesters: withInitiator(requesters, initiator),
    names: distinctNames([...(request?.names ?? []), ...listed]),
    ...defined(facts),
    others: [...otherSubject, ...otherValues(bag.unreported())],
  };
}

/** Under which names values are found, as keys are compared; of several that are there the first counts. */
const keys = {
  request: words('csr csrraw rawcsr certificaterequest signingrequest pkcs10 pkcs10request'),
  renewed: words(
    `certificatetoberenewed certificatetorenew renewedcertificate renewalcertificate previouscertificate
    certificatetobereplaced`,
  ),
  requesters: words(
    `initiatingusername initiatinguser requester requestername requestor requestorname requestedby`,
  ),
  subject: words('subject subjectname subjectdn subjectdistinguishedname distinguishedname dn'),
  commonName: words('cn commonname'),
  template: words(
    `template templatename templateshortname templatedisplayname certificatetemplate certificatetemplatename
    enrollmentpattern enrollmentpatternname`,
  ),
  authority: words('certificateauthority certificateauthorityname ca caname authority issuingca'),
  validity: words('validityperiod validity certificatevalidity requestedvalidity validityperiodvalue'),
  validityUnit: words('validityperiodunits validityperiodunit validityunits validityunit'),
  keyAlgorithm: words('keytype keyalgorithm'),
  keySize: words('keylength keysize keybits'),
  keyCurve: words('keycurve curve ellipticcurve'),
  /** Only revocations have these. */
  revocation: words('cmnt revokecode revocationcode revocationreason revokereason'),
  reason: words('code revokecode revocationcode revocationreason revokereason reason'),
  comment: words('cmnt comment revocationcomment comments'),
  effectiveAt: words('effectivedate revocationdate revocationeffectivedate effdate'),
  serialNumber: words('serialnumber certificateserialnumber serial'),
};

const nameKeys =
  /^(san|sans|subjectalt(ernative)?names?|alternativenames|dnsnames)(dns|dnsnames?|ip|ips|ipv4|ipv6|ipaddress(es)?|emails?|upns?|uris?|urls?)?$/;

function words(text: string): readonly string[] {
  return text.split(/\s+/);
}

/** The title names who started the run, whoever the values beside it name; neither may decide about it. */
function withInitiator(requesters: readonly string[], initiator: string | undefined): readonly string[] {
  if (initiator === undefined) return requesters;
  const isNamed = requesters.some((name) => name.toLowerCase() === initiator.toLowerCase());
  return isNamed ? requesters : [...requesters, initiator];
}

/** Takes the request's own subject; one beside it that differs is shown too, so that nobody misses it. */
function readSubjects(bag: DataBag, request: SigningRequest | undefined) {
  const beside = readSubject(bag);
  const subject = request?.subject ?? beside;
  const otherSubject: readonly LabelledValue[] =
    beside !== undefined && subject !== undefined && !isWithin(beside, subject)
      ? [{ label: 'Subject beside the signing request', value: beside.slice(0, 200) }]
      : [];
  return { subject, otherSubject };
}

/** Compares names by their parts, since order and blanks differ between sources. */
function isWithin(part: string, whole: string): boolean {
  const parts = (name: string) =>
    name
      .toLowerCase()
      .split(',')
      .map((text) => text.replace(/\s*=\s*/, '=').trim());
  const all = new Set(parts(whole));
  return parts(part).every((text) => all.has(text));
}

/** Reads everybody who is said to have asked, the chief one first; each once. */
function readRequesters(bag: DataBag): readonly string[] {
  return distinctNames(bag.takeAll(keys.requesters).flatMap((value) => nameOf(value) ?? []));
}

/** Reads the subject from the keys that hold a whole name, or else from a common name. */
function readSubject(bag: DataBag): string | undefined {
  const whole = plainText(bag.take(keys.subject));
  if (whole !== undefined) return whole;
  const common = plainText(bag.take(keys.commonName));
  if (common === undefined) return undefined;
  return /^cn\s*=/i.test(common) ? common : `CN=${common}`;
}

/** Reads for how long a certificate is wanted. */
function readValidity(bag: DataBag): string | undefined {
  const period = plainText(bag.take(keys.validity));
  const unit = plainText(bag.take(keys.validityUnit));
  return period !== undefined && unit !== undefined && /^\d+$/.test(period) ? `${period} ${unit}` : period;
}

/** Reads the key the server is to make itself, when it does. */
function readWantedKey(bag: DataBag): KeyFacts | undefined {
  const algorithm = plainText(bag.take(keys.keyAlgorithm));
  if (algorithm === undefined) return undefined;
  const size = Number(plainText(bag.take(keys.keySize)));
  const sizeBits = Number.isInteger(size) && size > 0 ? size : undefined;
  return { algorithm, ...defined({ sizeBits, curve: plainText(bag.take(keys.keyCurve)) }) };
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

/** Kinds of names, in the spellings in which servers and tools write them before a value. */
const kindPrefix =
  /^\s*(?:dns|ip|ipv4|ipv6|email|e-mail|rfc822|uri|url|upn|other|directory|registered)\s*(?:name|address|id)?\s*[=:]\s*/i;

/** More names than any request has; what is beyond is not read. */
const mostNames = 2_000;

/**
 * Reads subject alternative names from the forms in which they are found.
 *
 * These are lists, lists of `{ Type, Value }`, lists by type, and texts such as `dns=a&ip=10.0.0.1`.
 */
function readNames(value: unknown): readonly string[] {
  return [...namesIn(value, 0)].slice(0, mostNames);
}

/** Joins lists of names; of those that differ in case only, the first stays. */
function distinctNames(names: readonly string[]): readonly string[] {
  const seen = new Map(names.map((name) => [name.toLowerCase(), name] as const).reverse());
  return [...new Set(names.map((name) => seen.get(name.toLowerCase()) ?? name))].slice(0, mostNames);
}

function* namesIn(value: unknown, depth: number): Generator<string> {
  if (typeof value === 'string') {
    yield* namesInText(value, depth);
  } else if (Array.isArray(value)) {
    if (depth < 3) for (const member of value) yield* namesIn(member, depth + 1);
  } else if (typeof value === 'object' && value !== null && depth < 3) {
    yield* namesInObject(value, depth + 1);
  }
}

function* namesInObject(holder: object, depth: number): Generator<string> {
  const entries = Object.entries(holder);
  const own = entries.find(([key]) => /^(value|name)$/i.test(key));
  if (own !== undefined) yield* namesIn(own[1], depth);
  else for (const [, inner] of entries) yield* namesIn(inner, depth);
}

function* namesInText(text: string, depth: number): Generator<string> {
  const json = /^\s*[[{]/.test(text) && depth < 2 ? parsed(text) : undefined;
  if (json !== undefined) {
    yield* namesIn(json, depth + 1);
    return;
  }
  for (const part of text.slice(0, 200_000).split(/[&,;\r\n]+/)) {
    for (const word of part.replace(kindPrefix, '').trim().split(/\s+/)) {
      const name = plainText(word.replace(kindPrefix, ''));
      if (name !== undefined) yield name.slice(0, 300);
    }
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

const mostShown = 40;

/** Keys whose value is again a set of labelled values. */
const groups = new Set(['metadata', 'certificatemetadata', 'additionalattributes', 'attributes']);

/** Lists what else a request says, without anything that may be a secret. */
function otherValues(entries: readonly BagEntry[]): readonly LabelledValue[] {
  const shown: LabelledValue[] = [];
  for (const entry of entries.flatMap(opened)) {
    const value = shown.length < mostShown ? showable(entry) : undefined;
    if (value !== undefined) shown.push(value);
  }
  return shown;
}

function showable({ key, value }: BagEntry): LabelledValue | undefined {
  const label = shortText(key);
  const text = shortText(value);
  if (label === undefined || text === undefined) return undefined;
  const isSecret = isSensitiveKey(key) || isSensitiveValue(key) || isSensitiveValue(String(value));
  return isSecret ? undefined : { label, value: text };
}

function opened(entry: BagEntry): readonly BagEntry[] {
  const { key, value } = entry;
  if (!groups.has(plainKey(key)) || typeof value !== 'object' || value === null) return [entry];
  return Object.entries(value).map(([inner, innerValue]) => ({ key: inner, value: innerValue }));
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

/** Reads the certificate a request replaces; undefined if the value holds none. Never throws. */
async function readReplacedCertificate(value: unknown): Promise<ReplacedCertificate | undefined> {
  const file = decodeFile(value);
  if (file.kind === 'unreadable') return undefined;
  try {
    const { readCertificate } = await import('./x509.js');
    return readCertificate(file.bytes);
  } catch {
    return undefined;
  }
}

/** Reasons by the numbers of RFC 5280, section 5.3.1. */
const reasons: Readonly<Record<string, string>> = {
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
    comment: plainText(bag.take(keys.comment)),
    effectiveAt: plainText(bag.take(keys.effectiveAt)),
    serialNumber: plainText(bag.take(keys.serialNumber)),
  });
}

/** A signing request as read, or the reason why it was not. */
type ReadSigningRequest =
  | { readonly kind: 'read'; readonly request: SigningRequest }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Reads a signing request from any of its textual forms. Never throws. */
export async function readSigningRequest(value: unknown): Promise<ReadSigningRequest> {
  const file = decodeFile(value);
  if (file.kind === 'unreadable') return file;
  if (file.label !== undefined && !/CERTIFICATE REQUEST$/.test(file.label)) {
    return { kind: 'unreadable', reason: `it is a ${file.label.toLowerCase()}` };
  }
  try {
    // Loaded only when there is something to read: the library is heavy.
    const { readRequest } = await import('./x509.js');
    return { kind: 'read', request: readRequest(file.bytes) };
  } catch {
    return { kind: 'unreadable', reason: 'it is not a PKCS #10 request' };
  }
}

/** A decoded file, or why it could not be decoded. */
type DecodedFile =
  | { readonly kind: 'decoded'; readonly bytes: Uint8Array<ArrayBuffer>; readonly label?: string }
  | { readonly kind: 'unreadable'; readonly reason: string };

const longestFile = 64 * 1024;

/**
 * Decodes a file kept as text: PEM, or bare base64 in either alphabet, with real or written-out line ends.
 *
 * Never throws. The label is what a PEM header calls the content.
 */
function decodeFile(value: unknown): DecodedFile {
  if (typeof value !== 'string') return unreadable('it is not text');
  if (value.length > longestFile) return unreadable('it is too long');
  const text = value
    .replace(/\\r|\\n/g, '\n')
    .replace(/^\uFEFF/, '')
    .trim();
  if (text === '') return unreadable('it is empty');
  const armoured = /^-----BEGIN ([A-Z0-9 ]{1,60})-----([^-]*)-----END [A-Z0-9 ]{1,60}-----/.exec(text);
  if (armoured === null && text.includes('-----')) return unreadable('its PEM form is broken');
  const [, label, inside = text] = armoured ?? [];
  const base64 = inside.replace(/\s+/g, '').replaceAll('-', '+').replaceAll('_', '/');
  if (!/^[A-Za-z0-9+/]+={0,2}$/.test(base64)) return unreadable('it is not base64');
  const bytes = new Uint8Array(Buffer.from(base64, 'base64'));
  return { kind: 'decoded', bytes, ...defined({ label }) };
}

function unreadable(reason: string): DecodedFile {
  return { kind: 'unreadable', reason };
}

/** Nothing longer is read: no name or comment of a request is. */
const longestScalar = 4_000;

/** Longest value that is shown as it is. */
const shownLength = 200;

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

/** Gives a scalar as clean text, cut where it gets long. */
function shortText(value: unknown): string | undefined {
  const text = plainText(value);
  return text !== undefined && text.length > shownLength ? `${text.slice(0, shownLength - 1)}…` : text;
}

/** The free-form values of an instance, found by any spelling of their key. */
interface DataBag {
  /** Gives the first value there is under one of the names and marks it as told. */
  take(names: readonly string[]): unknown;
  /** Gives every value under the names, in their order, and marks them as told. */
  takeAll(names: readonly string[]): readonly unknown[];
  /** Gives the values whose plain key fits a pattern and marks them as told. */
  takeMatching(pattern: RegExp): readonly BagEntry[];
  has(names: readonly string[]): boolean;
  /** Lists what was never taken. */
  unreported(): readonly BagEntry[];
}

/** One value with its key as the server spells it. */
interface BagEntry {
  readonly key: string;
  readonly value: unknown;
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
  const entries = new Map<string, BagEntry>();
  for (const [key, value] of [...Object.entries(current), ...Object.entries(initial)]) {
    if (isPresent(value) && !entries.has(plainKey(key))) entries.set(plainKey(key), { key, value });
  }
  const reported = new Set<string>();
  const takeAll = (names: readonly string[]) =>
    names.flatMap((name) => {
      const entry = entries.get(name);
      if (entry === undefined) return [];
      reported.add(name);
      return [entry.value];
    });
  return {
    take(names) {
      const name = names.find((candidate) => entries.has(candidate));
      return name === undefined ? undefined : takeAll([name])[0];
    },
    takeAll,
    takeMatching(pattern) {
      const names = [...entries.keys()].filter((name) => pattern.test(name));
      for (const name of names) reported.add(name);
      return names.flatMap((name) => entries.get(name) ?? []);
    },
    has: (names) => names.some((name) => entries.has(name)),
    unreported: () => [...entries].flatMap(([name, entry]) => (reported.has(name) ? [] : [entry])),
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
