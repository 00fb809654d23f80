import { defined } from '../shared/language.js';
import { matchesPattern } from '../shared/text.js';
import {
  describeKey,
  describeName,
  type KeyFacts,
  type NameKind,
  type RequestFacts,
  readNameText,
  subjectBeside,
} from './request.js';

/** Something plain that a person should look at before deciding. */
export type Finding =
  | { readonly kind: ListedNames; readonly names: readonly string[] }
  | { readonly kind: 'weak-key' | 'unknown-key'; readonly key: KeyFacts }
  | { readonly kind: 'weak-hash'; readonly hash: string }
  | { readonly kind: 'unreadable-request' | 'unreadable-replaced'; readonly why: string }
  /** Whoever made the request need not have the key it asks to have certified. */
  | { readonly kind: 'signature-mismatch' }
  | { readonly kind: 'ca-certificate' }
  | { readonly kind: 'dangerous-usage'; readonly usages: readonly string[] }
  | { readonly kind: 'other-template'; readonly templates: readonly string[]; readonly told: string }
  | { readonly kind: 'other-subject'; readonly subject: string }
  | { readonly kind: 'long-validity'; readonly validity: string; readonly mostDays: number }
  | {
      readonly kind: 'doubled-extension' | 'unknown-critical-extension' | 'unreadable-extension';
      readonly extensions: readonly string[];
    }
  | {
      readonly kind: 'replaces';
      readonly expiresAtMs?: number;
      /** Set where the run only says that it expires. */
      readonly isExpiring?: true;
    }
  /** The very key of the certificate it replaces is certified again. */
  | { readonly kind: 'reuses-key' }
  | {
      readonly kind: 'changes';
      readonly what: 'subject' | 'key' | 'authority';
      readonly from: string;
      readonly to: string;
    };

/** Findings that list names, each as `markedName` writes it. */
type ListedNames =
  | 'wildcard'
  | 'public-suffix-wildcard'
  | 'outside-zones'
  | 'adds-names'
  | 'removes-names'
  | 'login-identity'
  | 'mixed-script'
  | 'odd-name'
  | 'unreadable-name'
  | 'names-without-cn';

/** How much a finding matters. */
export type Severity = 'low' | 'medium' | 'high';

const severities = {
  'unreadable-request': 'high',
  'weak-key': 'high',
  'unknown-key': 'high',
  'ca-certificate': 'high',
  'dangerous-usage': 'high',
  'login-identity': 'high',
  'other-template': 'high',
  'other-subject': 'high',
  'unreadable-name': 'high',
  'unreadable-extension': 'high',
  'odd-name': 'high',
  'mixed-script': 'high',
  'public-suffix-wildcard': 'high',
  'weak-hash': 'medium',
  'signature-mismatch': 'medium',
  'doubled-extension': 'medium',
  'unknown-critical-extension': 'medium',
  'unreadable-replaced': 'medium',
  'long-validity': 'medium',
  wildcard: 'medium',
  'outside-zones': 'medium',
  'names-without-cn': 'low',
  replaces: 'low',
  'reuses-key': 'low',
  'adds-names': 'medium',
  'removes-names': 'low',
  'changes-subject': 'medium',
  'changes-key': 'low',
  'changes-authority': 'low',
} as const satisfies Readonly<Record<string, Severity>>;

/** What a rule calls one finding. */
export type FindingName = keyof typeof severities;

/** What rules call findings they ask for, in the order of the table of findings. */
export const findingNames = Object.keys(severities) as readonly FindingName[];

/** What a rule may ask for: a finding, those of a severity and graver ones, or any. */
export const findingWishes = ['high', 'medium', 'any', ...findingNames] as const;

/** What a rule asks for. */
export type FindingWish = (typeof findingWishes)[number];

/** Tells how much a finding matters. */
export function severityOf(finding: Finding): Severity {
  return severities[nameOf(finding)];
}

/** Tells whether a finding is among those a rule asks for. */
export function isFindingOf(wishes: readonly FindingWish[], finding: Finding): boolean {
  const severity = severityOf(finding);
  return wishes.some(
    (wish) =>
      wish === 'any' ||
      wish === nameOf(finding) ||
      (wish === 'medium' && severity !== 'low') ||
      (wish === 'high' && severity === 'high'),
  );
}

