import { afterEach, describe, expect, it } from '@jest/globals';
import { aCard, aReasonModal, aWorkspace } from './a-workspace.js';
import { startHttpApp, startSocketApp } from './bolt-apps.js';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).reverse()) await cleanup();
});

const transports = [
  { name: 'Socket Mode', start: startSocketApp },
  { name: 'signed HTTP', start: startHttpApp },
];

describe.each(transports)('a Bolt app over $name', ({ start }) => {
  async function connected(listen: Parameters<typeof startSocketApp>[2] = () => undefined) {
    const world = await aWorkspace({ ackTimeoutMs: 500, eventRetryDelaysMs: [0, 5] });
    cleanups.push(() => world.workspace.stop());
    const bot = await start(world.workspace, world.slackApiUrl, listen);
    cleanups.push(() => bot.stop());
    return { ...world, bot };
  }

  it('hears a pressed button and replaces the card', async () => {
    const { workspace, bot, channel, ada } = await connected((app) => {
      app.action('approve', async ({ ack, body, client }) => {
        await ack();
        if (body.type !== 'block_actions' || body.message === undefined) throw new Error('no message');
        const ts = body.message.ts;
        const by = body.user.id;
        await client.chat.update({ channel: String(body.channel?.id), ts, text: `Approved by ${by}` });
      });
    });
    const posted = await bot.client.chat.postMessage({
      channel: channel.id,
      text: 'Renew?',
      blocks: aCard(),
    });
    const ts = String(posted.ts);
    const outcome = await workspace.click({ as: ada.id, channel: channel.id, ts, actionId: 'approve' });
    expect(outcome.acked).toBe(true);
    const message = await workspace.waitForMessage((one) => one.isEdited);
    expect(message).toMatchObject({ ts, text: `Approved by ${ada.id}`, blocks: [], busyActions: [] });
  });

  it('sees in the payload what Slack would send', async () => {
    const bodies: unknown[] = [];
    const { workspace, bot, channel, ada } = await connected((app) => {
      app.action('deny', async ({ ack, body }) => {
        await ack();
        bodies.push(body);
      });
    });
    const posted = await bot.client.chat.postMessage({ channel: channel.id, blocks: aCard(), text: 'x' });
    await workspace.click({ as: ada.id, channel: channel.id, ts: String(posted.ts), actionId: 'deny' });
    expect(bodies).toMatchObject([
      {
        type: 'block_actions',
        user: { id: ada.id, username: 'ada', name: 'ada', team_id: workspace.team.id },
        api_app_id: workspace.app.appId,
        container: { type: 'message', message_ts: posted.ts, channel_id: channel.id, is_ephemeral: false },
        team: { id: workspace.team.id, domain: workspace.team.domain },
        enterprise: null,
        is_enterprise_install: false,
        channel: { id: channel.id, name: 'approvals' },
        message: { ts: posted.ts, bot_id: workspace.app.botId, app_id: workspace.app.appId, text: 'x' },
        state: { values: {} },
        actions: [{ action_id: 'deny', block_id: 'decide', type: 'button', value: 'req-1:deny' }],
      },
    ]);
  });

  it('opens a modal, refuses a text, takes the next one', async () => {
    const { workspace, bot, channel, ada } = await connected((app) => {
      app.action('deny', async ({ ack, body, client }) => {
        await ack();
        if (body.type !== 'block_actions') throw new Error('not a press');
        await client.views.open({ trigger_id: body.trigger_id, view: aReasonModal() });
      });
      app.view('reason', async ({ ack, view }) => {
        const why = view.state.values.why?.text?.value ?? '';
        if (why.length < 5) await ack({ response_action: 'errors', errors: { why: 'Say more.' } });
        else await ack();
      });
    });
    const posted = await bot.client.chat.postMessage({ channel: channel.id, blocks: aCard(), text: 'x' });
    await workspace.click({ as: ada.id, channel: channel.id, ts: String(posted.ts), actionId: 'deny' });
    const view = await workspace.waitFor(() => workspace.views(ada.id)[0]);
    const submit = (value: string) =>
      workspace.submitView({
        as: ada.id,
        viewId: view.id,
        values: { why: { text: { type: 'plain_text_input', value } } },
      });
    expect(await submit('')).toMatchObject({ result: 'held-back' });
    expect(await submit('no')).toMatchObject({ result: 'errors', errors: { why: 'Say more.' } });
    expect(workspace.views(ada.id)).toMatchObject([{ errors: { why: 'Say more.' }, isSubmitting: false }]);
    expect(await submit('The key is too short.')).toMatchObject({ acked: true, result: 'closed' });
    expect(workspace.views(ada.id)).toEqual([]);
  });

  it('replaces, pushes and clears modals by its answers', async () => {
    const replies = [
      { response_action: 'update' as const, view: aReasonModal({ private_metadata: 'second' }) },
      { response_action: 'push' as const, view: aReasonModal({ private_metadata: 'third' }) },
      { response_action: 'clear' as const },
    ];
    const { workspace, bot, channel, ada } = await connected((app) => {
      app.action('deny', async ({ ack, body, client }) => {
        await ack();
        if (body.type !== 'block_actions') throw new Error('not a press');
        await client.views.open({ trigger_id: body.trigger_id, view: aReasonModal() });
      });
      app.view('reason', async ({ ack }) => {
        const response = replies.shift();
        if (response === undefined) throw new Error('one submission too many');
        await ack(response);
      });
    });
    const posted = await bot.client.chat.postMessage({ channel: channel.id, blocks: aCard(), text: 'x' });
    await workspace.click({ as: ada.id, channel: channel.id, ts: String(posted.ts), actionId: 'deny' });
    await workspace.waitFor(() => workspace.views(ada.id).length === 1);
    const submitTop = () => {
      const viewId = workspace.views(ada.id).at(-1)?.id ?? '';
      const values = { why: { text: { type: 'plain_text_input', value: 'Because' } } };
      return workspace.submitView({ as: ada.id, viewId, values });
    };
    expect(await submitTop()).toMatchObject({ result: 'updated' });
    expect(workspace.views(ada.id)).toMatchObject([{ view: { private_metadata: 'second' } }]);
    expect(await submitTop()).toMatchObject({ result: 'pushed' });
    expect(workspace.views(ada.id)).toHaveLength(2);
    expect(await submitTop()).toMatchObject({ result: 'cleared' });
    expect(workspace.views(ada.id)).toEqual([]);
  });

  it('shows under the card that the app did not acknowledge', async () => {
    const { workspace, bot, channel, ada } = await connected((app) => {
      app.action('approve', async () => undefined);
    });
    const posted = await bot.client.chat.postMessage({ channel: channel.id, blocks: aCard(), text: 'x' });
    const ts = String(posted.ts);
    const clicked = workspace.click({ as: ada.id, channel: channel.id, ts, actionId: 'approve' });
    expect(workspace.message(channel.id, ts)).toMatchObject({ busyActions: ['approve'] });
    expect(await clicked).toMatchObject({ acked: false, reason: 'timeout' });
    expect(workspace.message(channel.id, ts)).toMatchObject({
      warning: 'Countersign did not respond in time.',
      busyActions: [],
    });
  });

  it('answers a slash command in private', async () => {
    const texts: string[] = [];
    const { workspace, channel, ada, ben } = await connected((app) => {
      app.command('/workflow', async ({ ack, command, respond }) => {
        texts.push(command.text);
        await ack('Loading…');
        await respond({ response_type: 'in_channel', text: 'Found it' });
      });
    });
    await workspace.command({
      as: ada.id,
      channel: channel.id,
      command: '/workflow',
      text: 'who @ben #approvals',
    });
    await workspace.waitForMessage((one) => one.text === 'Found it');
    expect(texts).toEqual([`who <@${ben.id}|ben> <#${channel.id}|approvals>`]);
    expect(workspace.messages(channel.id, ada.id).map(({ text }) => text)).toEqual(['Loading…', 'Found it']);
    expect(workspace.messages(channel.id, ben.id).map(({ text }) => text)).toEqual(['Found it']);
  });

  it('hears that the Home tab was opened and publishes it', async () => {
    const { workspace, ada } = await connected((app) => {
      app.event('app_home_opened', async ({ event, client }) => {
        const blocks = [{ type: 'header', text: { type: 'plain_text', text: 'Waiting for you' } }];
        await client.views.publish({ user_id: event.user, view: { type: 'home', blocks } });
      });
    });
    expect(await workspace.openHome(ada.id)).toMatchObject({ kind: 'acked' });
    const home = await workspace.waitFor(() => workspace.home(ada.id));
    expect(home.view).toMatchObject({ type: 'home', blocks: [{ type: 'header' }] });
  });

  it('hears of a closed modal only when it asked to', async () => {
    const closed: string[] = [];
    const { workspace, bot, channel, ada } = await connected((app) => {
      app.action('deny', async ({ ack, body, client }) => {
        await ack();
        if (body.type !== 'block_actions') throw new Error('not a press');
        const view = aReasonModal({ notify_on_close: true });
        await client.views.open({ trigger_id: body.trigger_id, view });
      });
      app.view({ type: 'view_closed', callback_id: 'reason' }, async ({ ack, view }) => {
        await ack();
        closed.push(view.private_metadata);
      });
    });
    const posted = await bot.client.chat.postMessage({ channel: channel.id, blocks: aCard(), text: 'x' });
    await workspace.click({ as: ada.id, channel: channel.id, ts: String(posted.ts), actionId: 'deny' });
    const view = await workspace.waitFor(() => workspace.views(ada.id)[0]);
    await workspace.closeView({ as: ada.id, viewId: view.id });
    expect(closed).toEqual(['req-1']);
    expect(workspace.views(ada.id)).toEqual([]);
  });
});
