import type { KnownBlock } from '@slack/types';

/** What is said through a response URL, for one person's eyes. */
export interface PrivateResponse {
  readonly text: string;
  readonly blocks?: readonly KnownBlock[];
  /** Whether it takes the place of the message that was pressed. */
  readonly replaces: boolean;
}

/**
 * Says something through a response URL, which is good for five answers within thirty minutes.
 *
 * `bad-form`: Slack does not take it like this. `closed`: used up, expired or unreachable. Never throws.
 */
export async function respond(
  responseUrl: string,
  { text, blocks, replaces }: PrivateResponse,
  timeoutMs: number,
): Promise<'taken' | 'bad-form' | 'closed'> {
  try {
    const response = await fetch(responseUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({
        response_type: 'ephemeral',
        replace_original: replaces,
        text,
        ...(blocks === undefined ? {} : { blocks }),
      }),
      redirect: 'error',
      signal: AbortSignal.timeout(timeoutMs),
    });
    if (response.ok) return 'taken';
    return response.status === 400 ? 'bad-form' : 'closed';
  } catch {
    return 'closed';
  }
}
