/**
 * Tells whether two backend names are the same: `CORP\\ana`, `corp.example\\Ana` and `ana@corp.example` are.
 *
 * Systems compare names without case, and write a domain short or in full.
 */
export function isSameName(a: string, b: string): boolean {
  const [one, other] = [parseName(a), parseName(b)];
  return one.user === other.user && one.domain === other.domain && one.provider === other.provider;
}

/**
 * Tells whether two names could belong to one person: the same user, and no domain that tells them apart.
 *
 * Two domains tell people apart only where both are account names or both are addresses: `CORP\\ana` may well get
 * her mail as `ana@mail.example`. Who vouches for a name (`activedirectory::ana`) tells nobody apart, since one
 * person may sign in in several ways.
 */
export function couldBeSameName(a: string, b: string): boolean {
  const [one, other] = [parseName(a), parseName(b)];
  if (one.user !== other.user) return false;
  if (one.domain === undefined || other.domain === undefined) return true;
  return one.domain === other.domain || one.isAddress !== other.isAddress;
}

/** Tells whether any of the names of one side could belong to whoever has one of the other side's. */
export function couldShareName(some: readonly string[], others: readonly string[]): boolean {
  return some.some((a) => others.some((b) => couldBeSameName(a, b)));
}

interface ParsedName {
  readonly provider: string | undefined;
  readonly user: string;
  /** The first label of the domain, since `corp.example` is `CORP` elsewhere. */
  readonly domain: string | undefined;
  /** Whether the domain is where mail goes, as in `ana@corp.example`. */
  readonly isAddress: boolean;
}

function parseName(name: string): ParsedName {
  const [, provider, text = ''] = /^(?:([^:\\@]+)::)?(.*)$/s.exec(name.trim().toLowerCase()) ?? [];
  const [, domain, user] = /^([^\\]+)\\(.+)$/.exec(text) ?? [];
  if (domain !== undefined && user !== undefined) {
    return { provider, user, domain: firstLabel(domain), isAddress: false };
  }
  const at = text.lastIndexOf('@');
  if (at > 0) {
    return { provider, user: text.slice(0, at), domain: firstLabel(text.slice(at + 1)), isAddress: true };
  }
  return { provider, user: text, domain: undefined, isAddress: false };
}

function firstLabel(domain: string): string {
  return domain.split('.')[0] ?? domain;
}
