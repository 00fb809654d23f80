import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { aCard, aReasonModal, aWorkspace, callApi } from './a-workspace.js';

let world: Awaited<ReturnType<typeof aWorkspace>>;
beforeEach(async () => {
  world = await aWorkspace();
});
afterEach(() => world.workspace.stop());

const call = (method: string, args: Readonly<Record<string, unknown>> = {}) =>
  callApi(world.url, method, args);
const errorOf = async (method: string, args: Readonly<Record<string, unknown>> = {}) =>
  (await call(method, args)).body.error;

describe('tokens and scopes', () => {
  it('refuses a call without a token, with a foreign one and with the wrong kind', async () => {
    expect((await fetch(`${world.url}/api/auth.test`, { method: 'POST' })).status).toBe(200);
    expect((await callApi(world.url, 'auth.test', {}, '')).body.error).toBe('not_authed');
    expect((await callApi(world.url, 'auth.test', {}, 'xoxb-other')).body.error).toBe('invalid_auth');
    const { appToken } = world.workspace.app;
    expect((await callApi(world.url, 'auth.test', {}, appToken)).body.error).toBe('not_allowed_token_type');
    expect(await errorOf('apps.connections.open')).toBe('not_allowed_token_type');
  });

  it('says which scope is missing', async () => {
    const { body, headers } = await call('usergroups.list');
    expect(body).toMatchObject({ ok: false, error: 'missing_scope', needed: 'usergroups:read' });
    expect(String(body.provided)).toContain('chat:write');
    expect(headers.get('x-oauth-scopes')).toContain('chat:write');
  });

  it('knows no method it was not taught', async () => {
    expect(await errorOf('chat.shout')).toBe('unknown_method');
    expect(await errorOf('constructor')).toBe('unknown_method');
  });

  it('tells the app who it is', async () => {
    const { botUserId, botId } = world.workspace.app;
    expect((await call('auth.test')).body).toMatchObject({ ok: true, user_id: botUserId, bot_id: botId });
  });
});

