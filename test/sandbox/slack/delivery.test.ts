import { createServer, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, describe, expect, it } from '@jest/globals';
import { verifySlackRequest } from '@slack/bolt/dist/receivers/verify-request.js';
import { objectAt } from '../../../src/sandbox/slack/api-method.js';
import { signRequest } from '../../../src/sandbox/slack/delivery.js';
import { listen } from '../../../src/sandbox/slack/server.js';
import { aCard, aWorkspace, callApi } from './a-workspace.js';
import { startHttpApp, startSocketApp } from './bolt-apps.js';
import { openPlainSocket } from './plain-socket.js';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

async function aWorld(options: Parameters<typeof aWorkspace>[0] = {}) {
  const world = await aWorkspace({ ackTimeoutMs: 200, ...options });
  cleanups.push(() => world.workspace.stop());
  const posted = await callApi(world.url, 'chat.postMessage', {
    channel: world.channel.id,
    text: 'card',
    blocks: aCard(),
  });
  const card = { as: world.ada.id, channel: world.channel.id, ts: String(posted.body.ts) };
  return { ...world, card };
}

describe('Socket Mode', () => {
  it('gives each payload to one connection only, in turns', async () => {
    const { workspace, url, card } = await aWorld();
    const first = await openPlainSocket(workspace, url);
    const second = await openPlainSocket(workspace, url);
    expect(workspace.connections()).toBe(2);
    await workspace.click({ ...card, actionId: 'approve' });
    await workspace.click({ ...card, actionId: 'approve' });
    for (const { frames } of [first, second]) {
      expect(frames.map(({ type }) => type)).toEqual(['hello', 'interactive']);
    }
  });

  it('lets nobody in without a ticket, and takes each ticket once', async () => {
    const { workspace, url } = await aWorld();
    const opened = await callApi(url, 'apps.connections.open', {}, workspace.app.appToken);
    const link = String(opened.body.url).replace('ws:', 'http:');
    const headers = {
      connection: 'Upgrade',
      upgrade: 'websocket',
      'sec-websocket-version': '13',
      'sec-websocket-key': 'dGhlIHNhbXBsZSBub25jZQ==',
    };
    const knock = (target: string) =>
      new Promise<number>((resolve, reject) => {
        const sent = request(target, { headers });
        sent.on('upgrade', (response, socket) => {
          socket.destroy();
          resolve(response.statusCode ?? 0);
        });
        sent.on('response', (response) => resolve(response.statusCode ?? 0));
        sent.on('error', reject);
        sent.end();
      });
    expect(await knock(link)).toBe(101);
    expect(await knock(link)).toBe(403);
  });

  it('says at once that nobody is connected', async () => {
    const { workspace, card } = await aWorld();
    expect(await workspace.click({ ...card, actionId: 'approve' })).toMatchObject({
      acked: false,
      reason: 'not-connected',
    });
    expect(workspace.message(card.channel, card.ts)?.warning).toBe('Countersign is not connected.');
  });

  it('fails a press whose connection goes away unanswered', async () => {
    const { workspace, url, card } = await aWorld({ ackTimeoutMs: 5000 });
    const socket = await openPlainSocket(workspace, url, () => 'silent');
    const clicked = workspace.click({ ...card, actionId: 'approve' });
    await workspace.waitFor(() => workspace.message(card.channel, card.ts)?.busyActions.length === 1);
    await socket.close();
    expect(await clicked).toMatchObject({ acked: false, reason: 'connection-closed' });
  });

  it('repeats an event nobody acknowledged, with attempt and reason', async () => {
    const { workspace, url } = await aWorld({ ackTimeoutMs: 50, eventRetryDelaysMs: [0, 10, 10] });
    let silentTimes = 2;
    const socket = await openPlainSocket(workspace, url, () => {
      silentTimes -= 1;
      return silentTimes >= 0 ? 'silent' : {};
    });
    expect(await workspace.event({ type: 'app_home_opened', tab: 'home' })).toMatchObject({ kind: 'acked' });
    const events = socket.frames.filter(({ type }) => type === 'events_api');
    expect(events.map(({ retry_attempt, retry_reason }) => [retry_attempt, retry_reason])).toEqual([
      [0, ''],
      [1, 'http_timeout'],
      [2, 'http_timeout'],
    ]);
    const ids = events.map((frame) => objectAt(frame, 'payload').event_id);
    expect(new Set(ids).size).toBe(1);
  });

  it('can go away and come back on the same port', async () => {
    const { workspace, url, card } = await aWorld();
    const before = await openPlainSocket(workspace, url);
    await workspace.stop();
    await expect(fetch(`${url}/api/api.test`)).rejects.toThrow();
    expect((await workspace.start()).url).toBe(url);
    await before.close();
    const after = await openPlainSocket(workspace, url);
    expect(await workspace.click({ ...card, actionId: 'approve' })).toMatchObject({ acked: true });
    expect(after.frames).toHaveLength(2);
  });

  it.each(['warning', 'refresh_requested'] as const)(
    'sees Bolt come back by itself after a disconnect with reason %s',
    async (reason) => {
      const { workspace, slackApiUrl, card } = await aWorld();
      const bot = await startSocketApp(workspace, slackApiUrl, (app) => {
        app.action('approve', async ({ ack }) => ack());
      });
      cleanups.push(() => bot.stop());
      workspace.disconnectSockets(reason);
      await workspace.waitFor(() => workspace.connections() === 0);
      await workspace.waitFor(() => workspace.connections() === 1);
      expect(await workspace.click({ ...card, actionId: 'approve' })).toMatchObject({ acked: true });
    },
  );
});

