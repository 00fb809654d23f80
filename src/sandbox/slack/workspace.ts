import type { Call } from './api.js';
import type { ApiMethods } from './api-method.js';
import { appMethods } from './apps.js';
import { chatMethods } from './chat.js';
import { createControls, type WorkspaceControls } from './controls.js';
import { conversationMethods } from './conversations.js';
import { createDelivery } from './delivery.js';
import type { TrafficEntry } from './page/protocol.js';
import { createPageFiles, createPageRoutes } from './page-server.js';
import { createApiRoutes, createResponseUrlRoute, createWorkspaceServer, listen } from './server.js';
import { userMethods } from './users.js';
import { viewMethods } from './views.js';
import {
  type AppIdentity,
  createWorld,
  type SlackWorkspaceOptions,
  type World,
  workspaceSettings,
} from './world.js';

/** A Slack workspace that lives in this process. */
export interface SlackWorkspace extends WorkspaceControls {
  /** Starts listening on the loopback interface; after a stop, on the same port as before. */
  start(): Promise<{ readonly url: string; readonly slackApiUrl: string }>;
  /** Goes away, as if Slack were down: every connection is torn. What was said is not forgotten. */
  stop(): Promise<void>;
  /** The tokens and ids the app is configured with. */
  readonly app: AppIdentity;
  readonly team: { readonly id: string; readonly name: string; readonly domain: string };
  /** Every call the app made, in order. */
  readonly calls: readonly Call[];
  /** The raw traffic, secrets masked. */
  traffic(): readonly TrafficEntry[];
  /** Open Socket Mode connections. */
  connections(): number;
  /**
   * Sends payloads to this URL from now on, signed, instead of over Socket Mode; throws when the app does not
   * answer Slack's challenge there.
   */
  setRequestUrl(url: string): Promise<void>;
}

/**
 * Creates a workspace with one app in it, which refuses what Slack refuses.
 *
 * Point the app's `slackApiUrl` at it: Socket Mode, Web API and response URLs all live on the same port.
 */
export function createSlackWorkspace(options: SlackWorkspaceOptions = {}): SlackWorkspace {
  const settings = workspaceSettings(options);
  const world = createWorld(settings);
  const calls: Call[] = [];
  let port = settings.port;
  const remember = (call: Call) => {
    calls.push(call);
    world.changes.emit({ kind: 'traffic' });
  };
  const delivery = createDelivery(world);
  const controls = createControls({
    world,
    connection: delivery,
    deliverEvent: delivery.deliverEvent,
    isConnected: delivery.isConnected,
    disconnect: delivery.socketMode.disconnect,
  });
  const server = createWorkspaceServer({
    api: createApiRoutes({ world, methods: allMethods(world, delivery.openSocketUrl), remember }),
    responseUrl: createResponseUrlRoute({ world, remember }),
    page: createPageRoutes({ world, controls }),
    files: createPageFiles(settings.pageFolder),
  });
  delivery.socketMode.attach(server);
  return {
    ...controls,
    app: settings.app,
    team: settings.team,
    calls,
    traffic: () => world.traffic.after(0),
    connections: delivery.socketMode.connections,
    setRequestUrl: delivery.setRequestUrl,
    async start() {
      const url = await listen(server, port);
      port = Number(new URL(url).port);
      delivery.setBaseUrl(url);
      return { url, slackApiUrl: `${url}/api/` };
    },
    stop: () =>
      new Promise((resolve) => {
        delivery.stop();
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function allMethods(world: World, openSocketUrl: () => string): ApiMethods {
  return {
    ...appMethods(world, openSocketUrl),
    ...chatMethods(world),
    ...conversationMethods(world),
    ...userMethods(world),
    ...viewMethods(world),
  };
}