describe('chat', () => {
  it('takes forms with blocks as JSON text', async () => {
    const form = new URLSearchParams({
      token: world.workspace.app.botToken,
      channel: world.channel.id,
      text: 'a <b> & c',
      blocks: JSON.stringify(aCard()),
    });
    const response = await fetch(`${world.url}/api/chat.postMessage`, { method: 'POST', body: form });
    expect(await response.json()).toMatchObject({ ok: true, message: { text: 'a <b> & c' } });
    expect(world.workspace.calls).toMatchObject([{ method: 'chat.postMessage', outcome: 'ok' }]);
    expect(world.workspace.calls[0]?.args).not.toHaveProperty('token');
  });

  it('never gives two messages the same timestamp while the clock stands still', async () => {
    const post = () => call('chat.postMessage', { channel: world.channel.id, text: 'again' });
    const stamps = [await post(), await post(), await post()].map(({ body }) => String(body.ts));
    expect(new Set(stamps).size).toBe(3);
    expect([...stamps].sort()).toEqual(stamps);
  });

  it.each([
    ['channel_not_found', () => ({ channel: 'C404', text: 'x' })],
    ['channel_not_found', () => ({ channel: 'U404', text: 'x' })],
    ['no_text', () => ({ channel: world.channel.id })],
    ['invalid_blocks_format', () => ({ channel: world.channel.id, text: 'x', blocks: '[{' })],
    ['markdown_text_conflict', () => ({ channel: world.channel.id, text: 'x', markdown_text: 'y' })],
    ['invalid_metadata_format', () => ({ channel: world.channel.id, text: 'x', metadata: '"no"' })],
    ['thread_not_found', () => ({ channel: world.channel.id, text: 'x', thread_ts: '1.1' })],
    [
      'msg_blocks_too_long',
      () => ({
        channel: world.channel.id,
        text: 'x',
        blocks: Array.from({ length: 6 }, () => ({
          type: 'section',
          text: { type: 'mrkdwn', text: 'x'.repeat(2900) },
        })),
      }),
    ],
  ])('answers %s when a message cannot be posted', async (code, args) => {
    expect(await errorOf('chat.postMessage', args())).toBe(code);
  });

  it('hangs a reply under its message, and counts it there', async () => {
    const { workspace, channel, ada } = world;
    const at = { channel: channel.id };
    const parent = String((await call('chat.postMessage', { ...at, text: 'alert' })).body.ts);
    const reply = await call('chat.postMessage', { ...at, text: 'more', thread_ts: parent });
    expect(reply.body.message).toMatchObject({ thread_ts: parent });
    const under = await call('chat.postMessage', { ...at, text: 'on top', thread_ts: reply.body.ts });
    await call('chat.postEphemeral', { ...at, text: 'psst', thread_ts: parent, user: ada.id });
    expect(workspace.thread(channel.id, parent).map(({ ts }) => ts)).toEqual([reply.body.ts, under.body.ts]);
    expect(workspace.message(channel.id, parent)?.replyCount).toBe(2);
    const edited = await call('chat.update', { ...at, ts: parent, text: 'calm' });
    expect(edited.body.message).toMatchObject({
      thread_ts: parent,
      reply_count: 2,
      latest_reply: under.body.ts,
    });
  });

  it('refuses a thread of another channel, and one whose message was deleted', async () => {
    const { workspace, channel } = world;
    const other = workspace.addChannel({ name: 'other' });
    workspace.inviteApp(other.id);
    const parent = String((await call('chat.postMessage', { channel: channel.id, text: 'alert' })).body.ts);
    const reply = (place: string) => ({ channel: place, text: 'x', thread_ts: parent });
    expect(await errorOf('chat.postMessage', reply(other.id))).toBe('thread_not_found');
    workspace.deleteMessage(channel.id, parent);
    expect(await errorOf('chat.postMessage', reply(channel.id))).toBe('thread_not_found');
  });

  it('posts only where the app is and nobody closed the door', async () => {
    const { workspace, ada } = world;
    const lonely = workspace.addChannel({ name: 'lonely', members: [ada.id] });
    const secret = workspace.addChannel({ name: 'secret', members: [ada.id], isPrivate: true });
    expect(await errorOf('chat.postMessage', { channel: lonely.id, text: 'x' })).toBe('not_in_channel');
    expect(await errorOf('chat.postMessage', { channel: secret.id, text: 'x' })).toBe('channel_not_found');
    workspace.archive(world.channel.id);
    expect(await errorOf('chat.postMessage', { channel: world.channel.id, text: 'x' })).toBe('is_archived');
  });

  it('opens a direct conversation for a message to a person', async () => {
    const { body } = await call('chat.postMessage', { channel: world.ada.id, text: 'hello' });
    expect(body.channel).toBe(world.workspace.im(world.ada.id).id);
    world.workspace.deactivate(world.ben.id);
    expect(await errorOf('chat.postMessage', { channel: world.ben.id, text: 'x' })).toBe('channel_not_found');
    expect(await errorOf('conversations.open', { users: world.ben.id })).toBe('user_disabled');
  });

  it('changes only the messages of the app', async () => {
    const { workspace, channel, ada } = world;
    const theirs = workspace.say({ as: ada.id, channel: channel.id, text: 'mine' });
    const mine = (await call('chat.postMessage', { channel: channel.id, text: 'card' })).body.ts;
    const at = { channel: channel.id };
    expect(await errorOf('chat.update', { ...at, ts: theirs.ts, text: 'x' })).toBe('cant_update_message');
    expect(await errorOf('chat.delete', { ...at, ts: theirs.ts })).toBe('cant_delete_message');
    expect(await errorOf('chat.update', { ...at, ts: '1.000001', text: 'x' })).toBe('message_not_found');
    expect(await errorOf('chat.update', { ...at, ts: mine, text: 'x'.repeat(4001) })).toBe('msg_too_long');
    expect(await errorOf('chat.update', { ...at, ts: mine, text: 'x'.repeat(4000) })).toBeUndefined();
    expect(await errorOf('chat.delete', { ...at, ts: mine })).toBeUndefined();
    expect(workspace.messages(channel.id)).toHaveLength(1);
  });

  it('shows an ephemeral message to one member and lets nobody update it', async () => {
    const { workspace, channel, ada, ben } = world;
    const { body } = await call('chat.postEphemeral', { channel: channel.id, user: ada.id, text: 'psst' });
    expect(workspace.messages(channel.id, ada.id)).toMatchObject([{ text: 'psst', isEphemeral: true }]);
    expect(workspace.messages(channel.id, ben.id)).toEqual([]);
    const update = { channel: channel.id, ts: body.message_ts, text: 'x' };
    expect(await errorOf('chat.update', update)).toBe('message_not_found');
    const stranger = workspace.addMember({ name: 'eve' });
    const foreign = { channel: channel.id, user: stranger.id, text: 'x' };
    expect(await errorOf('chat.postEphemeral', foreign)).toBe('user_not_in_channel');
  });
});