/** Tells whether whatever one word asks for is among what another asks for. */
export function isWishWithin(narrow: FindingWish, wide: FindingWish): boolean {
  if (wide === 'any' || wide === narrow) return true;
  if (narrow === 'any') return false;
  const severity = narrow === 'high' || narrow === 'medium' ? narrow : severities[narrow];
  return (wide === 'medium' && severity !== 'low') || (wide === 'high' && severity === 'high');
}

function nameOf(finding: Finding): FindingName {
  return finding.kind === 'changes' ? `changes-${finding.what}` : finding.kind;
}

/** What is known of the names of hosts outside this house; none of it is in the request. */
export interface HostNames {
  /** Writes a host as people read it, `xn--…` decoded; empty where that cannot be done. */
  toUnicode(host: string): string;
  /** Tells whether whoever likes may register names right below a domain, as below `co.uk`. */
  isPublicSuffix(domain: string): boolean;
}

/** What the organization expects of requests, and what helps to see what is not so. */
export interface Expected {
  /** Domains it expects names in; none means every name is expected. */
  readonly zones: readonly string[];
  /** For how many days a certificate may be asked for at most. */
  readonly mostDays?: number | undefined;
  readonly hosts?: HostNames | undefined;
}

/** Lists what stands out in a request, the gravest first. */
export function findingsOf(facts: RequestFacts, expected: Expected): readonly Finding[] {
  const { zones, hosts } = expected;
  const requested = requestedNames(facts);
  return [
    ...unreadable(facts),
    ...weakKey(facts.key),
    ...authority(facts),
    ...logins(facts, requested),
    ...beside(facts),
    ...strangeNames(requested, hosts),
    ...unreadableExtensions(facts),
    ...weakHash(facts),
    ...(facts.signature?.fits === 'no' ? [{ kind: 'signature-mismatch' } as const] : []),
    ...oddExtensions(facts),
    ...widerNames(requested, { zones, hosts }),
    ...longValidity(facts, expected),
    ...namesWithoutCommonName(facts),
    ...replacement(facts),
  ];
}

function unreadable({ unreadableRequest, replacesUnreadable }: RequestFacts): readonly Finding[] {
  return [
    ...(unreadableRequest === undefined
      ? []
      : [{ kind: 'unreadable-request', why: unreadableRequest } as const]),
    ...(replacesUnreadable === undefined
      ? []
      : [{ kind: 'unreadable-replaced', why: replacesUnreadable } as const]),
  ];
}

/** Smallest sizes that are not weak, by kind of key as systems spell it, without blanks and dashes. */
const minimumBits: readonly (readonly [kind: RegExp, bits: number])[] = [
  [/^rsa/, 2048],
  [/^dsa/, Number.POSITIVE_INFINITY],
  [/^ec(c|dsa|dh)?(?![a-z])|^ec(c|dsa|dh)?p\d/, 224],
];

function weakKey(key: KeyFacts | undefined): readonly Finding[] {
  if (!key) return [];
  const kind = key.algorithm.toLowerCase().replace(/[^a-z0-9]/g, '');
  const minimum = minimumBits.find(([pattern]) => pattern.test(kind))?.[1];
  const bits = key.sizeBits ?? numberIn(key.curve) ?? numberIn(key.algorithm);
  const isSmall =
    minimum !== undefined && (minimum === Number.POSITIVE_INFINITY || (bits !== undefined && bits < minimum));
  return [
    ...(key.isBroken || isSmall ? [{ kind: 'weak-key', key } as const] : []),
    ...(key.isUnknown ? [{ kind: 'unknown-key', key } as const] : []),
  ];
}

/** Reads the size that a curve or a key has in its name, as in `P-192`, `secp112r1` or `ECC 192`. */
function numberIn(text: string | undefined): number | undefined {
  const isIdentifier = /^\d+(\.\d+)+$/.test(text ?? '');
  const [digits] = isIdentifier ? [] : (/\d{3,5}/.exec(text ?? '') ?? []);
  return digits === undefined ? undefined : Number(digits);
}

function weakHash({ key, signature }: RequestFacts): readonly Finding[] {
  const hash = key?.hash ?? signature?.hash;
  return hash !== undefined && /^(md[245]|sha-?[01])$/i.test(hash) ? [{ kind: 'weak-hash', hash }] : [];
}

const dangerousUsages: Readonly<Record<string, string>> = {
  '2.5.29.37.0': 'any purpose',
  '1.3.6.1.4.1.311.20.2.1': 'certificate request agent',
  '1.3.6.1.4.1.311.20.2.2': 'smartcard logon',
  '1.3.6.1.5.2.3.4': 'Kerberos client authentication',
};

