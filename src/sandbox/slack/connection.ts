import type { JsonObject } from './api-method.js';

/** What the hands need of the way to the app. */
export interface Connection {
  deliver(envelope: Envelope): Promise<AckResult>;
  /** Makes a whole URL of a path on this server. */
  absolute(path: string): string;
}

/** What became of something a member did. */
export interface Outcome {
  readonly acked: boolean;
  readonly triggerId: string;
  /** Why nobody acknowledged. */
  readonly reason?: string;
}

/** Puts an acknowledgement into the words of an outcome. */
export function outcomeOf(result: AckResult, triggerId: string): Outcome {
  return result.kind === 'acked'
    ? { acked: true, triggerId }
    : { acked: false, triggerId, reason: result.reason };
}

/** What Slack shows when the app did not acknowledge. */
export function failureSentence(appName: string, result: AckResult): string | undefined {
  if (result.kind === 'acked') return undefined;
  switch (result.reason) {
    case 'timeout':
      return `${appName} did not respond in time.`;
    case 'http-error':
      return `${appName} responded with status ${result.status}.`;
    case 'not-connected':
    case 'connection-closed':
      return `${appName} is not connected.`;
  }
}

/** Something Slack tells the app. */
export interface Envelope {
  readonly kind: 'interactive' | 'slash_commands' | 'events_api';
  readonly payload: JsonObject;
  /** True when the app may answer with content, as for commands and submitted modals. */
  readonly acceptsResponse: boolean;
  readonly retry?: { readonly attempt: number; readonly reason: string };
}

/** Whether the app acknowledged in time, and what it said. */
export type AckResult =
  | { readonly kind: 'acked'; readonly body: unknown }
  | {
      readonly kind: 'not-acked';
      readonly reason: 'timeout' | 'not-connected' | 'connection-closed' | 'http-error';
      readonly status?: number;
    };
