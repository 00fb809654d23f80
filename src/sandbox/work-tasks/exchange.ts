import { assertNever } from '../../shared/assert-never.js';

/** How an error of the engine is written, which is documented nowhere; the `ok-…` forms say 200. */
export type ErrorForm = 'json' | 'json-detailed' | 'html' | 'ok-object' | 'ok-failure' | 'ok-minus-one';

/**
 * Ends the handling of a call with an error.
 *
 * `request`: the call itself is wrong. `media-type`: its body is no JSON. `forbidden`: the caller may not.
 * `engine`: the product refuses.
 */
export class Refusal extends Error {
  readonly kind: 'request' | 'media-type' | 'forbidden' | 'engine';

  constructor(kind: Refusal['kind'], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Turns a refusal into its answer. */
export function refused(
  { kind, message }: Refusal,
  as: { readonly form: ErrorForm; readonly engineStatus: number },
): Reply {
  if (kind !== 'engine') return json({ Message: message }, statuses[kind]);
  switch (as.form) {
    case 'json':
      return json({ Message: message }, as.engineStatus);
    case 'json-detailed':
      return json(detailed(message), as.engineStatus);
    case 'html':
      return html(as.engineStatus, message);
    case 'ok-object':
      return json({ Message: message });
    case 'ok-failure':
      return json({ Success: false, ErrorMessage: message });
    case 'ok-minus-one':
      return json(-1);
    default:
      return assertNever(as.form);
  }
}

const statuses = { request: 400, 'media-type': 415, forbidden: 403 } as const;

function detailed(message: string): Readonly<Record<string, string>> {
  return {
    Message: 'An error has occurred.',
    ExceptionMessage: message,
    ExceptionType: 'System.Exception',
    StackTrace: '   at Simulated.Workflow.WebAPI.Controllers.WorkflowController',
  };
}

/** An answer before it is written to the wire. */
export interface Reply {
  readonly status: number;
  /** Content type; null sends none. */
  readonly type: string | null;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Answers with JSON that is written already. */
export function jsonText(body: string, status = 200): Reply {
  return { status, type: 'application/json; charset=utf-8', body };
}

/** Answers with a value as JSON. */
export function json(value: unknown, status = 200): Reply {
  return jsonText(JSON.stringify(value), status);
}

/** Answers with bare text. */
export function text(body: string): Reply {
  return { status: 200, type: 'text/plain; charset=utf-8', body };
}

/** Answers with XML, as the server does when it cannot agree with a client on JSON. */
export function xml(body: string): Reply {
  return { status: 200, type: 'application/xml; charset=utf-8', body };
}

/** Answers with a page, as the web server in front of the API does when it refuses on its own. */
export function html(status: number, title: string): Reply {
  const body = `<!DOCTYPE html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
  return { status, type: 'text/html', body };
}

/** Answers 204 without a body. */
export const noContent: Reply = { status: 204, type: null, body: '' };
