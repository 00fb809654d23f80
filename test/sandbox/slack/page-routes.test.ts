import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { aCard, aReasonModal, aWorkspace, callApi } from './a-workspace.js';
import { openPlainSocket } from './plain-socket.js';

let folder: string;
let world: Awaited<ReturnType<typeof aWorkspace>>;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'page-'));
  world = await aWorkspace({ pageFolder: folder });
});
afterEach(async () => {
  await world.workspace.stop();
  await rm(folder, { recursive: true });
});

const get = (path: string) => fetch(`${world.url}${path}`);
const post = async (verb: string, body: object) => {
  const response = await fetch(`${world.url}/_sim/${verb}`, { method: 'POST', body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
};

describe('the page files', () => {
  it('are served from the folder', async () => {
    await writeFile(join(folder, 'index.html'), '<title>Simulated</title>');
    await writeFile(join(folder, 'main.js'), 'export {};');
    const page = await get('/');
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(await page.text()).toContain('Simulated');
    expect((await get('/page/main.js')).headers.get('content-type')).toContain('text/javascript');
    expect((await get('/page/none.js')).status).toBe(404);
    expect((await get('/page/..%2f..%2fetc/passwd')).status).toBe(404);
  });

  it('are kindly missed when nobody built them', async () => {
    const page = await get('/');
    expect(page.status).toBe(503);
    expect(await page.text()).toContain('npm run build');
  });
});

describe('the page', () => {
  it('reads what a member sees', async () => {
    const { workspace, channel, ada, ben } = world;
    await callApi(world.url, 'chat.postMessage', { channel: channel.id, text: 'card', blocks: aCard() });
    await callApi(world.url, 'chat.postMessage', { channel: ada.id, text: 'for you' });
    const state = await (await get(`/_sim/state?as=${ada.id}`)).json();
    expect(state).toMatchObject({ actingAs: ada.id, appIsConnected: false, appName: 'Countersign' });
    expect(state).toMatchObject({
      conversations: [
        { id: channel.id, kind: 'channel', name: 'approvals', isMember: true, unread: 1 },
        { id: workspace.im(ada.id).id, kind: 'im', unread: 1 },
      ],
    });
    const ofBen = await (await get(`/_sim/state?as=${ben.id}`)).json();
    expect(ofBen).toMatchObject({ conversations: [{ id: channel.id }] });
    const messages = await (await get(`/_sim/messages?as=${ada.id}&channel=${channel.id}`)).json();
    expect(messages).toMatchObject([{ text: 'card', isFromApp: true }]);
    await post('read', { as: ada.id, channel: channel.id });
    const after = await (await get(`/_sim/state?as=${ada.id}`)).json();
    expect(after).toMatchObject({ conversations: [{ unread: 0 }, { unread: 1 }] });
  });

  it('acts with the hands of a member', async () => {
    const { workspace, url, channel, ada } = world;
    const socket = await openPlainSocket(workspace, url, (frame) =>
      JSON.stringify(frame).includes('view_submission')
        ? { response_action: 'errors', errors: { why: 'No.' } }
        : {},
    );
    const posted = await callApi(url, 'chat.postMessage', {
      channel: channel.id,
      text: 'x',
      blocks: aCard(),
    });
    const clicking = { as: ada.id, channel: channel.id, ts: posted.body.ts };
    const element = { blockId: 'decide', actionId: 'deny' };
    expect(await post('press', { ...clicking, ...element })).toEqual({ status: 200, body: { ok: true } });
    const payload = Object(socket.frames.at(-1)?.payload);
    await callApi(url, 'views.open', { trigger_id: payload.trigger_id, view: aReasonModal() });
    const viewId = workspace.views(ada.id)[0]?.id;
    const values = { why: { text: { type: 'plain_text_input', value: 'Because' } } };
    expect((await post('submit-view', { as: ada.id, viewId, values })).status).toBe(200);
    const state = await (await get(`/_sim/state?as=${ada.id}`)).json();
    expect(state).toMatchObject({ views: [{ id: viewId, errors: { why: 'No.' } }] });
    expect((await post('close-view', { as: ada.id, viewId })).status).toBe(200);
    expect((await post('say', { as: ada.id, channel: channel.id, text: 'hello' })).status).toBe(200);
    await post('say', { as: ada.id, channel: channel.id, text: '/workflow status 7' });
    expect(socket.frames.at(-1)).toMatchObject({
      type: 'slash_commands',
      payload: { command: '/workflow', text: 'status 7' },
    });
    expect(workspace.messages(channel.id, ada.id).map(({ text }) => text)).toEqual(['x', 'hello']);
  });

  it('is told why something cannot be done', async () => {
    const place = { as: world.ada.id, channel: world.channel.id };
    expect(await post('press', { ...place, ts: '1.1', blockId: 'b', actionId: 'a' })).toMatchObject({
      status: 400,
      body: { ok: false, error: 'message_not_found' },
    });
    expect(await post('say', { ...place, text: '' })).toMatchObject({
      status: 400,
      body: { error: 'no_text' },
    });
    expect((await post('dance', {})).status).toBe(404);
    expect((await get('/_sim/state?as=U404')).status).toBe(400);
  });

  it('hears of every change', async () => {
    const response = await get('/_sim/events');
    const reader = response.body?.getReader();
    let heard = '';
    const hear = async (part: string) => {
      while (!heard.includes(part)) {
        const chunk = await reader?.read();
        if (chunk?.value === undefined) throw new Error(`The stream ended before ${part}`);
        heard += new TextDecoder().decode(chunk.value);
      }
    };
    await hear('hello');
    await callApi(world.url, 'chat.postMessage', { channel: world.channel.id, text: 'x' });
    await hear(`data: {"kind":"messages","channel":"${world.channel.id}"}`);
    await hear('data: {"kind":"traffic"}');
    await reader?.cancel();
  });

  it('shows the traffic from where it last looked', async () => {
    await callApi(world.url, 'auth.test');
    await callApi(world.url, 'api.test');
    const all = await (await get('/_sim/traffic?after=0')).json();
    expect(all).toMatchObject([
      { n: 1, direction: 'app-to-slack', name: 'auth.test', outcome: 'ok' },
      { n: 2, name: 'api.test' },
    ]);
    expect(await (await get('/_sim/traffic?after=1')).json()).toHaveLength(1);
  });
});
