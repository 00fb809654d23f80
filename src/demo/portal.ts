import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { Instance } from '../simulators/keyfactor/engine/model.js';
import type { KeyfactorCommand } from '../simulators/keyfactor/keyfactor-command.js';
import { portalPage } from './portal-page.js';
import { portalPat } from './scene/cast.js';

/** Where "Open in Command" leads in the demo. */
export interface Portal {
  /** Starts listening on a free port; gives the address of a run, with `{id}` for its id. */
  open(): Promise<string>;
  close(): Promise<void>;
}

/** Creates a stand-in for Command's portal: it shows a run, and lets Pat decide there as people without Slack do. */
export function createPortal(command: KeyfactorCommand): Portal {
  const server = createServer((request, response) => {
    answer(command, request, response).catch((error: unknown) => {
      response.writeHead(500).end(String(error));
    });
  });
  return {
    open: () =>
      new Promise((resolve, reject) => {
        server.once('error', reject);
        server.listen(0, '127.0.0.1', () => {
          const address = server.address();
          const port = typeof address === 'object' && address !== null ? address.port : 0;
          resolve(`http://127.0.0.1:${port}/runs/{id}`);
        });
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

async function answer(
  command: KeyfactorCommand,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [, id, verb] = /^\/runs\/([\w-]+)(?:\/(approve|deny))?$/.exec(request.url ?? '') ?? [];
  const instance = command.instances().find((one) => one.id === id);
  if (!instance) {
    response.writeHead(404, { 'content-type': 'text/plain' }).end('Command knows no such run.\n');
    return;
  }
  if (verb !== undefined && request.method === 'POST') {
    await command.decideInPortal(instance.id, portalPat.name, verb === 'approve', 'Decided in the portal');
    response.writeHead(303, { location: `/runs/${instance.id}` }).end();
    return;
  }
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
  });
  response.end(portalPage(instance, mayDecide(instance)));
}

/** Command counts one answer per identity and step. */
function mayDecide({ status, received }: Instance): boolean {
  return status === 'Suspended' && received.every(({ identity }) => identity !== portalPat.name);
}
