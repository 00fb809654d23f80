import { entriesOf, type RawGroup, valueAt } from '../raw.js';
import type { Environment } from './environment.js';
import { type Checked, nothing, readNeeded } from './read-needed.js';
import { nameInVariables, type Variable } from './variables.js';

/** The secret of the client with which people sign in, under the name it has for a server `<SERVER>`. */
export const personSecret: Variable = {
  name: 'COUNTERSIGN_<SERVER>_PERSON_CLIENT_SECRET',
  meaning: 'Secret of the client with which people sign in.',
  example: '…',
};

/**
 * Names the variable for one server.
 *
 * The server's name is always in it, even of a single one: the secret belongs to one identity provider, and must
 * not pass to another when a server is added.
 */
export function personSecretName(server: string): string {
  return personSecret.name.replace('<SERVER>', nameInVariables(server));
}

/** Reads the secret of a server under which people sign in; that of any other is not needed. */
export function readPersonSecret(server: unknown, environment: Environment): Checked<string | undefined> {
  if (valueAt(server, ['personSignIn']) === undefined) return nothing;
  return readNeeded({ ...personSecret, name: nameFor(server) }, environment);
}

/** Lists the variables of this kind that are read. */
export function personSecretNames(raw: RawGroup): readonly string[] {
  return entriesOf(raw.keyfactor)
    .filter((server) => valueAt(server, ['personSignIn']) !== undefined)
    .map(nameFor);
}

/** Tells whether a variable is meant to be of this kind. */
export function isPersonSecret(name: string): boolean {
  return /^COUNTERSIGN_.*PERSON.*SECRET(_FILE)?$/.test(name);
}

function nameFor(server: unknown): string {
  return personSecretName(String(valueAt(server, ['name']) ?? ''));
}
