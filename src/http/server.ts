import {
  createServer,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  STATUS_CODES,
} from 'node:http';
import net from 'node:net';
import type { Duplex } from 'node:stream';
import type { CheckUp } from '../ports/backend.js';
import { refused, type WebRequest, type WebResponse, type WebRoute } from '../ports/chat.js';
import type { CheckReadiness, Log } from '../ports/runtime.js';
import { createInFlight } from '../shared/async.js';
import { asError } from '../shared/language.js';

/** An HTTP server of ours at work. */
export interface Listener {
  /** Absent where nothing had to be opened. */
  readonly port: number | undefined;
  /** Takes nothing new: connections are refused, requests on open ones are answered with 503. */
  stopAccepting(): void;
  /** Lets what is under way be answered, for up to five seconds, and closes every connection. */
  close(): Promise<void>;
}

/** A listener without a door. */
export const noListener: Listener = { port: undefined, stopAccepting: () => {}, close: async () => {} };

/**
 * Opens the listener for requests from outside; none is opened when nobody answers there. Throws `CannotListen`.
 *
 * Who answers is asked for with each request, since settings can change.
 */
export async function openPublicListener(at: At, routes: () => readonly WebRoute[]): Promise<Listener> {
  return routes().length === 0 ? noListener : openListener({ ...at, routes, setting: 'http' });
}

/** Opens the listener for probes and for whoever watches the bot. Throws `CannotListen`. */
export function openOperationsListener(at: At, options: OperationsOptions): Promise<Listener> {
  const routes = operationsRoutes(options);
  return openListener({ ...at, routes: () => routes, setting: 'operations' });
}

/** How an HTTP listener is to be opened. */
interface ListenerOptions {
  /** The group of settings it is configured by, as errors name it. */
  readonly setting: string;
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  /** Gives who answers what now. */
  readonly routes: () => readonly WebRoute[];
  readonly log: Log;
  readonly newId: () => string;
  /** Within how many milliseconds a request must have arrived as a whole. */
  readonly requestTimeoutMs?: number;
}

/** Where a listener stands and what it works with; port 0 takes a free one. */
type At = Pick<ListenerOptions, 'host' | 'port' | 'log' | 'newId'>;

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
    const handle = async () => (isStopping ? stopping : respondToRequest(request, routes()));
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
      if (!isSettled) log.warn({}, 'Some incoming requests were not answered in time');
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

/**
 * Finds who answers a request and asks; undefined when whoever sent it has gone meanwhile.
 *
 * Rejects with whatever the route throws.
 */
async function respondToRequest(
  request: IncomingMessage,
  routes: readonly WebRoute[],
): Promise<WebResponse | undefined> {
  const { path, search } = targetOf(request);
  const here = routes.filter((route) => route.path === path);
  if (here.length === 0) return refused(404, 'There is nothing at this address.');
  const route = here.find(({ method }) => method === request.method);
  if (!route) return wrongMethod(here);
  const query = readQuery(search);
  if (!query) return refused(400, 'A name stands twice in the query.');
  const reading = await readBody(request, route.maxBodyBytes);
  switch (reading.kind) {
    case 'too-large':
      return refused(413, 'The body is too large.');
    case 'not-text':
      return refused(400, 'The body is not UTF-8 text.');
    case 'cut-off':
      return undefined;
    case 'read':
      return route.handle({
        headers: headersOf(request),
        query,
        body: reading.body,
        isLocal: isLoopbackAddress(request.socket.remoteAddress),
      });
  }
}

function isLoopbackAddress(address = ''): boolean {
  return /^(127\.|::1$|::ffff:127\.)/.test(address);
}

function targetOf({ url = '' }: IncomingMessage): { readonly path: string; readonly search: string } {
  const mark = url.indexOf('?');
  return mark < 0 ? { path: url, search: '' } : { path: url.slice(0, mark), search: url.slice(mark + 1) };
}

function wrongMethod(here: readonly WebRoute[]): WebResponse {
  const allow = here.map(({ method }) => method).join(', ');
  return { ...refused(405, `Only ${allow} is answered here.`), headers: { allow } };
}

function readQuery(search: string): ReadonlyMap<string, string> | undefined {
  const pairs = [...new URLSearchParams(search)];
  const query = new Map(pairs);
  return query.size === pairs.length ? query : undefined;
}

function headersOf({ headers }: IncomingMessage): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value = '']) => [
      name,
      typeof value === 'string' ? value : value.join(', '),
    ]),
  );
}

/** The body of a request, or why there is none to work with. */
type BodyReading =
  | { readonly kind: 'read'; readonly body: string }
  | { readonly kind: 'too-large' }
  | { readonly kind: 'not-text' }
  | { readonly kind: 'cut-off' };

