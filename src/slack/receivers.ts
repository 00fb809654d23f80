import { parse } from 'node:querystring';
import { type App, isValidSlackRequest, LogLevel, type Receiver, SocketModeReceiver } from '@slack/bolt';
import type { Dispatcher } from 'undici';
import { z } from 'zod';
import { refused, type WebRequest, type WebResponse, type WebRoute } from '../ports/chat.js';
import type { Log } from '../ports/runtime.js';
import { withTimeout } from '../shared/async.js';
import { asError, defined } from '../shared/language.js';
import { cutText } from '../shared/text.js';
import { createFetch } from './client.js';
import { eventsPath } from './manifest.js';

/** Slack sends clicks to an address of ours, signed. */
export interface HttpMode {
  readonly kind: 'http';
  readonly signingSecret: string;
}

/** Slack's payloads hold a message and a modal; the largest seen in practice are far below this. */
const maxBodyBytes = 1_000_000;

/**
 * Creates the way in for signed HTTP requests: an address of the public listener.
 *
 * Stands in for Bolt's own HTTP receiver, which opens a server of its own, accepts timestamps from the future,
 * lets a signed body that is no object break out of its promise, and lets Slack wait three seconds for the
 * answer to what nobody takes.
 */
export function createHttpConnection(
  { signingSecret }: HttpMode,
  { log }: { readonly log: Log },
): ReceiverConnection {
  let takes: App | undefined;
  const handle = async (request: WebRequest): Promise<WebResponse> => {
    const reading = readSlackRequest(request, { signingSecret });
    switch (reading.kind) {
      case 'refused':
        return refused(reading.status, reading.reason);
      case 'challenge':
        return responseOf({ challenge: reading.challenge });
      case 'certificate-check':
        return responseOf(undefined);
      case 'payload':
        return takes ? acknowledged(takes, reading.body, log) : notTaken;
    }
  };
  return {
    receiver: { init: () => {}, start: async () => {}, stop: async () => {} },
    route: { method: 'POST', path: eventsPath, maxBodyBytes, handle },
    async open(app) {
      takes = app;
    },
    isOpen: () => takes !== undefined,
    async close() {
      takes = undefined;
    },
  };
}

const notTaken = refused(503, 'Nobody took this; nothing was done.');

/** Hands a payload to Bolt and waits for its acknowledgement; work after that goes on by itself. */
function acknowledged(app: App, body: Record<string, unknown>, log: Log): Promise<WebResponse> {
  return new Promise((resolve) => {
    const ack = async (reply?: unknown): Promise<void> => resolve(responseOf(reply));
    app.processEvent({ body, ack }).then(
      // What comes while stopping is not acknowledged: Slack tells the person so, which is the truth.
      () => resolve(notTaken),
      (error: unknown) => {
        log.error({ err: asError(error) }, 'Handling something from Slack failed');
        resolve({ status: 500, body: '' });
      },
    );
  });
}

/** Writes an acknowledgement the way Slack reads it: nothing, a text, or JSON. */
function responseOf(reply: unknown): WebResponse {
  if (reply === undefined || typeof reply === 'string') return { status: 200, body: reply ?? '' };
  const headers = { 'content-type': 'application/json' };
  return { status: 200, headers, body: JSON.stringify(reply) };
}

/** The bot keeps a connection to Slack open, over which clicks come in. */
export interface SocketMode {
  readonly kind: 'socket';
  readonly appToken: string;
  /** How long the other side may stay silent, in milliseconds; pongs of Slack take up to four seconds in practice. */
  readonly pingTimeoutMs?: number;
  /** How long to wait before connecting again after Slack has refused for good. */
  readonly reconnectMs?: number;
}

/** Slack's client waits up to six seconds for the other side to close too. */
const closeTimeoutMs = 7_000;

/** How long to wait before each reconnection, the planned ones too; no click comes in meanwhile. */
const reconnectStepMs = 500;

