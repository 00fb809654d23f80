import type { RequestFacts } from './request.js';

/**
 * Names of domains, in groups: what stands in one group is one domain, what stands in different ones is not.
 *
 * Only what the settings declare tells people apart. An undeclared domain could be any other.
 */
export type Domains = readonly (readonly string[])[];

/**
 * Tells whether two backend names are the same: `CORP\\ana`, `corp.example\\Ana` and `ana@corp.example` are.
 *
 * Systems compare names without case, and write a domain short or in full; where both domains are declared, that decides.
 */
export function isSameName(a: string, b: string, domains: Domains = []): boolean {
  const [one, other] = [parseName(a), parseName(b)];
  if (one.user !== other.user || one.provider !== other.provider) return false;
  const [groupOfOne, groupOfOther] = [groupOf(one, domains), groupOf(other, domains)];
  if (groupOfOne >= 0 && groupOfOther >= 0) return groupOfOne === groupOfOther;
  return shortDomain(one) === shortDomain(other);
}

/**
 * Tells whether two names could belong to one person: the same user, and no domains that tell them apart.
 *
 * Who vouches for a name (`activedirectory::ana`) tells nobody apart, since one person may sign in in several ways.
 */
export function couldBeSameName(a: string, b: string, domains: Domains = []): boolean {
  const [one, other] = [parseName(a), parseName(b)];
  if (one.user !== other.user) return false;
  const [groupOfOne, groupOfOther] = [groupOf(one, domains), groupOf(other, domains)];
  return groupOfOne < 0 || groupOfOther < 0 || groupOfOne === groupOfOther;
}

/** Tells whether any of the names of one side could belong to whoever has one of the other side's. */
export function couldShareName(
  some: readonly string[],
  others: readonly string[],
  domains: Domains = [],
): boolean {
  return some.some((a) => others.some((b) => couldBeSameName(a, b, domains)));
}

/** Gives the place of a name's domain among those declared; -1 where nothing says which it is. */
function groupOf({ domain }: ParsedName, domains: Domains): number {
  return domains.findIndex((group) => group.some((one) => one.toLowerCase() === domain));
}

/** Gives the first label of a domain, since `corp.example` is `CORP` elsewhere. */
function shortDomain({ domain }: ParsedName): string | undefined {
  return domain?.split('.')[0];
}

interface ParsedName {
  readonly provider: string | undefined;
  readonly user: string;
  readonly domain: string | undefined;
}

function parseName(name: string): ParsedName {
  const [, provider, text = ''] = /^(?:([^:\\@]+)::)?(.*)$/s.exec(name.trim().toLowerCase()) ?? [];
  const [, domain, user] = /^([^\\]+)\\(.+)$/.exec(text) ?? [];
  if (domain !== undefined && user !== undefined) return { provider, user, domain };
  const at = text.lastIndexOf('@');
  if (at > 0) return { provider, user: text.slice(0, at), domain: text.slice(at + 1) };
  return { provider, user: text, domain: undefined };
}

/** Names one run of a workflow on one system. */
export interface InstanceRef {
  readonly system: string;
  readonly id: string;
}

/** Where a run stands; `raw` keeps what the system said, so that an unknown status is shown and not guessed. */
export interface InstanceStatus {
  readonly kind:
    | 'running'
    | 'suspended'
    | 'complete'
    | 'rejected'
    | 'failed'
    | 'canceled-for-restart'
    | 'paused'
    | 'aborted'
    | 'unknown';
  readonly raw: string;
}

/** The recipe a run follows, at the version it started with. */
export interface Definition {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  /** What kind of work it is, in the system's own open list: `Enrollment`, `Revocation`, … */
  readonly type: string;
}

/** The place in the recipe where a run stands. */
export interface Step {
  readonly uniqueName: string;
  readonly name: string;
}

/** A signal the step takes, and whether the system says that it has come. */
interface StepSignal {
  readonly name: string;
  readonly isReceived: boolean;
}

/** One run, read in full. */
export interface Instance {
  readonly ref: InstanceRef;
  /** The short number people know from the portal. */
  readonly referenceId?: string;
  readonly title: string;
  readonly definition: Definition;
  readonly status: InstanceStatus;
  readonly statusMessage?: string;
  readonly step?: Step;
  /** The signals of the step; absent where the system does not tell. */
  readonly signals?: readonly StepSignal[];
  /** True while the run stands at a step that takes an approval. */
  readonly awaitsApproval: boolean;
  /** Epoch milliseconds. */
  readonly startedAtMs?: number;
  readonly modifiedAtMs?: number;
  readonly facts: RequestFacts;
  /** True if only a line of a list could be read, so that its facts are not all there are. */
  readonly isPartial?: boolean;
  /** Equal for two reads between which nothing that a list shows has changed; short, since it is indexed. */
  readonly fingerprint: string;
}

/** Writes a reference as one string, for logs and keys. */
export function refKey(ref: InstanceRef): string {
  return `${ref.system}/${ref.id}`;
}

/** Tells whether two references name the same run. */
export function isSameRef(a: InstanceRef, b: InstanceRef): boolean {
  return a.system === b.system && a.id === b.id;
}

/** Tells whether a run can never move again by itself. */
export function hasEnded(status: InstanceStatus): boolean {
  return ['complete', 'rejected', 'canceled-for-restart', 'aborted'].includes(status.kind);
}

/**
 * Why a system could not be asked: it gave no answer at all, which is all there is to say where nothing else is said,
 * or one that is of no use.
 */
export type Fault = 'silence' | 'sign-in' | 'forbidden' | 'page' | 'redirect' | 'error';

/** Tells whether a run is about a certificate that expires: its workflow was started by an expiration alert. */
export function isExpiration({ definition }: Pick<Instance, 'definition'>): boolean {
  return /^(certificate)?expiration$/i.test(definition.type.replace(/[\s_-]/g, ''));
}
