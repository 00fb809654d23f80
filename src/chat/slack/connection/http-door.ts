import type { App } from '@slack/bolt';
import type { Log } from '../../../ports/log.js';
import { refused, type WebRequest, type WebResponse } from '../../../ports/web.js';
import { asError } from '../actions/take-click.js';
import { eventsPath } from '../manifest.js';
import type { ReceiverConnection } from './door.js';
import { readSlackRequest } from './read-slack-request.js';

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
      case 'payload':
        return takes ? acknowledged(takes, reading.body, log) : notTaken;
    }
  };
  return {
    receiver: { init: () => {}, start: async () => {}, stop: async () => {} },
    async open(app) {
      takes = app;
      return { method: 'POST', path: eventsPath, maxBodyBytes, handle };
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
        log.error({ err: asError(error) }, 'Taking something from Slack broke');
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