/** Creates the way in over Socket Mode. */
export function createSocketConnection(
  { appToken, pingTimeoutMs = 5_000, reconnectMs = 60_000 }: SocketMode,
  options: {
    readonly apiUrl?: string | undefined;
    /** Leads through a proxy, where there is one. */
    readonly dispatcher?: Dispatcher | undefined;
    readonly log: Log;
    readonly logger: BoltLogger;
  },
): ReceiverConnection {
  const { apiUrl, dispatcher, log, logger } = options;
  const fetchFrom = createFetch(dispatcher);
  let isClosing = false;
  const receiver = new SocketModeReceiver({
    appToken,
    logger,
    clientPingTimeout: pingTimeoutMs,
    ...defined({ dispatcher }),
    // No retryConfig here: these calls keep the client's own long patience, or a restart of Slack ends the bot.
    installerOptions: {
      clientOptions: {
        ...defined({ slackApiUrl: apiUrl }),
        timeout: 10_000,
        fetch: (url, init) => (isClosing ? Promise.resolve(signedOut()) : fetchFrom(url, init)),
      },
    },
  });
  keepReconnecting(receiver, { log, reconnectMs, isClosing: () => isClosing });
  reconnectSoon(receiver, { pingTimeoutMs });
  return {
    receiver,
    async open(app) {
      await app.start();
    },
    isOpen: () => !isClosing && (receiver.client.websocket?.isActive() ?? false),
    async close() {
      isClosing = true;
      await withTimeout(receiver.client.disconnect(), closeTimeoutMs, undefined);
    },
  };
}

/**
 * Keeps a refused reconnection from ending the process.
 *
 * Slack's client lets the rejection of its own restart go unhandled, also when it is told to disconnect while
 * it connects. The very first connection still fails loudly.
 */
function keepReconnecting(
  { client }: SocketModeReceiver,
  options: { readonly log: Log; readonly reconnectMs: number; readonly isClosing: () => boolean },
): void {
  const connect = client.start.bind(client);
  let wasConnected = false;
  client.start = async () => {
    for (;;) {
      try {
        const opened = await connect();
        wasConnected = true;
        return opened;
      } catch (error) {
        if (!wasConnected) throw error;
        if (options.isClosing()) return { ok: false };
        const err = error instanceof Error ? error : new Error('The connection was closed');
        options.log.error({ err }, 'Slack refuses the connection; no click arrives until it accepts');
        await new Promise((resolve) => setTimeout(resolve, options.reconnectMs).unref());
      }
    }
  };
}

/**
 * Has the client wait only a little before it connects again.
 *
 * It waits as long as it waits for a pong, which must be long, and multiplies that by how often it failed.
 */
function reconnectSoon(
  { client }: SocketModeReceiver,
  { pingTimeoutMs }: { readonly pingTimeoutMs: number },
): void {
  const [wait, limit] = ['delayReconnectAttempt', 'clientPingTimeoutMS'] as const;
  const delay: unknown = Reflect.get(client, wait);
  if (typeof delay !== 'function') return;
  Reflect.set(client, wait, (connect: unknown) => {
    Reflect.set(client, limit, Math.min(reconnectStepMs, pingTimeoutMs));
    try {
      return Reflect.apply(delay, client, [connect]);
    } finally {
      Reflect.set(client, limit, pingTimeoutMs);
    }
  });
}

/** Ends the client's retries: of all answers, it takes only a refusal of the token for final. */
function signedOut(): Response {
  return Response.json({ ok: false, error: 'not_authed' });
}

/** The logger Slack's libraries want. */
export interface BoltLogger {
  debug(...parts: unknown[]): void;
  info(...parts: unknown[]): void;
  warn(...parts: unknown[]): void;
  error(...parts: unknown[]): void;
  setLevel(level: LogLevel): void;
  getLevel(): LogLevel;
  setName(name: string): void;
}

const secrets = [/x(?:ox[a-z]|app)-[\w-]+/g, /\bwss?:\/\/\S+/g, /https?:\/\/hooks\.slack\.com\/\S+/g];

/**
 * Lets Slack's libraries write to our log.
 *
 * Their debug lines hold whole payloads and are dropped; of the others only sentences and the messages of
 * errors are kept, shortened and without tokens.
 */
export function createBoltLog(log: Log): BoltLogger {
  const write =
    (level: 'info' | 'warn' | 'error') =>
    (...parts: unknown[]): void => {
      const sentence = parts.flatMap(readable).join(' ');
      if (sentence !== '') log[level]({ from: 'slack' }, cutText(withoutSecrets(sentence), 300));
    };
  return {
    debug: () => {},
    info: write('info'),
    warn: write('warn'),
    error: write('error'),
    setLevel: () => {},
    getLevel: () => LogLevel.INFO,
    setName: () => {},
  };
}