const applicationPolicies = '1.3.6.1.4.1.311.21.10';

function authority({ details = [] }: RequestFacts): readonly Finding[] {
  const isAuthority = details.some(
    (detail) =>
      (detail.kind === 'basic-constraints' && detail.isAuthority) ||
      (detail.kind === 'key-usage' && detail.usages.includes('keyCertSign')),
  );
  const usages = details.flatMap((detail) => {
    if (detail.kind === 'extended-key-usage') return detail.usages;
    const isPolicies = detail.kind === 'extension' && detail.oid === applicationPolicies;
    return isPolicies && 'text' in detail ? detail.text.split(', ') : [];
  });
  const dangerous = [...new Set(usages.map((usage) => dangerousUsages[usage] ?? usage))].filter((usage) =>
    Object.values(dangerousUsages).includes(usage),
  );
  return [
    ...(isAuthority ? [{ kind: 'ca-certificate' } as const] : []),
    ...(dangerous.length > 0 ? [{ kind: 'dangerous-usage', usages: dangerous } as const] : []),
  ];
}

/** UPN, Kerberos name and security identifier, where they are not of the form they must have. */
const logonIdentifiers = ['1.3.6.1.4.1.311.20.2.3', '1.3.6.1.5.2.2', '1.3.6.1.4.1.311.25.2.1'];

function logins({ details = [] }: RequestFacts, requested: readonly Requested[]): readonly Finding[] {
  const identities = details.flatMap((detail) =>
    detail.kind === 'sid' ? [`security identifier ${detail.sid}`] : [],
  );
  const isLogin = ({ kind, raw }: Requested) =>
    kind === 'upn' ||
    kind === 'kerberos' ||
    (kind === 'other' && logonIdentifiers.includes(readNameText(raw).oid ?? '')) ||
    (kind === 'uri' && /^tag:microsoft\.com,[\d-]+:sid:/i.test(readNameText(raw).value));
  return listing('login-identity', [...requested.filter(isLogin).map(({ text }) => text), ...identities]);
}

/** Compares what stands in the request with what stands beside it. */
function beside({ details = [], template, others }: RequestFacts): readonly Finding[] {
  const templates = details.flatMap((detail) => {
    if (detail.kind === 'template') return [detail.template];
    return detail.kind === 'name-value' && bare(detail.name) === 'certificatetemplate' ? [detail.value] : [];
  });
  const other = [...new Set(templates)].filter(
    (one) => template !== undefined && bare(one) !== bare(template),
  );
  const subjects = others.flatMap(({ label, value }) => (label === subjectBeside ? [value] : []));
  return [
    ...(other.length > 0 && template !== undefined
      ? [{ kind: 'other-template', templates: other, told: template } as const]
      : []),
    ...(subjects.length === 0
      ? []
      : [{ kind: 'other-subject', subject: markedText(subjects.join('; ')) } as const]),
  ];
}

function bare(name: string): string {
  return name.toLowerCase().replace(/[^\p{L}\p{N}]/gu, '');
}

function strangeNames(requested: readonly Requested[], hosts: HostNames | undefined): readonly Finding[] {
  const texts = (isOne: (one: Requested) => boolean) => requested.filter(isOne).map(({ text }) => text);
  const foreign = requested.flatMap((one) => foreignText(one, hosts) ?? []);
  return [
    ...listing(
      'unreadable-name',
      texts(({ kind }) => kind === 'other'),
    ),
    ...listing('odd-name', texts(isOdd)),
    ...listing('mixed-script', foreign),
  ];
}

/** Writes a name that has letters of another script both ways: as it is read, and as it is looked up. */
function foreignText({ raw, text, host }: Requested, hosts: HostNames | undefined): string | undefined {
  if (isForeign(raw) && raw !== text) return text + asciiForm(host);
  const decoded = host !== undefined && /(^|\.)xn--/i.test(host) ? hosts?.toUnicode(host) : undefined;
  return decoded && isForeign(decoded) ? `${text} (${markedName(decoded)})` : undefined;
}

/** Letters that stand for a letter from a to z with a mark, or that no such letter looks like. */
const ownLetter = /^[A-Za-z]\p{M}*$|^[ßæœðþŋÆŒÐÞŊ]$/u;

