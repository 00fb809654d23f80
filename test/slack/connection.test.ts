import { once } from 'node:events';
import { createServer } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { describe, expect, it } from '@jest/globals';
import { createSlackWorkspace } from '../../src/sandbox/slack/workspace.js';
import { createSlackChat } from '../../src/slack/index.js';
import { aPersonId } from '../support/an-approval.js';
import { keepLog } from '../support/kept-log.js';
import { aCard, aRule } from './a-card.js';
import {
  fakeService,
  noAbsences,
  noBulk,
  noHome,
  noNotifications,
  noQuestions,
  noReceipts,
} from './a-service.js';
import { aSlack } from './a-slack.js';
import { fakeAlertService } from './alerts/an-alert-service.js';
import { fakeCommandService } from './commands/a-command-service.js';
import { inMemoryStore } from './in-memory-store.js';
import { until } from './until.js';

/** Opens a proxy that only opens tunnels, and remembers to where. */
async function openProxy() {
  const tunnels: string[] = [];
  const sockets = new Set<Duplex>();
  const server = createServer();
  server.on('connect', ({ url = '' }, client, head) => {
    tunnels.push(url);
    const [host = '', port] = url.split(':');
    const upstream = connect(Number(port), host, () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      upstream.write(head);
      upstream.pipe(client);
      client.pipe(upstream);
    });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on('error', () => socket.destroy());
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `http://127.0.0.1:${port}`,
    tunnels,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

const oneClick = aCard({ rule: aRule({ approveWith: 'one-click' }) });

const services = () => ({
  approvals: fakeService(),
  commands: fakeCommandService(),
  alerts: fakeAlertService(),
  receipts: noReceipts,
  questions: noQuestions,
  home: noHome,
  absences: noAbsences,
  notifications: noNotifications,
  bulk: noBulk,
});

describe('the connection to Slack', () => {
  it('knows who the bot is', async () => {
    const stage = await aSlack();
    const { team, app } = stage.workspace;
    expect(stage.slack.identity()).toEqual({
      teamId: team.id,
      botUserId: app.botUserId,
      botId: app.botId,
    });
    await stage.stop();
  });

  it('fails to start with a token Slack does not take', async () => {
    const workspace = createSlackWorkspace();
    const { slackApiUrl } = await workspace.start();
    const slack = createSlackChat({
      keyValueStore: inMemoryStore(),
      mode: { kind: 'socket', appToken: workspace.app.appToken },
      botToken: 'xoxb-wrong',
      apiUrl: slackApiUrl,
      log: keepLog(),
      now: () => 0,
      newId: () => 'id',
    });
    await expect(slack.start(services())).rejects.toMatchObject({
      name: 'ChatError',
      code: 'sign-in',
    });
    await slack.stop();
    await workspace.stop();
  });

  it('fails to start with an app token Slack does not take', async () => {
    const workspace = createSlackWorkspace();
    const { slackApiUrl } = await workspace.start();
    const slack = createSlackChat({
      keyValueStore: inMemoryStore(),
      mode: { kind: 'socket', appToken: 'xapp-wrong' },
      botToken: workspace.app.botToken,
      apiUrl: slackApiUrl,
      log: keepLog(),
      now: () => 0,
      newId: () => 'id',
    });
    await expect(slack.start(services())).rejects.toMatchObject({
      name: 'ChatError',
      code: 'sign-in',
    });
    await slack.stop();
    await workspace.stop();
  });

  it.each(['socket', 'http'] as const)('waits for a click in hand before it closes over %s', async (mode) => {
    let finish = (): void => {};
    let isDone = false;
    const work = new Promise<void>((resolve) => {
      finish = () => {
        isDone = true;
        resolve();
      };
    });
    const service = fakeService({
      preview: () => ({ kind: 'card', card: oneClick, approval: oneClick.approval }),
      work: () => work,
    });
    const stage = await aSlack({ mode, service });
    const { ts } = await stage.post(oneClick);
    const request = { as: 'U0ADA', channel: stage.channel, ts, actionId: 'approval.approve' };
    await stage.workspace.click(request);
    const stopped = stage.stopSlack().then(() => isDone);
    const late = await stage.workspace.click({ ...request, as: 'U0BO' });
    expect(late.acked).toBe(false);
    expect(service.clicks).toHaveLength(1);
    finish();
    expect(await stopped).toBe(true);
    await until(() => stage.workspace.connections() === 0);
    await stage.workspace.stop();
  });

  it.each(['socket', 'http'] as const)('tells whether clicks can come in over %s', async (mode) => {
    const stage = await aSlack({ mode });
    expect(stage.slack.isConnected()).toBe(true);
    const stopped = stage.stop();
    expect(stage.slack.isConnected()).toBe(false);
    await stopped;
    expect(stage.slack.isConnected()).toBe(false);
  });

  it('comes back by itself, also after Slack has refused the connection', async () => {
    const workspace = createSlackWorkspace();
    const { slackApiUrl } = await workspace.start();
    const log = keepLog();
    const slack = createSlackChat({
      keyValueStore: inMemoryStore(),
      mode: { kind: 'socket', appToken: workspace.app.appToken, pingTimeoutMs: 600, reconnectMs: 10 },
      botToken: workspace.app.botToken,
      apiUrl: slackApiUrl,
      log,
      now: () => 0,
      newId: () => 'id',
    });
    await slack.start(services());
    workspace.fail({ method: 'apps.connections.open', fault: 'invalid_auth' });
    workspace.disconnectSockets('refresh_requested');
    await until(() => log.lines.some(({ sentence }) => sentence.startsWith('Slack refuses the connection')));
    expect(slack.isConnected()).toBe(false);
    await until(() => workspace.connections() === 1);
    await until(() => slack.isConnected());
    await slack.stop();
    await workspace.stop();
  });

  it('is there again within two seconds of a planned reconnection, however long a pong may take', async () => {
    const stage = await aSlack();
    const startedMs = performance.now();
    stage.workspace.disconnectSockets('refresh_requested');
    await until(() => !stage.slack.isConnected());
    await until(() => stage.slack.isConnected());
    expect(performance.now() - startedMs).toBeLessThan(2_000);
    await stage.stop();
  });

  it('does not start with an app that is installed for a whole Enterprise Grid, and says what to do', async () => {
    const workspace = createSlackWorkspace({
      grid: { id: 'E0GRID', teamIdIs: 'organization', isOrgWide: true },
    });
    const { slackApiUrl } = await workspace.start();
    const slack = createSlackChat({
      keyValueStore: inMemoryStore(),
      mode: { kind: 'socket', appToken: workspace.app.appToken },
      botToken: workspace.app.botToken,
      apiUrl: slackApiUrl,
      log: keepLog(),
      now: () => 0,
      newId: () => 'id',
    });
    await expect(slack.start(services())).rejects.toThrow(
      /installed for a whole Enterprise Grid.*install it into the workspace/s,
    );
    await slack.stop();
    await workspace.stop();
  });

  it('reaches Slack through a proxy: its API, its answers and its socket', async () => {
    const proxy = await openProxy();
    const workspace = createSlackWorkspace();
    const { slackApiUrl } = await workspace.start();
    const slack = createSlackChat({
      keyValueStore: inMemoryStore(),
      mode: { kind: 'socket', appToken: workspace.app.appToken },
      botToken: workspace.app.botToken,
      apiUrl: slackApiUrl,
      proxy: { url: proxy.url },
      log: keepLog(),
      now: () => 0,
      newId: () => 'id',
    });
    await slack.start(services());
    expect(slack.isConnected()).toBe(true);
    expect(proxy.tunnels.length).toBeGreaterThanOrEqual(2);
    expect(new Set(proxy.tunnels)).toEqual(new Set([new URL(slackApiUrl).host]));
    await slack.stop();
    await workspace.stop();
    await proxy.close();
  });

  it.each(['localhost,127.0.0.1', '*'])(
    'reaches Slack without the proxy where NO_PROXY is %s',
    async (except) => {
      const workspace = createSlackWorkspace();
      const { slackApiUrl } = await workspace.start();
      const slack = createSlackChat({
        keyValueStore: inMemoryStore(),
        mode: { kind: 'socket', appToken: workspace.app.appToken },
        botToken: workspace.app.botToken,
        apiUrl: slackApiUrl,
        proxy: { url: 'http://127.0.0.1:9', except },
        log: keepLog(),
        now: () => 0,
        newId: () => 'id',
      });
      await slack.start(services());
      expect(slack.isConnected()).toBe(true);
      await slack.stop();
      await workspace.stop();
    },
  );

  it.each(['socket', 'http'] as const)(
    'goes on trying over %s while Slack is away at the start, says so, and is there once Slack is',
    async (kind) => {
      const workspace = createSlackWorkspace();
      const { slackApiUrl } = await workspace.start();
      await workspace.stop();
      const log = keepLog();
      const { appToken, signingSecret, botToken } = workspace.app;
      const slack = createSlackChat({
        keyValueStore: inMemoryStore(),
        mode: kind === 'socket' ? { kind, appToken } : { kind, signingSecret },
        botToken,
        apiUrl: slackApiUrl,
        log,
        now: () => 0,
        newId: () => 'id',
        startAgainMs: 20,
      });
      const route = await slack.start(services());
      expect(route?.path).toBe(kind === 'http' ? '/slack/events' : undefined);
      expect(slack.isConnected()).toBe(false);
      expect(log.lines.at(-1)?.sentence).toMatch(/Slack cannot be reached/);
      await expect(slack.chat.lookUpPerson(aPersonId())).rejects.toMatchObject({ code: 'unavailable' });
      await workspace.start();
      await until(() => slack.isConnected());
      await slack.stop();
      await workspace.stop();
    },
  );

  it('stops in good order while Slack is away', async () => {
    const stage = await aSlack();
    await stage.workspace.stop();
    await stage.stopSlack();
  });

  it('never writes a token, a payload or an answer address to the log', async () => {
    const stage = await aSlack();
    stage.workspace.fail({ method: 'chat.postMessage', fault: 'invalid_auth' });
    await stage.post().catch(() => undefined);
    await stage.workspace.stop();
    await stage.stopSlack();
    expect(JSON.stringify(stage.log.lines)).not.toMatch(/xox|xapp|wss?:|hooks/);
  });
});
