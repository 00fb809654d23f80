import { assertNever } from '../shared/language.js';
import { writtenLength } from '../shared/text.js';

/** The public key somebody asks to have certified. */
export interface KeyFacts {
  /** `RSA`, `EC`, `Ed25519`, … */
  readonly algorithm: string;
  readonly sizeBits?: number;
  readonly curve?: string;
  /** Hash of the request's signature, such as `SHA-256`. */
  readonly hash?: string;
  /** SHA-256 of the public key itself, so that another key of the same kind is another fact. */
  readonly fingerprint?: string;
  /** What the key itself says it may be used with, such as `SHA-256 only`. */
  readonly restriction?: string;
  /** Public exponent of an RSA key. */
  readonly exponent?: string;
  /** True if numbers of the key are such that it protects nothing. */
  readonly isBroken?: true;
  /** True if the key is of a kind that signs nothing. */
  readonly cannotSign?: true;
  /** True if nobody here can tell how strong it is: of a kind or curve nobody knows, or of another form. */
  readonly isUnknown?: true;
}

/** What kind of name somebody asks to have certified. */
export type NameKind =
  | 'dns'
  | 'ip'
  | 'mail'
  | 'upn'
  | 'kerberos'
  | 'uri'
  | 'directory'
  | 'registered-id'
  | 'other';

/** A name somebody asks to have certified, with its kind: a login and a mail address look alike. */
export interface RequestedName {
  readonly kind: NameKind;
  readonly value: string;
  /** Object identifier of a name of another kind. */
  readonly oid?: string;
  /** True if the value is only what can be told of it. */
  readonly isUnreadable?: true;
}

/** How a request is signed, and whether with the key it asks to have certified. */
export interface SignatureFacts {
  readonly algorithm: string;
  readonly hash?: string;
  readonly fits: 'yes' | 'no' | 'not-checked';
}

/** Text of a value, or how many bytes it has where it has no text form and is too long to be shown. */
type Content = { readonly text: string } | { readonly hiddenBytes: number };

/** One more thing a signing request asks for, beside names and key. */
export type RequestDetail = PlainDetail & {
  /** Whether whoever does not understand it must refuse the certificate. */
  readonly isCritical?: boolean;
};

type PlainDetail =
  /** The extension that holds the names is critical. */
  | { readonly kind: 'critical-names' }
  | { readonly kind: 'basic-constraints'; readonly isAuthority: boolean; readonly pathLength?: number }
  | { readonly kind: 'key-usage'; readonly usages: readonly string[] }
  | { readonly kind: 'extended-key-usage'; readonly usages: readonly string[] }
  | {
      readonly kind: 'name-constraints';
      readonly permitted: readonly string[];
      readonly excluded: readonly string[];
    }
  | { readonly kind: 'template'; readonly template: string }
  | { readonly kind: 'sid'; readonly sid: string }
  | { readonly kind: 'version'; readonly version: number }
  | { readonly kind: 'doubled-extension'; readonly name: string; readonly count: number }
  | { readonly kind: 'name-value'; readonly name: string; readonly value: string }
  | ({ readonly kind: 'attribute'; readonly name: string } & Content)
  | ({
      readonly kind: 'extension';
      readonly oid: string;
      readonly name: string;
      /** Whether it is one of those that standards or Microsoft describe. */
      readonly isKnown: boolean;
    } & Content);

/** The certificate a request replaces. */
export interface ReplacedCertificate {
  readonly subject?: string;
  readonly names: readonly string[];
  readonly key?: KeyFacts;
  /** How it is signed. */
  readonly signature?: string;
  readonly authority?: string;
  /** What else it is good for; absent in what versions stored that did not read it. */
  readonly details?: readonly RequestDetail[];
  /** Epoch milliseconds. */
  readonly expiresAtMs?: number;
}

/** What a revocation asks for. */
export interface RevocationFacts {
  readonly reason?: string;
  readonly comment?: string;
  readonly effectiveAt?: string;
  readonly serialNumber?: string;
}

/** A page that tells more about a request; http or https. */
export interface RequestLink {
  readonly title: string;
  readonly url: string;
}

/** One more thing the system told about a request, safe to show. */
export interface LabelledValue {
  readonly label: string;
  readonly value: string;
}

/**
 * What is asked, as far as the system tells; absent means not told, never empty by guess.
 *
 * Holds nothing that may be key material or a password: whoever translates leaves that out.
 */