/** Tells whether a text has letters of another script, or such as pass for one from a to z. */
function isForeign(text: string): boolean {
  const letters = text.match(/[\p{L}\p{M}]/gu) ?? [];
  return letters.some(
    (letter) =>
      !/\p{ASCII}|\p{Script=Inherited}/u.test(letter) &&
      !(/\p{Script=Latin}/u.test(letter) && ownLetter.test(letter.normalize('NFD'))),
  );
}

/** Writes a host the way it is looked up, where it is written otherwise. */
function asciiForm(host: string | undefined): string {
  const url = `http://${host}`;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is not asked for
  if (host === undefined || /^[\x00-\x7f]*$/.test(host) || !URL.canParse(url)) return '';
  return ` (${new URL(url).hostname})`;
}

const readExtensions = new Set([
  '2.5.29.15',
  '2.5.29.19',
  '2.5.29.30',
  '2.5.29.37',
  '1.3.6.1.4.1.311.20.2',
  '1.3.6.1.4.1.311.21.7',
  '1.3.6.1.4.1.311.25.2',
]);

/** Lists extensions that decide what a certificate is good for and are not of the form they must have. */
function unreadableExtensions({ details = [] }: RequestFacts): readonly Finding[] {
  const extensions = details.flatMap((detail) => {
    const isEmpty = 'text' in detail && detail.text === '';
    const isUnread =
      (detail.kind === 'extension' && readExtensions.has(detail.oid)) ||
      (detail.kind === 'attribute' && detail.name.startsWith('requested extensions') && !isEmpty);
    return isUnread ? [detail.name] : [];
  });
  return extensions.length > 0 ? [{ kind: 'unreadable-extension', extensions }] : [];
}

function oddExtensions({ details = [] }: RequestFacts): readonly Finding[] {
  const doubled = details.flatMap((detail) => (detail.kind === 'doubled-extension' ? [detail.name] : []));
  const critical = details.flatMap((detail) =>
    detail.kind === 'extension' && detail.isCritical && !detail.isKnown ? [detail.name] : [],
  );
  return [
    ...(doubled.length > 0 ? [{ kind: 'doubled-extension', extensions: doubled } as const] : []),
    ...(critical.length > 0 ? [{ kind: 'unknown-critical-extension', extensions: critical } as const] : []),
  ];
}

function widerNames(
  requested: readonly Requested[],
  { zones, hosts }: Pick<Expected, 'zones' | 'hosts'>,
): readonly Finding[] {
  const isOutside = (one: Requested) => one.host !== undefined && (isOdd(one) || !isInZone(one.host, zones));
  const outside = zones.length === 0 ? [] : requested.filter(isOutside);
  const wildcards = requested.filter(({ raw }) => raw.includes('*'));
  const isWide = ({ host }: Requested) =>
    host !== undefined && hosts?.isPublicSuffix(belowStars(host)) === true;
  const texts = (some: readonly Requested[]) => some.map(({ text }) => text);
  return [
    ...listing('public-suffix-wildcard', texts(wildcards.filter(isWide))),
    ...listing('wildcard', texts(wildcards)),
    ...listing('outside-zones', texts(outside)),
  ];
}

/** Gives the domain in which a wildcard stands for any name. */
function belowStars(host: string): string {
  return host.replace(/^.*\*[^.]*\.?/, '').replace(/\.$/, '');
}

function longValidity({ validity }: RequestFacts, { mostDays }: Expected): readonly Finding[] {
  if (validity === undefined || mostDays === undefined) return [];
  // What is told in two places is told as two.
  const days = Math.max(...validity.split(';').map((text) => daysIn(text) ?? 0));
  return days > mostDays ? [{ kind: 'long-validity', validity, mostDays }] : [];
}

/** Fewest days that a unit of time has, by how it begins, `mo` before `m`. */
const unitDays: readonly (readonly [unit: RegExp, days: (count: number) => number])[] = [
  [/^(y|yr|yrs|years?)$/, (count) => Math.floor(count * 365)],
  [/^(mo|mon|mths?|months?)$/, (count) => Math.floor(count * 30.4375) - (count % 12 === 0 ? 0 : 2)],
  [/^(w|wk|wks|weeks?)$/, (count) => count * 7],
  [/^(d|days?)$/, (count) => count],
  [/^(h|hrs?|hours?)$/, (count) => count / 24],
];

/**
 * Reads how many days a text speaks of at least, such as `2 Years`, `13 months, 2 days`, `P1Y6M` or two dates.
 *
 * Undefined for any other text: from what nobody understands, nothing follows.
 */
