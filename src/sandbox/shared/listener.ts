import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

/** Answers one request. */
export type Serve = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** A port on the loopback interface that can be opened and closed again. */
export type Listener = ReturnType<typeof createListener>;

/** Creates a closed listener; port 0 takes a free one at the first opening. */
export function createListener(wantedPort: number, serve: Serve) {
  let server: Server | undefined;
  let port = wantedPort;
  return {
    /** Opens the port, the same one every time, and returns the origin. */
    async open(): Promise<string> {
      const opened = createServer((request, response) => {
        serve(request, response).catch((error: unknown) => respondError(response, error));
      });
      await new Promise<void>((resolve, reject) => {
        opened.once('error', reject);
        opened.listen(port, '127.0.0.1', resolve);
      });
      server = opened;
      const address = opened.address();
      if (address === null || typeof address === 'string') throw new Error('The simulator has no port.');
      port = address.port;
      return `http://127.0.0.1:${port}`;
    },
    /** Refuses new connections and cuts open ones. */
    async close(): Promise<void> {
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
