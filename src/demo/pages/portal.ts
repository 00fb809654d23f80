import type { Instance } from '../../simulators/keyfactor/engine/model.js';
import type { KeyfactorCommand } from '../../simulators/keyfactor/keyfactor-command.js';
import { portalPat } from '../scene/cast.js';
import { createPageServer, type PageHandler, type PageServer, sendNothing, sendPage } from './page-server.js';
import { runPage } from './run-page.js';

/** Creates a stand-in for Command's portal: it shows a run, and lets Pat decide there as people without Slack do. */
export function createPortal(command: KeyfactorCommand): PageServer {
  return createPageServer((request, response) => respond(command, request, response));
}

/** Where the portal shows a run, with `{id}` for its id. */
export const portalPath = '/runs/{id}';

async function respond(
  command: KeyfactorCommand,
  ...[request, response]: Parameters<PageHandler>
): Promise<void> {
  const [, id, verb] = /^\/runs\/([\w-]+)(?:\/(approve|deny))?$/.exec(request.url ?? '') ?? [];
  const instance = command.instances().find((one) => one.id === id);
  if (!instance) return sendNothing(response, 'Command knows no such run.');
  if (verb !== undefined && request.method === 'POST') {
    await command.decideInPortal(instance.id, portalPat.name, verb === 'approve', 'Decided in the portal');
    response.writeHead(303, { location: `/runs/${instance.id}` }).end();
    return;
  }
  sendPage(response, pageOf(instance));
}

function pageOf(instance: Instance): string {
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
