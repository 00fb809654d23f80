import { assertNever } from '../../shared/language.js';
import { html, json, type Reply } from '../shared/server.js';

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
export function refused({ kind, message }: Refusal, form: ErrorForm, engineStatus: number): Reply {
  if (kind !== 'engine') return json({ Message: message }, statuses[kind]);
  switch (form) {
    case 'json':
      return json({ Message: message }, engineStatus);
    case 'json-detailed':
      return json({ ...details, ExceptionMessage: message }, engineStatus);
    case 'html':
      return html(engineStatus, message);
    case 'ok-object':
      return json({ Message: message });
    case 'ok-failure':
      return json({ Success: false, ErrorMessage: message });
    case 'ok-minus-one':
      return json(-1);
    default:
      return assertNever(form);
  }
}

const statuses = { request: 400, 'media-type': 415, forbidden: 403 } as const;

const details = {
  Message: 'An error has occurred.',
  ExceptionType: 'System.Exception',
  StackTrace: '   at Simulated.Workflow.WebAPI.Controllers.WorkflowController',
};
