import { defined } from '../shared/language.js';
import { matchesPattern } from '../shared/text.js';
import { describeKey, type KeyFacts, type RequestFacts } from './request.js';

/** Something plain that a person should look at before deciding. */
export type Finding =
  | { readonly kind: 'wildcard'; readonly names: readonly string[] }
  | { readonly kind: 'weak-key'; readonly key: KeyFacts }
  | { readonly kind: 'weak-hash'; readonly hash: string }
  | { readonly kind: 'outside-zones'; readonly names: readonly string[] }
  | { readonly kind: 'unreadable-request'; readonly why: string }
  | { readonly kind: 'replaces'; readonly expiresAtMs?: number }
  /** The very key of the certificate it replaces is certified again. */
  | { readonly kind: 'reuses-key' }
  | { readonly kind: 'adds-names'; readonly names: readonly string[] }
  | { readonly kind: 'removes-names'; readonly names: readonly string[] }
  | {
      readonly kind: 'changes';
      readonly what: 'subject' | 'key' | 'authority';
      readonly from: string;
      readonly to: string;
    };

/** What rules call findings they ask for, in the order of the table of findings. */
export const findingNames = [
  'wildcard',
  'weak-key',
  'weak-hash',
  'outside-zones',
  'unreadable-request',
  'replaces',
  'reuses-key',
  'adds-names',
  'removes-names',
  'changes-subject',
  'changes-key',
] as const;

/** What a rule calls one finding. */
export type FindingName = (typeof findingNames)[number];

/** Tells whether a finding is among those a rule asks for. */
export function isFindingOf(names: readonly FindingName[], finding: Finding): boolean {
  const name = finding.kind === 'changes' ? `changes-${finding.what}` : finding.kind;
  return names.some((one) => one === name);
}

const minimumBits: Readonly<Record<string, number>> = { rsa: 2048, dsa: 2048, ec: 224, ecdsa: 224 };

/** Lists what stands out in a request, the gravest first. */
export function findingsOf(facts: RequestFacts, zones: readonly string[]): readonly Finding[] {
  return [...unreadable(facts), ...weakness(facts.key), ...names(facts, zones), ...replacement(facts)];
}

function unreadable({ unreadableRequest }: RequestFacts): readonly Finding[] {
  return unreadableRequest === undefined ? [] : [{ kind: 'unreadable-request', why: unreadableRequest }];
}

function weakness(key: KeyFacts | undefined): readonly Finding[] {
  if (!key) return [];
  const minimum = minimumBits[key.algorithm.toLowerCase()];
  const found: Finding[] = [];
  if (minimum !== undefined && key.sizeBits !== undefined && key.sizeBits < minimum)
    found.push({ kind: 'weak-key', key });
  if (key.hash !== undefined && /^(md[245]|sha-?1)$/i.test(key.hash))
    found.push({ kind: 'weak-hash', hash: key.hash });
  return found;
}

function names(facts: RequestFacts, zones: readonly string[]): readonly Finding[] {
  const requested = distinct([...facts.names, ...commonNames(facts.subject)]);
  const wildcards = requested.filter((name) => name.includes('*'));
  const strange =
    zones.length === 0 ? [] : requested.filter((name) => looksLikeHost(name) && !isInZone(name, zones));
  return [
    ...(wildcards.length > 0 ? [{ kind: 'wildcard', names: wildcards } as const] : []),
    ...(strange.length > 0 ? [{ kind: 'outside-zones', names: strange } as const] : []),
  ];
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
    ...(added.length > 0 ? [{ kind: 'adds-names', names: added } as const] : []),
    ...(removed.length > 0 ? [{ kind: 'removes-names', names: removed } as const] : []),
    ...changed('subject', replaces.subject, facts.subject),
    ...changed('key', oldKey, nowKey),
  ];
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
  return [...(subject ?? '').matchAll(/(?:^|[,+;])\s*CN\s*=\s*("[^"]*"|(?:\\.|[^,+;])*)/gi)]
    .map((match) => (match[1] ?? '').replace(/^"|"$/g, '').trim())
    .filter((name) => name !== '');
}

function distinct(names: readonly string[]): readonly string[] {
  return names.filter(
    (name, index) => names.findIndex((one) => one.toLowerCase() === name.toLowerCase()) === index,
  );
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
