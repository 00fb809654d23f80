import { webApi } from '@slack/bolt';
import { fetchOrName } from './network-failure.js';

/** How calls to Slack are made. */
export interface SlackClientOptions {
  readonly botToken: string;
  readonly apiUrl?: string | undefined;
  readonly logger: webApi.Logger;
  readonly timeoutMs?: number | undefined;
  /** Called for each answer that asks to slow down. */
  readonly onThrottled?: () => void;
}

/**
 * Gives the options under which a call is made once and fails at once.
 *
 * Slack's client would otherwise repeat a post whose answer got lost, and would hold back every call,
 * also the opening of a modal, while it waits out a rate limit. Never add `headers`: the client writes the
 * token into that object.
 */
export function webClientOptions({
  apiUrl,
  timeoutMs,
  onThrottled,
}: SlackClientOptions): webApi.WebClientOptions {
  return {
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: timeoutMs ?? 10_000,
    fetch: onThrottled ? noticing(onThrottled) : fetchOrName,
  };
}

/** Fetches the same way, and tells of each answer that asks to slow down. */
function noticing(onThrottled: () => void): typeof fetchOrName {
  return async (...request) => {
    const response = await fetchOrName(...request);
    if (response.status === 429) onThrottled();
    return response;
  };
}

/** Creates the client for every call of ours. */
export function createSlackClient(options: SlackClientOptions): webApi.WebClient {
  return new webApi.WebClient(options.botToken, { ...webClientOptions(options), logger: options.logger });
}
