import type { Execution, ExecutionRef, VariableValue } from '../work-tasks/engine.js';
import type { HookBody } from '../work-tasks/webhook.js';
import type { WorkTasks } from '../work-tasks/work-tasks.js';
import type { WorkflowSketch } from '../work-tasks/world.js';
import type { Every } from './activity.js';
import { personas, workTasksUser } from './scene.js';

/** Executions that are there when the demo starts, by the name the story has for them. */
export interface WorkTasksOpening {
  /** Waits for a manager; its card has a button for each of three outputs. */
  readonly leave: ExecutionRef;
  /** Waits for a buyer; the workflow could not tell which activity it is. */
  readonly purchase: ExecutionRef;
  /** Waits until somebody has changed the tape. */
  readonly backup: ExecutionRef;
  readonly paused: ExecutionRef;
  readonly failed: ExecutionRef;
}

/** Gives Work Tasks its workflows, the bot's client, and the executions that are there from the start. */
export function seedWorkTasks(workTasks: WorkTasks, clientSecret: string): WorkTasksOpening {
  workTasks.addClient({ clientId, clientSecret });
  workTasks.addRepository({ name: repository });
  for (const workflow of workTasksWorkflows) workTasks.addWorkflow({ ...workflow, repository });
  const start = (
    workflow: string,
    starter: Parameters<typeof workTasksUser>[0],
    values: Readonly<Record<string, VariableValue>> = {},
  ) =>
    workTasks.startExecution({
      repository,
      workflow,
      user: workTasksUser(starter),
      variables: Object.entries(values).map(([name, value]) => ({ name, value })),
    });
  const leave = start('Leave WF', personas.bo, { Days: 3, From: '2026-12-21', Note: 'Family visit' });
  const purchase = start('Purchase WF', personas.sam, { Amount: 4200, Supplier: 'Pump & Valve Ltd' });
  const backup = start('Backup WF', personas.omar, { Full: true });
  const paused = start('Backup WF', personas.omar, { Full: false });
  const failed = start('Historian WF', personas.omar);
  workTasks.pause(paused);
  workTasks.failWithError(failed, 'The historian HIST01 did not answer within 60 s.');
  return { leave, purchase, backup, paused, failed };
}

/** What it takes to let workflows speak. */
interface Play {
  readonly workTasks: WorkTasks;
  /** Address of the bot's public listener; undefined while there is none to be reached. */
  readonly botUrl: () => string | undefined;
  /** With what the workflows show that they may speak. */
  readonly secret: string;
  readonly every: Every;
}

const periodMs = 300;

/**
 * Lets workflows tell the bot that a step of theirs waits for people, as an activity of theirs would.
 *
 * What was told is not told again, also after the bot has started anew. Returns what ends it, which waits for what
 * is being told: a bot that is stopped before it would refuse that.
 */
export function postSteps({ workTasks, botUrl, secret, every }: Play): () => Promise<void> {
  const reported = new Set<number>();
  const send = async () => {
    for (const execution of workTasks.executions()) {
      const at = botUrl();
      const activityId = workTasks.sleepingAt(execution)?.executionDetailsId;
      const body = bodyOf(workTasks, execution);
      if (activityId === undefined || reported.has(activityId) || !body || at === undefined) continue;
      const url = `${at}/hooks/work-tasks/approvals`;
      const { status } = await workTasks.postToHook({ url, secret, body });
      if (status >= 300) throw new Error(`The hook refused what ${execution.workflow} told, with ${status}`);
      reported.add(activityId);
    }
  };
  let sending = Promise.resolve();
  const end = every(periodMs, () => {
    sending = send();
    return sending;
  });
  return async () => {
    end();
    await Promise.allSettled([sending]);
  };
}

/** Says what a workflow tells of the activity it waits at; undefined for one that leaves it to the inbox. */
function bodyOf(workTasks: WorkTasks, execution: Execution): HookBody | undefined {
  const { initiator, variables } = execution;
  const data = variables.flatMap(({ name, value }) => (value === null ? [] : [{ name, value }]));
  const reported = workTasks.hookBody(execution, { data });
  const who = initiator.split('::')[1] ?? initiator;
  switch (workTasks.sleepingAt(execution)?.name) {
    case 'Manager approval':
      return { ...reported, subject: `Leave of ${who}` };
    case 'Buyer approval': {
      // This designer's activity runs before the step does, when nobody knows the step's id yet.
      const { executiondetailsid: _unknown, ...early } = reported;
      return { ...early, subject: `Purchase by ${who}`, key: 'buyer-approval' };
    }
    default:
      return undefined;
  }
}

/** Where the parts of Work Tasks are reached. */
export interface WorkTasksAddresses {
  readonly url: string;
  readonly tokenUrl: string;
  readonly inboxUrl: string;
}

/** Writes what the settings file says of Work Tasks. */
export function workTasksEntry({ url, tokenUrl, inboxUrl }: WorkTasksAddresses) {
  return {
    name: system,
    label: 'Work Tasks',
    baseUrl: url,
    auth: { kind: 'aim', tokenUrl, clientId },
    inboxUrl,
    timeout: '3s',
    repositories: [{ name: system, repository, hook: 'on', workflows }],
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

/** The repository of the demo's Work Tasks server, what the bot calls it, and the bot's own name there. */
const [repository, system, clientId] = ['Plant', 'plant', 'countersign'];

/** The workflows of the demo's Work Tasks server. */
const workTasksWorkflows: readonly Omit<WorkflowSketch, 'repository'>[] = [
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