/** Reads a body as UTF-8; what is too large is left unread, so that the refusal still goes out. */
function readBody(request: IncomingMessage, maxBytes: number): Promise<BodyReading> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes)
    return Promise.resolve({ kind: 'too-large' });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        request.pause();
        resolve({ kind: 'too-large' });
      } else {
        chunks.push(chunk);
      }
    });
    request.once('end', () => resolve(asText(Buffer.concat(chunks))));
    request.once('error', () => resolve({ kind: 'cut-off' }));
    request.once('close', () => resolve({ kind: 'cut-off' }));
  });
}

function asText(bytes: Buffer): BodyReading {
  try {
    // A byte order mark is part of what was signed.
    return { kind: 'read', body: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { kind: 'not-text' };
  }
}

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
function refuseBroken(
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
  log.warn({ status, reason }, 'An incoming request was refused');
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status] ?? ''}\r\nconnection: close\r\ncontent-type: text/plain; charset=utf-8\r\n\r\n${reason}\n`,
    () => socket.destroy(),
  );
}

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
async function respond(
  response: ServerResponse,
  handle: () => Promise<WebResponse | undefined>,
  options: { readonly log: Log; readonly newId: () => string },
): Promise<void> {
  const isOver = new Promise((resolve) => response.once('close', resolve));
  try {
    const given = await handle();
    if (given) send(response, given);
    if (given?.refusal !== undefined) {
      options.log.warn({ status: given.status, reason: given.refusal }, 'An incoming request was refused');
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
  log.error({ ref, err: asError(error) }, 'Answering an incoming request failed');
  if (response.headersSent) response.destroy();
  else send(response, { status: 500, body: `Something went wrong in Countersign (reference ${ref}).\n` });
}

/** An address that the settings name for listening cannot be had; the message says which setting to change. */
class CannotListen extends Error {
  override readonly name = 'CannotListen';
}

/** Says why an address cannot be listened on, in terms of the settings. */
function cannotListen(
  at: { readonly setting: string; readonly host: string; readonly port: number },
  cause: Error & { readonly code?: string },
): CannotListen {
  return new CannotListen(`Cannot listen on ${at.host}, port ${at.port}: ${reasonOf(at.setting, cause)}`, {
    cause,
  });
}

function reasonOf(setting: string, { code, message }: Error & { readonly code?: string }): string {
  switch (code) {
    case 'EADDRINUSE':
      return `another program has that port. Stop it, or set ${setting}.port to a free one.`;
    case 'EACCES':
      return `this user may not use that port. Set ${setting}.port to one above 1023.`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `this machine has no such address. Set ${setting}.host to one it has, such as 127.0.0.1.`;
    default:
      return `${message}. See ${setting}.host and ${setting}.port.`;
  }
}

/** What the operations listener tells. */
export interface OperationsOptions {
  readonly checks: CheckReadiness;
  /** Absent while there are no metrics; then there is no such address. */
  readonly metrics?: () => Promise<{ readonly contentType: string; readonly text: string }>;
  /** Loads the settings anew; absent where that cannot be asked for here. */
  readonly reload?: (options: { readonly isConfirmed: boolean }) => Promise<object>;
  /** Names the store, without its address. */
  readonly storeId?: string;
  /** The file the settings are read from. */
  readonly settingsFile?: string;
}

/** In which `/healthz` says on which store the bot works. */
const storeHeader = 'x-countersign-store';

/** In which a request to reload says which file is meant, escaped as in an address. */
export const fileHeader = 'x-countersign-settings';

/**
 * Lists what the operations listener answers, for probes and for whoever watches the bot.
 *
 * `/healthz` says that the process turns; `/readyz` whether everything it needs is there, and what is not.
 */
function operationsRoutes(options: OperationsOptions): readonly WebRoute[] {
  const { checks, metrics, reload, storeId, settingsFile } = options;
  const healthy = json(200, { status: 'ok' });
  const headers = { ...healthy.headers, ...(storeId === undefined ? {} : { [storeHeader]: storeId }) };
  return [
    get('/healthz', async () => ({ ...healthy, headers })),
    get('/readyz', async () => readiness(await checks())),
    ...(metrics ? [get('/metrics', async () => asPage(await metrics()))] : []),
    ...(reload ? [reloadRoute(reload, settingsFile)] : []),
  ];
}

/** No page in a browser can send this name without asking first, and it is never allowed to. */
export const reloadHeader = 'x-countersign-reload';

/** What a request has that a browser or a proxy on this machine passes on for somebody else. */
function isForeign({
  host = '',
  origin,
  forwarded,
  via,
  'x-forwarded-for': forwardedFor,
}: WebRequest['headers']): boolean {
  const isHere = /^(localhost|127(\.\d{1,3}){3}|\[::1\])(:\d+)?$/i.test(host);
  return !isHere || [origin, forwarded, via, forwardedFor].some((one) => one !== undefined);
}

/** `/reload` answers whoever is on this machine, and nobody else. */
function reloadRoute(
  reload: NonNullable<OperationsOptions['reload']>,
  settingsFile: string | undefined,
): WebRoute {
  return {
    method: 'POST',
    path: '/reload',
    maxBodyBytes: 0,
    async handle({ headers, isLocal }) {
      const wish = headers[reloadHeader];
      if (!isLocal || isForeign(headers))
        return refused(403, 'The settings can be reloaded only from the machine Countersign runs on.');
      if (wish === undefined) return refused(400, `The header ${reloadHeader} is missing.`);
      const meant = headers[fileHeader];
      if (meant !== undefined && settingsFile !== undefined && meant !== encodeURIComponent(settingsFile))
        return refused(409, `It reads ${settingsFile}, so nothing was loaded; name that file with --config.`);
      return json(200, await reload({ isConfirmed: wish === 'confirm' }));
    },
  };
}

function get(path: string, handle: () => Promise<WebResponse>): WebRoute {
  return { method: 'GET', path, maxBodyBytes: 0, handle };
}

function readiness(checks: Awaited<ReturnType<CheckReadiness>>): WebResponse {
  const isReady = checks.every(({ isOk }) => isOk);
  const entries = checks.map(({ name, isOk, detail }) => ({ name, ok: isOk, detail }));
  return json(isReady ? 200 : 503, { status: isReady ? 'ready' : 'not-ready', checks: entries });
}

function asPage({ contentType, text }: { readonly contentType: string; readonly text: string }): WebResponse {
  return { status: 200, headers: { 'content-type': contentType }, body: text };
}

function json(status: number, value: unknown): WebResponse {
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(value)}\n` };
}

