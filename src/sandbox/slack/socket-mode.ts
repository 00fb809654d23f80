import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { isObject, parseJson } from './api-method.js';
import type { AckResult, Envelope, Transport } from './connection.js';
import type { Changes, Ids } from './state.js';
import type { Traffic } from './traffic.js';

const CONNECTIONS_MAX = 10;

/** Why Slack ends a connection. */
export type DisconnectReason = 'warning' | 'refresh_requested' | 'link_disabled' | 'too_many_websockets';

/** The Socket Mode side of the workspace. */
export interface SocketMode extends Transport {
  /** A path good for one connection. */
  mintPath(): string;
  attach(server: Server): void;
  connections(): number;
  /** Tells every connection to go; all but `warning` are closed as well. */
  disconnect(reason: DisconnectReason): void;
  /** Tears every connection; new ones are welcome as soon as the HTTP server listens again. */
  close(): void;
}

interface Waiting {
  readonly socket: WebSocket;
  readonly settle: (result: AckResult) => void;
}

/** Creates Socket Mode without any connection yet. */
export function createSocketMode(options: {
  readonly appId: string;
  readonly ids: Ids;
  readonly changes: Changes;
  readonly traffic: Traffic;
  readonly ackTimeoutMs: number;
}): SocketMode {
  const { ids, changes, traffic } = options;
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Set<string>();
  const sockets: WebSocket[] = [];
  const waiting = new Map<string, Waiting>();

  const forget = (socket: WebSocket) => {
    const at = sockets.indexOf(socket);
    if (at >= 0) sockets.splice(at, 1);
    for (const entry of [...waiting.values()]) {
      if (entry.socket === socket) entry.settle({ kind: 'not-acked', reason: 'connection-closed' });
    }
    changes.emit({ kind: 'state' });
  };
  const receive = (data: RawData) => {
    const frame = parseJson(String(data));
    const id = isObject(frame) ? frame.envelope_id : undefined;
    const entry = typeof id === 'string' ? waiting.get(id) : undefined;
    if (entry === undefined || !isObject(frame)) {
      const outcome = 'unknown envelope';
      traffic.record({ direction: 'app-to-slack', name: 'ack', outcome, request: frame, response: null });
      return;
    }
    entry.settle({ kind: 'acked', body: frame.payload ?? {} });
  };
  const welcome = (socket: WebSocket) => {
    socket.on('error', () => socket.terminate());
    if (sockets.length >= CONNECTIONS_MAX) {
      sendDisconnect(socket, 'too_many_websockets');
      socket.close();
      return;
    }
    sockets.push(socket);
    socket.on('message', receive);
    socket.on('close', () => forget(socket));
    socket.send(JSON.stringify(hello(options.appId, sockets.length)));
    changes.emit({ kind: 'state' });
  };
  const upgrade = (request: IncomingMessage, stream: Duplex, head: Buffer) => {
    const ticket = new URL(request.url ?? '/', 'http://localhost').searchParams.get('ticket') ?? '';
    if (!tickets.delete(ticket)) {
      stream.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
      return;
    }
    server.handleUpgrade(request, stream, head, welcome);
  };

  return {
    mintPath() {
      const ticket = ids.secret();
      tickets.add(ticket);
      return `/link/?ticket=${ticket}&app_id=${options.appId}`;
    },
    attach: (httpServer) => {
      httpServer.on('upgrade', upgrade);
    },
    connections: () => sockets.length,
    deliver(envelope) {
      // Each payload goes to one connection only, in turns.
      const socket = sockets.shift();
      if (socket === undefined) return Promise.resolve({ kind: 'not-acked', reason: 'not-connected' });
      sockets.push(socket);
      const id = ids.secret();
      socket.send(JSON.stringify(frameOf(id, envelope)));
      return untilSettled({ id, socket, waiting, timeoutMs: options.ackTimeoutMs });
    },
    disconnect(reason) {
      for (const socket of [...sockets]) {
        sendDisconnect(socket, reason);
        if (reason !== 'warning') socket.close();
      }
    },
    close() {
      for (const socket of [...sockets]) socket.terminate();
    },
  };
}

function untilSettled(options: {
  readonly id: string;
  readonly socket: WebSocket;
  readonly waiting: Map<string, Waiting>;
  readonly timeoutMs: number;
}): Promise<AckResult> {
  const { id, socket, waiting, timeoutMs } = options;
  return new Promise((resolve) => {
    const settle = (result: AckResult) => {
      clearTimeout(timer);
      waiting.delete(id);
      resolve(result);
    };
    const timer = setTimeout(() => settle({ kind: 'not-acked', reason: 'timeout' }), timeoutMs);
    waiting.set(id, { socket, settle });
  });
}

function frameOf(id: string, { kind, payload, acceptsResponse, retry }: Envelope): object {
  return {
    envelope_id: id,
    type: kind,
    payload,
    accepts_response_payload: acceptsResponse,
    ...(kind === 'events_api'
      ? { retry_attempt: retry?.attempt ?? 0, retry_reason: retry?.reason ?? '' }
      : {}),
  };
}

function hello(appId: string, connections: number): object {
  return {
    type: 'hello',
    num_connections: connections,
    debug_info: { host: 'simulated', build_number: 1, approximate_connection_time: 18_060 },
    connection_info: { app_id: appId },
  };
}

function sendDisconnect(socket: WebSocket, reason: DisconnectReason): void {
  socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'simulated' } }));
}
