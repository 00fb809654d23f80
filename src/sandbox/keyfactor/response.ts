/** An answer before it is written to the wire. */
export type Reply =
  | {
      readonly kind: 'json';
      readonly status: number;
      readonly value: unknown;
      readonly headers: Readonly<Record<string, string>>;
    }
  | { readonly kind: 'html'; readonly status: number; readonly title: string }
  | { readonly kind: 'empty'; readonly status: number };

/** Answers with JSON. */
export function json(value: unknown, headers: Readonly<Record<string, string>> = {}, status = 200): Reply {
  return { kind: 'json', status, value, headers };
}

/** Answers with a page, as the web server in front of the API does when it refuses on its own. */
export function html(status: number, title: string): Reply {
  return { kind: 'html', status, title };
}

/** Answers 204 without a body. */
export const noContent: Reply = { kind: 'empty', status: 204 };

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
  return status === 204 ? noContent : json({ ErrorCode: code, Message: message }, {}, status);
}