export interface RequestFacts {
  /** Every name under which the system says somebody asked, the chief one first. */
  readonly requesters: readonly string[];
  readonly subject?: string;
  /** Subject alternative names, such as `app.example.com` or `10.0.0.1`. */
  /** Names of other kinds than DNS and IP stand behind their kind, as `describeName` writes them. */
  readonly names: readonly string[];
  readonly key?: KeyFacts;
  readonly signature?: SignatureFacts;
  /** What else the signing request asks for; absent where none was read. */
  readonly details?: readonly RequestDetail[];
  /** SHA-256 of the request's signed part, so that a request that was exchanged is another fact. */
  readonly digest?: string;
  /** The signing request itself, DER in base64; absent where it holds a password, or none was read. */
  readonly signingRequest?: string;
  readonly template?: string;
  /** The certificate authority that would issue or revoke. */
  readonly authority?: string;
  readonly validity?: string;
  readonly revocation?: RevocationFacts;
  readonly replaces?: ReplacedCertificate;
  /** Why the certificate it replaces could not be read, when it could not. */
  readonly replacesUnreadable?: string;
  /** SHA-256 of that certificate as it was sent. */
  readonly replacesDigest?: string;
  /** Why the signing request could not be read, when it could not. */
  readonly unreadableRequest?: string;
  /** Until when it is to be decided, as an ISO instant, such as `2026-12-01T17:00:00.000Z`. */
  readonly due?: string;
  readonly links?: readonly RequestLink[];
  readonly others: readonly LabelledValue[];
  /** How many more values there are, without a secret among them. */
  readonly notShown?: number;
  /** What was sent along as attributes of the request, which people sign for; `others` shows them among the rest. */
  readonly attributes?: readonly string[];
  /** `wholeReading` where all that is here was read; absent in what versions stored that read less. */
  readonly reading?: number;
  /** Hash of those of them that were sent along with the request, so that another one is another fact. */
  readonly hiddenDigest?: string;
  /** True if the workflow itself sent them when it asked for people: then all of them are what people sign for. */
  readonly isInbound?: true;
}

/**
 * How many names, other things asked for and other values a card shows, how long most of its values may be, and how much
 * room there is for all names and for everything: beside them stands what people wrote, and who can decide.
 */
export const shownOnCard = {
  names: 20,
  details: 12,
  others: 10,
  length: 80,
  nameRoom: 4_500,
  room: 7_000,
} as const;

/**
 * Tells whether a card has room for all that a request asks for, as long as it is once written there; what it leaves to
 * Details is signed by no single click.
 */
export function isShownWhole(facts: RequestFacts): boolean {
  const { names, details = [], others, notShown = 0, subject, revocation = {}, key } = facts;
  const { comment, effectiveAt, serialNumber, reason } = revocation;
  const shortTexts = [facts.template, facts.authority, facts.validity, serialNumber, reason, comment];
  const namesLength = total(names.map((name) => nameLength(name) + 4));
  const inRows: readonly (readonly [most: number, texts: readonly (string | undefined)[]])[] = [
    [250, [subject]],
    [180, details.map(describeDetail)],
    [90, [...others.map(({ value }) => value), facts.requesters[0], key && describeKey(key)]],
    [shownOnCard.length - 5, shortTexts],
    [55, [effectiveAt]],
    [35, others.map(({ label }) => label)],
  ];
  const texts = inRows.flatMap(([, row]) => row);
  return (
    names.every((name) => nameLength(name) <= 250) &&
    namesLength <= shownOnCard.nameRoom &&
    inRows.every(([most, row]) => row.every((text = '') => writtenLength(text) <= most)) &&
    namesLength + total(texts.map((text = '') => writtenLength(JSON.stringify(text)))) <= shownOnCard.room &&
    names.length <= shownOnCard.names &&
    details.length <= shownOnCard.details &&
    others.length <= shownOnCard.others &&
    notShown === 0
  );
}

/** How long a name can become at most: most letters that are not of ASCII are written by their code. */
function nameLength(name: string): number {
  return writtenLength(name.replace(/[^\p{ASCII}]|\s(?=\s|$)/gu, '[U+10FFFF]'));
}

function total(lengths: readonly number[]): number {
  return lengths.reduce((sum, length) => sum + length, 0);
}

/** Counts up when a version reads more of a request than the one before. */
export const wholeReading = 3;

/** Facts of a request about which nothing is known. */
export const noFacts: RequestFacts = { requesters: [], names: [], others: [] };

/** Labels a subject that was sent beside a signing request and is not the request's own. */
export const subjectBeside = 'Subject beside the signing request';

