import { createServer, type Server, type ServerResponse } from 'node:http';
import type { Log } from '../ports/log.js';
import { refused, type WebRoute } from '../ports/web.js';
import { createInFlight } from '../shared/in-flight.js';
import { respondToRequest } from './answer-request.js';
import { cannotListen } from './cannot-listen.js';
import { refuseBroken } from './refuse-broken.js';
import { respond } from './respond.js';

/** How an HTTP listener is to be opened. */
export interface ListenerOptions {
  /** The group of settings it is configured by, as errors name it. */
  readonly setting: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly routes: readonly WebRoute[];
  readonly log: Log;
  readonly newId: () => string;
  /** Within how many milliseconds a request must have arrived as a whole. */
  readonly requestTimeoutMs?: number;
}

/** An HTTP server of ours at work. */
export interface Listener {
  /** Absent where nothing had to be opened. */
  readonly port: number | undefined;
  /** Takes nothing new: connections are refused, requests on open ones are answered with 503. */
  stopAccepting(): void;
  /** Lets what is under way be answered, for up to five seconds, and closes every connection. */
  close(): Promise<void>;
}

const stopping = refused(503, 'The bot is stopping.');
const settleTimeoutMs = 5_000;
/** Longer than proxies keep idle connections: a request sent just as we close one would be lost. */
const keepAliveTimeoutMs = 75_000;

/** Opens an HTTP listener. Throws `CannotListen` when its address cannot be had. */
export async function openListener(options: ListenerOptions): Promise<Listener> {
  const { log, routes, requestTimeoutMs = 10_000 } = options;
  const inFlight = createInFlight();
  const responding = new WeakMap<object, ServerResponse>();
  let isStopping = false;
  const server = createServer({
    requestTimeout: requestTimeoutMs,
    headersTimeout: requestTimeoutMs,
    connectionsCheckingInterval: Math.min(requestTimeoutMs / 2, 1_000),
    keepAliveTimeout: keepAliveTimeoutMs,
  });
  server.on('request', (request, response) => {
    responding.set(request.socket, response);
    const handle = async () => (isStopping ? stopping : respondToRequest(request, routes));
    void inFlight.track(respond(response, handle, options));
  });
  server.on('clientError', (error, socket) => {
    refuseBroken(error, socket, { log, isDecided: isBegun(responding.get(socket)) });
  });
  const port = await listen(server, options);
  const stopAccepting = (): void => {
    isStopping = true;
    server.close();
  };
  return {
    port,
    stopAccepting,
    async close() {
      stopAccepting();
      const isSettled = await inFlight.settled(settleTimeoutMs);
      if (!isSettled) log.warn({}, 'Some requests from outside were not answered in time');
      server.closeAllConnections();
    },
  };
}

function isBegun(response: ServerResponse | undefined): boolean {
  return response?.headersSent === true && !response.writableFinished;
}

async function listen(server: Server, options: ListenerOptions): Promise<number> {
  const { host, port, log } = options;
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) => reject(cannotListen(options, error)));
    server.listen({ host, port }, resolve);
  });
  server.on('error', (err) => log.error({ err }, 'An HTTP listener is in trouble'));
  const address = server.address();
  return typeof address === 'object' && address !== null ? address.port : port;
}
