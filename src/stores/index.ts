import type { Store } from '../ports/store.js';
import { isPostgresUrl } from '../shared/is-postgres-url.js';
import type { PostgresOptions } from './postgres/open-postgres-store.js';
import { openSqliteStore } from './sqlite/open-sqlite-store.js';

/**
 * Opens the store the settings name: a file, or a PostgreSQL database by its address.
 *
 * What the options say is about a PostgreSQL database only. See `openSqliteStore` and `openPostgresStore` for what may go wrong.
 */
export async function openStore(place: string, options: Omit<PostgresOptions, 'url'> = {}): Promise<Store> {
  if (!isPostgresUrl(place)) return openSqliteStore({ file: place });
  const { openPostgresStore } = await import('./postgres/open-postgres-store.js');
  return openPostgresStore({ ...options, url: place });
}
