import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Click } from '../../src/domain/voting.js';
import { ChatError } from '../../src/ports/errors.js';
import { anApproval, aPersonId } from '../support/an-approval.js';
import { aCard } from './a-card.js';
import { aSlack, type Slack } from './a-slack.js';

let stage: Slack;
beforeEach(async () => {
  stage = await aSlack({ timeoutMs: 300 });
});
afterEach(() => stage.stop());

const ada = { kind: 'person', person: { teamId: 'T0SIMULATED', userId: 'U0ADA' } } as const;
const card = () => ({ kind: 'card', card: aCard() }) as const;
const calls = (method: string) => stage.workspace.calls.filter((call) => call.method === method);

async function errorOf(work: Promise<unknown>): Promise<ChatError> {
  const error = await work.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof ChatError) return error;
  throw new Error('no ChatError was thrown');
}

describe('posting', () => {
  it('shows a card in a channel and updates it there', async () => {
    const message = await stage.post();
    expect(stage.workspace.message(stage.channel, message.ts)?.text).toContain(
      'Approval needed: certificate enrollment',
    );
    const over = anApproval({
      version: 2,
      state: { kind: 'ended', ending: { kind: 'not-visible' }, atMs: 0 },
    });
    await stage.chat.update(message, {
      kind: 'card',
      card: aCard({ approval: over, actions: ['details'] }),
    });
    const shown = JSON.stringify(stage.workspace.message(stage.channel, message.ts)?.blocks);
    expect(shown).toContain('cannot see the result');
    expect(shown).not.toContain('approval.approve');
  });

  it('shows a card to a person in their direct messages, and finds it there again', async () => {
    const message = await stage.chat.post(ada, card());
    expect(message.channel).toMatch(/^D/);
    await stage.chat.update(message, card());
  });

  it.each([
    ['ratelimited', 'throttled', true],
    ['is_archived', 'channel-gone', false],
    ['channel_not_found', 'channel-gone', false],
    ['not_in_channel', 'channel-gone', false],
    ['http-500', 'outcome-unknown', false],
    ['timeout-after-effect', 'outcome-unknown', false],
    ['drop-connection', 'outcome-unknown', false],
    ['fatal_error', 'outcome-unknown', false],
    ['invalid_auth', 'sign-in', true],
    ['missing_scope', 'sign-in', true],
    ['account_inactive', 'sign-in', true],
    ['restricted_action', 'channel-gone', false],
    ['restricted_action_thread_only_channel', 'channel-gone', false],
    ['something_new', 'unavailable', true],
    ['team_added_to_org', 'unavailable', true],
  ])('calls %s of a post %s', async (fault, code, retryable) => {
    stage.workspace.fail({ method: 'chat.postMessage', fault, retryAfterS: 7 });
    const error = await errorOf(stage.post());
    expect(error).toMatchObject({ code, retryable });
    if (code === 'throttled') expect(error.retryAfterMs).toBe(7000);
    expect(calls('chat.postMessage')).toHaveLength(1);
  });

  it('keeps a direct message when Slack says account_inactive, as it does of an app taken out', async () => {
    stage.workspace.fail({ method: 'chat.postMessage', fault: 'account_inactive' });
    expect(await errorOf(stage.chat.post(ada, card()))).toMatchObject({ code: 'sign-in' });
  });

  it.each([
    ['message_not_found', 'message-gone'],
    ['cant_update_message', 'not-editable'],
    ['edit_window_closed', 'not-editable'],
    ['something_new', 'unavailable'],
    ['http-500', 'unavailable'],
    ['timeout-before-effect', 'unavailable'],
    ['drop-connection', 'unavailable'],
    ['ratelimited', 'throttled'],
  ])('calls %s of an update %s', async (fault, code) => {
    const message = await stage.post();
    stage.workspace.fail({ method: 'chat.update', fault });
    expect(await errorOf(stage.chat.update(message, card()))).toMatchObject({ code });
  });

  it.each(['invalid_blocks', 'msg_blocks_too_long', 'msg_too_long'])(
    'sends a message once more, plainly, when Slack answers %s, and says so in the log',
    async (fault) => {
      stage.workspace.fail({ method: 'chat.postMessage', fault });
      const { ts } = await stage.post();
      const blocks = stage.workspace.message(stage.channel, ts)?.blocks ?? [];
      expect(blocks).toMatchObject([{ type: 'section', text: { type: 'plain_text' } }, { type: 'actions' }]);
      expect(JSON.stringify(blocks)).toContain('CN=app.example.com');
      expect(JSON.stringify(blocks)).toContain('approval.approve');
      expect(stage.log.lines.filter(({ level }) => level === 'error')).toHaveLength(1);
    },
  );

  it('gives up when the plain form is refused too', async () => {
    stage.workspace.fail({ method: 'chat.postMessage', fault: 'invalid_blocks', times: 2 });
    expect(await errorOf(stage.post())).toMatchObject({ code: 'refused' });
    expect(calls('chat.postMessage')).toHaveLength(2);
  });

  it('knows that nothing was posted when there was nobody to connect to', async () => {
    await stage.workspace.stop();
    // The first call still goes out on a connection that was kept open, so it cannot know.
    await errorOf(stage.post());
    expect(await errorOf(stage.post())).toMatchObject({ code: 'unavailable' });
  });
});