/** Where a listener of ours would stand. */
interface Port {
  readonly setting: string;
  readonly host: string;
  readonly port: number;
}

/**
 * Checks that addresses can be listened on, or that the bot on this store already does; lets go of them at once.
 *
 * Only the operations listener says on which store its bot works; any other of ours is taken for that bot's if that one
 * answers.
 */
export async function checkPorts(ports: readonly Port[], storeId: string): Promise<readonly CheckUp[]> {
  const checks: CheckUp[] = [];
  let isAtWork = false;
  for (const at of ports) {
    const listening = await listenerAt(at);
    isAtWork ||= listening.kind === 'bot' && listening.storeId === storeId;
    checks.push(await checkPort(at, listening, isAtWork));
  }
  return checks;
}

async function checkPort(at: Port, listening: Listening, isAtWork: boolean): Promise<CheckUp> {
  const name = `port of ${at.setting}`;
  const place = `${at.host}:${at.port}`;
  if (listening.kind === 'free') return { name, verdict: 'good', detail: `${place} is free` };
  if (listening.kind === 'bot' && isAtWork)
    return { name, verdict: 'good', detail: `${place} is held by a bot at work` };
  if (listening.kind === 'bot' && listening.storeId !== undefined)
    return {
      name,
      verdict: 'bad',
      detail: `${place} is held by another bot, which works on another store`,
      fix: `set ${at.setting}.port to a free one, or stop that bot`,
    };
  if (listening.kind === 'bot') {
    const detail = `${place} is held by a bot at work, perhaps another one: it does not say on which store`;
    return { name, verdict: 'unknown', detail };
  }
  const { error } = listening;
  return {
    name,
    verdict: 'bad',
    detail: cannotListen(at, error).message,
    fix: `see ${at.setting} in the settings`,
  };
}

function tryToListen({
  host,
  port,
}: {
  readonly host: string;
  readonly port: number;
}): Promise<(Error & { readonly code?: string }) | undefined> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', resolve);
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
}

/** Who holds a port; `storeId` as the bot there says it, which its public listener does not. */
type Listening =
  | { readonly kind: 'free' }
  | { readonly kind: 'bot'; readonly storeId: string | undefined }
  | { readonly kind: 'other'; readonly error: Error & { readonly code?: string } };

async function listenerAt(at: Port): Promise<Listening> {
  const error = await tryToListen(at);
  if (!error) return { kind: 'free' };
  const bot = error.code === 'EADDRINUSE' ? await botAt(at) : undefined;
  return bot ? { kind: 'bot', ...bot } : { kind: 'other', error };
}

/** Both listeners of a bot say so in their own way: one is healthy, one knows nothing at such an address. */
async function botAt({ host, port }: Port): Promise<{ readonly storeId: string | undefined } | undefined> {
  const here = host === '0.0.0.0' || host === '::' ? '127.0.0.1' : host;
  try {
    const name = here.includes(':') ? `[${here}]` : here;
    const response = await fetch(`http://${name}:${port}/healthz`, { signal: AbortSignal.timeout(2_000) });
    const text = (await response.text()).trim();
    const isBot = text.includes('"status":"ok"') || text === 'There is nothing at this address.';
    return isBot ? { storeId: response.headers.get(storeHeader) ?? undefined } : undefined;
  } catch {
    return undefined;
  }
}
