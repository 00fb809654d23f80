import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';

/** Answers a request for a page. */
export type PageHandler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

/** A small server for pages of the demo. */
export interface PageServer {
  /** Starts listening on a free port; gives its address, without a slash at the end. */
  open(): Promise<string>;
  close(): Promise<void>;
}

/** Creates a server that says on the page what broke. */
export function createPageServer(respond: PageHandler): PageServer {
  const server = createServer((request, response) => {
    respond(request, response).catch((error: unknown) => {
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
          resolve(`http://127.0.0.1:${port}`);
        });
      }),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

/** Sends a page on which nothing but forms and styles works. */
export function sendPage(response: ServerResponse, html: string): void {
  response.writeHead(200, {
    'content-type': 'text/html; charset=utf-8',
    'content-security-policy': "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'",
  });
  response.end(html);
}

/** Says that nothing is to be seen under an address. */
export function sendNothing(response: ServerResponse, sentence: string): void {
  response.writeHead(404, { 'content-type': 'text/plain' }).end(`${sentence}\n`);
}
