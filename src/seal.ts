import { createHash, createHmac } from 'node:crypto';
import { noKey, type Sealing } from './domain/ledger/chain.js';
import type { Seal } from './ports/seal.js';

/**
 * Makes seals with a key, by HMAC-SHA256.
 *
 * Without one it makes plain hashes: those show a slip, and prove nothing against somebody who wants to deceive.
 */
export function createSeal(key: Uint8Array | undefined): Seal {
  const hash = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');
  if (!key) return { keyId: noKey, seal: hash, hash };
  const seal = (text: string) => createHmac('sha256', key).update(text, 'utf8').digest('hex');
  return { keyId: seal('key').slice(0, 12), seal, hash };
}

/** Makes a finder of what seals under a key's name, among the keys given and none. */
export function createSealFinder(keys: readonly Uint8Array[]): (keyId: string) => Sealing | undefined {
  const seals = [createSeal(undefined), ...keys.map(createSeal)];
  return (keyId) => seals.find((one) => one.keyId === keyId);
}
