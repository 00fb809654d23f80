import { createHmac } from 'node:crypto';
import { request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { defined } from '../../shared/language.js';
import { isObject, type JsonObject, parseJson } from './api-method.js';
import type { AckResult, Connection, Envelope } from './connection.js';
import { eventPayload } from './payloads.js';
import { SocketMode } from './socket-mode.js';
import type { World } from './world.js';

/** Every way from the workspace to the app: over HTTP when there is a request URL, over Socket Mode otherwise. */
export class Delivery implements Connection {
  readonly socketMode: SocketMode;
  readonly #world: World;
  #baseUrl = '';
  #requestUrl: string | undefined;
  #stopping = new AbortController();

  constructor(world: World) {
    this.#world = world;
    this.#requestUrl = world.settings.requestUrl;
    this.socketMode = new SocketMode(world);
  }

  /** Tells the app something and writes the exchange down. */
  async deliver(envelope: Envelope): Promise<AckResult> {
    const startedMs = performance.now();
    const url = this.#requestUrl;
    const result = await (url === undefined ? this.socketMode.deliver(envelope) : this.#post(url, envelope));
    const type = envelope.payload.type ?? envelope.payload.command;
    this.#world.traffic.record({
      direction: 'slack-to-app',
      name: `${envelope.kind} ${String(type ?? '')}`.trim(),
      outcome: result.kind === 'acked' ? 'acked' : result.reason,
      durationMs: Math.round(performance.now() - startedMs),
      request: envelope.payload,
      response: result.kind === 'acked' ? result.body : (result.status ?? null),
    });
    return result;
  }

  /**
   * Delivers an event and repeats it while nobody acknowledges it, waiting before each repetition.
   *
   * Resolves with the last result; a stop of the workspace ends the waiting early.
   */
  async deliverEvent(event: JsonObject): Promise<AckResult> {
    const { signal } = this.#stopping;
    const payload = eventPayload(this.#world, event);
    const envelope: Envelope = { kind: 'events_api', payload, acceptsResponse: false };
    let result = await this.deliver(envelope);
    for (const [at, delayMs] of this.#world.settings.eventRetryDelaysMs.entries()) {
      if (result.kind === 'acked' || signal.aborted) return result;
      const reason = reasonOf(result);
      const isOver = await pause(delayMs, false, { signal }).catch(() => true);
      if (isOver) return result;
      result = await this.deliver({ ...envelope, retry: { attempt: at + 1, reason } });
    }
    return result;
  }

  absolute(path: string): string {
    return `${this.#baseUrl}${path}`;
  }

  /** True while a Socket Mode connection is open or a request URL is set. */
  isConnected(): boolean {
    return this.#requestUrl !== undefined || this.socketMode.connections() > 0;
  }

  openSocketUrl(): string {
    return `${this.#baseUrl.replace(/^http/, 'ws')}${this.socketMode.mintPath()}`;
  }

  setBaseUrl(url: string): void {
    this.#baseUrl = url;
  }

  /** Sends to this URL from now on; throws when the app does not answer Slack's challenge there. */
  async setRequestUrl(url: string): Promise<void> {
    const before = this.#requestUrl;
    this.#requestUrl = url;
    const { ids, changes, settings } = this.#world;
    const challenge = ids.secret();
    const payload = { token: settings.app.verificationToken, challenge, type: 'url_verification' };
    const result = await this.deliver({ kind: 'events_api', payload, acceptsResponse: true });
    if (!isRespondedWith(result, challenge)) {
      this.#requestUrl = before;
      throw new Error(`The app did not answer the challenge at ${url}: ${JSON.stringify(result)}`);
    }
    changes.emit({ kind: 'state' });
  }

  stop(): void {
    this.#stopping.abort();
    this.#stopping = new AbortController();
    this.socketMode.close();
  }

  /** Sends to the app's request URL, signed with the real time. */
  #post(url: string, envelope: Envelope): Promise<AckResult> {
    const { app, ackTimeoutMs } = this.#world.settings;
    const { body, contentType } = encode(envelope);
    const timestampS = Math.floor(Date.now() / 1000);
    const retry = {
      'x-slack-retry-num': envelope.retry && String(envelope.retry.attempt),
      'x-slack-retry-reason': envelope.retry?.reason,
    };
    const headers = {
      ...signRequest({ signingSecret: app.signingSecret, body, timestampS }),
      'content-type': contentType,
      'user-agent': 'Slackbot 1.0 (+https://api.slack.com/robots)',
      ...defined(retry),
    };
    return post(url, { body, headers, timeoutMs: ackTimeoutMs });
  }
}

/** Slack takes the challenge back as JSON or as plain text. */
function isRespondedWith(result: AckResult, challenge: string): boolean {
  if (result.kind !== 'acked' || !isObject(result.body)) return false;
  return result.body.challenge === challenge || result.body.text === challenge;
}

function reasonOf(result: AckResult): string {
  if (result.kind === 'acked') return '';
  if (result.reason === 'http-error') return 'http_error';
  return result.reason === 'timeout' ? 'http_timeout' : 'connection_failed';
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
