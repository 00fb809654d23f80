import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A port on the loopback interface that can be opened and closed again. */
export interface Listener {
  /** Opens the port, the same one every time, and returns the origin. */
  open(): Promise<string>;
  /** Refuses new connections and cuts open ones. */
  close(): Promise<void>;
}

/** Creates a closed listener; port 0 takes a free one at the first opening. */
export function createListener(
  wantedPort: number,
  serve: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Listener {
  let server: Server | undefined;
  let port = wantedPort;
  return {
    async open() {
      const opened = createServer((request, response) => {
        serve(request, response).catch((error: unknown) => respondError(response, error));
      });
      await new Promise<void>((resolve, reject) => {
        opened.once('error', reject);
        opened.listen(port, '127.0.0.1', resolve);
      });
      server = opened;
      port = portOf(opened.address());
      return `http://127.0.0.1:${port}`;
    },
    async close() {
      const open = server;
      server = undefined;
      if (open === undefined) return;
      const closed = new Promise((resolve) => open.close(resolve));
      open.closeAllConnections();
      await closed;
    },
  };
}

/** A bug in the simulator must not look like a fault somebody ordered. */
function respondError(response: ServerResponse, error: unknown): void {
  response.statusCode = 500;
  response.end(`The simulator itself failed: ${error instanceof Error ? error.stack : String(error)}`);
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('The simulator has no port.');
  return address.port;
}
