import { beforeAll, describe, expect, it } from '@jest/globals';
import { wholeReading } from '../../../../src/domain/request.js';
import {
  createCertificate,
  createCsr,
  enrollmentData,
  revocationData,
} from '../../../../src/sandbox/keyfactor/samples.js';
import { factsOf } from './facts-of.js';

const dialects = ['token', 'request', 'spaced'] as const;

describe('an enrollment', () => {
  const notAfter = new Date('2026-02-01T00:00:00Z');
  let csr: string;
  let renews: string;

  beforeAll(async () => {
    const sans = { dns: ['app.example.com', 'www.example.com'], ip: ['10.0.0.1'] };
    csr = await createCsr({ subject: 'CN=app.example.com, O=Example', sans, key: 'ec-p256' });
    renews = await createCertificate({
      subject: 'CN=old.example.com',
      sans: { dns: ['old.example.com'] },
      notBefore: new Date('2025-02-01T00:00:00Z'),
      notAfter,
    });
  });

  it.each(dialects)('is read whatever its keys are called (%s)', async (dialect) => {
    const data = enrollmentData(
      {
        subject: 'CN=app.example.com, O=Example',
        sans: { dns: ['app.example.com', 'added.example.com'] },
        csr,
        template: 'WebServer',
        ca: 'ca01.example.com\\Issuing CA',
        requester: 'CORP\\jsmith',
        renews,
        metadata: { CostCentre: '4711' },
        pfxPassword: 'hunter2-hunter2',
      },
      dialect,
    );
    const facts = await factsOf(data);
    expect(facts).toMatchObject({
      requesters: ['CORP\\jsmith'],
      subject: 'CN=app.example.com, O=Example',
      key: { algorithm: 'EC', curve: 'P-256', hash: 'SHA-256' },
      template: 'WebServer',
      authority: 'ca01.example.com\\Issuing CA',
      replaces: {
        subject: 'CN=old.example.com',
        names: ['old.example.com'],
        key: { algorithm: 'RSA', sizeBits: 2048, hash: 'SHA-256' },
        expiresAtMs: notAfter.getTime(),
      },
    });
    expect(facts.names).toEqual(['app.example.com', 'www.example.com', '10.0.0.1', 'added.example.com']);
    expect(facts.others).toContainEqual({ label: 'CostCentre', value: '4711' });
    expect(JSON.stringify(facts)).not.toContain('hunter2');
    expect(facts.revocation).toBeUndefined();
  });

  it('shows a subject beside the signing request that is not the same', async () => {
    const facts = await factsOf({ CSR: csr, Subject: 'CN=admin.example.com' });
    expect(facts.subject).toBe('CN=app.example.com, O=Example');
    expect(facts.others).toContainEqual({
      label: 'Subject beside the signing request',
      value: 'CN=admin.example.com',
    });
  });

  it('is read without a signing request, the key as the server will make it', async () => {
    const facts = await factsOf({ CN: 'app.example.com', KeyType: 'RSA', KeyLength: 4096, IsPFX: true });
    expect(facts).toMatchObject({ subject: 'CN=app.example.com', key: { algorithm: 'RSA', sizeBits: 4096 } });
    expect(facts.unreadableRequest).toBeUndefined();
    expect(facts.others).toEqual([]);
  });

  it('says why a signing request could not be read, and shows the rest', async () => {
    const facts = await factsOf({ CSR: 'garbage!', Subject: 'CN=app.example.com' });
    expect(facts).toMatchObject({ subject: 'CN=app.example.com', unreadableRequest: 'it is not base64' });
  });

  it('takes what it has become over what it started with, and keeps what did not change', async () => {
    const facts = await factsOf(
      { template: 'New', SANs: null },
      { initial: { Template: 'Old', 'SA-Ns': 'a.example.com', CA: 'ca01' } },
    );
    expect(facts).toMatchObject({ template: 'New', authority: 'ca01', names: ['a.example.com'] });
  });

  it.each([
    [{ Template: { DisplayName: 'Web Server', Id: 5 } }, { template: 'Web Server' }],
    [{ CertificateAuthority: { HostName: 'ca01', LogicalName: 'Issuing' } }, { authority: 'ca01\\Issuing' }],
    [{ ValidityPeriod: 2, ValidityPeriodUnits: 'Years' }, { validity: '2 Years' }],
    [{ ValidityPeriod: '90 days' }, { validity: '90 days' }],
    [{ Template: null, Subject: '', CA: [] }, {}],
  ])('reads %j', async (data, reported) => {
    expect(await factsOf(data)).toEqual({
      requesters: [],
      names: [],
      others: [],
      reading: wholeReading,
      ...reported,
    });
  });
});