function readable(part: unknown): readonly string[] {
  if (typeof part === 'string') return [part];
  return part instanceof Error ? [`${part.name}: ${part.message}`] : [];
}

function withoutSecrets(sentence: string): string {
  return secrets.reduce((text, secret) => text.replace(secret, '[redacted]'), sentence);
}

/** What a request to Slack's address turns out to be. */
type SlackRequest =
  | { readonly kind: 'payload'; readonly body: Record<string, unknown> }
  /** Slack asks whether the address is ours; answered by saying the same. */
  | { readonly kind: 'challenge'; readonly challenge: string }
  /** Slack looks whether the certificate is good. */
  | { readonly kind: 'certificate-check' }
  | { readonly kind: 'refused'; readonly status: 400 | 401; readonly reason: string };

/** Slack signs with its own clock; one that is further ahead than this is not Slack's. */
const maxAheadMs = 60_000;

const text = z.string().min(1);

const user = z.looseObject({ id: text });

const challenge = z.object({ type: z.literal('url_verification'), challenge: z.string() });

const certificateCheck = z.object({ ssl_check: z.literal('1') });

const payload = z.union([
  z.looseObject({
    type: z.literal('block_actions'),
    user,
    actions: z.array(z.looseObject({ action_id: text })).min(1),
  }),
  z.looseObject({
    type: z.enum(['view_submission', 'view_closed']),
    user,
    view: z.looseObject({ id: text }),
  }),
  z.looseObject({ type: z.enum(['shortcut', 'message_action', 'block_suggestion']), user }),
  z.looseObject({ type: z.literal('event_callback'), event: z.looseObject({ type: text }) }),
  z.looseObject({ command: text, user_id: text }),
]);

/**
 * Reads a request to Slack's address; what comes through is signed by Slack just now and well formed.
 *
 * The clock is the real one, since Slack signs with the real one.
 */
function readSlackRequest(
  request: WebRequest,
  { signingSecret }: { readonly signingSecret: string },
): SlackRequest {
  if (!isSignedJustNow(request, signingSecret)) {
    return { kind: 'refused', status: 401, reason: 'The request is not signed by Slack, or not just now.' };
  }
  const body = parsedBody(request);
  const requested = challenge.safeParse(body);
  if (requested.success) return { kind: 'challenge', challenge: requested.data.challenge };
  if (certificateCheck.safeParse(body).success) return { kind: 'certificate-check' };
  const read = payload.safeParse(body);
  if (read.success) return { kind: 'payload', body: read.data };
  return { kind: 'refused', status: 400, reason: 'The body is not what Slack sends.' };
}

function isSignedJustNow({ headers, body }: WebRequest, signingSecret: string): boolean {
  const signature = headers['x-slack-signature'];
  const timestamp = Number(headers['x-slack-request-timestamp']);
  const nowMs = Date.now();
  if (signature === undefined || !Number.isInteger(timestamp)) return false;
  if (timestamp * 1000 > nowMs + maxAheadMs) return false;
  return isValidSlackRequest({
    signingSecret,
    body,
    headers: { 'x-slack-signature': signature, 'x-slack-request-timestamp': timestamp },
    nowMilliseconds: nowMs,
  });
}

/** Reads a body as Slack writes it: a form with a JSON `payload`, a plain form, or JSON. */
function parsedBody({ headers, body }: WebRequest): unknown {
  try {
    const [type = ''] = (headers['content-type'] ?? '').split(';');
    if (type.trim().toLowerCase() !== 'application/x-www-form-urlencoded') return JSON.parse(body);
    const { payload: json, ...fields } = parse(body);
    return typeof json === 'string' ? JSON.parse(json) : fields;
  } catch {
    return undefined;
  }
}

/** Where clicks come in. */
export interface ReceiverConnection {
  readonly receiver: Receiver;
  /** The address Slack calls, where it is Slack that calls; nobody takes anything there before this is open. */
  readonly route?: WebRoute;
  /** Lets clicks in. */
  open(app: App): Promise<void>;
  /** Tells whether clicks can come in just now. */
  isOpen(): boolean;
  /** Closes for good. */
  close(): Promise<void>;
}
