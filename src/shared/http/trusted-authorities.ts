import { readFileSync } from 'node:fs';
import { rootCertificates } from 'node:tls';

/**
 * Lists the certificate authorities to trust: the usual ones and the given, as a path or PEM text.
 *
 * Undefined when nothing is given: then the runtime's own list holds. Throws if a file cannot be read or
 * holds no certificate.
 */
export function trustedAuthorities(pathOrPem: string | undefined): readonly string[] | undefined {
  if (pathOrPem === undefined) return undefined;
  const pem = pathOrPem.includes('-----BEGIN') ? pathOrPem : readFileSync(pathOrPem, 'utf8');
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) {
    throw new Error('The certificate authorities given hold no PEM certificate.');
  }
  return [...rootCertificates, pem.replaceAll('\\n', '\n')];
}
