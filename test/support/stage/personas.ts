import type { KeyfactorCommand } from '../../../src/sandbox/keyfactor/command.js';
import type { SlackWorkspace } from '../../../src/sandbox/slack/workspace.js';
import type { WorkTasks } from '../../../src/sandbox/work-tasks/work-tasks.js';

/** Everybody who plays in the journeys, by the name they are spoken of. */
export const personas = {
  ana: { id: 'U0ANA', name: 'ana', realName: 'Ana Ruiz', identity: 'KEYEXAMPLE\\aruiz' },
  li: { id: 'U0LI', name: 'li', realName: 'Li Wei', identity: 'KEYEXAMPLE\\lwei' },
  /** Asks for certificates, and is an approver as well. */
  sam: { id: 'U0SAM', name: 'jsmith', realName: 'Sam Smith', identity: 'KEYEXAMPLE\\jsmith' },
  /** An approver whose name in Command nobody wrote down. */
  una: { id: 'U0UNA', name: 'una', realName: 'Una Mapped' },
  /** What may be Ana's second Slack account: its e-mail address is aruiz@example.com. */
  twin: { id: 'U0TWIN', name: 'aruiz', realName: 'Ana Elsewhere' },
  /** A member, but no approver. */
  bo: { id: 'U0BO', name: 'bo', realName: 'Bo Stranger', identity: 'KEYEXAMPLE\\bo' },
  /** An approver by the settings, but only a guest in Slack. */
  gia: { id: 'U0GIA', name: 'gia', realName: 'Gia Guest', identity: 'KEYEXAMPLE\\gia' },
  /** Where the workspace is one of an Enterprise Grid: is in it, and at home in another one. */
  wen: { id: 'W0WEN', name: 'wen', realName: 'Wen Grid', identity: 'KEYEXAMPLE\\wgrid' },
  /** Is in another workspace of that Grid only. */
  otto: { id: 'W0OTTO', name: 'otto', realName: 'Otto Nextdoor', identity: 'KEYEXAMPLE\\otto' },
} as const;

/** What the simulator is told of those who are at home elsewhere in an Enterprise Grid. */
const atHomeElsewhere: Partial<Record<Actor, { readonly teamId: string; readonly gridTeams: string[] }>> = {
  wen: { teamId: 'T0HOME', gridTeams: ['T0HOME', 'T0SIMULATED'] },
  otto: { teamId: 'T0NEXTDOOR', gridTeams: ['T0NEXTDOOR'] },
};

/** A name of somebody in the cast. */
export type Actor = keyof typeof personas;

/** Where messages are posted in the journeys. */
export const places = {
  pki: 'C0PKI',
  ops: 'C0OPS',
  fallback: 'C0FALLBACK',
  alerts: 'C0ALERTS',
  /** Gets everything in shadow mode. */
  shadow: 'C0SHADOW',
} as const;

/** The account the bot signals with. */
export const serviceAccount = {
  name: 'KEYEXAMPLE\\svc-countersign',
  password: 'correct horse battery staple',
  clientId: 'countersign',
  clientSecret: 'a secret between Countersign and the identity provider',
  roles: ['PKI Approvers'],
  permissions: ['/workflows/instances/read/', '/workflows/definitions/read/'],
} as const;

/** The application the bot signs in to Work Tasks as. */
export const workTasksClient = {
  clientId: 'countersign',
  clientSecret: 'plant secret of the bot',
  hookSecret: 'plant-secret-of-the-hook-01',
} as const;

/** Gives Work Tasks its repository, and a workflow that waits for a manager. */
export function seedWorkTasks(workTasks: WorkTasks): void {
  workTasks.addClient(workTasksClient);
  workTasks.addRepository({ name: 'Plant' });
  workTasks.addWorkflow({
    repository: 'Plant',
    name: 'Leave WF',
    variables: [{ name: 'Days' }],
    activities: [{ name: 'Manager approval', kind: 'human', actors: 'initiator' }],
  });
}

/** Lets the cast move into the workspace and opens its channels. */
export function seedSlack(slack: SlackWorkspace): void {
  for (const [actor, { id, name, realName }] of Object.entries(personas)) {
    slack.addMember({ id, name, realName, isGuest: actor === 'gia', ...atHomeElsewhere[actor as Actor] });
  }
  const members = Object.values(personas).map(({ id }) => id);
  for (const [name, id] of Object.entries(places)) {
    slack.addChannel({ id, name, members });
    slack.inviteApp(id);
  }
}

/** Gives Command its people, and the definitions the journeys run. */
export function seedCommand(command: KeyfactorCommand): void {
  command.addIdentity(serviceAccount);
  command.addIdentity({
    name: 'KEYEXAMPLE\\portal-pat',
    password: 'pat',
    roles: ['PKI Approvers'],
    permissions: ['/workflows/'],
  });
  for (const [displayName, minimumApprovals] of [
    ['Web server enrollment', 1],
    ['Two identities', 2],
  ] as const) {
    command.addDefinition({
      displayName,
      workflowType: 'Enrollment',
      steps: [
        {
          extensionName: 'RequireApproval',
          uniqueName: 'RequireApproval1',
          displayName: 'Security approval',
          roles: ['PKI Approvers'],
          minimumApprovals,
        },
        { extensionName: 'EnrollStep', uniqueName: 'Enroll1', displayName: 'Enroll' },
      ],
    });
  }
}
