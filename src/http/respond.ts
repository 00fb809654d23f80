import type { ServerResponse } from 'node:http';
import type { Log } from '../ports/log.js';
import type { WebResponse } from '../ports/web.js';

const usualHeaders = {
  'content-type': 'text/plain; charset=utf-8',
  'cache-control': 'no-store',
  'x-content-type-options': 'nosniff',
};

/**
 * Sends what a route answers, and resolves once it is sent or its receiver gone. Never rejects.
 *
 * A route that breaks, or answers what cannot be sent, is answered for with 500 and a reference.
 */
export async function respond(
  response: ServerResponse,
  handle: () => Promise<WebResponse | undefined>,
  options: { readonly log: Log; readonly newId: () => string },
): Promise<void> {
  const isOver = new Promise((resolve) => response.once('close', resolve));
  try {
    const given = await handle();
    if (given) send(response, given);
    if (given?.refusal !== undefined) {
      options.log.warn({ status: given.status, reason: given.refusal }, 'A request from outside was refused');
    }
  } catch (error) {
    sendBreak(response, error, options);
  }
  await isOver;
}

/** After a refusal or a break nothing more is taken from that connection. */
function send(response: ServerResponse, { status, headers, body }: WebResponse): void {
  const last = status >= 400 ? { connection: 'close' } : {};
  response.writeHead(status, { ...usualHeaders, ...headers, ...last });
  response.end(body);
}

function sendBreak(
  response: ServerResponse,
  error: unknown,
  { log, newId }: { readonly log: Log; readonly newId: () => string },
): void {
  const ref = newId();
  const err = error instanceof Error ? error : new Error(String(error));
  log.error({ ref, err }, 'Answering a request from outside broke');
  if (response.headersSent) response.destroy();
  else send(response, { status: 500, body: `Something broke on our side (reference ${ref}).\n` });
}
