import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { type RawData, type WebSocket, WebSocketServer } from 'ws';
import { isObject, parseJson } from './api-method.js';
import type { AckResult, Envelope } from './connection.js';
import type { World } from './world.js';

const CONNECTIONS_MAX = 10;

/** Why Slack ends a connection. */
export type DisconnectReason = 'warning' | 'refresh_requested' | 'link_disabled' | 'too_many_websockets';

interface Waiting {
  readonly socket: WebSocket;
  readonly settle: (result: AckResult) => void;
}

/** The Socket Mode side of the workspace. */
export class SocketMode {
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #tickets = new Set<string>();
  readonly #sockets: WebSocket[] = [];
  readonly #waiting = new Map<string, Waiting>();
  readonly #world: World;

  constructor(world: World) {
    this.#world = world;
  }

  /** A path good for one connection. */
  mintPath(): string {
    const ticket = this.#world.ids.secret();
    this.#tickets.add(ticket);
    return `/link/?ticket=${ticket}&app_id=${this.#world.settings.app.appId}`;
  }

  attach(server: Server): void {
    server.on('upgrade', (request, stream, head) => this.#upgrade(request, stream, head));
  }

  connections(): number {
    return this.#sockets.length;
  }

  /** Sends to one connection only, in turns, and resolves once it acknowledged or failed to. */
  deliver(envelope: Envelope): Promise<AckResult> {
    const socket = this.#sockets.shift();
    if (socket === undefined) return Promise.resolve({ kind: 'not-acked', reason: 'not-connected' });
    this.#sockets.push(socket);
    const id = this.#world.ids.secret();
    socket.send(JSON.stringify(frameOf(id, envelope)));
    return new Promise((resolve) => {
      const settle = (result: AckResult) => {
        clearTimeout(timer);
        this.#waiting.delete(id);
        resolve(result);
      };
      const giveUp = () => settle({ kind: 'not-acked', reason: 'timeout' });
      const timer = setTimeout(giveUp, this.#world.settings.ackTimeoutMs);
      this.#waiting.set(id, { socket, settle });
    });
  }

  /** Tells every connection to go; all but `warning` are closed as well. */
  disconnect(reason: DisconnectReason): void {
    for (const socket of [...this.#sockets]) {
      sendDisconnect(socket, reason);
      if (reason !== 'warning') socket.close();
    }
  }

  /** Tears every connection; new ones are welcome as soon as the HTTP server listens again. */
  close(): void {
    for (const socket of [...this.#sockets]) socket.terminate();
  }

  #upgrade(request: IncomingMessage, stream: Duplex, head: Buffer): void {
    const ticket = new URL(request.url ?? '/', 'http://localhost').searchParams.get('ticket') ?? '';
    if (this.#tickets.delete(ticket)) {
      this.#server.handleUpgrade(request, stream, head, (socket) => this.#welcome(socket));
    } else stream.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\n\r\n');
  }

  #welcome(socket: WebSocket): void {
    socket.on('error', () => socket.terminate());
    if (this.#sockets.length >= CONNECTIONS_MAX) {
      sendDisconnect(socket, 'too_many_websockets');
      socket.close();
      return;
    }
    this.#sockets.push(socket);
    socket.on('message', (data: RawData) => this.#receive(data));
    socket.on('close', () => this.#forget(socket));
    socket.send(JSON.stringify(hello(this.#world.settings.app.appId, this.#sockets.length)));
    this.#world.changes.emit({ kind: 'state' });
  }

  #receive(data: RawData): void {
    const frame = parseJson(String(data));
    const id = isObject(frame) ? frame.envelope_id : undefined;
    const entry = typeof id === 'string' ? this.#waiting.get(id) : undefined;
    if (entry !== undefined && isObject(frame)) {
      entry.settle({ kind: 'acked', body: frame.payload ?? {} });
      return;
    }
    const outcome = 'unknown envelope';
    const exchange = { name: 'ack', outcome, request: frame, response: null };
    this.#world.traffic.record({ direction: 'app-to-slack', ...exchange });
  }

  #forget(socket: WebSocket): void {
    const at = this.#sockets.indexOf(socket);
    if (at >= 0) this.#sockets.splice(at, 1);
    for (const entry of [...this.#waiting.values()]) {
      if (entry.socket === socket) entry.settle({ kind: 'not-acked', reason: 'connection-closed' });
    }
    this.#world.changes.emit({ kind: 'state' });
  }
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
