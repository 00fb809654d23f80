import { isPostgresUrl } from '../../shared/is-postgres-url.js';
import { type RawGroup, valueAt } from '../raw.js';
import type { Environment } from './environment.js';
import { storePassword } from './variables.js';

/** Reads the password of the store, where that is a database; one that lets the bot in otherwise has none. */
export function readStoreSecret(
  raw: RawGroup,
  environment: Environment,
): { readonly storePassword?: string } {
  if (!isPostgresUrl(String(valueAt(raw, ['store'])))) return {};
  const value = environment.read(storePassword.name);
  return value === undefined ? {} : { storePassword: value };
}
