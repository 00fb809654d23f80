import { type Listener, openListener } from '../../src/http/server.js';
import type { WebRequest, WebRoute } from '../../src/ports/chat.js';
import { keepLog } from '../support/kept-log.js';

/** A route that repeats what it was given. */
const echo: WebRoute = {
  method: 'POST',
  path: '/echo',
  maxBodyBytes: 1_000,
  handle: async ({ headers, query, body }) => ({
    status: 200,
    body: JSON.stringify({ type: headers['content-type'], query: [...query], body }),
  }),
};

/** A listener with some routes, besides one that repeats what it is sent; its requests must arrive in 400 ms. */
export async function aListener(...routes: readonly WebRoute[]) {
  const log = keepLog();
  let ids = 0;
  const listener: Listener = await openListener({
    setting: 'http',
    host: '127.0.0.1',
    port: 0,
    routes: () => [echo, ...routes],
    log,
    newId: () => `id-${++ids}`,
    requestTimeoutMs: 400,
  });
  const port = listener.port ?? 0;
  const ask = (path: string, init?: RequestInit) => fetch(`http://127.0.0.1:${port}${path}`, init);
  const say = (body: string | Uint8Array<ArrayBuffer>) => ask('/echo', { method: 'POST', body });
  return { listener, port, log, ask, say };
}

/** A route that answers when it is told to. */
export function slowRoute() {
  let response = (_text: string): void => {};
  const answered = new Promise<string>((resolve) => {
    response = resolve;
  });
  let requested = (): void => {};
  const begun = new Promise<void>((resolve) => {
    requested = resolve;
  });
  const route: WebRoute = {
    method: 'GET',
    path: '/slow',
    maxBodyBytes: 0,
    handle: async (_request: WebRequest) => {
      requested();
      return { status: 200, body: await answered };
    },
  };
  return { route, begun, answer: response };
}
