import { expect } from '@jest/globals';
import type { HookBody } from '../../../src/sandbox/work-tasks/webhook.js';
import { openStage, type Stage, type Transport } from '../../support/stage/open-stage.js';
import { personas, workTasksClient } from '../../support/stage/personas.js';
import type { StageRules } from '../../support/stage/stage-settings.js';

/** A run of a workflow that sleeps until people answer. */
export interface AccessRun {
  readonly repository: string;
  readonly id: number;
}

/** What a person of the cast is called in Work Tasks. */
export function workTasksName(actor: 'ana' | 'li' | 'sam' | 'bo'): string {
  return `activedirectory::${personas[actor].identity.split('\\')[1]}`;
}

/** Sets the stage with a workflow that asks twice, and offers three ways out the first time. */
export async function openInboundStage(transport: Transport, rules: StageRules = {}): Promise<Stage> {
  return addAccess(await openStage(transport, { withWorkTasks: true, withHook: true, ...rules }));
}

/** Gives the server on a stage the workflow that asks twice. */
export function addAccess<T extends Stage>(stage: T): T {
  stage.workTasks.addWorkflow({
    repository: 'Plant',
    name: 'Access WF',
    activities: [
      {
        name: 'Security check',
        outputs: ['Approved', 'Rejected', 'Send back'],
        actors: [workTasksName('ana')],
      },
      { name: 'Hand over', actors: [workTasksName('li')] },
    ],
  });
  return stage;
}

/** Starts it as Sam, and waits until it sleeps. */
export async function startAccess({ workTasks }: Stage): Promise<AccessRun> {
  const run = workTasks.startExecution({
    repository: 'Plant',
    workflow: 'Access WF',
    user: workTasksName('sam'),
  });
  await workTasks.waitFor(() => workTasks.sleepingAt(run) !== undefined);
  return run;
}

/** Lets the workflow tell the bot that it waits, and gives what it is answered. */
export async function send(stage: Stage, run: AccessRun, more: Partial<HookBody> = {}) {
  const body = stage.workTasks.hookBody(run, { subject: 'Access to line 4', ...more });
  return post(stage, body);
}

/** The same from an activity that cannot know yet which activity will wait. */
export async function sendByKey(stage: Stage, run: AccessRun, key = 'security') {
  const { executiondetailsid: _unknown, ...body } = stage.workTasks.hookBody(run, { key });
  return post(stage, { ...body, subject: 'Access to line 4' });
}

/** Posts a body with the repository's secret, delivers what came of it, and gives the answer. */
async function post(stage: Stage, body: HookBody) {
  const url = `http://127.0.0.1:${stage.bot().port}/hooks/work-tasks/approvals`;
  const reply = await stage.workTasks.postToHook({ url, secret: workTasksClient.hookSecret, body });
  await stage.bot().deliver();
  const said: unknown = JSON.parse(reply.body);
  return { status: reply.status, said };
}

/** Ends a story: nothing was alerted but this, and nothing went wrong that it does not tell. */
export async function finishInbound(stage: Stage, alerts: readonly string[]): Promise<void> {
  await stage.bot().deliver();
  const seen = {
    alerts: stage.workTasks.alerts.map(({ output, user }) => `${output} as ${user}`),
    errors: stage.log.errors(),
  };
  await stage.close();
  expect(seen).toEqual({ alerts, errors: [] });
}