function daysIn(text: string): number | undefined {
  const dates = [...text.matchAll(/\b\d{4}-\d\d-\d\d\b/g)].map(([date]) => Date.parse(date));
  const [from, to] = dates;
  if (from !== undefined && to !== undefined && dates.length === 2) return (to - from) / 86_400_000;
  const plain = text
    .trim()
    .toLowerCase()
    .replace(/^p(?=(\d+[ymwd])+$)/, '');
  const isIso = plain !== text.trim().toLowerCase();
  const parts = [...plain.matchAll(/(\d+(?:\.\d+)?)\s*([a-z]+)(?:\(s\))?(?:\s*(?:,|and)?\s*|$)/g)];
  if (parts.length === 0 || parts.map(([whole]) => whole).join('') !== plain) return undefined;
  const days = parts.map(([, count, word = '']) => {
    const unit = isIso && word === 'm' ? 'mo' : word;
    return unitDays.find(([pattern]) => pattern.test(unit))?.[1](Number(count));
  });
  return days.some((one) => one === undefined)
    ? undefined
    : days.reduce((sum: number, one) => sum + (one ?? 0), 0);
}

function namesWithoutCommonName({ subject, names }: RequestFacts): readonly Finding[] {
  if (names.length === 0) return [];
  const missing = commonNames(subject).filter((name) => looksLikeHost(name) && !hasName(names, name));
  return listing('names-without-cn', missing.map(markedName));
}

function listing(kind: ListedNames, names: readonly string[]): readonly Finding[] {
  return names.length > 0 ? [{ kind, names }] : [];
}

// Names

/** A name somebody asks for, be it among the alternative names or in the subject. */
interface Requested {
  readonly raw: string;
  /** As people are shown it. */
  readonly text: string;
  readonly kind: NameKind | 'text';
  /** The host or domain it speaks of. */
  readonly host?: string;
}

function requestedNames({ names, subject }: RequestFacts): readonly Requested[] {
  const common = commonNames(subject).map((raw): Requested => {
    if (looksLikeHost(raw)) return { raw, text: markedName(raw), kind: 'dns', host: raw };
    return { raw, text: markedText(raw), kind: 'text' };
  });
  const alternative = names.map((raw): Requested => {
    const { kind, value } = readNameText(raw);
    return { raw, text: markedName(raw), kind, ...defined({ host: hostOf(kind, value) }) };
  });
  const mails = partsNamed('E(?:mailAddress)?', subject).map((value): Requested => {
    const raw = describeName({ kind: 'mail', value });
    return { raw, text: markedName(raw), kind: 'mail', ...defined({ host: hostOf('mail', value) }) };
  });
  const seen = new Set<string>();
  return [...alternative, ...common, ...mails].filter(({ raw }) => {
    const isNew = !seen.has(raw.toLowerCase());
    seen.add(raw.toLowerCase());
    return isNew;
  });
}

function hostOf(kind: NameKind, value: string): string | undefined {
  if (kind === 'dns') return value;
  if (kind === 'mail' || kind === 'upn')
    return value.includes('@') ? value.slice(value.lastIndexOf('@') + 1) : undefined;
  if (kind !== 'uri') return undefined;
  if (!URL.canParse(value)) return value;
  const { hostname } = new URL(value);
  return hostname.startsWith('[') ? undefined : hostname || undefined;
}

/** Characters no host name has: anything but letters, digits, dot, dash, underscore and the star of a wildcard. */
const oddInHost = /[^\p{L}\p{M}\p{N}\-_.*]|\.\.|^\./u;

/** What nobody sees, or what was made visible because of that, in names of any kind. */
const invisible = /[\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]|(?! )[\p{Zs}\s]/gu;
const madeVisible = /\\x[0-9a-f]{2}/;

function isOdd({ kind, host, raw }: Requested): boolean {
  const isHidden = raw.search(invisible) >= 0 || madeVisible.test(raw);
  // A host name is looked up in the letters from a to z; those of other scripts are a finding of their own.
  const isUnlikeHost = kind === 'dns' && /[^\p{ASCII}]/u.test(raw) && !isForeign(raw);
  return (
    isHidden || isUnlikeHost || (host !== undefined && (host === '' || host === '.' || oddInHost.test(host)))
  );
}

