import type { JsonObject } from '../wire/json-object.js';
import type { Traffic } from '../wire/traffic.js';

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

/** A way to reach the app. */
export interface Transport {
  deliver(envelope: Envelope): Promise<AckResult>;
}

/** Sends over a transport and writes the exchange down. */
export async function deliverVia(
  transport: Transport,
  envelope: Envelope,
  traffic: Traffic,
): Promise<AckResult> {
  const startedMs = performance.now();
  const result = await transport.deliver(envelope);
  const type = envelope.payload.type ?? envelope.payload.command;
  traffic.record({
    direction: 'slack-to-app',
    name: `${envelope.kind} ${String(type ?? '')}`.trim(),
    outcome: result.kind === 'acked' ? 'acked' : result.reason,
    durationMs: Math.round(performance.now() - startedMs),
    request: envelope.payload,
    response: result.kind === 'acked' ? result.body : (result.status ?? null),
  });
  return result;
}
