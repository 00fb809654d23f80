import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { fakeService } from './a-service.js';
import { aSlack, type Slack } from './a-slack.js';

describe('a request to the address Slack sends clicks to', () => {
  let stage: Slack;
  beforeEach(async () => {
    stage = await aSlack({ mode: 'http', service: fakeService() });
  });
  afterEach(() => stage.stop());

  interface Signing {
    readonly atMs?: number;
    readonly secret?: string;
    readonly type?: string;
    readonly path?: string;
  }

  function send(body: string, signing: Signing = {}): Promise<Response> {
    const seconds = Math.floor((signing.atMs ?? Date.now()) / 1000);
    const secret = signing.secret ?? stage.workspace.app.signingSecret;
    const signature = createHmac('sha256', secret).update(`v0:${seconds}:${body}`).digest('hex');
    return fetch(stage.requestUrl + (signing.path ?? ''), {
      method: 'POST',
      headers: {
        'content-type': signing.type ?? 'application/x-www-form-urlencoded',
        'x-slack-request-timestamp': String(seconds),
        'x-slack-signature': `v0=${signature}`,
      },
      body,
    });
  }
  const form = (payload: unknown): string => `payload=${encodeURIComponent(JSON.stringify(payload))}`;
  const click = form({
    type: 'block_actions',
    user: { id: 'U0ADA', team_id: 'T0SIMULATED' },
    team: null,
    actions: [{ type: 'button', action_id: 'approval.approve', block_id: 'x', value: 'approval-a.1' }],
  });

  it('is taken when signed just now', async () => {
    expect((await send(click)).status).toBe(200);
  });

  it.each([
    ['signed with another secret', { secret: 'guessed' }],
    ['six minutes old', { atMs: Date.now() - 360_000 }],
    ['signed two minutes in the future', { atMs: Date.now() + 120_000 }],
  ])('is refused when %s', async (_what, signing) => {
    expect((await send(click, signing)).status).toBe(401);
    expect(stage.service.steps).toEqual([]);
  });

  it('is refused without a signature, with a word on why', async () => {
    const response = await fetch(stage.requestUrl, { method: 'POST', body: click });
    expect(response.status).toBe(401);
    expect(await response.text()).toContain('not signed by Slack');
  });

  it('is refused without a signature even when it says it only checks the certificate', async () => {
    const body = 'ssl_check=1&token=guessed';
    expect((await fetch(stage.requestUrl, { method: 'POST', body })).status).toBe(401);
  });

  it('is refused when larger than anything Slack sends', async () => {
    const status = await send(`payload=${'x'.repeat(1_100_000)}`).then(
      (response) => response.status,
      () => 'connection closed',
    );
    expect([413, 'connection closed']).toContain(status);
  });

  it.each(['application/x-www-form-urlencoded; charset=utf-8', 'Application/X-WWW-Form-URLEncoded'])(
    'is taken whatever way its type is written: %s',
    async (type) => {
      expect((await send(click, { type })).status).toBe(200);
    },
  );

  it('is answered 200 when Slack only looks at the certificate', async () => {
    expect((await send('ssl_check=1&token=x')).status).toBe(200);
    expect(stage.service.steps).toEqual([]);
  });

  it.each([
    ['no JSON', 'payload=%7Bnope'],
    ['nothing', ''],
    ['an array', form([])],
    ['null', form(null)],
    ['of an unknown kind', form({ type: 'surprise', user: { id: 'U0ADA' } })],
    ['a press without actions', form({ type: 'block_actions', user: { id: 'U0ADA' }, actions: [] })],
    ['a press by nobody', form({ type: 'block_actions', actions: [{ action_id: 'approval.approve' }] })],
    ['a submission without a view', form({ type: 'view_submission', user: { id: 'U0ADA' } })],
  ])('is refused at once when it is %s', async (_what, body) => {
    expect((await send(body)).status).toBe(400);
  });

  it('is refused at once when its JSON is null', async () => {
    expect((await send('null', { type: 'application/json' })).status).toBe(400);
  });

  it('is refused on any other path or by any other method', async () => {
    expect((await send(click, { path: '/else' })).status).toBe(404);
    expect((await fetch(stage.requestUrl)).status).toBe(405);
    expect((await fetch(stage.requestUrl, { method: 'PUT' })).status).toBe(405);
  });
});