describe('signed HTTP', () => {
  const example = { signingSecret: '8f742231b10e8888abcd99yyyzzz85a5', timestampS: 1531420618 };
  const body =
    'token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&channel_id=G8PSS9T3V' +
    '&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&command=%2Fwebhook-collect&text=' +
    '&response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F96rGlfmibIGlgcZRskXaIFfN' +
    '&trigger_id=398738663015.47445629121.803a0bc887a14d10d2c447fce8b6703c';

  it("signs Slack's published example as Slack does", () => {
    expect(signRequest({ ...example, body })).toEqual({
      'x-slack-request-timestamp': '1531420618',
      'x-slack-signature': 'v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503',
    });
  });

  it('signs what Bolt verifies', () => {
    const headers = signRequest({ ...example, body: 'payload=%7B%7D' });
    const verified = () =>
      verifySlackRequest({
        signingSecret: example.signingSecret,
        body: 'payload=%7B%7D',
        headers: {
          'x-slack-signature': headers['x-slack-signature'],
          'x-slack-request-timestamp': example.timestampS,
        },
        nowMilliseconds: example.timestampS * 1000,
      });
    expect(verified).not.toThrow();
  });

  it('repeats an event with its number and reason in the headers', async () => {
    const { workspace } = await aWorld({ eventRetryDelaysMs: [0] });
    const seen: unknown[] = [];
    // Bolt acknowledges events by itself; this app has a bad first try.
    const app = createServer((request, response) => {
      void text(request).then((body) => {
        const { challenge } = JSON.parse(body);
        if (challenge !== undefined) return response.end(challenge);
        seen.push([request.headers['x-slack-retry-num'], request.headers['x-slack-retry-reason']]);
        response.statusCode = seen.length === 1 ? 500 : 200;
        return response.end();
      });
    });
    const url = await listen(app, 0);
    cleanups.push(async () => app.close());
    await workspace.setRequestUrl(url);
    await workspace.event({ type: 'app_home_opened', user: 'U1', channel: 'D1', tab: 'home' });
    expect(seen).toEqual([
      [undefined, undefined],
      ['1', 'http_error'],
    ]);
  });

  it('is turned away by an app with another secret', async () => {
    const { workspace, slackApiUrl, card } = await aWorld();
    const stranger = await aWorld({ app: { signingSecret: 'another' } });
    const bot = await startHttpApp(workspace, slackApiUrl);
    cleanups.push(() => bot.stop());
    await expect(stranger.workspace.setRequestUrl(bot.requestUrl)).rejects.toThrow('challenge');
    const outcome = await workspace.click({ ...card, actionId: 'nobody-listens' }).catch(String);
    expect(outcome).toContain('There is no element nobody-listens');
  });

  it('refuses a request URL where nobody answers', async () => {
    const { workspace } = await aWorld();
    await expect(workspace.setRequestUrl('http://127.0.0.1:9/slack/events')).rejects.toThrow('challenge');
  });
});

describe('people who press', () => {
  it('cannot press what they do not see', async () => {
    const { workspace, card, ben, url } = await aWorld();
    const eve = workspace.addMember({ name: 'eve' });
    await expect(workspace.click({ ...card, as: eve.id, actionId: 'approve' })).rejects.toThrow('is not in');
    const { body } = await callApi(url, 'chat.postEphemeral', {
      channel: card.channel,
      user: card.as,
      text: 'x',
      blocks: aCard(),
    });
    const hidden = { ...card, as: ben.id, ts: String(body.message_ts), actionId: 'approve' };
    await expect(workspace.click(hidden)).rejects.toThrow('sees no message');
    workspace.deactivate(card.as);
    await expect(workspace.click({ ...card, actionId: 'approve' })).rejects.toThrow('is deactivated');
  });

  it('can press a button that is no longer there', async () => {
    const { workspace, url, card } = await aWorld();
    const socket = await openPlainSocket(workspace, url);
    const remembered = workspace.message(card.channel, card.ts)?.blocks ?? [];
    await callApi(url, 'chat.update', { channel: card.channel, ts: card.ts, text: 'Approved' });
    await expect(workspace.click({ ...card, actionId: 'deny' })).rejects.toThrow('no element');
    await workspace.click({ ...card, actionId: 'deny', from: remembered, value: 'req-0:deny' });
    const payload = objectAt(socket.frames.at(-1) ?? {}, 'payload');
    expect(payload.actions).toMatchObject([{ action_id: 'deny', value: 'req-0:deny' }]);
    expect(payload.message).not.toHaveProperty('blocks');
  });

  it('choose from menus, which tell their state', async () => {
    const { workspace, url, card } = await aWorld();
    const socket = await openPlainSocket(workspace, url);
    const option = (value: string) => ({ text: { type: 'plain_text', text: value }, value });
    const options = [option('one'), option('two')];
    const element = { type: 'static_select', action_id: 'pick', options };
    const blocks = [{ type: 'actions', block_id: 'menu', elements: [element] }];
    await callApi(url, 'chat.update', { channel: card.channel, ts: card.ts, text: 'x', blocks });
    await workspace.click({ ...card, actionId: 'pick', value: 'two' });
    const payload = objectAt(socket.frames.at(-1) ?? {}, 'payload');
    expect(payload).toMatchObject({
      actions: [{ type: 'static_select', selected_option: option('two') }],
      state: { values: { menu: { pick: { type: 'static_select', selected_option: option('two') } } } },
    });
    await expect(workspace.click({ ...card, actionId: 'pick', value: 'three' })).rejects.toThrow('no option');
  });
});
