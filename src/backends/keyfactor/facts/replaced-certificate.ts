import type { ReplacedCertificate } from '../../../domain/request-facts.js';
import { decodeFile } from './encoded-file.js';

/** Reads the certificate a request replaces; undefined if the value holds none. Never throws. */
export async function readReplacedCertificate(value: unknown): Promise<ReplacedCertificate | undefined> {
  const file = decodeFile(value);
  if (file.kind === 'unreadable') return undefined;
  try {
    const { readCertificate } = await import('./x509.js');
    return readCertificate(file.bytes);
  } catch {
    return undefined;
  }
}
