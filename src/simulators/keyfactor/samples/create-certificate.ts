import { webcrypto } from 'node:crypto';
import 'reflect-metadata';
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from '@peculiar/x509';
import type { SampleKey, SampleNames } from './sample-keys.js';
import { createSampleKey, generalNames } from './sample-keys.js';

/** What a certificate says. */
export interface CertificateSketch {
  readonly subject: string;
  readonly sans?: SampleNames;
  readonly key?: SampleKey;
  readonly notBefore: Date;
  readonly notAfter: Date;
  /** Hexadecimal; random unless told. */
  readonly serialNumber?: string;
  /** Distinguished name of who issued it; the subject itself unless told. */
  readonly issuer?: string;
}

/** Makes a real certificate with a fresh key, which also signs it whoever the issuer is, and returns it as PEM. */
export async function createCertificate(sketch: CertificateSketch): Promise<string> {
  const {
    subject,
    sans = {},
    key = 'rsa-2048',
    notBefore,
    notAfter,
    serialNumber,
    issuer = subject,
  } = sketch;
  const names = generalNames(sans);
  const { keys, signingAlgorithm } = await createSampleKey(key);
  const certificate = await X509CertificateGenerator.create(
    {
      subject,
      issuer,
      publicKey: keys.publicKey,
      signingKey: keys.privateKey,
      signingAlgorithm,
      notBefore,
      notAfter,
      ...(serialNumber === undefined ? {} : { serialNumber }),
      extensions: names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names)],
    },
    webcrypto,
  );
  return certificate.toString('pem');
}

/** Strips a PEM text down to the base64 the server keeps in its data. */
export function bareBase64(pem: string): string {
  return pem.replace(/-----[^-]+-----/g, '').replace(/\s+/g, '');
}
