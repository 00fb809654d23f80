import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { send } from './http-exchange.js';

type HandledCall = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<void>;

/** Who answers what. */
export interface Streets {
  readonly api: HandledCall;
  readonly responseUrl: (request: IncomingMessage, response: ServerResponse, path: string) => Promise<void>;
  readonly page: HandledCall;
  readonly files: (response: ServerResponse, path: string) => Promise<void>;
}

/** Creates the HTTP server of the workspace; nobody is listening yet. */
export function createWorkspaceServer(streets: Streets): Server {
  const result = (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://localhost');
    if (url.pathname.startsWith('/api/')) return streets.api(request, response, url);
    if (/^\/(actions|commands)\//.test(url.pathname)) {
      return streets.responseUrl(request, response, url.pathname);
    }
    if (url.pathname.startsWith('/_sim/')) return streets.page(request, response, url);
    return streets.files(response, url.pathname.startsWith('/page/') ? url.pathname : fileOf(url.pathname));
  };
  return createServer((request, response) => {
    result(request, response).catch((error: unknown) => {
      // A client that went away mid-request is its own business; anything else is a bug of the simulator.
      if (response.headersSent || response.destroyed) return;
      send(response, 500, { ok: false, error: 'internal_error', message: String(error) });
    });
  });
}

/** Starts listening on the loopback interface and resolves with the base URL. */
export function listen(server: Server, port: number): Promise<string> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => {
      server.off('error', reject);
      const address = server.address();
      const actual = typeof address === 'object' && address !== null ? address.port : port;
      resolve(`http://127.0.0.1:${actual}`);
    });
  });
}

function fileOf(path: string): string {
  return path === '/' ? path : `/page${path}`;
}
