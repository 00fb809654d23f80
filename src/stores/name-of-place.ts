import { isPostgresUrl } from '../shared/is-postgres-url.js';

/** Names a store as people know it: its file, or its database without the password. */
export function nameOfPlace(place: string): string {
  if (!isPostgresUrl(place)) return place;
  const { protocol, username, host, pathname } = new URL(place);
  return `${protocol}//${username === '' ? '' : `${username}@`}${host}${pathname}`;
}
