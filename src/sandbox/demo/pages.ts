import type { ServerResponse } from 'node:http';
import type { KeyfactorCommand } from '../keyfactor/command.js';
import type { Instance } from '../keyfactor/engine.js';
import { createListener, type Listener, type Serve } from '../shared/listener.js';
import type { Execution } from '../work-tasks/engine.js';
import type { WorkTasks } from '../work-tasks/work-tasks.js';
import { portalPat } from './scene.js';

/** Creates a stand-in for the inbox of Work Tasks: it shows an execution, and lets its assignee answer there. */
export function createInbox(workTasks: WorkTasks): Listener {
  return createListener(0, (request, response) => respondInbox(workTasks, request, response));
}

/** Where the inbox shows an execution, with names for what belongs there. */
export const inboxPath = '/tasks/{repository}/{executionid}';

async function respondInbox(workTasks: WorkTasks, ...[request, response]: Parameters<Serve>): Promise<void> {
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
  sendPage(response, pageOfExecution(workTasks, execution));
}

function pageOfExecution(workTasks: WorkTasks, execution: Execution): string {
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

/** Creates a stand-in for Command's portal: it shows a run, and lets Pat decide there as people without Slack do. */
export function createPortal(command: KeyfactorCommand): Listener {
  return createListener(0, (request, response) => respondPortal(command, request, response));
}

/** Where the portal shows a run, with `{id}` for its id. */
export const portalPath = '/runs/{id}';

async function respondPortal(
  command: KeyfactorCommand,
  ...[request, response]: Parameters<Serve>
): Promise<void> {
  const [, id, verb] = /^\/runs\/([\w-]+)(?:\/(approve|deny))?$/.exec(request.url ?? '') ?? [];
  const instance = command.instances().find((one) => one.id === id);
  if (!instance) return sendNothing(response, 'Command knows no such run.');
  if (verb !== undefined && request.method === 'POST') {
    await command.decideInPortal(instance.id, portalPat.name, verb === 'approve', 'Decided in the portal');
    response.writeHead(303, { location: `/runs/${instance.id}` }).end();
    return;
  }
  sendPage(response, pageOfRun(instance));
}

function pageOfRun(instance: Instance): string {
  const { id, referenceId, title, initiator, status, statusMessage, stepName } = instance;
  return runPage({
    product: 'Keyfactor Command',
    place: 'simulated portal',
    title,
    facts: [
      ['Workflow', `#${referenceId}`],
      ['Started by', initiator],
      ['Step', stepName],
      ['Status', status],
      ['Message', statusMessage ?? ''],
    ],
    buttons: mayDecide(instance)
      ? [
          { text: `Approve as ${portalPat.name}`, address: `/runs/${id}/approve` },
          { text: `Deny as ${portalPat.name}`, address: `/runs/${id}/deny` },
        ]
      : [],
  });
}

/** Command counts one answer per identity and step. */
function mayDecide({ status, received }: Instance): boolean {
  return status === 'Suspended' && received.every(({ identity }) => identity !== portalPat.name);
}

/** Sends a page on which nothing but forms and styles works. */
function sendPage(response: ServerResponse, html: string): void {
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
  });
  response.end(html);
}

/** Says that nothing is to be seen under an address. */
function sendNothing(response: ServerResponse, sentence: string): void {
  response.writeHead(404, { 'content-type': 'text/plain' }).end(`${sentence}\n`);
}

/** What the page of one run shows; everything but the buttons' addresses is only text. */
interface RunPage {
  /** What the page is a stand-in for. */
  readonly product: string;
  readonly place: string;
  readonly title: string;
  readonly facts: readonly (readonly [string, string])[];
  readonly buttons: readonly { readonly text: string; readonly address: string }[];
}

/** Writes the page of one run, with buttons as long as it waits. */
function runPage({ product, place, title, facts, buttons }: RunPage): string {
  const list = facts.map(([name, value]) => `<dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd>`);
  const form = buttons.map(
    ({ text, address }) => `<button formaction="${escapeHtml(address)}">${escapeHtml(text)}</button>`,
  );
  const decide =
    form.length === 0
      ? ''
      : `<form method="post">${form.join('\n')}</form>
<p>What is decided here, Slack shows within a few seconds.</p>`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${escapeHtml(product)} (simulated)</title>
<style>${style}</style><h1>${escapeHtml(product)} <small>${escapeHtml(place)}</small></h1>
<h2>${escapeHtml(title)}</h2><dl>${list.join('')}</dl>${decide}</html>`;
}

const style = `body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;color:#223}
h1{font-size:1.1rem}h1 small{font-weight:400;color:#667}h2{font-size:1.3rem}
dl{display:grid;grid-template-columns:8rem 1fr;gap:.3rem}dt{color:#667}dd{margin:0}
button{font:inherit;padding:.5rem 1rem;margin-right:.5rem}`;

function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
