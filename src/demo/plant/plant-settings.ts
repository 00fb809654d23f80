import { plantClient } from '../scene/cast.js';
import { plant } from './plant-workflows.js';

/** Where the parts of Work Tasks are reached. */
export interface PlantAddresses {
  readonly url: string;
  readonly tokenUrl: string;
  readonly inboxUrl: string;
}

/** With what the demo's workflows show that they may speak. */
export const hookSecret = 'demo-secret-of-the-plant-hook';

/** Gives the secrets of Work Tasks, under the names a real bot takes them by. */
export const plantEnvironment = {
  WORKTASKS_CLIENT_SECRET: plantClient.clientSecret,
  COUNTERSIGN_PLANT_HOOK_SECRET: hookSecret,
} as const;

/** Writes what the settings file says of Work Tasks. */
export function plantEntry({ url, tokenUrl, inboxUrl }: PlantAddresses) {
  return {
    name: plant.system,
    label: 'Work Tasks',
    baseUrl: url,
    auth: { kind: 'aim', tokenUrl, clientId: plantClient.clientId },
    inboxUrl,
    timeout: '3s',
    repositories: [{ name: plant.system, repository: plant.repository, hook: 'on', workflows }],
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
