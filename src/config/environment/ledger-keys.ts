import { Buffer } from 'node:buffer';
import type { Problem } from '../config-error.js';
import type { Environment } from './environment.js';
import type { Checked } from './read-needed.js';
import type { Variable } from './variables.js';

/** Seals the records of the ledger. */
export const ledgerKey: Variable = {
  name: 'COUNTERSIGN_LEDGER_KEY',
  meaning:
    'Key that seals the ledger: at least 32 random bytes, in base64 or hexadecimal. Without it records are kept and prove nothing.',
  example: 'openssl rand -hex 32',
};

/** Checks records that were sealed before the key was changed. */
export const ledgerKeyPrevious: Variable = {
  name: 'COUNTERSIGN_LEDGER_KEY_PREVIOUS',
  meaning:
    'Keys that sealed the ledger before, with commas between, the latest first; to check older records, never to seal.',
  example: '…',
};

/** The keys of the ledger; `key` alone seals. */
export interface LedgerKeys {
  readonly key?: Uint8Array;
  readonly previousKeys: readonly Uint8Array[];
}

const shortest = 32;
/** Random bytes this many have more different ones among them, but once in far more than a lifetime. */
const fewestDifferent = 12;

/** Reads the keys of the ledger; one that cannot be a good key is a problem, and none at all is allowed. */
export function readLedgerKeys(environment: Environment): Checked<LedgerKeys> {
  const current = environment.read(ledgerKey.name);
  const key = current === undefined ? undefined : readKey(ledgerKey, current);
  const before = (environment.read(ledgerKeyPrevious.name) ?? '').split(',').map((one) => one.trim());
  const previous = before.filter((one) => one !== '').map((one) => readKey(ledgerKeyPrevious, one));
  const all = [...(key ? [key] : []), ...previous];
  return {
    value: {
      ...(key?.bytes ? { key: key.bytes } : {}),
      previousKeys: previous.flatMap(({ bytes }) => (bytes ? [bytes] : [])),
    },
    problems: all.flatMap(({ problem }) => (problem ? [problem] : [])),
  };
}

/** A key, or what is wrong with it. */
interface ReadKey {
  readonly bytes?: Uint8Array;
  readonly problem?: Problem;
}

/** Reads one key; the problem with one that cannot be good never quotes it, since nearly a key is still a secret. */
export function readKey({ name, example }: Variable, text: string): ReadKey {
  const bytes = bytesOf(text);
  const expected = `at least ${shortest} random bytes, in base64 or hexadecimal`;
  const found = faultOf(bytes);
  return found === undefined && bytes
    ? { bytes }
    : { problem: { path: name, expected, found: found ?? 'nothing', example } };
}

function bytesOf(text: string): Uint8Array | undefined {
  if (/^([0-9a-f]{2})+$/i.test(text)) return Buffer.from(text, 'hex');
  return /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) ? Buffer.from(text, 'base64') : undefined;
}

function faultOf(bytes: Uint8Array | undefined): string | undefined {
  if (!bytes) return 'something that is neither';
  if (bytes.length < shortest) return `${bytes.length} bytes`;
  return new Set(bytes).size < fewestDifferent ? 'bytes that are not random' : undefined;
}
