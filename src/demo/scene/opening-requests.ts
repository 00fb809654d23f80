import type { DemoRequest, Enrolment } from './request.js';

const web = {
  kind: 'enrolment',
  key: 'ec-p256',
  template: 'Web Server 2y',
  authority: 'CorpIssuingCA1',
} as const;

function webServer(
  requester: string,
  waitingMinutes: number,
  about: Partial<Enrolment> & { readonly host: string },
): DemoRequest {
  return {
    definition: 'Web server certificates',
    requester: `KEYEXAMPLE\\${requester}`,
    waitingMinutes,
    about: { ...web, ...about },
  };
}

/** What waits when the demo starts, by the name the story has for it. */
export const openingRequests = {
  shop: webServer('mjones', 184, {
    host: 'shop.keyexample.com',
    otherNames: ['www.shop.keyexample.com', 'checkout.keyexample.com', 'api.shop.keyexample.com'],
    key: 'rsa-2048',
  }),
  sams: webServer('jsmith', 95, { host: 'grafana.keyexample.com' }),
  renewal: webServer('dkhan', 61, {
    host: 'mail.keyexample.com',
    otherNames: ['smtp.keyexample.com', 'autodiscover.keyexample.com'],
    key: 'rsa-2048',
    replaces: { names: ['mail.keyexample.com', 'smtp.keyexample.com'], expiresInDays: 9 },
  }),
  wildcard: {
    ...webServer('mjones', 47, { host: '*.apps.keyexample.com', otherNames: ['apps.keyexample.com'] }),
    definition: 'High risk certificates',
  },
  weak: webServer('fweber', 39, { host: 'printer-3f.keyexample.com', key: 'rsa-1024' }),
  outside: webServer('tnguyen', 33, {
    host: 'portal.keyexample.com',
    otherNames: ['portal.keyexamp1e.com', 'portal.partner.example.net'],
  }),
  manyNames: webServer('svc-cdn', 28, {
    host: 'edge.keyexample.com',
    otherNames: Array.from(
      { length: 59 },
      (_none, index) => `edge-${String(index + 1).padStart(2, '0')}.keyexample.com`,
    ),
  }),
  pfx: webServer('dkhan', 24, { host: 'vpn.keyexample.com', key: 'server-made' }),
  domainController: {
    ...webServer('ohaddad', 21, {
      host: 'dc01.corp.keyexample.com',
      otherNames: ['corp.keyexample.com'],
      key: 'rsa-3072',
      template: 'Domain Controller 1y',
    }),
    definition: 'High risk certificates',
  },
  codeSigning: {
    definition: 'Code signing certificates',
    requester: 'KEYEXAMPLE\\svc-release',
    waitingMinutes: 17,
    about: {
      kind: 'enrolment',
      host: 'Key Example Release Signing',
      key: 'ec-p384',
      template: 'Code Signing 1y',
      authority: 'CorpIssuingCA2',
    },
  },
  revocation: {
    definition: 'Revocation with approval',
    requester: 'KEYEXAMPLE\\soc-oncall',
    waitingMinutes: 12,
    about: {
      kind: 'revocation',
      host: 'vault-2.keyexample.com',
      certificateId: 48213,
      serialNumber: '4F00A1B3C2D7E6980000000091',
      reason: 'KeyCompromise',
      comment: 'Key found in a public repository, ticket SEC-2291',
      authority: 'CorpIssuingCA1',
    },
  },
  device: {
    definition: 'Device certificates',
    requester: 'KEYEXAMPLE\\fweber',
    waitingMinutes: 9,
    about: { ...web, host: 'scanner-17.keyexample.com', template: 'Device 5y', authority: 'CorpDeviceCA1' },
  },
  timer: {
    ...webServer('', 6, { host: 'ldap.keyexample.com', otherNames: ['ldaps.keyexample.com'] }),
    requester: 'Timer Service',
  },
  lab: {
    definition: 'Lab certificates',
    requester: 'KEYEXAMPLE\\blarsen',
    waitingMinutes: 5,
    about: { ...web, host: 'lab-07.keyexample.com', template: 'Lab 90d', authority: 'LabCA1' },
  },
  labOfSam: {
    definition: 'Lab certificates',
    requester: 'KEYEXAMPLE\\jsmith',
    waitingMinutes: 4,
    about: { ...web, host: 'lab-12.keyexample.com', template: 'Lab 90d', authority: 'LabCA1' },
  },
  wiki: webServer('tnguyen', 3, { host: 'wiki.keyexample.com' }),
} as const satisfies Readonly<Record<string, DemoRequest>>;

/** The name of a request that waits from the start. */
export type OpeningRequest = keyof typeof openingRequests;
