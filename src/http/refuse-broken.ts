import { STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Log } from '../ports/log.js';

/** What Node could not make a request of, by its code, and what we answer. */
const refusals: Readonly<Record<string, { readonly status: number; readonly reason: string }>> = {
  ERR_HTTP_REQUEST_TIMEOUT: { status: 408, reason: 'The request did not arrive in time.' },
  HPE_INVALID_EOF_STATE: { status: 400, reason: 'The request ended half-way.' },
  HPE_HEADER_OVERFLOW: { status: 431, reason: 'The headers are too large.' },
  HPE_CHUNK_EXTENSIONS_OVERFLOW: { status: 413, reason: 'The body is too large.' },
};

const notHttp = { status: 400, reason: 'This is no HTTP request.' };

/**
 * Refuses what is no sound HTTP request, or does not become one in time, and closes its connection.
 *
 * A connection on which an answer was begun is only closed: a second answer would be read as part of the first.
 */
export function refuseBroken(
  error: Error & { readonly code?: string },
  socket: Duplex,
  { log, isDecided }: { readonly log: Log; readonly isDecided: boolean },
): void {
  const isGone = error.code === 'ECONNRESET' || error.code === 'EPIPE' || !socket.writable;
  if (isGone || isDecided) {
    socket.destroy();
    return;
  }
  const { status, reason } = refusals[error.code ?? ''] ?? notHttp;
  log.warn({ status, reason }, 'A request from outside was refused');
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nconnection: close\r\ncontent-type: text/plain; charset=utf-8\r\n\r\n${reason}\n`,
    () => socket.destroy(),
  );
}
