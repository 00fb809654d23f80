import type { ApiMethods } from './api/api-method.js';
import type { Call } from './api/calls.js';
import { appMethods } from './api/methods/app-methods.js';
import { chatMethods } from './api/methods/chat-methods.js';
import { conversationMethods } from './api/methods/conversation-methods.js';
import { userMethods } from './api/methods/user-methods.js';
import { viewMethods } from './api/methods/view-methods.js';
import { createDelivery } from './delivery/create-delivery.js';
import { createControls } from './hands/create-hands.js';
import type { WorkspaceControls } from './hands/workspace-hands.js';
import type { TrafficEntry } from './page/protocol.js';
import { createApiRoutes } from './routes/api-routes.js';
import { createPageFiles } from './routes/page-files.js';
import { createPageRoutes } from './routes/page-routes.js';
import { createResponseUrlRoute } from './routes/response-url-route.js';
import { createWorkspaceServer, listen } from './routes/workspace-server.js';
import { type AppIdentity, type SlackWorkspaceOptions, workspaceSettings } from './workspace-settings.js';
import { createWorld, type World } from './world.js';

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
