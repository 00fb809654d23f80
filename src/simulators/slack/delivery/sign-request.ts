import { createHmac } from 'node:crypto';

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
