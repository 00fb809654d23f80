import type { Store } from '../ports/store.js';
import { openSqliteStore } from './sqlite/open-sqlite-store.js';

/** Opens the store the settings name, which is a file; see `openSqliteStore` for what may go wrong. */
export function openStore(file: string): Promise<Store> {
  return openSqliteStore({ file });
}
