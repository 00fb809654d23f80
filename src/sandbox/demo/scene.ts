import { defined } from '../../shared/language.js';
import type { KeyfactorCommand } from '../keyfactor/command.js';
import type { DataBag, StepSketch } from '../keyfactor/engine.js';
import type { InstanceSketch } from '../keyfactor/lifecycle.js';
import {
  createCertificate,
  createCsr,
  enrollmentData,
  revocationData,
  type SampleKey,
} from '../keyfactor/samples.js';
import type { SlackWorkspace } from '../slack/workspace.js';

/** Stands in the data of every PFX enrollment; nobody may ever read it in Slack or in the log. */
export const pfxPassword = 'Tr0ub4dor-and-3';

const dayMs = 86_400_000;

/** Writes a request down the way Command carries it, with a real signing request where it has one. */
export async function instanceSketchOf(request: DemoRequest, nowMs: number): Promise<InstanceSketch> {
  const { definition, requester, about } = request;
  const subject = subjectOf(request);
  const sketch = { definition, initiator: requester };
  switch (about.kind) {
    case 'revocation':
      return {
        ...sketch,
        title: `${requester} is revoking the certificate with ${subject}.`,
        data: revocation(about, subject, requester),
      };
    case 'expiration':
      return {
        ...sketch,
        title: `${requester} alerted that the certificate with ${subject} expires.`,
        data: await expiration(about, { subject, requester, nowMs }),
      };
    default:
      return {
        ...sketch,
        title: `${requester} is enrolling for a certificate with ${subject}.`,
        data: await enrollment(about, { subject, requester, nowMs }),
      };
  }
}

async function expiration(
  { host, certificateId, expiresInDays }: Expiration,
  { subject, requester, nowMs }: { subject: string; requester: string; nowMs: number },
): Promise<DataBag> {
  const sans = { dns: [host] };
  const renews = await createCertificate({
    subject,
    issuer: 'CN=CorpIssuingCA1, O=Key Example',
    sans,
    key: 'ec-p256',
    notBefore: new Date(nowMs - 700 * dayMs),
    notAfter: new Date(nowMs + expiresInDays * dayMs),
  });
  const data = enrollmentData({ subject, sans, ca: 'CorpIssuingCA1', requester, renews });
  return { AlertId: '4', CertificateId: certificateId, ...data };
}

async function enrollment(
  about: Enrollment,
  { subject, requester, nowMs }: { subject: string; requester: string; nowMs: number },
): Promise<DataBag> {
  const { key, template, authority: ca, replaces } = about;
  const sans = { dns: about.host.includes(' ') ? [] : [about.host, ...(about.otherNames ?? [])] };
  const renews = replaces && {
    renews: await createCertificate({
      subject,
      issuer: `CN=${ca}, O=Key Example`,
      template,
      sans: { dns: replaces.names },
      key: key === 'server-made' ? 'rsa-2048' : key,
      notBefore: new Date(nowMs - 700 * dayMs),
      notAfter: new Date(nowMs + replaces.expiresInDays * dayMs),
    }),
  };
  const source = key === 'server-made' ? { pfxPassword } : { csr: await createCsr({ subject, sans, key }) };
  return enrollmentData({ subject, sans, template, ca, requester, ...source, ...renews });
}

function revocation(about: Revocation, subject: string, requester: string): DataBag {
  const { certificateId, serialNumber, reason, comment, authority: ca } = about;
  return revocationData({ subject, certificateId, serialNumber, reason, comment, ca, requester });
}

const hosts = ['intranet', 'ci', 'registry', 'metrics', 'tickets', 'mqtt', 'sso-test', 'backup', 'docs'];

const people = ['mjones', 'dkhan', 'tnguyen', 'fweber', 'blarsen'];

