import {
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  hkdfSync,
  randomBytes,
  timingSafeEqual,
} from 'node:crypto';
import { noKey, type RecordSigner } from './domain/ledger.js';
import type { HmacSigner, SecretBox } from './ports/runtime.js';

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

const cipherName = 'aes-256-gcm';

const ivBytes = 12;

const tagBytes = 16;

/** What is made of one key of the settings: no use of it says anything about another. */
interface Key {
  readonly id: string;
  readonly locks: Uint8Array;
  readonly signs: Uint8Array;
}

/**
 * Opens a vault with a key, by AES-256-GCM and HMAC-SHA256.
 *
 * Earlier keys still open what they locked; what is locked anew gets the present one.
 */
export function createSecretBox(keys: {
  readonly key: Uint8Array;
  readonly previousKeys: readonly Uint8Array[];
}): SecretBox {
  const current = keyOf(keys.key);
  const all = [current, ...keys.previousKeys.map(keyOf)];
  return {
    lock: (secret, bound) => ({ keyId: current.id, text: encrypt(current, secret, bound) }),
    unlock(locked, bound) {
      const key = all.find(({ id }) => id === locked.keyId);
      return key && decrypt(key, locked.text, bound);
    },
    sign: (text) => signatureOf(current, text),
    isSigned: (text, signature) => all.some((key) => isSame(signatureOf(key, text), signature)),
  };
}

function keyOf(secret: Uint8Array): Key {
  const derived = (use: string) => new Uint8Array(hkdfSync('sha256', secret, '', `countersign ${use}`, 32));
  const id = createHmac('sha256', derived('name')).update('key').digest('hex').slice(0, 12);
  return { id, locks: derived('lock'), signs: derived('sign') };
}

function encrypt({ locks }: Key, secret: string, bound: string): string {
  const iv = randomBytes(ivBytes);
  const cipher = createCipheriv(cipherName, locks, iv, { authTagLength: tagBytes });
  cipher.setAAD(Buffer.from(bound, 'utf8'));
  const body = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]).toString('base64');
}

function decrypt({ locks }: Key, text: string, bound: string): string | undefined {
  const bytes = Buffer.from(text, 'base64');
  if (bytes.length < ivBytes + tagBytes) return undefined;
  const decipher = createDecipheriv(cipherName, locks, bytes.subarray(0, ivBytes), {
    authTagLength: tagBytes,
  });
  decipher.setAAD(Buffer.from(bound, 'utf8'));
  decipher.setAuthTag(bytes.subarray(ivBytes, ivBytes + tagBytes));
  const head = decipher.update(bytes.subarray(ivBytes + tagBytes));
  try {
    return Buffer.concat([head, decipher.final()]).toString('utf8');
  } catch {
    // The tag does not fit: another owner, or somebody's hand in the store.
    return undefined;
  }
}

function signatureOf({ signs }: Key, text: string): string {
  return createHmac('sha256', signs).update(text, 'utf8').digest('base64url');
}

function isSame(one: string, other: string): boolean {
  const [a, b] = [Buffer.from(one), Buffer.from(other)];
  return a.length === b.length && timingSafeEqual(a, b);
}
