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
 * Tells whether two names may belong to one person: the same user, and no domain that tells them apart.
 *
 * Who vouches for a name (`activedirectory::ana`) tells nobody apart: one person may sign in in several ways.
 */
export function couldBeSameName(a: string, b: string): boolean {
  const [one, other] = [parseName(a), parseName(b)];
  if (one.user !== other.user) return false;
  return one.domain === undefined || other.domain === undefined || one.domain === other.domain;
}

interface ParsedName {
  readonly provider: string | undefined;
  readonly user: string;
  /** The first label of the domain, since `corp.example` is `CORP` elsewhere. */
  readonly domain: string | undefined;
}

function parseName(name: string): ParsedName {
  const [, provider, text = ''] = /^(?:([a-z]+)::)?(.*)$/s.exec(name.trim().toLowerCase()) ?? [];
  const [, domain, user] = /^([^\\]+)\\(.+)$/.exec(text) ?? [];
  if (domain !== undefined && user !== undefined) return { provider, user, domain: firstLabel(domain) };
  const at = text.lastIndexOf('@');
  if (at > 0) return { provider, user: text.slice(0, at), domain: firstLabel(text.slice(at + 1)) };
  return { provider, user: text, domain: undefined };
}

function firstLabel(domain: string): string {
  return domain.split('.')[0] ?? domain;
}
