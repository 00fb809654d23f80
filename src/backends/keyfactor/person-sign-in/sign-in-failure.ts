import {
  AuthorizationResponseError,
  ClientError,
  ResponseBodyError,
  WWWAuthenticateChallengeError,
} from 'openid-client';
import { BackendError, ContractError } from '../../../ports/errors.js';
import { errorFromFailure } from '../http/errors.js';

/**
 * Runs a conversation with the provider and turns the library's errors into ours.
 *
 * The library's errors hold whole answers, tokens included, so they are no causes of ours; only short error words
 * are kept.
 */
export async function askProvider<T>(system: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (thrown) {
    throw translated(thrown, system);
  }
}

/** Tells whether the provider says that a code or a refresh token is not good, or not any more. */
export function isInvalidGrant(thrown: unknown): boolean {
  return thrown instanceof ResponseBodyError && thrown.error === 'invalid_grant';
}

/** Tells whether the provider says that nobody signed in. */
export function isDenied(thrown: unknown): boolean {
  return thrown instanceof AuthorizationResponseError && thrown.error === 'access_denied';
}

function translated(thrown: unknown, system: string): unknown {
  if (thrown instanceof ResponseBodyError || thrown instanceof AuthorizationResponseError) {
    return refusal(wordIn(thrown.error), system);
  }
  if (thrown instanceof WWWAuthenticateChallengeError) return refusal(`status ${thrown.status}`, system);
  if (!(thrown instanceof ClientError)) return thrown;
  // Whatever our own transport threw comes back as a cause, without a code of the library.
  if (thrown.code === undefined) return ownFailure(thrown.cause, system);
  return new ContractError(`The identity provider gave an answer that cannot be used (${thrown.code})`, {
    system,
    paths: [thrown.code],
  });
}

function ownFailure(cause: unknown, system: string): unknown {
  if (cause instanceof BackendError) return cause;
  // Told as a failed read, because nothing here can change a workflow.
  return errorFromFailure(cause, { system, method: 'GET', path: 'identity provider' });
}

function refusal(said: string, system: string): BackendError {
  return new BackendError(`The identity provider refused (${said})`, {
    code: 'sign-in',
    system,
    retryable: false,
    applied: 'no',
  });
}

function wordIn(error: string): string {
  return /^[a-z_]{1,40}$/.test(error) ? error : 'for a reason of its own';
}