/** Gives the next ordinary request; the same number always asks for the same thing, and no two for one name. */
export function everydayRequest(number: number): DemoRequest {
  const round = Math.floor(number / hosts.length) + 1;
  const isLab = number % 3 === 2;
  const name = `${hosts[number % hosts.length]}-${String(round).padStart(2, '0')}`;
  return {
    definition: isLab ? 'Lab certificates' : 'Web server certificates',
    requester: `KEYEXAMPLE\\${people[number % people.length]}`,
    about: {
      kind: 'enrollment',
      host: `${name}.keyexample.com`,
      otherNames: number % 2 === 0 ? [] : [`${name}.corp.keyexample.com`],
      key: 'ec-p256',
      template: isLab ? 'Lab 90d' : 'Web Server 2y',
      authority: isLab ? 'LabCA1' : 'CorpIssuingCA1',
    },
  };
}

const web = {
  kind: 'enrollment',
  key: 'ec-p256',
  template: 'Web Server 2y',
  authority: 'CorpIssuingCA1',
} as const;

function webServer(
  requester: string,
  waitingMinutes: number,
  about: Partial<Enrollment> & { readonly host: string },
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
  /** A rule approves it by itself, unless somebody stops that. */
  unattended: webServer('svc-acme', 0, {
    host: 'status.keyexample.com',
    replaces: { names: ['status.keyexample.com'], expiresInDays: 20 },
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
      kind: 'enrollment',
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
  expiring: {
    definition: 'Expiring certificates',
    requester: 'Timer Service',
    waitingMinutes: 150,
    about: { kind: 'expiration', host: 'crm.keyexample.com', certificateId: 47102, expiresInDays: 6 },
  },
  expiringLater: {
    definition: 'Expiring certificates',
    requester: 'Timer Service',
    waitingMinutes: 150,
    about: { kind: 'expiration', host: 'radius.keyexample.com', certificateId: 47155, expiresInDays: 24 },
  },
  wiki: webServer('tnguyen', 3, { host: 'wiki.keyexample.com' }),
} as const satisfies Readonly<Record<string, DemoRequest>>;

/** The name of a request that waits from the start. */
export type OpeningRequest = keyof typeof openingRequests;

/** Somebody's wish, as Command gets it. */
export interface DemoRequest {
  readonly definition: DefinitionName;
  /** As Command writes the name. */
  readonly requester: string;
  /** How long it has been waiting when the demo starts; 0 unless told. */
  readonly waitingMinutes?: number;
  readonly about: Enrollment | Revocation | Expiration;
}

/** A certificate somebody wants. */
interface Enrollment {
  readonly kind: 'enrollment';
  readonly host: string;
  /** Names besides the host. */
  readonly otherNames?: readonly string[];
  /** `server-made` is a PFX enrollment: there is no signing request, and a password in the data. */
  readonly key: SampleKey | 'server-made';
  readonly template: string;
  readonly authority: string;
  /** The certificate this one takes the place of. */
  readonly replaces?: { readonly names: readonly string[]; readonly expiresInDays: number };
}

/** A certificate somebody wants to be withdrawn. */
interface Revocation {
  readonly kind: 'revocation';
  readonly host: string;
  readonly certificateId: number;
  readonly serialNumber: string;
  readonly reason: 'KeyCompromise' | 'CessationOfOperation';
  readonly comment: string;
  readonly authority: string;
}

/** A certificate that expires, by an expiration alert of Command. */
interface Expiration {
  readonly kind: 'expiration';
  readonly host: string;
  readonly certificateId: number;
  readonly expiresInDays: number;
}

/** Gives the distinguished name a request is about. */
function subjectOf({ about }: DemoRequest): string {
  return about.host.includes(' ') ? `CN=${about.host}, O=Key Example` : `CN=${about.host}`;
}

/** Lets the cast move into the workspace and opens its channels. */
export function seedSlack(slack: SlackWorkspace): void {
  for (const [actor, { id, name, realName, title }] of Object.entries(personas)) {
    slack.addMember({ id, name, realName, title, isGuest: actor === 'gia' });
  }
  const members = Object.values(personas).map(({ id }) => id);
  for (const channel of Object.values(channels)) {
    slack.addChannel({ ...channel, members });
    slack.inviteApp(channel.id);
  }
}

/** Gives Command its people and the workflows they run; the bot's own account has a password if one is given. */
export function seedCommand(command: KeyfactorCommand, password?: string): void {
  command.addIdentity({ ...serviceAccount, ...defined({ password }) });
  command.addIdentity(portalPat);
  command.addIdentity(portalKim);
  for (const [displayName, { workflowType, steps }] of Object.entries(definitions)) {
    command.addDefinition({ displayName, workflowType, steps });
  }
  seedIncidents(command);
}

const enroll: StepSketch = { extensionName: 'EnrollStep', uniqueName: 'Enroll1', displayName: 'Enroll' };

/** Every workflow of the demo by its name. */
const definitions = {
  'Web server certificates': { workflowType: 'Enrollment', steps: [approval('PKI approval'), enroll] },
  'High risk certificates': { workflowType: 'Enrollment', steps: [approval('High risk review'), enroll] },
  'Lab certificates': { workflowType: 'Enrollment', steps: [approval('Lab approval'), enroll] },
  'Code signing certificates': {
    workflowType: 'Enrollment',
    steps: [approval('Four eyes in Command', 2), enroll],
  },
  'Device certificates': {
    workflowType: 'Enrollment',
    steps: [
      approval('Device approval'),
      { ...enroll, failsWith: 'The CA CorpDeviceCA1 could not be reached: the RPC server is unavailable.' },
    ],
  },
  'Expiring certificates': { workflowType: 'Expiration', steps: [approval('Renew it?')] },
  'Revocation with approval': {
    workflowType: 'Revocation',
    steps: [
      approval('Revocation approval'),
      { extensionName: 'RevokeStep', uniqueName: 'Revoke1', displayName: 'Revoke' },
    ],
  },
} as const;

/** The name of a workflow of the demo. */
type DefinitionName = keyof typeof definitions;

function approval(displayName: string, minimumApprovals = 1): StepSketch {
  return {
    extensionName: 'RequireApproval',
    uniqueName: 'RequireApproval1',
    displayName,
    roles: ['PKI Approvers'],
    minimumApprovals,
  };
}

/** Something that goes wrong in the demo: a workflow, and what its runs fail with. */
interface DemoIncident {
  readonly definition: string;
  readonly title: string;
  readonly steps: readonly StepSketch[];
  readonly message: string;
}

/** What goes wrong in the demo, by the name the story has for it. */
export const demoIncidents = {
  share: {
    definition: 'CRL publishing',
    title: 'Publish the revocation list of CorpIssuingCA1',
    steps: [
      { extensionName: 'PowerShell', uniqueName: 'FetchCrl', displayName: 'Fetch the list' },
      { extensionName: 'PowerShell', uniqueName: 'CopyCrl', displayName: 'Copy to the web servers' },
    ],
    message: 'The network path \\\\cdp01\\crl was not found.',
  },
  authority: {
    definition: 'Certificate renewals',
    title: 'Renew',
    steps: [
      { extensionName: 'Email', uniqueName: 'TellOwner', displayName: 'Notify the owner' },
      { extensionName: 'EnrollStep', uniqueName: 'Enroll1', displayName: 'Enroll' },
    ],
    message: 'The CA CorpIssuingCA2 could not be reached: the RPC server is unavailable.',
  },
  mail: {
    definition: 'Expiry report',
    title: 'Report what expires this month',
    steps: [
      { extensionName: 'PowerShell', uniqueName: 'Collect', displayName: 'Collect' },
      { extensionName: 'Email', uniqueName: 'SendReport', displayName: 'Send the report' },
    ],
    message: 'The mail server mail.keyexample.com did not answer within 30 s.',
  },
} as const satisfies Readonly<Record<string, DemoIncident>>;

/** The version that is published goes through; the draft behind it fails at its last step. */
const failingVersion = 2;

/** Gives Command the workflows that go wrong; whoever restarts one of their runs finds the trouble over. */
function seedIncidents(command: KeyfactorCommand): void {
  for (const { definition, steps, message } of Object.values(demoIncidents)) {
    const id = command.addDefinition({ displayName: definition, workflowType: 'Custom', steps });
    const last = steps.at(-1);
    command.addVersion(
      id,
      steps.map((step) => (step === last ? { ...step, failsWith: message } : step)),
    );
  }
}

/** Lets runs fail at once, and gives their ids. */
export function fail(
  command: Pick<KeyfactorCommand, 'startInstance'>,
  name: keyof typeof demoIncidents,
  about: readonly string[] = [''],
): readonly string[] {
  const { definition, title } = demoIncidents[name];
  return about.map((what) =>
    command.startInstance({
      definition,
      title: `${title} ${what}`.trim(),
      initiator: 'Timer Service',
      version: failingVersion,
    }),
  );
}

/** Names a dozen hosts whose certificates are renewed in the same night. */
export const renewedHosts: readonly string[] = Array.from(
  { length: 12 },
  (_none, index) => `node-${String(index + 1).padStart(2, '0')}.keyexample.com`,
);

/** Everybody in the simulated workspace, by the name they are spoken of. */
export const personas = {
  ana: {
    id: 'U0ANA',
    name: 'ana',
    realName: 'Ana Ruiz',
    title: 'PKI approver',
    identity: 'KEYEXAMPLE\\aruiz',
  },
  li: { id: 'U0LI', name: 'li', realName: 'Li Wei', title: 'PKI approver', identity: 'KEYEXAMPLE\\lwei' },
  sam: {
    id: 'U0SAM',
    name: 'sam',
    realName: 'Sam Smith',
    title: 'Web engineer; asks for certificates and approves them',
    identity: 'KEYEXAMPLE\\jsmith',
  },
  una: {
    id: 'U0UNA',
    name: 'una',
    realName: 'Una Mapped',
    title: 'Approver whose Command username is not in the settings',
  },
  bo: {
    id: 'U0BO',
    name: 'bo',
    realName: 'Bo Larsen',
    title: 'Web engineer, no approver',
    identity: 'KEYEXAMPLE\\blarsen',
  },
  gia: {
    id: 'U0GIA',
    name: 'gia',
    realName: 'Gia Conti',
    title: 'Contractor, a guest in Slack',
    identity: 'KEYEXAMPLE\\gconti',
  },
  omar: {
    id: 'U0OMAR',
    name: 'omar',
    realName: 'Omar Haddad',
    title: 'Operator of Countersign',
    identity: 'KEYEXAMPLE\\ohaddad',
  },
} as const;

/** A name of somebody in the cast. */
export type Actor = keyof typeof personas;

/** The channels of the simulated workspace. */
export const channels = {
  pki: { id: 'C0PKI', name: 'pki-approvals', topic: 'Certificates that wait for an approval' },
  web: { id: 'C0WEB', name: 'web-team', topic: 'Lab and test certificates of the web team' },
  plant: { id: 'C0PLANT', name: 'plant-tasks', topic: 'What workflows in Work Tasks wait for' },
  alerts: { id: 'C0ALERTS', name: 'pki-alerts', topic: 'Workflows that fail' },
  ops: { id: 'C0OPS', name: 'countersign-ops', topic: 'What Countersign tells its operators' },
  shadow: { id: 'C0SHADOW', name: 'countersign-shadow', topic: 'What Countersign would do, in shadow mode' },
  fallback: { id: 'C0FALLBACK', name: 'countersign-fallback', topic: 'Approvals that no route claims' },
} as const;

/** The account the bot signals with. */
export const serviceAccount = {
  name: 'KEYEXAMPLE\\svc-countersign',
  roles: ['PKI Approvers'],
  permissions: ['/workflows/instances/read/', '/workflows/instances/manage/', '/workflows/definitions/read/'],
} as const;

/** Gives the name somebody has in Work Tasks. */
export function workTasksUser({ identity }: { readonly identity: string }): string {
  return `activedirectory::${identity.split('\\')[1] ?? identity}`;
}

/** Somebody who never uses Slack and decides in Command's own portal. */
export const portalPat = {
  name: 'KEYEXAMPLE\\pat',
  roles: ['PKI Approvers'],
  permissions: ['/workflows/'],
} as const;

/** Somebody else who does. */
export const portalKim = { ...portalPat, name: 'KEYEXAMPLE\\kim' } as const;
