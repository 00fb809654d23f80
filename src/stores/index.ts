import type { Store } from '../ports/store.js';
import { isPostgresUrl } from '../shared/is-postgres-url.js';
import { openSqliteStore } from './sqlite/open-sqlite-store.js';

/**
 * Opens the store the settings name: a file, or a PostgreSQL database by its address.
 *
 * See `openSqliteStore` and `openPostgresStore` for what may go wrong.
 */
export async function openStore(
  place: string,
  options: { readonly password?: string | undefined; readonly clock?: 'server' | 'given' } = {},
): Promise<Store> {
  if (!isPostgresUrl(place)) return openSqliteStore({ file: place });
  const { openPostgresStore } = await import('./postgres/open-postgres-store.js');
  return openPostgresStore({ url: place, clock: 'server', ...options });
}
