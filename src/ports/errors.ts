import type { Fault } from '../domain/instance.js';

/** A workflow system failed, was slow or could not be reached. */
export class BackendError extends Error {
  override readonly name = 'BackendError';
  readonly code: BackendErrorCode;
  readonly retryable: boolean;
  /** Whether a write may have taken effect all the same. */
  readonly applied: 'no' | 'unknown';
  readonly system: string;
  readonly correlationId: string | undefined;
  /** Of the answer that was of no use; absent where there was none. */
  readonly status: number | undefined;

  constructor(
    message: string,
    details: {
      readonly code: BackendErrorCode;
      readonly system: string;
      readonly retryable: boolean;
      readonly applied: 'no' | 'unknown';
      readonly correlationId?: string | undefined;
      readonly status?: number | undefined;
      readonly cause?: unknown;
    },
  ) {
    super(message, { cause: details.cause });
    this.code = details.code;
    this.system = details.system;
    this.retryable = details.retryable;
    this.applied = details.applied;
    this.correlationId = details.correlationId;
    this.status = details.status;
  }

  /** Tells whether something thrown is such an error, for one of these reasons. */
  static hasCode(thrown: unknown, ...codes: readonly BackendErrorCode[]): thrown is BackendError {
    return thrown instanceof BackendError && codes.includes(thrown.code);
  }
}

/** Every reason why a workflow system could not answer. */
export const backendErrorCodes = [
  'unreachable',
  'timeout',
  'throttled',
  'server-error',
  'sign-in',
  'forbidden',
  'not-found',
  'rejected',
  'circuit-open',
] as const;

/** Why a workflow system could not answer. */
export type BackendErrorCode = (typeof backendErrorCodes)[number];

/** A system said something its documentation does not foresee; carries the paths, never the values. */
export class ContractError extends Error {
  override readonly name = 'ContractError';
  readonly system: string;
  readonly paths: readonly string[];
  /** Whether a page for a browser came instead, such as one to sign in on. */
  readonly isPage: boolean;

  constructor(
    message: string,
    details: { readonly system: string; readonly paths: readonly string[]; readonly isPage?: boolean },
  ) {
    super(message);
    this.system = details.system;
    this.paths = details.paths;
    this.isPage = details.isPage ?? false;
  }
}

/** Tells what was wrong when a system could not be asked: only where no answer came it was silent. */
export function faultOf(error: BackendError | ContractError): Fault {
  if (error instanceof ContractError) return error.isPage ? 'page' : 'error';
  const { code, status = 0 } = error;
  if (code === 'sign-in' || code === 'forbidden') return code;
  if (status >= 300 && status < 400) return 'redirect';
  return code === 'unreachable' || code === 'timeout' || code === 'circuit-open' ? 'silence' : 'error';
}

/** Tells whether something thrown is a failure of a workflow system; anything else is a defect of ours. */
export function isBackendFailure(thrown: unknown): thrown is BackendError | ContractError {
  return thrown instanceof BackendError || thrown instanceof ContractError;
}

/** The chat refused, throttled or lost a call. */
export class ChatError extends Error {
  override readonly name = 'ChatError';
  readonly code: ChatErrorCode;
  readonly retryable: boolean;
  readonly retryAfterMs: number | undefined;
  /** What was refused, where it is not the call itself or the token of the bot. */
  readonly about: 'app-token' | 'team' | undefined;

  constructor(
    message: string,
    details: {
      readonly code: ChatErrorCode;
      readonly retryable: boolean;
      readonly retryAfterMs?: number | undefined;
      readonly about?: 'app-token' | 'team' | undefined;
      readonly cause?: unknown;
    },
  ) {
    super(message, { cause: details.cause });
    this.code = details.code;
    this.retryable = details.retryable;
    this.retryAfterMs = details.retryAfterMs;
    this.about = details.about;
  }

  /** Tells whether something thrown is such an error, for one of these reasons. */
  static hasCode(thrown: unknown, ...codes: readonly ChatErrorCode[]): thrown is ChatError {
    return thrown instanceof ChatError && codes.includes(thrown.code);
  }
}

/**
 * Why the chat did not do as asked.
 *
 * `channel-gone`: this place takes no posts: archived, deleted, closed to the bot, or the bot is not in it.
 * `message-gone`: the message, or the one whose thread was meant, was deleted. `not-editable`: it is there and
 * cannot be edited. `outcome-unknown`: it may have been done. `unavailable`: it was not done, and may be tried
 * again. `refused`: of a message, its form is wrong, the plainest included; else repeating it is pointless.
 */
export type ChatErrorCode =
  | 'throttled'
  | 'channel-gone'
  | 'message-gone'
  | 'not-editable'
  | 'outcome-unknown'
  | 'unavailable'
  | 'refused'
  | 'sign-in';
