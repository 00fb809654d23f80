import { json, noContent, type Reply } from '../shared/server.js';

/**
 * Ends the handling of a call with an error in the vendor's shape.
 *
 * The real codes for most refusals are unknown; the one general code is used for all of them, so that nobody
 * can come to rely on an invented one.
 */
export class Refusal extends Error {
  readonly status: number;
  readonly code: string;

  constructor(status: number, message: string, code = '0xA0110008') {
    super(message);
    this.status = status;
    this.code = code;
  }
}

/** Turns a refusal into its answer. */
export function refused({ status, code, message }: Refusal): Reply {
  return status === 204 ? noContent : json({ ErrorCode: code, Message: message }, status);
}
