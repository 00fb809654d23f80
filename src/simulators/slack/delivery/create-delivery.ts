import type { Connection } from '../hands/connection.js';
import { eventPayload } from '../payloads/event-payload.js';
import { isObject, type JsonObject } from '../wire/json-object.js';
import type { World } from '../world.js';
import { type AckResult, deliverVia, type Envelope } from './deliver.js';
import { deliverEvent } from './deliver-event.js';
import { createHttpDelivery } from './http-delivery.js';
import { createSocketMode, type SocketMode } from './socket-mode.js';

/** Every way from the workspace to the app. */
export interface Delivery extends Connection {
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