/** Writes a name so that no letter passes for another: those of other scripts by their code, `[U+0430]`. */
export function markedName(name: string): string {
  const { kind, value } = readNameText(name);
  const label = name.slice(0, name.length - value.length);
  // A blank at the end, or two in a row, would not be seen.
  if (kind === 'dns' || kind === 'uri') return label + value.replace(/[^\p{ASCII}]|\s/gu, coded);
  const shown = name.replace(invisible, coded);
  if (kind === 'mail' || kind === 'upn' || kind === 'kerberos') return shown.replace(foreignLetter, coded);
  return markedText(shown);
}

const foreignLetter = /(?=[\p{L}\p{M}])[^\p{Script=Latin}\p{Script=Inherited}\p{Script=Common}]/gu;

/** Within plain text only a word of several scripts deceives; people may well be called in their own. */
function markedText(text: string): string {
  return text.replace(/[\p{L}\p{M}\p{N}.-]+/gu, (word) =>
    /\p{Script=Latin}/u.test(word) ? word.replace(foreignLetter, coded) : word,
  );
}

function coded(character: string): string {
  const code = (character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0');
  return `[U+${code}]`;
}

function replacement({ replaces, ...facts }: RequestFacts): readonly Finding[] {
  if (!replaces) return [];
  const added = facts.names.filter((name) => !hasName(replaces.names, name));
  const removed = replaces.names.filter((name) => !hasName(facts.names, name));
  const nowKey = facts.key && bareKey(facts.key);
  const oldKey = replaces.key && bareKey(replaces.key);
  return [
    {
      kind: 'replaces',
      ...defined({ expiresAtMs: replaces.expiresAtMs }),
    },
    ...(isSameKey(replaces.key, facts.key) ? [{ kind: 'reuses-key' } as const] : []),
    ...(added.length > 0 ? [{ kind: 'adds-names', names: added.map(markedName) } as const] : []),
    ...(removed.length > 0 ? [{ kind: 'removes-names', names: removed.map(markedName) } as const] : []),
    ...changed('subject', replaces.subject, facts.subject),
    ...changed('key', oldKey, nowKey),
    ...otherAuthority(replaces.authority, facts.authority),
  ];
}

/** Compares who issued with who would: by the common name, which is what systems call an authority behind its host. */
function otherAuthority(issuer: string | undefined, authority: string | undefined): readonly Finding[] {
  const [from] = commonNames(issuer);
  const to = authority?.slice(authority.lastIndexOf('\\') + 1);
  if (from === undefined || to === undefined || bare(from) === bare(to)) return [];
  return [{ kind: 'changes', what: 'authority', from, to }];
}

function changed(
  what: 'subject' | 'key',
  from: string | undefined,
  to: string | undefined,
): readonly Finding[] {
  if (from === undefined || to === undefined || from.toLowerCase() === to.toLowerCase()) return [];
  return [{ kind: 'changes', what, from, to }];
}

/** Only the fingerprints tell: two keys of one kind look alike otherwise. */
function isSameKey(one: KeyFacts | undefined, other: KeyFacts | undefined): boolean {
  return one?.fingerprint !== undefined && one.fingerprint === other?.fingerprint;
}

/** A key without its signature hash: that belongs to the request, not to the key. */
function bareKey({ hash: _hash, fingerprint: _print, ...key }: KeyFacts): string {
  return describeKey(key);
}

function hasName(names: readonly string[], name: string): boolean {
  return names.some((one) => one.toLowerCase() === name.toLowerCase());
}

/** Reads the common names of a subject, since a name may stand there only. */
export function commonNames(subject: string | undefined): readonly string[] {
  return partsNamed('CN', subject);
}

function partsNamed(type: string, subject = ''): readonly string[] {
  const pattern = new RegExp(`(?:^|[,+;])\\s*${type}\\s*=\\s*("[^"]*"|(?:\\\\.|[^,+;])*)`, 'gi');
  return [...subject.matchAll(pattern)]
    .map((match) => (match[1] ?? '').replace(/^"|"$/g, '').trim())
    .filter((name) => name !== '');
}

/** Takes for a host whatever is not plainly something else, so that the strangest names are pointed out too. */
function looksLikeHost(name: string): boolean {
  return name.includes('.') && !/[\s@/:\\]/.test(name) && !/^\d+(\.\d+){3}$/.test(name);
}

function isInZone(name: string, zones: readonly string[]): boolean {
  const bare = name.replace(/\.$/, '');
  return zones.some(
    (zone) => matchesPattern(bare, zone) || matchesPattern(bare, `*.${zone.replace(/^\*?\./, '')}`),
  );
}
