import type { Store } from '../ports/store.js';
import { openPlace, type PlaceOptions } from './open-place.js';
import { createSqlStore } from './sql/sql-store.js';

/**
 * Opens the store the settings name: a file, or a PostgreSQL database by its address.
 *
 * See `openSqlite` and `openPostgres` for what may go wrong.
 */
export async function openStore(place: string, options: PlaceOptions = {}): Promise<Store> {
  return createSqlStore(await openPlace(place, options));
}
