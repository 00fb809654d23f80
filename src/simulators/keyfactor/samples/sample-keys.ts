import { webcrypto } from 'node:crypto';
import '../../../shared/webcrypto-names.js';

/** Kinds of keys people really send, a weak one among them. */
export type SampleKey = 'rsa-1024' | 'rsa-2048' | 'rsa-3072' | 'ec-p256' | 'ec-p384';

/** Other names of a subject by kind, in the order they are to appear. */
export interface SampleNames {
  readonly dns?: readonly string[];
  readonly ip?: readonly string[];
  readonly email?: readonly string[];
}

const curves = { 'ec-p256': 'P-256', 'ec-p384': 'P-384' } as const;
const lengths = { 'rsa-1024': 1024, 'rsa-2048': 2048, 'rsa-3072': 3072 } as const;

/** Makes a new key pair and names the algorithm to sign with it. */
export async function createSampleKey(key: SampleKey): Promise<{
  keys: webcrypto.CryptoKeyPair;
  signingAlgorithm: { name: string; hash: string };
}> {
  const hash = 'SHA-256';
  if (key === 'ec-p256' || key === 'ec-p384') {
    const algorithm = { name: 'ECDSA', namedCurve: curves[key] };
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    return { keys, signingAlgorithm: { name: 'ECDSA', hash } };
  }
  const algorithm = {
    name: 'RSASSA-PKCS1-v1_5',
    hash,
    publicExponent: new Uint8Array([1, 0, 1]),
    modulusLength: lengths[key],
  };
  const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  return { keys, signingAlgorithm: { name: algorithm.name, hash } };
}

/** Lists other names in the form the extension builder takes. */
export function generalNames(names: SampleNames): { type: 'dns' | 'ip' | 'email'; value: string }[] {
  const list = (type: 'dns' | 'ip' | 'email') => (names[type] ?? []).map((value) => ({ type, value }));
  return [...list('dns'), ...list('ip'), ...list('email')];
}
