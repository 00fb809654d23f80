import { decodeFile } from './encoded-file.js';
import type { SigningRequest } from './x509.js';

/** A signing request as read, or the reason why it was not. */
export type ReadSigningRequest =
  | { readonly kind: 'read'; readonly request: SigningRequest }
  | { readonly kind: 'unreadable'; readonly reason: string };

/** Reads a signing request from any of its textual forms. Never throws. */
export async function readSigningRequest(value: unknown): Promise<ReadSigningRequest> {
  const file = decodeFile(value);
  if (file.kind === 'unreadable') return file;
  if (file.label !== undefined && !/CERTIFICATE REQUEST$/.test(file.label)) {
    return { kind: 'unreadable', reason: `it is a ${file.label.toLowerCase()}` };
  }
  try {
    // Loaded only when there is something to read: the library is heavy.
    const { readRequest } = await import('./x509.js');
    return { kind: 'read', request: readRequest(file.bytes) };
  } catch {
    return { kind: 'unreadable', reason: 'it is not a PKCS #10 request' };
  }
}
