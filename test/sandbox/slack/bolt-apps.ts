import type { Server } from 'node:http';
import bolt from '@slack/bolt';
import type { SlackWorkspace } from '../../../src/sandbox/slack/workspace.js';

const { App, HTTPReceiver, LogLevel, SocketModeReceiver } = bolt;

/** A quiet logger: Bolt is talkative about what these tests do on purpose. */
export const logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  setLevel: () => undefined,
  getLevel: () => LogLevel.ERROR,
  setName: () => undefined,
};

const clientOptions = (slackApiUrl: string) => ({
  slackApiUrl,
  retryConfig: { retries: 0 },
  rejectRateLimitedCalls: true,
  timeout: 2000,
});

/** Connects a Bolt app over Socket Mode, set up the way a careful bot does. */
export async function startSocketApp(
  workspace: SlackWorkspace,
  slackApiUrl: string,
  listen: (app: InstanceType<typeof App>) => void = () => undefined,
) {
  const receiver = new SocketModeReceiver({
    appToken: workspace.app.appToken,
    logger,
    // A planned reconnect waits this long before it comes back.
    clientPingTimeout: 200,
    installerOptions: { clientOptions: { slackApiUrl, timeout: 2000 } },
  });
  const app = new App({
    token: workspace.app.botToken,
    receiver,
    logger,
    deferInitialization: true,
    clientOptions: clientOptions(slackApiUrl),
  });
  listen(app);
  await app.init();
  await app.start();
  return {
    app,
    client: app.client,
    async stop() {
      const gone = new Promise<void>((resolve) => {
        receiver.client.once('disconnected', () => resolve());
      });
      await app.stop();
      await gone;
    },
  };
}

/** Starts a Bolt app on a request URL and tells the workspace about it. */
export async function startHttpApp(
  workspace: SlackWorkspace,
  slackApiUrl: string,
  listen: (app: InstanceType<typeof App>) => void = () => undefined,
) {
  const receiver = new HTTPReceiver({
    signingSecret: workspace.app.signingSecret,
    logger,
    // Its timer for presses nobody acknowledges would otherwise outlive the tests.
    unhandledRequestTimeoutMillis: 700,
  });
  const app = new App({
    token: workspace.app.botToken,
    receiver,
    logger,
    deferInitialization: true,
    clientOptions: clientOptions(slackApiUrl),
  });
  listen(app);
  await app.init();
  const server: Server = await receiver.start({ host: '127.0.0.1', port: 0 });
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const requestUrl = `http://127.0.0.1:${port}/slack/events`;
  await workspace.setRequestUrl(requestUrl);
  return { app, client: app.client, requestUrl, stop: () => app.stop() };
}
