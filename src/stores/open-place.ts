import { isPostgresUrl } from '../shared/is-postgres-url.js';
import type { PostgresOptions } from './postgres/open-postgres-store.js';
import type { OpenDatabase } from './sql/open-database.js';
import { openSqlite } from './sqlite/open-sqlite-store.js';

/** What to know about a store besides its address. */
export type PlaceOptions = Omit<PostgresOptions, 'url'>;

/** Opens what stands behind a store: a file, or a PostgreSQL database by its address. */
export async function openPlace(place: string, options: PlaceOptions = {}): Promise<OpenDatabase> {
  if (!isPostgresUrl(place)) return openSqlite({ file: place, asItIs: options.asItIs });
  const { openPostgres } = await import('./postgres/open-postgres-store.js');
  return openPostgres({ ...options, url: place });
}
