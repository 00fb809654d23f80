import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { isObject, type JsonObject, parseJson } from './api-method.js';
import { type AckResult, type Connection, deliverVia, type Envelope, type Transport } from './connection.js';
import { eventPayload } from './payloads.js';
import { createSocketMode, type SocketMode } from './socket-mode.js';
import type { World } from './world.js';

/** Every way from the workspace to the app. */
interface Delivery extends Connection {
  readonly socketMode: SocketMode;
  deliverEvent(event: JsonObject): Promise<AckResult>;
  /** True while a Socket Mode connection is open or a request URL is set. */
  isConnected(): boolean;
  openSocketUrl(): string;
  setBaseUrl(url: string): void;
  setRequestUrl(url: string): Promise<void>;
  stop(): void;
}

/** Creates the delivery of a workspace: over HTTP when there is a request URL, over Socket Mode otherwise. */
export function createDelivery(world: World): Delivery {
  const { settings, ids, changes, traffic } = world;
  const { ackTimeoutMs } = settings;
  const { appId, signingSecret, verificationToken } = settings.app;
  let stopping = new AbortController();
  let baseUrl = '';
  let requestUrl = settings.requestUrl;
  const socketMode = createSocketMode({ appId, ids, changes, traffic, ackTimeoutMs });
  const http = createHttpDelivery({ requestUrl: () => requestUrl ?? '', signingSecret, ackTimeoutMs });
  const deliver = (envelope: Envelope) =>
    deliverVia(requestUrl === undefined ? socketMode : http, envelope, traffic);
  return {
    socketMode,
    deliver,
    deliverEvent: (event) =>
      deliverEvent({
        envelope: { kind: 'events_api', payload: eventPayload(world, event), acceptsResponse: false },
        deliver,
        retryDelaysMs: settings.eventRetryDelaysMs,
        stopped: stopping.signal,
      }),
    absolute: (path) => `${baseUrl}${path}`,
    isConnected: () => requestUrl !== undefined || socketMode.connections() > 0,
    openSocketUrl: () => `${baseUrl.replace(/^http/, 'ws')}${socketMode.mintPath()}`,
    setBaseUrl(url) {
      baseUrl = url;
    },
    async setRequestUrl(url) {
      const before = requestUrl;
      requestUrl = url;
      const challenge = ids.secret();
      const payload = { token: verificationToken, challenge, type: 'url_verification' };
      const result = await deliver({ kind: 'events_api', payload, acceptsResponse: true });
      if (!isRespondedWith(result, challenge)) {
        requestUrl = before;
        throw new Error(`The app did not answer the challenge at ${url}: ${JSON.stringify(result)}`);
      }
      changes.emit({ kind: 'state' });
    },
    stop() {
      stopping.abort();
      stopping = new AbortController();
      socketMode.close();
    },
  };
}

/** Slack takes the challenge back as JSON or as plain text. */
function isRespondedWith(result: AckResult, challenge: string): boolean {
  if (result.kind !== 'acked' || !isObject(result.body)) return false;
  return result.body.challenge === challenge || result.body.text === challenge;
}

/**
 * Delivers an event and repeats it while nobody acknowledges it, waiting before each repetition.
 *
 * Resolves with the last result; `stopped` ends the waiting early.
 */
async function deliverEvent(options: {
  readonly envelope: Envelope;
  readonly deliver: (envelope: Envelope) => Promise<AckResult>;
  readonly retryDelaysMs: readonly number[];
  readonly stopped: AbortSignal;
}): Promise<AckResult> {
  let result = await options.deliver(options.envelope);
  for (const [at, delayMs] of options.retryDelaysMs.entries()) {
    if (result.kind === 'acked' || options.stopped.aborted) return result;
    const reason = reasonOf(result);
    const isOver = await pause(delayMs, false, { signal: options.stopped }).catch(() => true);
    if (isOver) return result;
    result = await options.deliver({ ...options.envelope, retry: { attempt: at + 1, reason } });
  }
  return result;
}

function reasonOf(result: AckResult): string {
  if (result.kind === 'acked') return '';
  if (result.reason === 'http-error') return 'http_error';
  return result.reason === 'timeout' ? 'http_timeout' : 'connection_failed';
}

/** Sends payloads to the app's request URL, signed with the real time. */
function createHttpDelivery(options: {
  readonly requestUrl: () => string;
  readonly signingSecret: string;
  readonly ackTimeoutMs: number;
}): Transport {
  return {
    deliver(envelope) {
      const { body, contentType } = encode(envelope);
      const signature = signRequest({
        signingSecret: options.signingSecret,
        body,
        timestampS: Math.floor(Date.now() / 1000),
      });
      const headers = {
        ...signature,
        'content-type': contentType,
        'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
        ...(envelope.retry === undefined
          ? {}
          : {
              'x-slack-retry-num': String(envelope.retry.attempt),
              'x-slack-retry-reason': envelope.retry.reason,
            }),
      };
      return post(options.requestUrl(), { body, headers, timeoutMs: options.ackTimeoutMs });
    },
  };
}

function encode({ kind, payload }: Envelope): { body: string; contentType: string } {
  const form = 'application/x-www-form-urlencoded';
  if (kind === 'events_api') return { body: JSON.stringify(payload), contentType: 'application/json' };
  const fields =
    kind === 'interactive'
      ? { payload: JSON.stringify(payload) }
      : Object.fromEntries(Object.entries(payload).map(([key, value]) => [key, String(value)]));
  return { body: new URLSearchParams(fields).toString(), contentType: form };
}

function post(
  url: string,
  message: { body: string; headers: Readonly<Record<string, string>>; timeoutMs: number },
): Promise<AckResult> {
  return new Promise((resolve) => {
    // One connection per delivery: a kept-alive one would hold up the app's shutdown.
    const sent = request(url, { method: 'POST', agent: false, headers: message.headers });
    const timer = setTimeout(() => {
      resolve({ kind: 'not-acked', reason: 'timeout' });
      sent.destroy();
    }, message.timeoutMs);
    const finish = (result: AckResult) => {
      clearTimeout(timer);
      resolve(result);
    };
    sent.on('error', () => finish({ kind: 'not-acked', reason: 'not-connected' }));
    sent.on('response', (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', () => finish({ kind: 'not-acked', reason: 'connection-closed' }));
      response.on('end', () => {
        const status = response.statusCode ?? 0;
        const isGood = status >= 200 && status < 300;
        const body = Buffer.concat(chunks).toString('utf8');
        finish(
          isGood
            ? { kind: 'acked', body: bodyOf(body) }
            : { kind: 'not-acked', reason: 'http-error', status },
        );
      });
    });
    sent.end(message.body);
  });
}

function bodyOf(text: string): unknown {
  return text === '' ? {} : (parseJson(text) ?? { text });
}

/**
 * Makes the headers that prove a request came from Slack
 * (https://docs.slack.dev/authentication/verifying-requests-from-slack).
 */
export function signRequest(options: {
  readonly signingSecret: string;
  readonly body: string;
  /** Epoch seconds. Receivers compare it with their own real clock. */
  readonly timestampS: number;
}): Readonly<Record<'x-slack-signature' | 'x-slack-request-timestamp', string>> {
  const signed = createHmac('sha256', options.signingSecret)
    .update(`v0:${options.timestampS}:${options.body}`)
    .digest('hex');
  return {
    'x-slack-signature': `v0=${signed}`,
    'x-slack-request-timestamp': String(options.timestampS),
  };
}
