import type { Execution } from '../../simulators/work-tasks/engine/model.js';
import type { WorkTasks } from '../../simulators/work-tasks/work-tasks.js';
import { createPageServer, type PageHandler, type PageServer, sendNothing, sendPage } from './page-server.js';
import { runPage } from './run-page.js';

/** Creates a stand-in for the inbox of Work Tasks: it shows an execution, and lets its assignee answer there. */
export function createInbox(workTasks: WorkTasks): PageServer {
  return createPageServer((request, response) => respond(workTasks, request, response));
}

/** Where the inbox shows an execution, with names for what belongs there. */
export const inboxPath = '/tasks/{repository}/{executionid}';

async function respond(workTasks: WorkTasks, ...[request, response]: Parameters<PageHandler>): Promise<void> {
  const [, repository, id, output] = (request.url ?? '').match(/^\/tasks\/([^/]+)\/(\d+)(?:\/(.+))?$/) ?? [];
  const execution = workTasks
    .executions()
    .find((one) => one.id === Number(id) && one.repository === decodeURIComponent(repository ?? ''));
  if (!execution) return sendNothing(response, 'Work Tasks knows no such execution.');
  if (output !== undefined && request.method === 'POST') {
    const as = assigneeOf(workTasks, execution);
    workTasks.completeInInbox({ execution, as, output: decodeURIComponent(output) });
    response.writeHead(303, { location: addressOf(execution) }).end();
    return;
  }
  sendPage(response, pageOf(workTasks, execution));
}

function pageOf(workTasks: WorkTasks, execution: Execution): string {
  const activity = workTasks.sleepingAt(execution);
  const outputs = activity ? (workTasks.hookBody(execution).outputs ?? []) : [];
  const as = assigneeOf(workTasks, execution);
  return runPage({
    product: 'Work Tasks',
    place: 'simulated inbox',
    title: `${execution.workflow} · execution ${execution.id}`,
    facts: [
      ['Started by', execution.initiator],
      ['Activity', activity?.name ?? ''],
      ['Status', execution.status],
      ['Error', execution.error ?? ''],
      ...execution.variables.map(({ name, value }) => [name, String(value ?? '')] as const),
    ],
    buttons: outputs.map((output) => {
      const name = typeof output === 'string' ? output : output.name;
      return {
        text: `${name} as ${as}`,
        address: `${addressOf(execution)}/${encodeURIComponent(name)}`,
      };
    }),
  });
}

function addressOf({ repository, id }: Execution): string {
  return `/tasks/${encodeURIComponent(repository)}/${id}`;
}

/** Whoever has it in the inbox; an activity that nobody has takes anybody's answer. */
function assigneeOf(workTasks: WorkTasks, execution: Execution): string {
  return workTasks.sleepingAt(execution)?.workItems[0]?.actor ?? execution.initiator;
}
