import { webApi } from '@slack/bolt';
import { ChatError, type ChatErrorCode } from '../../../ports/errors.js';
import { NetworkFailure } from './network-failure.js';

const { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } = webApi;

/** What was being done when a call failed; only a post must not be repeated blindly. */
export type Attempt = 'post' | 'direct-post' | 'update' | 'read';

const channelGone: ReadonlySet<string> = new Set([
  'is_archived',
  'is_inactive',
  'channel_not_found',
  'not_in_channel',
  'user_not_found',
  'user_disabled',
  'user_not_visible',
  'cannot_dm_bot',
  'messages_tab_disabled',
]);
const messageGone: ReadonlySet<string> = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  // Slack's words for a thread whose first message was deleted.
  'thread_not_found',
  'cannot_reply_to_message',
]);
const signIn: ReadonlySet<string> = new Set([
  'invalid_auth',
  'token_revoked',
  'token_expired',
  'not_authed',
  'missing_scope',
  'account_inactive',
  'org_login_required',
  'team_access_not_granted',
]);
/** Slack says of these that it broke off somewhere on the way. */
const halfWay: ReadonlySet<string> = new Set(['fatal_error', 'internal_error', 'service_unavailable']);
const neverSent: ReadonlySet<string> = new Set(['request_timeout']);
/** Failures before a connection existed, so nothing can have arrived. */
const notConnected: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENETUNREACH',
  'EHOSTUNREACH',
  'UND_ERR_CONNECT_TIMEOUT',
]);

/**
 * Translates what Slack's client throws; the only place that knows Slack's error words.
 *
 * The list is that of https://docs.slack.dev/reference/methods/chat.postMessage and its siblings.
 */
export function chatError(error: unknown, attempt: Attempt): ChatError {
  if (error instanceof ChatError) return error;
  if (error instanceof WebAPIRateLimitedError) return throttled(error, error.retryAfter * 1000);
  if (error instanceof WebAPIPlatformError) return platformError(error, error.data.error, attempt);
  if (error instanceof WebAPIHTTPError) {
    return error.statusCode >= 500 ? fromCode(error, lost(attempt)) : fromCode(error, 'refused');
  }
  if (error instanceof WebAPIRequestError) {
    const { original } = error;
    const wasSent = !(original instanceof NetworkFailure && notConnected.has(original.code));
    return fromCode(error, wasSent ? lost(attempt) : 'unavailable');
  }
  return fromCode(error, 'refused');
}

/** Gives Slack's own word for a refusal; absent when it was something else. */
export function slackWord(error: unknown): string | undefined {
  return error instanceof WebAPIPlatformError ? error.data.error : undefined;
}

/** Tells whether Slack found fault with the form of a message rather than with anything else. */
export function isBadForm(error: unknown): boolean {
  const word = slackWord(error);
  return (
    word !== undefined &&
    ['invalid_blocks', 'invalid_blocks_format', 'msg_blocks_too_long', 'msg_too_long'].includes(word)
  );
}

/** Tells whether a window could not be opened because it came too late, or a second time. */
export function isTriggerGone(error: unknown): boolean {
  const word = slackWord(error);
  return (
    word !== undefined &&
    [
      'expired_trigger_id',
      'exchanged_trigger_id',
      'invalid_trigger_id',
      'trigger_expired',
      'trigger_exchanged',
    ].includes(word)
  );
}

/** Gives what Slack says is wrong with blocks: a sentence and a JSON pointer each, none of our text. */
export function blockProblems(error: unknown): readonly string[] {
  return error instanceof WebAPIPlatformError ? (error.data.response_metadata?.messages ?? []) : [];
}

function platformError(error: Error, word: string, attempt: Attempt): ChatError {
  if (word === 'ratelimited' || word === 'rate_limited') return throttled(error, 1000);
  if (word === 'account_inactive' && attempt === 'direct-post') return fromCode(error, 'channel-gone');
  if (channelGone.has(word)) return fromCode(error, 'channel-gone');
  if (messageGone.has(word)) return fromCode(error, 'message-gone');
  if (signIn.has(word)) return fromCode(error, 'sign-in');
  if (halfWay.has(word)) return fromCode(error, lost(attempt));
  return fromCode(error, neverSent.has(word) ? 'unavailable' : 'refused');
}

/** An update or a read may be repeated; of a post it is not known whether it was done. */
function lost(attempt: Attempt): ChatErrorCode {
  return attempt === 'post' || attempt === 'direct-post' ? 'outcome-unknown' : 'unavailable';
}

function throttled(cause: unknown, retryAfterMs: number): ChatError {
  return new ChatError('Slack asks to wait', { code: 'throttled', retryable: true, retryAfterMs, cause });
}

function fromCode(cause: unknown, code: ChatErrorCode): ChatError {
  const word = slackWord(cause);
  const retryable = code === 'unavailable' || code === 'sign-in';
  return new ChatError(`Slack did not do it: ${word ?? code}`, { code, retryable, cause });
}