describe('whatever Slack, or what stands before it, answers', () => {
  /** Words Slack is known to say, words nobody knows yet, pages, and anything else. */
  const body = fc.oneof(
    fc.constantFrom(
      '',
      'null',
      '{}',
      '[]',
      '{"ok":false}',
      '{"ok":false,"error":7}',
      '<html><title>502 Bad Gateway</title></html>',
    ),
    fc
      .constantFrom('team_added_to_org', 'message_limit_exceeded', 'fatal_error', 'is_archived', 'cannot_x')
      .map((error) => JSON.stringify({ ok: false, error })),
    fc.stringMatching(/^[a-z_]{3,30}$/).map((error) => JSON.stringify({ ok: false, error: `new_${error}` })),
    fc.json(),
    fc.string(),
  );
  const answer = fc.record({
    status: fc.constantFrom(200, 201, 302, 400, 401, 403, 404, 408, 413, 429, 500, 502, 503),
    body,
    headers: fc.constantFrom(
      {},
      { 'retry-after': '30' },
      { 'retry-after': 'soon' },
      { location: '/sign-in' },
    ),
  });
  /** What makes the bot give a message up, or take it for said. */
  const isFinal = (error: unknown) => !(error instanceof ChatError) || error.code === 'refused';
  /** Slack has said yes, or that something is wrong with the form. */
  const isPlain = (said: string) =>
    /"ok":(true|[1-9"[{])|invalid_|metadata_|no_text|too_(long|many)/.test(said);

  it('makes the bot give up no message for it, neither a new one nor an edit', async () => {
    const message = await stage.post();
    await fc.assert(
      fc.asyncProperty(answer, fc.boolean(), async (planned, isPost) => {
        fc.pre(!isPlain(planned.body));
        const method = isPost ? 'chat.postMessage' : 'chat.update';
        const fault = stage.workspace.fail({ method, fault: 'response', response: planned });
        const work = isPost ? stage.post() : stage.chat.update(message, card());
        const thrown = await work.then(
          () => 'nothing was thrown',
          (error: unknown) => error,
        );
        fault.cancel();
        expect(isFinal(thrown) ? thrown : undefined).toBeUndefined();
      }),
      { numRuns: 150 },
    );
  });

  it('takes buttons away with one short sentence when Slack takes neither form of an ended card', async () => {
    const message = await stage.post();
    stage.workspace.fail({ method: 'chat.update', fault: 'invalid_blocks', times: 2 });
    const over = anApproval({ state: { kind: 'ended', ending: { kind: 'not-visible' }, atMs: 0 } });
    await stage.chat.update(message, { kind: 'card', card: aCard({ approval: over, actions: ['details'] }) });
    const shown = stage.workspace.message(stage.channel, message.ts);
    expect(shown).toMatchObject({ blocks: [], text: expect.stringContaining('out of date') });
  });
});

describe('a private answer', () => {
  const click = (fields: Partial<Click> = {}) => ({
    person: aPersonId('U0ADA', 'T0SIMULATED'),
    message: { channel: stage.channel, ts: '1.2' },
    ...fields,
  });
  const reply = { kind: 'unknown-card' } as const;

  it('is seen by nobody else', async () => {
    expect(await stage.chat.replyToClick(click(), reply)).toBe(true);
    expect(stage.workspace.messages(stage.channel, 'U0ADA')).toMatchObject([{ isEphemeral: true }]);
    expect(stage.workspace.messages(stage.channel, 'U0BO')).toEqual([]);
  });

  it('takes the next way when the address of the press does not work any more', async () => {
    const responseUrl = `${stage.workspace.app.appId}://nowhere`;
    expect(await stage.chat.replyToClick(click({ responseUrl }), reply)).toBe(true);
    expect(calls('chat.postEphemeral')).toHaveLength(1);
  });

  it('says so when no way was open, and does not throw', async () => {
    stage.workspace.fail({ method: 'chat.postEphemeral', fault: 'user_not_in_channel' });
    expect(await stage.chat.replyToClick(click(), reply)).toBe(false);
  });
});

describe('looking a person up', () => {
  const lookUp = (userId: string, teamId = 'T0SIMULATED') => stage.chat.lookUpPerson({ teamId, userId });

  it.each([
    ['a guest', { isGuest: true }, 'guest'],
    ['a guest of one channel', { isSingleChannelGuest: true }, 'guest'],
    ['somebody from a connected workspace', { isStranger: true }, 'stranger'],
    ['somebody whose account is in another workspace', { teamId: 'T0OTHER' }, 'stranger'],
    ['a deactivated account', { isDeactivated: true }, 'deactivated'],
    ['an app', { isBot: true }, 'bot'],
    ['everybody else', {}, 'member'],
  ])('finds %s', async (_who, fields, standing) => {
    const { id } = stage.workspace.addMember({ name: 'kim', ...fields });
    expect(await lookUp(id)).toMatchObject({ membership: standing });
  });

  it('calls a person of another workspace a stranger, and one whom Slack does not know too', async () => {
    expect(await lookUp('U0ADA', 'T0OTHER')).toMatchObject({ membership: 'stranger' });
    expect(await lookUp('U0NOBODY')).toMatchObject({ membership: 'stranger' });
  });

  it('takes an address only if Slack says that it was confirmed', async () => {
    const kim = { name: 'kim', email: 'kim@example.com' };
    const yes = stage.workspace.addMember({ ...kim, isEmailConfirmed: true });
    const no = stage.workspace.addMember({ ...kim, isEmailConfirmed: false });
    expect(await lookUp(yes.id)).toMatchObject({ confirmedEmail: 'kim@example.com' });
    expect(await lookUp(no.id)).not.toHaveProperty('confirmedEmail');
  });

  it('looks afresh every time', async () => {
    expect(await lookUp('U0ADA')).toMatchObject({ membership: 'member' });
    stage.workspace.deactivate('U0ADA');
    expect(await lookUp('U0ADA')).toMatchObject({ membership: 'deactivated' });
  });

  it.each(['ratelimited', 'http-500', 'drop-connection', 'missing_scope'])('throws on %s', async (fault) => {
    stage.workspace.fail({ method: 'users.info', fault });
    await errorOf(lookUp('U0ADA'));
  });
});