describe('who asked', () => {
  it.each([
    [
      { InitiatingUserName: 'CORP\\a', Requester: 'corp\\A', RequesterName: 'CORP\\b' },
      ['CORP\\a', 'CORP\\b', 'CORP\\title'],
    ],
    [{ requester: 'f81d4fae-oauth-subject' }, ['f81d4fae-oauth-subject', 'CORP\\title']],
    [{ requester: 'corp\\TITLE' }, ['corp\\TITLE']],
    [{}, ['CORP\\title']],
  ])('in %j is %j', async (data, requesters) => {
    const facts = await factsOf(data, { title: 'CORP\\title is enrolling for a certificate with CN=a.' });
    expect(facts.requesters).toEqual(requesters);
  });

  it('stays untold when nothing tells it', async () => {
    expect((await factsOf({}, { title: 'Renewal' })).requesters).toEqual([]);
  });
});

describe('a revocation', () => {
  it.each(dialects)('is read whatever its keys are called (%s)', async (dialect) => {
    const data = revocationData(
      {
        subject: 'CN=app.example.com',
        certificateId: 7,
        serialNumber: '1D4F00',
        reason: 'KeyCompromise',
        comment: 'stolen laptop',
        effectiveDate: '2026-01-05T00:00:00Z',
      },
      dialect,
    );
    const facts = await factsOf(data, { type: 'Revocation' });
    expect(facts).toMatchObject({
      subject: 'CN=app.example.com',
      revocation: { comment: 'stolen laptop', effectiveAt: '2026-01-05T00:00:00Z', serialNumber: '1D4F00' },
    });
    expect(facts.revocation?.reason).toMatch(/^keyCompromise$/i);
  });

  it.each([
    [0, 'unspecified'],
    ['1', 'keyCompromise'],
    [6, 'certificateHold'],
    [7, '7'],
    ['Superseded', 'Superseded'],
  ])('has the reason %j, which is %s', async (code, reason) => {
    expect((await factsOf({ code }, { type: 'Revocation' })).revocation).toEqual({ reason });
  });

  it('is not seen in an enrollment that happens to have a comment', async () => {
    const facts = await factsOf({ Comment: 'please', Code: 3 });
    expect(facts.revocation).toBeUndefined();
    expect(facts.others).toEqual([
      { label: 'Comment', value: 'please' },
      { label: 'Code', value: '3' },
    ]);
  });
});

describe('names', () => {
  it.each([
    [{ SANs: { dns: ['a.example.com'], ip: ['10.0.0.1'] } }],
    [{ SANs: { Dns: 'a.example.com,10.0.0.1' } }],
    [{ sans: 'dns=a.example.com&ip=10.0.0.1' }],
    [{ 'Subject Alternative Names': 'DNS:a.example.com, IP Address:10.0.0.1' }],
    [{ SAN: 'DNS Name=a.example.com\r\nIP Address=10.0.0.1' }],
    [{ SANs: ['a.example.com', '10.0.0.1'] }],
    [
      {
        SANs: [
          { Type: 'dns', Value: 'a.example.com' },
          { Type: 'ip', Value: '10.0.0.1' },
        ],
      },
    ],
    [{ SANs: '{"dns":["a.example.com"],"ip":["10.0.0.1"]}' }],
    [{ 'SAN:DNS': 'a.example.com', 'SAN:IP': '10.0.0.1' }],
    [{ SANs: 'a.example.com 10.0.0.1' }],
    [{ SANs: ['a.example.com', 'A.example.com', '10.0.0.1'] }],
  ])('are read from %j', async (data) => {
    expect((await factsOf(data)).names).toEqual(['a.example.com', '10.0.0.1']);
  });

  it('keep the colons of an IPv6 address', async () => {
    expect((await factsOf({ SANs: 'ip=2001:db8::1&dns=a.example.com' })).names).toEqual([
      '2001:db8::1',
      'a.example.com',
    ]);
  });
});
