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
    title: 'Approver whose name in Command nobody wrote down',
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
  fallback: { id: 'C0FALLBACK', name: 'countersign-fallback', topic: 'Approvals that no route claims' },
} as const;

/** The account the bot signals with. */
export const serviceAccount = {
  name: 'KEYEXAMPLE\\svc-countersign',
  password: 'correct horse battery staple',
  roles: ['PKI Approvers'],
  permissions: ['/workflows/instances/read/', '/workflows/instances/manage/', '/workflows/definitions/read/'],
} as const;

/** The application the bot signs in to Work Tasks as. */
export const workTasksClient = { clientId: 'countersign', clientSecret: 'plant secret of the demo' } as const;

/** Gives the name somebody has in Work Tasks. */
export function workTasksUser({ identity }: { readonly identity: string }): string {
  return `activedirectory::${identity.split('\\')[1] ?? identity}`;
}

/** Somebody who never uses Slack and decides in Command's own portal. */
export const portalPat = {
  name: 'KEYEXAMPLE\\pat',
  password: 'pat',
  roles: ['PKI Approvers'],
  permissions: ['/workflows/'],
} as const;

/** Somebody else who does. */
export const portalKim = { ...portalPat, name: 'KEYEXAMPLE\\kim', password: 'kim' } as const;
