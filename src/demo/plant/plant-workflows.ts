import type { WorkflowSketch } from '../../simulators/work-tasks/world/repositories.js';
import { personas, workTasksUser } from '../scene/cast.js';

/** The repository of the demo's Work Tasks server, and what the bot calls it. */
export const workTasksOpening = { repository: 'Plant', system: 'plant' } as const;

/** The workflows of the demo's Work Tasks server. */
export const workTasksWorkflows: readonly Omit<WorkflowSketch, 'repository'>[] = [
  {
    name: 'Leave WF',
    variables: [{ name: 'Days' }, { name: 'From' }, { name: 'Note' }],
    activities: [
      {
        name: 'Manager approval',
        outputs: ['Approved', 'Send back', 'Rejected'],
        links: { Approved: 'Book leave', 'Send back': 'Rework', Rejected: null },
        actors: [workTasksUser(personas.li)],
      },
      { name: 'Rework', outputs: ['Withdrawn'], links: { Withdrawn: null }, actors: 'initiator' },
      { name: 'Book leave', kind: 'automatic' },
    ],
  },
  {
    name: 'Purchase WF',
    variables: [{ name: 'Amount' }, { name: 'Supplier' }],
    activities: [{ name: 'Buyer approval', actors: [workTasksUser(personas.ana)] }],
  },
  {
    name: 'Backup WF',
    variables: [{ name: 'Full' }],
    activities: [{ name: 'Change tape', outputs: ['Changed'] }],
  },
  { name: 'Historian WF', activities: [{ name: 'Confirm', outputs: ['Confirmed'] }] },
];
