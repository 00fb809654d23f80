import type { StepSketch } from '../../simulators/keyfactor/engine/build-steps.js';
import type { KeyfactorCommand } from '../../simulators/keyfactor/keyfactor-command.js';
import type { SlackWorkspace } from '../../simulators/slack/slack-workspace.js';
import { seedIncidents } from '../trouble/troubles.js';
import { channels, personas, portalKim, portalPat, serviceAccount } from './cast.js';

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

/** Gives Command its people and the workflows they run. */
export function seedCommand(command: KeyfactorCommand): void {
  command.addIdentity(serviceAccount);
  command.addIdentity(portalPat);
  command.addIdentity(portalKim);
  for (const [displayName, { workflowType, steps }] of Object.entries(definitions)) {
    command.addDefinition({ displayName, workflowType, steps });
  }
  seedIncidents(command);
}

const enrol: StepSketch = { extensionName: 'EnrollStep', uniqueName: 'Enroll1', displayName: 'Enrol' };

/** Every workflow of the demo by its name. */
const definitions = {
  'Web server certificates': { workflowType: 'Enrollment', steps: [approval('PKI approval'), enrol] },
  'High risk certificates': { workflowType: 'Enrollment', steps: [approval('High risk review'), enrol] },
  'Lab certificates': { workflowType: 'Enrollment', steps: [approval('Lab approval'), enrol] },
  'Code signing certificates': {
    workflowType: 'Enrollment',
    steps: [approval('Four eyes in Command', 2), enrol],
  },
  'Device certificates': {
    workflowType: 'Enrollment',
    steps: [
      approval('Device approval'),
      { ...enrol, failsWith: 'The CA CorpDeviceCA1 could not be reached: the RPC server is unavailable.' },
    ],
  },
  'Revocation with approval': {
    workflowType: 'Revocation',
    steps: [
      approval('Revocation approval'),
      { extensionName: 'RevokeStep', uniqueName: 'Revoke1', displayName: 'Revoke' },
    ],
  },
} as const;

/** The name of a workflow of the demo. */
export type DefinitionName = keyof typeof definitions;

function approval(displayName: string, minimumApprovals = 1): StepSketch {
  return {
    extensionName: 'RequireApproval',
    uniqueName: 'RequireApproval1',
    displayName,
    roles: ['PKI Approvers'],
    minimumApprovals,
  };
}
