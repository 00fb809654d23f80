import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { WebAPIRateLimitedError, WebAPIRequestError, WebClient } from '@slack/web-api';
import { aCard, aWorkspace, callApi } from './a-workspace.js';
import { logger } from './bolt-apps.js';
import { openPlainSocket, responseUrlIn } from './plain-socket.js';

let world: Awaited<ReturnType<typeof aWorkspace>>;
let client: WebClient;
beforeEach(async () => {
  world = await aWorkspace({ rateLimits: { burst: 3 } });
  client = new WebClient(world.workspace.app.botToken, {
    slackApiUrl: world.slackApiUrl,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    timeout: 200,
    logger,
  });
});
afterEach(() => world.workspace.stop());

const post = (text = 'x') => client.chat.postMessage({ channel: world.channel.id, text });
const failure = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (error: unknown) => error,
  );

describe('rate limits', () => {
  it('let a burst through, then one message per second and channel', async () => {
    await post();
    await post();
    await post();
    const error = await failure(post());
    expect(error).toBeInstanceOf(WebAPIRateLimitedError);
    expect(error).toMatchObject({ retryAfter: 1 });
    await client.chat.postMessage({ channel: world.ada.id, text: 'another channel is free' });
    world.clock.advance(1000);
    await post();
    expect(await failure(post())).toBeInstanceOf(WebAPIRateLimitedError);
  });

  it('answer 429 with seconds to wait', async () => {
    world.workspace.fail({ method: 'users.info', fault: 'ratelimited', retryAfterS: 7 });
    const { status, headers, body } = await callApi(world.url, 'users.info', { user: world.ada.id });
    expect({ status, body }).toEqual({ status: 429, body: { ok: false, error: 'ratelimited' } });
    expect(headers.get('retry-after')).toBe('7');
  });

  it('count methods by the minute', async () => {
    const list = () => client.users.list({});
    for (let n = 0; n < 20; n += 1) await list();
    expect(await failure(list())).toMatchObject({ retryAfter: 3 });
    world.clock.advance(3000);
    await list();
  });
});

describe('planned faults', () => {
  const texts = () => world.workspace.messages(world.channel.id).map(({ text }) => text);

  it('hang before anything happened', async () => {
    world.workspace.fail({ method: 'chat.postMessage', fault: 'timeout-before-effect' });
    expect(await failure(post('lost'))).toBeInstanceOf(WebAPIRequestError);
    expect(texts()).toEqual([]);
  });

  it('hang after the message was posted', async () => {
    world.workspace.fail({ method: 'chat.postMessage', fault: 'timeout-after-effect' });
    expect(await failure(post('posted'))).toBeInstanceOf(WebAPIRequestError);
    expect(texts()).toEqual(['posted']);
  });

  it('tear the connection', async () => {
    world.workspace.fail({ method: '*', fault: 'drop-connection' });
    expect(await failure(post())).toBeInstanceOf(WebAPIRequestError);
    expect(texts()).toEqual([]);
  });

  it('answer with status 500', async () => {
    world.workspace.fail({ method: 'chat.postMessage', fault: 'http-500' });
    expect(await failure(post())).toMatchObject({ statusCode: 500 });
  });

  it('answer with any error code, as often as planned and only where planned', async () => {
    const plan = { method: 'chat.postMessage', fault: 'is_archived', times: 2, channel: world.channel.id };
    const planned = world.workspace.fail(plan);
    await client.chat.postMessage({ channel: world.ada.id, text: 'elsewhere' });
    expect(await failure(post())).toMatchObject({ data: { error: 'is_archived' } });
    expect(planned.remaining()).toBe(1);
    expect(await failure(post())).toMatchObject({ data: { error: 'is_archived' } });
    await post('through');
    expect(texts()).toEqual(['through']);
    expect(world.workspace.calls.map(({ outcome }) => outcome)).toEqual([
      'ok',
      'is_archived',
      'is_archived',
      'ok',
    ]);
  });

  it('hit response URLs too', async () => {
    const respond = await aResponseUrl();
    world.workspace.fail({ method: 'response_url', fault: 'http-500' });
    expect((await respond({ text: 'x' })).status).toBe(500);
    expect((await respond({ text: 'x', replace_original: false })).status).toBe(200);
  });
});

/** Posts a card, has Ada press it, and gives the means to answer. */
async function aResponseUrl() {
  const posted = await client.chat.postMessage({ channel: world.channel.id, text: 'card', blocks: aCard() });
  const request = { as: world.ada.id, channel: world.channel.id, ts: String(posted.ts), actionId: 'deny' };
  const socket = await openPlainSocket(world.workspace, world.url);
  await world.workspace.click(request);
  await socket.close();
  const url = responseUrlIn(socket);
  return (body: object) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
}

describe('response URLs', () => {
  it('replace the card unless told not to', async () => {
    const respond = await aResponseUrl();
    const { workspace, channel, ada, ben } = world;
    await respond({ text: 'only you', replace_original: false });
    expect(workspace.messages(channel.id, ada.id).map(({ text }) => text)).toEqual(['card', 'only you']);
    expect(workspace.messages(channel.id, ben.id).map(({ text }) => text)).toEqual(['card']);
    await respond({ text: 'replaced', replace_original: true });
    await respond({ text: 'for all', replace_original: false, response_type: 'in_channel' });
    expect(workspace.messages(channel.id, ben.id).map(({ text }) => text)).toEqual(['replaced', 'for all']);
    await respond({ delete_original: true });
    expect(workspace.messages(channel.id, ben.id).map(({ text }) => text)).toEqual(['for all']);
  });

  it('check what they are given', async () => {
    const respond = await aResponseUrl();
    const refused = await respond({ blocks: [{ type: 'section' }], text: 'x' });
    expect(refused.status).toBe(400);
    expect(await refused.json()).toMatchObject({ error: 'invalid_blocks' });
  });

  it('work five times', async () => {
    const respond = await aResponseUrl();
    for (let n = 0; n < 5; n += 1) expect((await respond({ text: 'x' })).status).toBe(200);
    const sixth = await respond({ text: 'x' });
    expect(sixth.status).toBe(404);
    expect(await sixth.json()).toMatchObject({ error: 'used_url' });
  });

  it('work for half an hour', async () => {
    const respond = await aResponseUrl();
    world.clock.advance(30 * 60_000);
    expect((await respond({ text: 'x' })).status).toBe(200);
    world.clock.advance(1);
    const late = await respond({ text: 'x' });
    expect(late.status).toBe(404);
    expect(await late.json()).toMatchObject({ error: 'expired_url' });
  });
});

describe('the raw traffic', () => {
  it('shows no secret', async () => {
    const respond = await aResponseUrl();
    await respond({ text: 'x' });
    const everything = JSON.stringify(world.workspace.traffic());
    const { botToken, appToken, verificationToken } = world.workspace.app;
    for (const secret of [botToken, appToken, verificationToken]) expect(everything).not.toContain(secret);
    expect(everything).toContain('/actions/');
    expect(everything).not.toMatch(/\/actions\/[^"]*[0-9a-f]{20}/);
    expect(everything).not.toMatch(/ticket=[0-9a-f]/);
  });
});
