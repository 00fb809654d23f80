import { X509Certificate } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import type { DataDialect, SampleKey } from '../../../src/sandbox/keyfactor/samples.js';
import {
  createCertificate,
  createCsr,
  enrollmentData,
  revocationData,
} from '../../../src/sandbox/keyfactor/samples.js';

// Loaded after the samples, which bring the metadata polyfill the library needs.
const { Pkcs10CertificateRequest } = await import('@peculiar/x509');

const subject = 'CN=app.example.com, O=Example';
const sans = { dns: ['app.example.com', 'www.example.com'], ip: ['192.0.2.7'] };

describe('sample certificate requests', () => {
  it.each<[SampleKey, object]>([
    ['ec-p256', { name: 'ECDSA', namedCurve: 'P-256' }],
    ['rsa-2048', { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048 }],
    ['rsa-1024', { name: 'RSASSA-PKCS1-v1_5', modulusLength: 1024 }],
  ])('are signed with the %s key they carry', async (key, algorithm) => {
    const request = new Pkcs10CertificateRequest(await createCsr({ subject, sans, key }));
    expect(request.subject).toBe(subject);
    expect(request.publicKey.algorithm).toMatchObject(algorithm);
    expect(await request.verify()).toBe(true);
  });

  it('carry the other names only when there are some', async () => {
    const alternatives = (pem: string) => new Pkcs10CertificateRequest(pem).getExtension('2.5.29.17');
    expect(alternatives(await createCsr({ subject, key: 'ec-p256' }))).toBeNull();
    expect(alternatives(await createCsr({ subject, sans, key: 'ec-p256' }))).not.toBeNull();
  });
});

describe('sample certificates', () => {
  it('have the names, the serial number and the validity they were asked for', async () => {
    const certificate = new X509Certificate(
      await createCertificate({
        subject,
        sans,
        key: 'ec-p256',
        notBefore: new Date('2024-01-01T00:00:00Z'),
        notAfter: new Date('2025-01-01T00:00:00Z'),
        serialNumber: '1a2b3c',
      }),
    );
    expect(certificate.subjectAltName).toBe('DNS:app.example.com, DNS:www.example.com, IP Address:192.0.2.7');
    expect(new Date(certificate.validTo).toISOString()).toBe('2025-01-01T00:00:00.000Z');
    expect(certificate.serialNumber).toBe('1A2B3C');
  });
});

describe('sample data', () => {
  it.each<[DataDialect, string, unknown, string]>([
    ['token', 'sans', 'dns=app.example.com&dns=www.example.com&ip=192.0.2.7', 'pfxpassword'],
    ['request', 'SANs', sans, 'PfxPassword'],
    [
      'spaced',
      'Subject Alternative Names',
      'dns=app.example.com, dns=www.example.com, ip=192.0.2.7',
      'Pfx Password',
    ],
  ])('of an enrollment spells its keys the %s way', (dialect, key, value, secretKey) => {
    const data = enrollmentData({ subject, sans, pfxPassword: 'hush', requester: 'CORP\\dave' }, dialect);
    expect(data).toMatchObject({ [key]: value, [secretKey]: 'hush' });
    expect(Object.keys(data)).not.toContain('CSR');
  });

  it('of a renewal holds the replaced certificate as bare base64', () => {
    const renews = '-----BEGIN CERTIFICATE-----\nQUJD\nREVG\n-----END CERTIFICATE-----\n';
    expect(enrollmentData({ subject, renews })).toMatchObject({ CertificateToBeRenewed: 'QUJDREVG' });
  });

  it.each<[DataDialect, object]>([
    ['token', { certid: 12, cn: 'app.example.com', code: 'KeyCompromise', cmnt: 'stolen laptop' }],
    ['request', { CertificateId: 12, RevokeCode: 1, Comment: 'stolen laptop' }],
    ['spaced', { 'Certificate Id': '12', 'Revocation Code': 'KeyCompromise' }],
  ])('of a revocation spells its keys the %s way', (dialect, expected) => {
    const sketch = {
      subject,
      certificateId: 12,
      serialNumber: '1A2B',
      reason: 'KeyCompromise',
      comment: 'stolen laptop',
    } as const;
    expect(revocationData(sketch, dialect)).toMatchObject(expected);
  });
});
