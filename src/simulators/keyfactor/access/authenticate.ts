import type { Behaviour } from '../behaviour.js';
import type { Directory, Identity } from './directory.js';
import type { Tokens } from './tokens.js';
import type { TrustedTokens } from './trusted-tokens.js';

/** All that tells who somebody is. */
interface Known {
  readonly directory: Directory;
  readonly tokens: Tokens;
  readonly trusted: TrustedTokens;
}

/** Finds out who calls, from the Authorization header; undefined when the credentials are missing or bad. */
export async function authenticate(
  header: string | undefined,
  known: Known,
  accepted: Behaviour['credentials'],
): Promise<Identity | undefined> {
  const [scheme, credentials] = (header ?? '').split(' ', 2);
  if (credentials === undefined) return undefined;
  if (scheme?.toLowerCase() === 'bearer' && accepted !== 'basic') {
    return bearerOf(credentials, known);
  }
  if (scheme?.toLowerCase() === 'basic' && accepted !== 'bearer') {
    const { user, secret } = readBasic(credentials);
    const identity = known.directory.byName(user);
    return identity?.password !== undefined && identity.password === secret ? identity : undefined;
  }
  return undefined;
}

/** Whoever a trusted provider vouches for is let in; without an entry of their own they hold no role. */
async function bearerOf(token: string, known: Known): Promise<Identity | undefined> {
  const issuedHere = known.directory.byName(known.tokens.identityOf(token) ?? '');
  if (issuedHere !== undefined) return issuedHere;
  const name = await known.trusted.nameIn(token);
  if (name === undefined) return undefined;
  return known.directory.byName(name) ?? { name, roles: [], permissions: [] };
}

/** Reads `user:secret` out of its base64 form; only the first colon separates. */
export function readBasic(credentials: string): { user: string; secret: string } {
  const text = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return { user: text, secret: '' };
  return { user: text.slice(0, colon), secret: text.slice(colon + 1) };
}
