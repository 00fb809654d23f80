import { createRequire } from 'node:module';
import { domainToUnicode } from 'node:url';

/** Writes a host as people read it, each `xn--` label decoded where it can be. */
export function toUnicode(host: string): string {
  const labels = host.split('.').map((label) => (/^xn--/i.test(label) && domainToUnicode(label)) || label);
  return labels.join('.');
}

const load = createRequire(import.meta.url);

/**
 * Tells whether whoever likes may register names right below a domain, as below `co.uk` or `github.io`.
 *
 * The public suffix list is loaded at the first question: it is large, and few requests have a wildcard.
 */
export function isPublicSuffix(domain: string): boolean {
  const { parse } = load('tldts') as typeof import('tldts');
  const { publicSuffix, isIcann, isPrivate } = parse(domain, { allowPrivateDomains: true });
  const isListed = isIcann === true || isPrivate === true;
  return domain === '' || (isListed && publicSuffix === domain.toLowerCase());
}
