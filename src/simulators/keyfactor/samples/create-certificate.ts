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
}

/** Makes a real, self-signed certificate with a fresh key and returns it as PEM. */
export async function createCertificate(sketch: CertificateSketch): Promise<string> {
  const { subject, sans = {}, key = 'rsa-2048', notBefore, notAfter, serialNumber } = sketch;
  const names = generalNames(sans);
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      name: subject,
      ...(await createSampleKey(key)),
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