describe('people and channels', () => {
  it('finds only active members of the team who confirmed their address', async () => {
    const { workspace, ada } = world;
    expect((await call('users.lookupByEmail', { email: 'ADA@example.com' })).body).toMatchObject({
      user: { id: ada.id, profile: { email: 'ada@example.com' } },
    });
    workspace.addMember({ name: 'eve', email: 'eve@example.com', isEmailConfirmed: false });
    workspace.deactivate(ada.id);
    expect(await errorOf('users.lookupByEmail', { email: 'ada@example.com' })).toBe('users_not_found');
    expect(await errorOf('users.lookupByEmail', { email: 'eve@example.com' })).toBe('users_not_found');
  });

  it('tells guests, strangers and deactivated accounts apart', async () => {
    const { workspace } = world;
    const guest = workspace.addMember({ name: 'guest', isGuest: true, isSingleChannelGuest: true });
    const other = workspace.addMember({ name: 'other', isStranger: true, teamId: 'T0OTHER' });
    workspace.deactivate(world.ben.id);
    const info = async (user: string) => (await call('users.info', { user })).body.user;
    expect(await info(guest.id)).toMatchObject({ is_restricted: true, is_ultra_restricted: true });
    expect(await info(other.id)).toMatchObject({ is_stranger: true, team_id: 'T0OTHER' });
    expect(await info(world.ben.id)).toMatchObject({ deleted: true });
    expect(await errorOf('users.info', { user: 'U404' })).toBe('user_not_found');
  });

  it('hands lists out in pages', async () => {
    for (const name of ['a', 'b', 'c']) world.workspace.addMember({ name });
    const first = await call('users.list', { limit: 4 });
    expect(first.body.members).toHaveLength(4);
    const metadata = first.body.response_metadata;
    expect(metadata).toMatchObject({ next_cursor: expect.stringMatching(/.+/) });
    const cursor = Object(metadata).next_cursor;
    const second = await call('users.list', { limit: 4, cursor });
    expect(second.body).toMatchObject({ response_metadata: { next_cursor: '' } });
    expect(second.body.members).toHaveLength(2);
  });

  it('describes channels and who is in them', async () => {
    const { workspace, channel, ada, ben } = world;
    const { body } = await call('conversations.info', { channel: channel.id });
    expect(body.channel).toMatchObject({ name: 'approvals', is_member: true, is_archived: false });
    const members = (await call('conversations.members', { channel: channel.id })).body.members;
    expect(members).toEqual([ada.id, ben.id, workspace.app.botUserId]);
    workspace.removeApp(channel.id);
    const after = await call('conversations.info', { channel: channel.id });
    expect(after.body.channel).toMatchObject({ is_member: false });
  });

  it('lists a group without those who left', async () => {
    await world.workspace.stop();
    world = await aWorkspace({ app: { scopes: ['usergroups:read'] } });
    const members = [world.ada.id, world.ben.id];
    const group = world.workspace.addGroup({ handle: 'pki', name: 'PKI team', members });
    world.workspace.deactivate(world.ben.id);
    const { body } = await call('usergroups.users.list', { usergroup: group.id });
    expect(body.users).toEqual([world.ada.id]);
  });
});

describe('files', () => {
  const withFiles = async () => {
    await world.workspace.stop();
    world = await aWorkspace({ app: { scopes: ['files:write', 'im:write'] } });
    expect(await errorOf('conversations.open', { users: world.ada.id })).toBeUndefined();
    return world.workspace.im(world.ada.id).id;
  };
  const place = async (text: string) => {
    const { body } = await call('files.getUploadURLExternal', { filename: 'a.txt', length: text.length });
    return { url: String(body.upload_url), id: String(body.file_id) };
  };
  const upload = async (url: string, body: string) => (await fetch(url, { method: 'POST', body })).status;

  it('want their scope, a name and a length', async () => {
    expect(await errorOf('files.getUploadURLExternal', { filename: 'a.txt', length: 3 })).toBe(
      'missing_scope',
    );
    await withFiles();
    expect(await errorOf('files.getUploadURLExternal', { filename: 'a.txt', length: 0 })).toBe(
      'missing_argument',
    );
    expect(await errorOf('files.getUploadURLExternal', { length: 3 })).toBe('missing_argument');
  });

  it('take the bytes once, in the length that was said, and share nothing before', async () => {
    const channel = await withFiles();
    const { url, id } = await place('abc');
    const complete = { files: [{ id }], channel_id: channel };
    expect(await errorOf('files.completeUploadExternal', complete)).toBe('file_not_found');
    expect(await upload(url, 'abcd')).toBe(400);
    expect(await upload(url, 'abc')).toBe(200);
    expect(await upload(url, 'abc')).toBe(400);
    expect(await upload(`${url}x`, 'abc')).toBe(400);
    expect(world.workspace.files(channel)).toEqual([]);
    expect(await errorOf('files.completeUploadExternal', { ...complete, channel_id: world.ada.id })).toBe(
      'invalid_channel',
    );
    expect(await errorOf('files.completeUploadExternal', { ...complete, channel_id: 'C0NONE' })).toBe(
      'channel_not_found',
    );
    expect(await errorOf('files.completeUploadExternal', complete)).toBeUndefined();
    expect(world.workspace.files(channel)).toMatchObject([{ name: 'a.txt', text: 'abc' }]);
    expect(await errorOf('files.completeUploadExternal', complete)).toBe('file_not_found');
  });
});

