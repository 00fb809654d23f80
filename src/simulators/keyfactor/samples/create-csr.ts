import { webcrypto } from 'node:crypto';
import 'reflect-metadata';
import { Pkcs10CertificateRequestGenerator, SubjectAlternativeNameExtension } from '@peculiar/x509';
import type { SampleKey, SampleNames } from './sample-keys.js';
import { createSampleKey, generalNames } from './sample-keys.js';

/** What a certificate request asks for. */
export interface CsrSketch {
  /** Distinguished name, for instance `CN=app.example.com, O=Example`. */
  readonly subject: string;
  readonly sans?: SampleNames;
  readonly key?: SampleKey;
}

/** Makes a real, signed certificate request (PKCS #10) with a fresh key and returns it as PEM. */
export async function createCsr({ subject, sans = {}, key = 'rsa-2048' }: CsrSketch): Promise<string> {
  const names = generalNames(sans);
  const request = await Pkcs10CertificateRequestGenerator.create(
    {
      name: subject,
      ...(await createSampleKey(key)),
      extensions: names.length === 0 ? [] : [new SubjectAlternativeNameExtension(names)],
    },
    webcrypto,
  );
  return request.toString('pem');
}
