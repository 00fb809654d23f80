import type { Behaviour } from '../behaviour.js';
import type { Directory, Identity } from './directory.js';
import type { Tokens } from './tokens.js';

/** Finds out who calls, from the Authorization header; undefined when the credentials are missing or bad. */
export function authenticate(
  header: string | undefined,
  known: { readonly directory: Directory; readonly tokens: Tokens },
  accepted: Behaviour['credentials'],
): Identity | undefined {
  const [scheme, credentials] = (header ?? '').split(' ', 2);
  if (credentials === undefined) return undefined;
  if (scheme?.toLowerCase() === 'bearer' && accepted !== 'basic') {
    return known.directory.byName(known.tokens.identityOf(credentials) ?? '');
  }
  if (scheme?.toLowerCase() === 'basic' && accepted !== 'bearer') {
    const { user, secret } = readBasic(credentials);
    const identity = known.directory.byName(user);
    return identity?.password !== undefined && identity.password === secret ? identity : undefined;
  }
  return undefined;
}

/** Reads `user:secret` out of its base64 form; only the first colon separates. */
export function readBasic(credentials: string): { user: string; secret: string } {
  const text = Buffer.from(credentials, 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 0) return { user: text, secret: '' };
  return { user: text.slice(0, colon), secret: text.slice(colon + 1) };
}