describe('views', () => {
  const clicked = async () => {
    const { workspace, channel, ada } = world;
    const posted = await call('chat.postMessage', { channel: channel.id, text: 'x', blocks: aCard() });
    const ts = String(posted.body.ts);
    return (await workspace.click({ as: ada.id, channel: channel.id, ts, actionId: 'deny' })).triggerId;
  };

  it('takes a trigger once and for three seconds', async () => {
    const view = aReasonModal();
    const first = await clicked();
    expect(await errorOf('views.open', { trigger_id: 'made up', view })).toBe('invalid_trigger_id');
    world.clock.advance(3000);
    expect(await errorOf('views.open', { trigger_id: first, view })).toBeUndefined();
    expect(await errorOf('views.open', { trigger_id: first, view })).toBe('exchanged_trigger_id');
    const second = await clicked();
    world.clock.advance(3001);
    expect(await errorOf('views.open', { trigger_id: second, view })).toBe('expired_trigger_id');
  });

  it('refuses to push without a modal below', async () => {
    const push = { trigger_id: await clicked(), view: aReasonModal() };
    expect(await errorOf('views.push', push)).toBe('invalid_trigger_id');
  });

  it('stacks three modals and no more', async () => {
    const { workspace, ada } = world;
    const view = aReasonModal({
      blocks: [
        {
          type: 'actions',
          elements: [{ type: 'button', action_id: 'more', text: { type: 'plain_text', text: 'More' } }],
        },
      ],
    });
    await call('views.open', { trigger_id: await clicked(), view });
    const push = async () => {
      const viewId = workspace.views(ada.id).at(-1)?.id ?? '';
      const { triggerId } = await workspace.clickInView({ as: ada.id, viewId, actionId: 'more' });
      return call('views.push', { trigger_id: triggerId, view });
    };
    const [root] = workspace.views(ada.id);
    expect((await push()).body.view).toMatchObject({ root_view_id: root?.id, previous_view_id: root?.id });
    expect((await push()).body).toMatchObject({ ok: true });
    expect((await push()).body).toMatchObject({ ok: false, error: 'push_limit_reached' });
  });

  it('refuses an update made for an older view', async () => {
    const opened = await call('views.open', { trigger_id: await clicked(), view: aReasonModal() });
    const { id, hash } = Object(opened.body.view);
    const update = { view_id: id, hash, view: aReasonModal({ private_metadata: 'new' }) };
    expect(await errorOf('views.update', update)).toBeUndefined();
    expect(await errorOf('views.update', update)).toBe('hash_conflict');
    expect(await errorOf('views.update', { view_id: 'V404', view: aReasonModal() })).toBe('not_found');
  });

  it('keeps what was typed when the view around it changes', async () => {
    const { workspace, ada } = world;
    const opened = await call('views.open', { trigger_id: await clicked(), view: aReasonModal() });
    const { id } = Object(opened.body.view);
    const values = { why: { text: { type: 'plain_text_input', value: 'half a sent' } } };
    await workspace.submitView({ as: ada.id, viewId: id, values });
    const view = aReasonModal({ private_metadata: 'new' });
    const { body } = await call('views.update', { view_id: id, view });
    expect(body.view).toMatchObject({ state: { values: { why: { text: { value: 'half a sent' } } } } });
  });

  it('says what is wrong with a view', async () => {
    const view = aReasonModal({ title: { type: 'plain_text', text: 'x'.repeat(25) } });
    const { body } = await call('views.open', { trigger_id: await clicked(), view });
    expect(body).toMatchObject({
      error: 'invalid_arguments',
      response_metadata: {
        messages: ['[ERROR] must be less than 25 characters [json-pointer:/view/title/text]'],
      },
    });
    const huge = aReasonModal({ private_metadata: 'x'.repeat(250_000) });
    expect(await errorOf('views.open', { trigger_id: await clicked(), view: huge })).toBe('view_too_large');
  });
});

describe('blocks.validate', () => {
  it('needs no token and points at every problem', async () => {
    const good = await callApi(world.url, 'blocks.validate', { blocks: aCard() }, '');
    expect(good.body).toEqual({ ok: true });
    const bad = await callApi(world.url, 'blocks.validate', { blocks: [{ type: 'sectoin' }] }, '');
    expect(bad.body).toMatchObject({
      ok: false,
      error: 'invalid_blocks',
      errors: ['[ERROR] unsupported type: sectoin [json-pointer:/blocks/0/type]'],
    });
  });
});
