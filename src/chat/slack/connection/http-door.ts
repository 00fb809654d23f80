import type { Server } from 'node:http';
import { HTTPReceiver } from '@slack/bolt';
import type { Log } from '../../../ports/log.js';
import { eventsPath } from '../manifest.js';
import type { BoltLogger } from './bolt-log.js';
import type { Door } from './door.js';
import { guardRequests } from './request-guard.js';

/** Slack sends clicks to an address of ours, signed. */
export interface HttpMode {
  readonly kind: 'http';
  readonly signingSecret: string;
  readonly host: string;
  readonly port: number;
}

/** Creates the way in for signed HTTP requests. */
export function createHttpDoor(
  mode: HttpMode,
  { logger, log }: { readonly logger: BoltLogger; readonly log: Log },
): Door {
  const { signingSecret, host, port } = mode;
  const receiver = new HTTPReceiver({
    signingSecret,
    endpoints: eventsPath,
    logger,
    bodyLimit: '1mb',
  });
  receiver.requestListener = guardRequests(receiver.requestListener, { signingSecret, log });
  let server: Server | undefined;
  let closed: Promise<void> | undefined;
  return {
    receiver,
    async open(app) {
      server = await app.start({ host, port });
      const address = server.address();
      return typeof address === 'object' && address !== null ? { port: address.port } : {};
    },
    async shut() {
      closed = server && receiver.stop();
      server?.closeIdleConnections();
    },
    async close() {
      server?.closeAllConnections();
      await closed;
    },
  };
}
