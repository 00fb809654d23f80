import type { Server } from 'node:http';
import { appMethods } from './apps.js';
import { chatMethods } from './chat.js';
import { WorkspaceControls } from './controls.js';
import { conversationMethods } from './conversations.js';
import { Delivery } from './delivery.js';
import { fileMethods } from './files.js';
import type { TrafficEntry } from './page/protocol.js';
import { createPageFiles, createPageRoutes } from './page-server.js';
import { type Call, createWorkspaceServer, listen } from './server.js';
import { userMethods } from './users.js';
import { viewMethods } from './views.js';
import { type AppIdentity, type SlackWorkspaceOptions, World } from './world.js';

/**
 * Creates a workspace with one app in it, which refuses what Slack refuses.
 *
 * Point the app's `slackApiUrl` at it: Socket Mode, Web API and response URLs all live on the same port.
 */
export function createSlackWorkspace(options: SlackWorkspaceOptions = {}): SlackWorkspace {
  const world = new World(options);
  return new SlackWorkspace(world, new Delivery(world));
}

/** A Slack workspace that lives in this process. */
export class SlackWorkspace extends WorkspaceControls {
  /** The tokens and ids the app is configured with. */
  readonly app: AppIdentity;
  readonly team: { readonly id: string; readonly name: string; readonly domain: string };
  /** Every call the app made, in order. */
  readonly calls: Call[] = [];
  readonly #delivery: Delivery;
  readonly #server: Server;
  #port: number;

  constructor(world: World, delivery: Delivery) {
    super(world, delivery);
    this.app = world.settings.app;
    this.team = world.settings.team;
    this.#port = world.settings.port;
    this.#delivery = delivery;
    this.#server = createWorkspaceServer({
      world,
      methods: {
        ...appMethods(world, () => delivery.openSocketUrl()),
        ...chatMethods(world),
        ...conversationMethods(world),
        ...fileMethods(world, (path) => delivery.absolute(path)),
        ...userMethods(world),
        ...viewMethods(world),
      },
      page: createPageRoutes(world, this),
      files: createPageFiles(world.settings.pageFolder),
      remember: (call) => {
        this.calls.push(call);
        world.changes.emit({ kind: 'traffic' });
      },
    });
    delivery.socketMode.attach(this.#server);
  }

  /** Starts listening on the loopback interface; after a stop, on the same port as before. */
  async start(): Promise<{ readonly url: string; readonly slackApiUrl: string }> {
    const url = await listen(this.#server, this.#port);
    this.#port = Number(new URL(url).port);
    this.#delivery.setBaseUrl(url);
    return { url, slackApiUrl: `${url}/api/` };
  }

  /** Goes away, as if Slack were down: every connection is torn. What was said is not forgotten. */
  stop(): Promise<void> {
    return new Promise((resolve) => {
      this.#delivery.stop();
      this.#server.close(() => resolve());
      this.#server.closeAllConnections();
    });
  }

  /** The raw traffic, secrets masked. */
  traffic(): readonly TrafficEntry[] {
    return this.world.traffic.after(0);
  }

  /** Open Socket Mode connections. */
  connections(): number {
    return this.#delivery.socketMode.connections();
  }

  /**
   * Sends payloads to this URL from now on, signed, instead of over Socket Mode; throws when the app does not
   * answer Slack's challenge there.
   */
  setRequestUrl(url: string): Promise<void> {
    return this.#delivery.setRequestUrl(url);
  }
}
