import { describe, expect, it } from '@jest/globals';
import { approve, buttonsOf, cardSaying, click, privateWord, theCard } from '../support/stage/cards.js';
import { askForCertificate } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openStage, transports } from '../support/stage/open-stage.js';
import { personas, places } from '../support/stage/personas.js';

const byTheBot = 'approve by KEYEXAMPLE\\svc-countersign';

describe.each(transports)('trouble with Slack, over %s', (transport) => {
  it('waits as long as Slack asks, and posts once', async () => {
    const stage = await openStage(transport);
    await askForCertificate(stage);
    stage.slack.fail({ method: 'chat.postMessage', fault: 'ratelimited', retryAfterS: 30 });
    await stage.observe();
    expect(stage.slack.messages(places.pki)).toHaveLength(0);
    await stage.observeAfter(29_000);
    expect(stage.slack.messages(places.pki)).toHaveLength(0);
    await stage.observeAfter(2_000);
    expect(buttonsOf(theCard(stage))).toContain('Approve');
    await finish(stage, { posts: { pki: 1 }, signals: [] });
  });

  it('posts forty cards, and the digest that stands for them, without a single refusal for speed', async () => {
    const stage = await openStage(transport);
    for (let count = 0; count < 40; count += 1)
      await askForCertificate(stage, { host: `host${count}.keyexample.com` });
    await stage.observe();
    for (let second = 0; second < 45; second += 1) {
      stage.clock.advance(1_000);
      await stage.bot().deliver();
    }
    expect(stage.slack.messages(places.pki)).toHaveLength(41);
    expect(stage.slack.calls.filter(({ outcome }) => outcome === 'ratelimited')).toHaveLength(0);
    await finish(stage, { posts: { pki: 41 }, signals: [] });
  });

  it('keeps a press while Slack may not be asked who somebody is, and decides by itself afterwards', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click' });
    await askForCertificate(stage);
    await stage.observe();
    const card = theCard(stage);
    stage.slack.fail({ method: 'users.info', fault: 'ratelimited', retryAfterS: 30 });
    await click(stage, 'ana', card, 'approve');
    await privateWord(stage, 'ana', /Your click is saved.*no need to click again/);
    await click(stage, 'li', card, 'approve');
    await privateWord(stage, 'li', /Your click is saved/);
    const requested = stage.slack.calls.filter(({ method }) => method === 'users.info');
    expect(requested.at(-1)).toMatchObject({ args: { user: personas.ana.id }, outcome: 'ratelimited' });
    expect(buttonsOf(theCard(stage))).toContain('Approve');
    stage.clock.advance(30_000);
    await stage.bot().takeUp();
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await finish(stage, {
      posts: { pki: 1, '@sam': 1, '@li': 1 },
      answers: { ana: 1, li: 1 },
      signals: [byTheBot],
    });
  });

  it('moves to the fallback channel when a channel is archived, and tells the operators', async () => {
    const stage = await openStage(transport);
    stage.slack.archive(places.pki);
    stage.log.expectError(/cannot be posted to/);
    await askForCertificate(stage);
    await stage.observe();
    const card = await cardSaying(stage, /Approve/, places.fallback);
    await cardSaying(stage, /archived|C0PKI/, places.ops);
    await approve(stage, 'ana', card);
    await cardSaying(stage, /Approved by Ana Ruiz/, places.fallback);
    await finish(stage, { posts: { fallback: 1, ops: 1, '@sam': 1 }, signals: [byTheBot] });
  });

  it('posts a live card again when somebody deleted it', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click', quorum: 2 });
    await askForCertificate(stage);
    await stage.observe();
    const card = theCard(stage);
    stage.slack.fail({ method: 'chat.update', fault: 'message_not_found' });
    await click(stage, 'ana', card, 'approve');
    await privateWord(stage, 'ana', /1 of 2/);
    await cardSaying(stage, /1 of 2/);
    await finish(stage, { posts: { pki: 2 }, answers: { ana: 1 }, signals: [] });
  });

  it('posts again when Slack never told whether it posted, and keeps both copies true', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click' });
    await askForCertificate(stage);
    stage.slack.fail({ method: 'chat.postMessage', fault: 'drop-after-effect' });
    await stage.observe();
    const doubled = theCard(stage);
    await click(stage, 'ana', doubled, 'approve');
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await stage.observeAfter(60_000);
    const live = stage.slack.messages(places.pki).filter((one) => buttonsOf(one).includes('Approve'));
    expect(live).toHaveLength(0);
    const posts = stage.slack.messages(places.pki).length;
    await finish(stage, { posts: { pki: posts, '@sam': 1 }, signals: [byTheBot] });
  });

  it('answers by direct message when the private way is closed', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click' });
    await askForCertificate(stage);
    await stage.observe();
    stage.slack.fail({ method: 'response_url', fault: 'http-500', times: 5 });
    stage.slack.fail({ method: 'chat.postEphemeral', fault: 'channel_not_found', times: 5 });
    await click(stage, 'bo', theCard(stage), 'approve');
    await stage.slack.waitFor(() => stage.slack.messages(stage.slack.im(personas.bo.id).id).length === 1);
    await finish(stage, { posts: { pki: 1, '@bo': 1 }, signals: [] });
  });

  it('falls back to a plain message with the same buttons when Slack refuses the blocks', async () => {
    const stage = await openStage(transport);
    stage.log.expectError(/./);
    await askForCertificate(stage);
    stage.slack.fail({ method: 'chat.postMessage', fault: 'invalid_blocks' });
    await stage.observe();
    const card = theCard(stage);
    expect(buttonsOf(card)).toEqual(expect.arrayContaining(['Approve', 'Deny']));
    await approve(stage, 'ana', card);
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [byTheBot] });
  });

  it.each([
    ['empty names', { names: true }],
    ['neither names nor a workspace', { names: true, team: true }],
  ])('takes a decision, and "That wasn\'t me", from a payload with %s', async (_what, omitted) => {
    const stage = await openStage(transport, { receipts: 'all' });
    stage.slack.omit(omitted);
    await askForCertificate(stage);
    await stage.observe();
    await approve(stage, 'ana', theCard(stage), 'Checked');
    await cardSaying(stage, /Approved by Ana Ruiz/);
    const receipt = await privateWord(stage, 'ana', /Receipt/);
    const { channel, ts, blocks } = receipt;
    const as = personas.ana.id;
    await stage.slack.click({ as, channel, ts, actionId: 'receipt.disown', from: blocks });
    await privateWord(stage, 'ana', /Your rights in Countersign are suspended/);
    await cardSaying(stage, /not theirs/, places.ops);
    await finish(stage, { posts: { pki: 1, ops: 1, '@ana': 1, '@sam': 1 }, signals: [byTheBot] });
  });

  it('decides by one click, and takes back, from payloads with neither a channel beside the message nor a time', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click', quorum: 2 });
    stage.slack.omit({ envelope: true });
    await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'approve');
    await cardSaying(stage, /1 of 2/);
    await click(stage, 'ana', theCard(stage), 'withdraw');
    await cardSaying(stage, /0 of 2/);
    await finish(stage, { posts: { pki: 1 }, answers: { ana: 2 }, signals: [] });
  });

  it('says that no window can be opened where Slack gives no way to open one', async () => {
    const stage = await openStage(transport);
    stage.slack.omit({ envelope: true });
    stage.log.expectError(/trigger_id/);
    await askForCertificate(stage);
    await stage.observe();
    await click(stage, 'ana', theCard(stage), 'deny');
    await privateWord(stage, 'ana', /Nothing was decided; please click again/);
    await finish(stage, { posts: { pki: 1 }, answers: { ana: 1 }, signals: [] });
  });

  const odd = [
    ['an HTML page', { fault: 'response', response: { status: 200, body: '<html>Sign in</html>' } }],
    ['a 403 page', { fault: 'response', response: { status: 403, body: 'Forbidden' } }],
    ['an empty body', { fault: 'response', response: { status: 200, body: '' } }],
    ['a word nobody knows', { fault: 'slack_is_being_migrated' }],
    ['that it is a guest of the team', { fault: 'team_access_not_granted' }],
    ['nothing', { fault: 'drop-connection' }],
  ] as const;

  it.each(odd)('tells whoever pressed that no window opened when Slack answers %s', async (_what, fault) => {
    const stage = await openStage(transport);
    stage.log.expectError(/./);
    await askForCertificate(stage);
    await stage.observe();
    stage.slack.fail({ method: 'views.open', ...fault });
    await click(stage, 'ana', theCard(stage), 'approve');
    await privateWord(stage, 'ana', /Nothing was decided|click again/);
    await approve(stage, 'ana', theCard(stage));
    await cardSaying(stage, /Approved by Ana Ruiz/);
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, answers: { ana: 1 }, signals: [byTheBot] });
  });

  it.each(odd)(
    'keeps a press while Slack tells %s of who somebody is, and decides afterwards',
    async (_what, fault) => {
      const stage = await openStage(transport, { approveWith: 'one-click' });
      stage.log.expectError(/./);
      await askForCertificate(stage);
      await stage.observe();
      stage.slack.fail({ method: 'users.info', times: 3, ...fault });
      await click(stage, 'ana', theCard(stage), 'approve');
      await privateWord(stage, 'ana', /Your click is saved/);
      for (let minute = 0; minute < 5; minute += 1) {
        stage.clock.advance(60_000);
        await stage.bot().takeUp();
      }
      await cardSaying(stage, /Approved by Ana Ruiz/);
      await finish(stage, { posts: { pki: 1, '@sam': 1 }, answers: { ana: 1 }, signals: [byTheBot] });
    },
  );

  it.each(odd)(
    'brings the outcome to the requester although Slack answers %s when the way to them is opened',
    async (_what, fault) => {
      const stage = await openStage(transport, { approveWith: 'one-click' });
      stage.log.expectError(/./);
      await askForCertificate(stage);
      await stage.observe();
      stage.slack.fail({ method: 'conversations.open', times: 6, ...fault });
      await click(stage, 'ana', theCard(stage), 'approve');
      await cardSaying(stage, /Approved by Ana Ruiz/);
      for (let minute = 0; minute < 15; minute += 1) await stage.observeAfter(60_000);
      await privateWord(stage, 'sam', /approved/i);
      await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [byTheBot] });
    },
  );

  it.each([
    ['an HTML page', { fault: 'response', response: { status: 200, body: '<html>Sign in</html>' } }],
    ['a 403 page', { fault: 'response', response: { status: 403, body: 'Forbidden' } }],
    ['an empty body', { fault: 'response', response: { status: 200, body: '' } }],
    ['a word nobody knows', { fault: 'slack_is_being_migrated' }],
  ])('takes the buttons off an ended card although Slack answers %s for a while', async (_what, fault) => {
    const stage = await openStage(transport);
    await askForCertificate(stage);
    await stage.observe();
    stage.slack.fail({ method: 'chat.update', times: 6, ...fault });
    await approve(stage, 'ana', theCard(stage));
    await privateWord(stage, 'sam', /approved/i);
    for (let minute = 0; minute < 10; minute += 1) await stage.observeAfter(60_000);
    await cardSaying(stage, /Approved by Ana Ruiz/);
    expect(buttonsOf(theCard(stage))).not.toContain('Approve');
    await finish(stage, { posts: { pki: 1, '@sam': 1 }, signals: [byTheBot] });
  });

  it('tells the end in the thread of a card that Slack lets nobody edit any more', async () => {
    const stage = await openStage(transport);
    await askForCertificate(stage);
    await stage.observe();
    const card = theCard(stage);
    stage.slack.fail({
      method: 'chat.update',
      fault: 'edit_window_closed',
      times: 9,
      when: ({ ts }) => ts === card.ts,
    });
    await approve(stage, 'ana', card);
    await cardSaying(stage, /Approved by Ana Ruiz/);
    expect(stage.slack.thread(places.pki, card.ts)).toHaveLength(1);
    await cardSaying(stage, /won't let Countersign edit/, places.ops);
    await finish(stage, { posts: { pki: 2, ops: 1, '@sam': 1 }, signals: [byTheBot] });
  });

  it('sends an approver’s decision before a stranger’s 500 earlier clicks are through, and asks Slack nothing about them', async () => {
    const stage = await openStage(transport, { approveWith: 'one-click' });
    const { slack, command, log } = stage;
    await askForCertificate(stage);
    await stage.observe();
    const card = theCard(stage);
    const before = slack.calls.length;
    const flood = Array.from({ length: 500 }, () => click(stage, 'bo', card, 'approve'));
    const approving = click(stage, 'ana', card, 'approve');
    await command.waitFor(() => command.effectiveSignals.length === 1, 100_000);
    const ofBo = `"person":"${personas.bo.id}"`;
    // Over HTTP it is the order of connections, and none of the bot's, in which they come.
    if (transport === 'socket')
      expect(log.lines.filter((line) => line.includes(ofBo)).length).toBeLessThan(250);
    await Promise.all([...flood, approving]);
    const asked = slack.calls.slice(before).filter(({ method }) => /^user/.test(method));
    expect(new Set(asked.map(({ args }) => args.user))).toEqual(new Set([personas.ana.id]));
    expect(asked.filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
    await stage.close();
  }, 150_000);

  it('waits with an alert until its channel lets the bot in, and shows it to operators meanwhile', async () => {
    const stage = await openStage(transport, { alerts: {}, operators: ['ana'] });
    stage.log.expectError(/cannot be posted to/);
    await stage.observe();
    stage.slack.removeApp(places.alerts);
    const id = await askForCertificate(stage);
    stage.command.failInstance(id, 'The RPC server is unavailable.');
    await stage.observeAfter(15_000);
    await cardSaying(stage, /RPC server/, places.ops);
    expect(stage.slack.messages(places.alerts)).toEqual([]);
    stage.slack.inviteApp(places.alerts);
    for (let minute = 0; minute < 6; minute += 1) await stage.observeAfter(60_000);
    await cardSaying(stage, /RPC server/, places.alerts);
    await finish(stage, { posts: { alerts: 1, ops: 2 }, signals: [] });
  });
});
