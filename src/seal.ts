import { createHash, createHmac } from 'node:crypto';
import { noKey, type RecordSigner } from './domain/ledger/chain.js';
import type { HmacSigner } from './ports/seal.js';

/**
 * Makes seals with a key, by HMAC-SHA256.
 *
 * Without one it makes plain hashes: those show a slip, and prove nothing against somebody who wants to deceive.
 */
export function createHmacSigner(key: Uint8Array | undefined): HmacSigner {
  const hash = (text: string) => createHash('sha256').update(text, 'utf8').digest('hex');
  if (!key) return { keyId: noKey, sign: hash, hash };
  const sign = (text: string) => createHmac('sha256', key).update(text, 'utf8').digest('hex');
  return { keyId: sign('key').slice(0, 12), sign: sign, hash };
}

/** Makes a finder of what seals under a key's name, among the keys given and none. */
export function createSignerFinder(keys: readonly Uint8Array[]): (keyId: string) => RecordSigner | undefined {
  const signers = [createHmacSigner(undefined), ...keys.map(createHmacSigner)];
  return (keyId) => signers.find((one) => one.keyId === keyId);
}
