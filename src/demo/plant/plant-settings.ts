import { workTasksClient } from '../scene/cast.js';
import { workTasksOpening } from './plant-workflows.js';

/** Where the parts of Work Tasks are reached. */
export interface WorkTasksAddresses {
  readonly url: string;
  readonly tokenUrl: string;
  readonly inboxUrl: string;
}

/** With what the demo's workflows show that they may speak. */
export const hookSecret = 'demo-secret-of-the-plant-hook';

/** Gives the secrets of Work Tasks, under the names a real bot takes them by. */
export const workTasksEnvironment = {
  WORKTASKS_CLIENT_SECRET: workTasksClient.clientSecret,
  COUNTERSIGN_PLANT_HOOK_SECRET: hookSecret,
} as const;

/** Writes what the settings file says of Work Tasks. */
export function workTasksEntry({ url, tokenUrl, inboxUrl }: WorkTasksAddresses) {
  return {
    name: workTasksOpening.system,
    label: 'Work Tasks',
    baseUrl: url,
    auth: { kind: 'aim', tokenUrl, clientId: workTasksClient.clientId },
    inboxUrl,
    timeout: '3s',
    repositories: [
      { name: workTasksOpening.system, repository: workTasksOpening.repository, hook: 'on', workflows },
    ],
  };
}

const workflows = [
  {
    name: 'Leave WF',
    title: 'Leave request',
    variables: [
      { name: 'Days', type: 'number', required: true },
      { name: 'From', type: 'date', required: true },
      { name: 'Note' },
    ],
  },
  {
    name: 'Purchase WF',
    title: 'Purchase order',
    variables: [
      { name: 'Amount', type: 'number', required: true },
      { name: 'Supplier', required: true },
    ],
  },
  {
    name: 'Backup WF',
    title: 'Nightly backup',
    variables: [{ name: 'Full', type: 'boolean', default: 'false' }],
  },
  { name: 'Historian WF', title: 'Historian sync' },
];
