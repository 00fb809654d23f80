// The library throws at load unless these two come first.
import '../../shared/webcrypto-names.js';
import 'reflect-metadata';
import { createHash } from 'node:crypto';
import {
  Pkcs10CertificateRequest,
  type PublicKey,
  SubjectAlternativeNameExtension,
  X509Certificate,
} from '@peculiar/x509';
import type { KeyFacts, ReplacedCertificate } from '../../domain/request.js';
import { defined } from '../../shared/defined.js';

/** What a signing request says. */
export interface SigningRequest {
  readonly subject?: string;
  readonly names: readonly string[];
  readonly key?: KeyFacts;
}

const alternativeNames = '2.5.29.17';

/** Reads a PKCS #10 request; throws if the bytes are none. */
export function readRequest(der: Uint8Array<ArrayBuffer>): SigningRequest {
  const request = new Pkcs10CertificateRequest(der);
  const key = keyFacts(request.publicKey, hashOf(request.signatureAlgorithm));
  return {
    ...defined({ subject: request.subject || undefined, key }),
    names: namesOf(request.getExtension(alternativeNames)),
  };
}

/** Reads a certificate; throws if the bytes are none. */
export function readCertificate(der: Uint8Array<ArrayBuffer>): ReplacedCertificate {
  const certificate = new X509Certificate(der);
  const key = keyFacts(certificate.publicKey, hashOf(certificate.signatureAlgorithm));
  return {
    ...defined({
      subject: certificate.subject || undefined,
      key,
      authority: certificate.issuer || undefined,
    }),
    names: namesOf(certificate.getExtension(alternativeNames)),
    expiresAtMs: certificate.notAfter.getTime(),
  };
}

function namesOf(extension: unknown): readonly string[] {
  if (!(extension instanceof SubjectAlternativeNameExtension)) return [];
  return extension.names.items.map(({ value }) => value);
}

const algorithmNames: Readonly<Record<string, string>> = {
  'RSASSA-PKCS1-v1_5': 'RSA',
  'RSA-PSS': 'RSA',
  ECDSA: 'EC',
};

function keyFacts(publicKey: PublicKey, hash: string | undefined): KeyFacts | undefined {
  const { algorithm } = publicKey;
  const { name } = algorithm;
  if (typeof name !== 'string' || name === '') return undefined;
  const sizeBits: unknown = Reflect.get(algorithm, 'modulusLength');
  const curve: unknown = Reflect.get(algorithm, 'namedCurve');
  return {
    algorithm: algorithmNames[name] ?? name,
    ...(typeof sizeBits === 'number' ? { sizeBits } : {}),
    ...(typeof curve === 'string' ? { curve } : {}),
    ...defined({ hash }),
    fingerprint: `SHA256:${createHash('sha256').update(new Uint8Array(publicKey.rawData)).digest('base64').replace(/=+$/, '')}`,
  };
}

function hashOf(algorithm: object): string | undefined {
  const hash: unknown = Reflect.get(algorithm, 'hash');
  if (typeof hash === 'string') return hash;
  const name: unknown = typeof hash === 'object' && hash !== null ? Reflect.get(hash, 'name') : undefined;
  return typeof name === 'string' ? name : undefined;
}
