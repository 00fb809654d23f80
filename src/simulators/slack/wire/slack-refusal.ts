import type { JsonObject } from './json-object.js';

/** Carries an error code of the Web API up to the place that answers the request. */
export class SlackRefusal extends Error {
  readonly code: string;
  readonly details: JsonObject;

  constructor(code: string, details: JsonObject = {}) {
    super(code);
    this.name = 'SlackRefusal';
    this.code = code;
    this.details = details;
  }
}

/** Makes the refusal for arguments that do not fit, in the wording Slack's SDKs print. */
export function invalidArguments(...messages: readonly string[]): SlackRefusal {
  return new SlackRefusal('invalid_arguments', {
    response_metadata: { messages: messages.map((message) => `[ERROR] ${message}`) },
  });
}
