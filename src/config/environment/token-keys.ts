import type { Problem } from '../config-error.js';
import { entriesOf, type RawGroup, valueAt } from '../raw.js';
import type { Environment } from './environment.js';
import { readKey } from './ledger-keys.js';
import { type Checked, readNeeded } from './read-needed.js';
import type { Variable } from './variables.js';

/** Locks the right to speak for people away in the store. */
export const tokenKey: Variable = {
  name: 'COUNTERSIGN_TOKEN_KEY',
  meaning:
    'Key that locks what people’s linked accounts are spoken for with: 32 random bytes or more, in base64 or hexadecimal. Needed for signalAs: person.',
  example: 'openssl rand -hex 32',
};

/** Opens what was locked before the key was changed. */
export const tokenKeyPrevious: Variable = {
  name: 'COUNTERSIGN_TOKEN_KEY_PREVIOUS',
  meaning:
    'Keys that were COUNTERSIGN_TOKEN_KEY before, with commas between; what they locked is locked anew when it is used next.',
  example: '…',
};

/** The keys of the vault; `key` alone locks. */
export interface TokenKeys {
  readonly key: Uint8Array;
  readonly previousKeys: readonly Uint8Array[];
}

/** Tells whether any server is told decisions in the name of people. */
export function hasSignalsAsPeople(raw: RawGroup): boolean {
  return entriesOf(raw.keyfactor).some((server) => valueAt(server, ['signalAs']) === 'person');
}

/** Reads the keys of the vault where a server is told decisions in the name of people; elsewhere none is needed. */
export function readTokenKeys(raw: RawGroup, environment: Environment): Checked<TokenKeys | undefined> {
  if (!hasSignalsAsPeople(raw)) return { value: undefined, problems: [] };
  const current = readNeeded(tokenKey, environment);
  const key = current.value === undefined ? undefined : readKey(tokenKey, current.value);
  const texts = (environment.read(tokenKeyPrevious.name) ?? '').split(',').map((one) => one.trim());
  const before = texts.filter((one) => one !== '').map((one) => readKey(tokenKeyPrevious, one));
  const previousKeys = before.flatMap(({ bytes }) => (bytes ? [bytes] : []));
  const wrong: readonly (Problem | undefined)[] = [key?.problem, ...before.map(({ problem }) => problem)];
  return {
    value: key?.bytes ? { key: key.bytes, previousKeys } : undefined,
    problems: [...current.problems, ...wrong.flatMap((problem) => (problem ? [problem] : []))],
  };
}
