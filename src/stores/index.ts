import type { Store } from '../ports/store.js';
import { openSqliteStore } from './sqlite/open-sqlite-store.js';

/** Opens the store the settings name. */
export async function openStore(file: string): Promise<Store> {
  return openSqliteStore({ file });
}