/** Writes a key the way people say it: `RSA 2048, SHA-256`. */
export function describeKey(key: KeyFacts): string {
  const size = key.curve ?? (key.sizeBits === undefined ? '' : String(key.sizeBits));
  const isUsual = key.exponent === undefined || key.exponent === '65537';
  return [
    `${key.algorithm} ${size}`.trim(),
    key.hash,
    isUsual ? undefined : `exponent ${key.exponent}`,
    key.cannotSign ? 'a key that signs nothing' : undefined,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}

/** Writes all that is known of a key: also an exponent that is usual, and what no two keys have in common. */
export function describeWholeKey(key: KeyFacts): string {
  const { curve, sizeBits, exponent, restriction, fingerprint } = key;
  return [
    describeKey(key),
    curve === undefined || sizeBits === undefined ? undefined : `${sizeBits} bits`,
    exponent === '65537' ? `exponent ${exponent}` : undefined,
    restriction,
    fingerprint,
  ]
    .filter((part) => part !== undefined)
    .join(', ');
}

/** What stands before a name of a kind; before DNS names and addresses only where they would read otherwise. */
const kindLabels: Readonly<Record<NameKind, string>> = {
  dns: 'DNS',
  ip: 'IP',
  mail: 'mail',
  upn: 'UPN',
  kerberos: 'Kerberos',
  uri: 'URI',
  directory: 'directory name',
  'registered-id': 'registered id',
  other: 'other name',
};

const kinds = Object.entries(kindLabels) as readonly (readonly [NameKind, string])[];

/** Writes a name with its kind before it, unless it is a DNS name or an address: `UPN jo@example.com`. */
export function describeName({ kind, value, oid }: RequestedName): string {
  const isPlain = (kind === 'dns' || kind === 'ip') && readNameText(value).kind === kind;
  if (isPlain && !hasKindWord(value)) return value;
  return `${kindLabels[kind]} ${kind === 'other' ? `${oid ?? 'of unknown form'}: ` : ''}${value}`;
}

/** Reads a name that `describeName` wrote. */
export function readNameText(text: string): Pick<RequestedName, 'kind' | 'value' | 'oid'> {
  for (const [kind, word] of kinds) {
    if (!text.startsWith(`${word} `)) continue;
    const value = text.slice(word.length + 1);
    if (kind !== 'other') return { kind, value };
    const [, oid = '', rest = value] = /^(.*?): (.*)$/s.exec(value) ?? [];
    return { kind, oid, value: rest };
  }
  return { kind: /^\d+(\.\d+){3}$|^[0-9a-f]*:[0-9a-f:.]+$/i.test(text) ? 'ip' : 'dns', value: text };
}

function hasKindWord(text: string): boolean {
  return kinds.some(([, word]) => text.startsWith(`${word} `));
}

/** Says in a few words one more thing a signing request asks for: `Key usage digitalSignature`. */
export function describeDetail(detail: RequestDetail): string {
  const critical = detail.isCritical ? ' (critical)' : '';
  switch (detail.kind) {
    case 'critical-names':
      return `SANs${critical}`;
    case 'basic-constraints': {
      const path = detail.pathLength === undefined ? '' : `, path length ${detail.pathLength}`;
      return `${detail.isAuthority ? 'Asks for' : 'Not'} a CA certificate${critical}${path}`;
    }
    case 'key-usage':
      return `Key usage${critical} ${listed(detail.usages)}`;
    case 'extended-key-usage':
      return `Extended key usage${critical} ${listed(detail.usages)}`;
    case 'name-constraints':
      return `Name constraints${critical}: permitted ${listed(detail.permitted)}; excluded ${listed(detail.excluded)}`;
    case 'template':
      return `Template in the request${critical}: ${detail.template}`;
    case 'sid':
      return `Security identifier${critical} ${detail.sid}`;
    case 'version':
      return `Request of version ${detail.version}`;
    case 'doubled-extension':
      return `${detail.count} extensions of one kind: ${detail.name}`;
    case 'name-value':
      return `${detail.name} = ${detail.value}`;
    case 'attribute':
      return `Attribute ${detail.name}: ${contentText(detail)}`;
    case 'extension': {
      const isNamed = detail.name !== detail.oid;
      const name = isNamed ? capitalized(detail.name) : `Extension ${detail.oid}`;
      return `${name}${critical}: ${contentText(detail)}`;
    }
    default:
      return assertNever(detail);
  }
}

function listed(texts: readonly string[]): string {
  return texts.length === 0 ? 'none' : texts.join(', ');
}

function contentText(content: Content): string {
  return 'text' in content ? content.text || 'empty' : `1 value not shown (${content.hiddenBytes} bytes)`;
}

function capitalized(text: string): string {
  return text.replace(/^./u, (first) => first.toUpperCase());
}
