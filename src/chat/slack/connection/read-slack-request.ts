import { parse } from 'node:querystring';
import { isValidSlackRequest } from '@slack/bolt';
import { z } from 'zod';
import type { WebRequest } from '../../../ports/web.js';

/** What a request to Slack's address turns out to be. */
export type SlackRequest =
  | { readonly kind: 'payload'; readonly body: Record<string, unknown> }
  /** Slack asks whether the address is ours; answered by saying the same. */
  | { readonly kind: 'challenge'; readonly challenge: string }
  | { readonly kind: 'refused'; readonly status: 400 | 401; readonly reason: string };

/** Slack signs with its own clock; one that is further ahead than this is not Slack's. */
const maxAheadMs = 60_000;

const text = z.string().min(1);
const user = z.looseObject({ id: text });
const challenge = z.object({ type: z.literal('url_verification'), challenge: z.string() });
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
export function readSlackRequest(
  request: WebRequest,
  { signingSecret }: { readonly signingSecret: string },
): SlackRequest {
  if (!isSignedJustNow(request, signingSecret)) {
    return { kind: 'refused', status: 401, reason: 'The request is not signed by Slack, or not just now.' };
  }
  const body = parsedBody(request);
  const requested = challenge.safeParse(body);
  if (requested.success) return { kind: 'challenge', challenge: requested.data.challenge };
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
    if (headers['content-type'] !== 'application/x-www-form-urlencoded') return JSON.parse(body);
    const { payload: json, ...fields } = parse(body);
    return typeof json === 'string' ? JSON.parse(json) : fields;
  } catch {
    return undefined;
  }
}
