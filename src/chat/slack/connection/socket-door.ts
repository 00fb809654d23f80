import { SocketModeReceiver } from '@slack/bolt';
import type { Log } from '../../../ports/log.js';
import { withTimeout } from '../../../shared/with-timeout.js';
import { fetchOrName } from '../calls/network-failure.js';
import type { BoltLogger } from './bolt-log.js';
import type { ReceiverConnection } from './door.js';

/** The bot keeps a connection to Slack open, over which clicks come in. */
export interface SocketMode {
  readonly kind: 'socket';
  readonly appToken: string;
  /**
   * How long the other side may stay silent, in milliseconds. Slack's client also waits that long before each
   * reconnection, the planned ones too, and no click comes in meanwhile; its own 5 s are twice ours.
   */
  readonly pingTimeoutMs?: number;
  /** How long to wait before connecting again after Slack has refused for good. */
  readonly reconnectMs?: number;
}

/** Slack's client waits up to six seconds for the other side to close too. */
const closeTimeoutMs = 7_000;

/** Creates the way in over Socket Mode. */
export function createSocketConnection(
  { appToken, pingTimeoutMs = 2_500, reconnectMs = 60_000 }: SocketMode,
  options: {
    readonly apiUrl?: string | undefined;
    readonly log: Log;
    readonly logger: BoltLogger;
  },
): ReceiverConnection {
  const { apiUrl, log, logger } = options;
  let isClosing = false;
  const receiver = new SocketModeReceiver({
    appToken,
    logger,
    clientPingTimeout: pingTimeoutMs,
    // No retryConfig here: these calls keep the client's own long patience, or a restart of Slack ends the bot.
    installerOptions: {
      clientOptions: {
        ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
        timeout: 10_000,
        fetch: (url, init) => (isClosing ? Promise.resolve(signedOut()) : fetchOrName(url, init)),
      },
    },
  });
  keepReconnecting(receiver, { log, reconnectMs, isClosing: () => isClosing });
  return {
    receiver,
    async open(app) {
      await app.start();
      return undefined;
    },
    isOpen: () => !isClosing && (receiver.client.websocket?.isActive() ?? false),
    async close() {
      isClosing = true;
      await withTimeout(receiver.client.disconnect(), closeTimeoutMs, undefined);
    },
  };
}

/**
 * Keeps a refused reconnection from ending the process.
 *
 * Slack's client lets the rejection of its own restart go unhandled, also when it is told to disconnect while
 * it connects. The very first connection still fails loudly.
 */
function keepReconnecting(
  { client }: SocketModeReceiver,
  options: { readonly log: Log; readonly reconnectMs: number; readonly isClosing: () => boolean },
): void {
  const connect = client.start.bind(client);
  let wasConnected = false;
  client.start = async () => {
    for (;;) {
      try {
        const opened = await connect();
        wasConnected = true;
        return opened;
      } catch (error) {
        if (!wasConnected) throw error;
        if (options.isClosing()) return { ok: false };
        const err = error instanceof Error ? error : new Error('The connection was closed');
        options.log.error({ err }, 'Slack refuses the connection; no click comes in until it does not');
        await new Promise((resolve) => setTimeout(resolve, options.reconnectMs).unref());
      }
    }
  };
}

/** Ends the client's retries: of all answers, it takes only a refusal of the token for final. */
function signedOut(): Response {
  return Response.json({ ok: false, error: 'not_authed' });
}
