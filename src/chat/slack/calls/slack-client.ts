import { webApi } from '@slack/bolt';
import { fetchOrName } from './network-failure.js';

type SlackResponse = Awaited<ReturnType<typeof fetchOrName>>;

/** How calls to Slack are made. */
export interface SlackClientOptions {
  readonly botToken: string;
  readonly apiUrl?: string | undefined;
  readonly logger: webApi.Logger;
  readonly timeoutMs?: number | undefined;
  /** Sees each answer before anybody reads it. */
  readonly onResponse?: (reply: SlackResponse) => void;
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
  onResponse,
}: SlackClientOptions): webApi.WebClientOptions {
  return {
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: timeoutMs ?? 10_000,
    fetch: onResponse ? showing(onResponse) : fetchOrName,
  };
}

/** Fetches the same way, and shows each answer. */
function showing(onResponse: (reply: SlackResponse) => void): typeof fetchOrName {
  return async (...request) => {
    const reply = await fetchOrName(...request);
    onResponse(reply);
    return reply;
  };
}

/** Creates the client for every call of ours. */
export function createSlackClient(options: SlackClientOptions): webApi.WebClient {
  return new webApi.WebClient(options.botToken, { ...webClientOptions(options), logger: options.logger });
}
