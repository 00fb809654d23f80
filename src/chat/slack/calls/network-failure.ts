import type { webApi } from '@slack/bolt';

/** A request got no answer; the code is the system's, such as `ECONNREFUSED`, or empty. */
export class NetworkFailure extends Error {
  override readonly name = 'NetworkFailure';
  readonly code: string;

  constructor(code: string, cause: unknown) {
    super(`No answer${code === '' ? '' : ` (${code})`}`, { cause });
    this.code = code;
  }
}

/** Fetches, and names what went wrong: how it failed tells whether a message can have arrived. */
export const fetchOrName: webApi.FetchFunction = async (url, init) => {
  try {
    return await fetch(url, init ?? {});
  } catch (error) {
    throw new NetworkFailure(systemCode(error), error);
  }
};

/** The code lies some causes down. */
function systemCode(error: unknown): string {
  let cause = error;
  while (typeof cause === 'object' && cause !== null) {
    if ('code' in cause && typeof cause.code === 'string') return cause.code;
    cause = 'cause' in cause ? cause.cause : undefined;
  }
  return '';
}
