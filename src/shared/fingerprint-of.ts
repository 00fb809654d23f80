import { hash } from 'node:crypto';

/** Gives the SHA-256 of a text, in hexadecimal. */
export function sha256Of(text: string): string {
  return hash('sha256', text, 'hex');
}

/** Sums values up in 43 characters; two lists of other values do not look alike. */
export function fingerprintOf(values: readonly (string | number)[]): string {
  return hash('sha256', JSON.stringify(values), 'base64url');
}
