import { plainKey } from './data-bag.js';

const sensitiveKeys =
  /pass|pwd|secret|pfx|pkcs|private|blob|token|credential|authori[sz]ationheader|bearer|cookie|session|jwt|challenge|keymaterial|keydata|keypair|connectionstring|key$|^pin$|otp$/;

/** Tells whether a value must not be shown because of what it is called. */
export function isSensitiveKey(key: string): boolean {
  return sensitiveKeys.test(plainKey(key));
}

/**
 * Tells whether a value must not be shown because of what it looks like: encoded keys and files, tokens,
 * credentials inside addresses or inside longer text.
 */
export function isSensitiveValue(text: string): boolean {
  const start = text.slice(0, 20_000);
  const dense = start.replace(/[\r\n]+|\\[rn]/g, '');
  return (
    /-----BEGIN/i.test(start) ||
    /[A-Za-z0-9+/_-]{200,}/.test(dense) ||
    /([A-Za-z0-9+/_-]{40,}={0,2}\s+){2}/.test(start) ||
    isPkcs12(dense) ||
    /\beyJ[\w-]{8,}/.test(start) ||
    /\b(bearer|basic)\s+\S{8,}/i.test(start) ||
    /:\/\/[^/\s:@]{1,200}:[^/\s@]{1,200}@/.test(start) ||
    /(pass(word|wd|phrase)?|pwd|secret|token|api[-_ ]?key|private[-_ ]?key)["']?\s*[:=]/i.test(start)
  );
}

/** Version 3 right after the outer sequence begins a PKCS #12 file, in base64 or in hexadecimal. */
function isPkcs12(dense: string): boolean {
  if (/^(0x)?3082[0-9a-f]{4}020103/i.test(dense)) return true;
  const [outer, , , , integer, length, version] = Buffer.from(dense.slice(0, 16), 'base64');
  return outer === 0x30 && integer === 0x02 && length === 0x01 && version === 0x03;
}
