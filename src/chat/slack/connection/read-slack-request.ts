import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { parse } from 'node:querystring';
import { isValidSlackRequest } from '@slack/bolt';
import { z } from 'zod';
import type { Log } from '../../../ports/log.js';
import { eventsPath } from '../manifest.js';

/** Slack's payloads hold a message and a modal; the largest seen in practice are far below this. */
const maxBodyBytes = 1_000_000;
/** Slack signs with its own clock; one that is further ahead than this is not Slack's. */
const maxAheadMs = 60_000;

const text = z.string().min(1);
const user = z.object({ id: text });
const knownBody = z.union([
  z.object({ type: z.literal('url_verification'), challenge: z.string() }),
  z.object({
    type: z.literal('block_actions'),
    user,
    actions: z.array(z.object({ action_id: text })).min(1),
  }),
  z.object({ type: z.enum(['view_submission', 'view_closed']), user, view: z.object({ id: text }) }),
  z.object({ type: z.enum(['shortcut', 'message_action', 'block_suggestion']), user }),
  z.object({ type: z.literal('event_callback'), event: z.object({ type: text }) }),
  z.object({ command: text, user_id: text }),
]);

/**
 * Puts a guard before Bolt's request listener.
 *
 * Bolt accepts timestamps from the future, lets a signed body that is no object break out of its promise, and
 * answers a payload of an unknown kind only after three seconds. What passes here is well formed and signed.
 * The clock is the real one, since Slack signs with the real one.
 */
export function guardRequests(
  listener: RequestListener,
  options: { readonly signingSecret: string; readonly log: Log; readonly clock?: () => number },
): RequestListener {
  return (request, response) => {
    const end = (status: Refusal) => refuse(response, status, options.log);
    if (request.url !== eventsPath) return end(404);
    if (request.method !== 'POST') return end(405);
    readBody(request).then(
      (body) => {
        const status = refusal(request, body, options);
        if (status !== undefined) return end(status);
        listener(Object.assign(request, { rawBody: body }), response);
      },
      (error: unknown) => end(error instanceof TooLarge ? 413 : 400),
    );
  };
}

class TooLarge extends Error {
  override readonly name = 'TooLarge';
}

/** Reads a body; what is too large is left unread, so that the refusal still goes out. */
function readBody(request: IncomingMessage): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    request.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > maxBodyBytes) {
        request.pause();
        reject(new TooLarge('A request body is too large'));
      } else {
        chunks.push(chunk);
      }
    });
    request.once('end', () => resolve(Buffer.concat(chunks)));
    request.once('error', reject);
  });
}

/** Gives the status with which a request is refused; absent when it is sound. */
function refusal(
  request: IncomingMessage,
  body: Buffer,
  { signingSecret, clock = Date.now }: { readonly signingSecret: string; readonly clock?: () => number },
): Refusal | undefined {
  const signature = request.headers['x-slack-signature'];
  const timestamp = Number(request.headers['x-slack-request-timestamp']);
  if (typeof signature !== 'string' || !Number.isInteger(timestamp)) return 401;
  if (timestamp * 1000 > clock() + maxAheadMs) return 401;
  const isSigned = isValidSlackRequest({
    signingSecret,
    body: body.toString(),
    headers: { 'x-slack-signature': signature, 'x-slack-request-timestamp': timestamp },
    nowMilliseconds: clock(),
  });
  if (!isSigned) return 401;
  return knownBody.safeParse(parsedBody(request, body.toString())).success ? undefined : 400;
}

/** Reads a body the way Bolt will: a form with a JSON `payload`, a plain form, or JSON. */
function parsedBody(request: IncomingMessage, body: string): unknown {
  try {
    if (request.headers['content-type'] !== 'application/x-www-form-urlencoded') return JSON.parse(body);
    const { payload, ...fields } = parse(body);
    return typeof payload === 'string' ? JSON.parse(payload) : fields;
  } catch {
    return undefined;
  }
}

type Refusal = keyof typeof reasons;

/** What a refused caller is told, and the log; nothing of the request, which may hold anything. */
const reasons = {
  400: 'The body is not what Slack sends.',
  401: 'The request is not signed by Slack, or not just now.',
  404: 'There is nothing at this address.',
  405: 'Only POST is answered here.',
  413: 'The body is too large.',
} as const;

function refuse(response: ServerResponse, status: Refusal, log: Log): void {
  log.warn({ status, reason: reasons[status] }, 'A request from outside was refused');
  response.writeHead(status, { connection: 'close', 'content-type': 'text/plain; charset=utf-8' });
  response.end(`${reasons[status]}\n`);
}
