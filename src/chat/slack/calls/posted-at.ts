import type { MessageRef } from '../../../domain/click.js';

/**
 * Tells when a message was posted, in epoch milliseconds: Slack's `ts` begins with that second.
 *
 * Undefined for what is no `ts` of Slack.
 */
export function postedAtMs({ ts }: MessageRef): number | undefined {
  const seconds = /^\d{9,11}\.\d{6}$/.test(ts) ? Number(ts) : undefined;
  return seconds === undefined ? undefined : Math.round(seconds * 1_000);
}
