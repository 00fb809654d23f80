import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { type FindingName, findingNames } from '../../src/domain/findings.js';
import { asking, der, extension, requestWith } from '../backends/keyfactor/facts/der.js';
import { type Openssl, openOpenssl, type Sketch } from '../backends/keyfactor/facts/openssl.js';
import { cardSaying } from '../support/stage/cards.js';
import { certificateRequest } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openStage, transports } from '../support/stage/open-stage.js';

let openssl: Openssl;
beforeAll(() => {
  openssl = openOpenssl();
});
afterAll(() => openssl.close());

const host = 'app.keyexample.com';

/** A story: what Command holds of a request, and what its card says of each finding. */
type Story = readonly [
  data: () => Readonly<Record<string, unknown>>,
  said: Readonly<Partial<Record<FindingName, RegExp>>>,
];

const asked = (sketch: Partial<Sketch>) =>
  openssl.request({ key: 'prime256v1', subject: [`CN=${host}`], extensions: [], ...sketch });
const issued = (sketch: Partial<Sketch>) =>
  openssl.certificate({ key: 'prime256v1', subject: [`CN=${host}`], extensions: [], ...sketch });
const authority = extension('2.5.29.19', der.seq(der.yes));
const [keyOfAnother, curveOfNobody] = [
  Buffer.from(
    'MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEaxfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpZP40Li/hp/m47n60p8D54WK84zV2sxXs7LtkBoN79R9Q==',
    'base64',
  ),
  der.seq(der.seq(der.oid('1.2.840.10045.2.1'), der.oid('1.2.3.4')), der.bits(Buffer.from([4]))),
];

const stories: readonly Story[] = [
  [
    () => ({
      CSR: asked({ key: 'rsa1024', digest: 'sha1', extensions: ['subjectAltName=DNS:b.keyexample.com'] }),
    }),
    {
      'weak-key': /weak key: RSA 1024/,
      'weak-hash': /weak hash: SHA-1/,
      'names-without-cn': /common name is not among the SANs/,
    },
  ],
  [
    () => ({
      CSR: asked({
        extensions: [
          'subjectAltName=DNS:*.co.uk,DNS:a b.keyexample.com,otherName:1.3.6.1.4.1.311.20.2.3;UTF8:root@keyexample.com,otherName:1.2.3.4;UTF8:badge',
          'basicConstraints=CA:TRUE',
          'extendedKeyUsage=anyExtendedKeyUsage',
          '1.2.3.4.6.8=critical,ASN1:UTF8String:x',
        ],
      }),
    }),
    {
      'ca-certificate': /requests a CA certificate, which can issue others/,
      'dangerous-usage': /requests a dangerous usage: `any purpose`/,
      'login-identity': /includes a sign-in name: `UPN root@keyexample\.com`/,
      'unreadable-name': /1 name that can't be read: `other name 1\.2\.3\.4: badge`/,
      'odd-name': /characters not allowed in host names: `a\[U\+0020\]b\.keyexample\.com`/,
      'public-suffix-wildcard': /a domain shared by many owners: `\*\.co\.uk`/,
      wildcard: /1 wildcard: `\*\.co\.uk`/,
      'outside-zones': /outside your domains: `\*\.co\.uk`/,
      'unknown-critical-extension': /critical extension Countersign does not know: `1\.2\.3\.4\.6\.8`/,
    },
  ],
  [
    () => ({
      CSR: asked({ extensions: ['1.3.6.1.4.1.311.20.2=ASN1:BMPSTRING:SubCA'] }),
      Subject: 'CN=other.keyexample.com',
      ValidityPeriod: '10 years',
      Template: 'WebServer',
    }),
    {
      'other-template': /names the template `SubCA`, not `WebServer`/,
      'other-subject':
        /a different subject is given outside the signing request: `CN=other\.keyexample\.com`/,
      'long-validity': /valid for 10 years, longer than the 398 days allowed/,
    },
  ],
  [
    () => ({ CSR: asked({ subject: ['CN=app.keyex\u0430mple.com'] }) }),
    { 'mixed-script': /letters from another script: `app\.keyex\[U\+0430\]mple\.com/ },
  ],
  [
    () => ({
      CSR: requestWith([asking([authority, authority, extension('2.5.29.15', der.int(1))])], {
        key: curveOfNobody,
      }),
    }),
    {
      'unknown-key': /the strength of the key is unknown/,
      'doubled-extension': /requests an extension more than once: `basic constraints`/,
      'unreadable-extension': /requests an extension that can't be read: `key usage`/,
    },
  ],
  [
    () => ({ CSR: requestWith([], { key: keyOfAnother }) }),
    { 'signature-mismatch': /signature doesn't match its key/ },
  ],
  [() => ({ CSR: 'QUJD' }), { 'unreadable-request': /could not be read: it is not a PKCS #10 request/ }],
  [
    () => ({ CSR: asked({}), CertificateToBeRenewed: 'QUJD' }),
    { 'unreadable-replaced': /replaces a certificate that can't be read: it is not a certificate/ },
  ],
  [
    () => ({
      CSR: asked({ extensions: [`subjectAltName=DNS:${host},DNS:new.keyexample.com`] }),
      CertificateToBeRenewed: issued({
        subject: ['CN=old.keyexample.com'],
        extensions: [`subjectAltName=DNS:${host},DNS:old.keyexample.com`],
      }),
    }),
    {
      replaces: /replaces a certificate that expires/,
      'reuses-key': /reuses the key of the certificate it replaces/,
      'adds-names': /adds 1 name: `new\.keyexample\.com`/,
      'removes-names': /leaves out 1 name: `old\.keyexample\.com`/,
      'changes-subject': /changes the subject: `CN=old\.keyexample\.com` → `CN=app\.keyexample\.com`/,
    },
  ],
  [
    () => ({ CSR: asked({}), CertificateToBeRenewed: issued({ key: 'rsa2048' }), CA: 'ca01\\Issuing CA 2' }),
    {
      'changes-key': /changes the key: `RSA 2048` → `EC P-256`/,
      'changes-authority': /changes the CA: `app\.keyexample\.com` → `Issuing CA 2`/,
    },
  ],
];

describe.each(transports)('what stands out in a request, over %s', (transport) => {
  it('is said on the card, whichever of all findings it is', async () => {
    const stage = await openStage(transport, { mostDays: 398 });
    for (const [data, said] of stories) {
      const request = await certificateRequest();
      stage.command.startInstance({ ...request, data: data() });
      await stage.observeAfter(15_000);
      for (const pattern of Object.values(said)) await cardSaying(stage, pattern);
    }
    const covered = stories.flatMap(([, said]) => Object.keys(said));
    expect(covered.sort()).toEqual([...findingNames].sort());
    await finish(stage, { posts: { pki: stories.length }, signals: [] });
  }, 60_000);
});
