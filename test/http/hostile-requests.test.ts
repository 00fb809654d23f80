import { createHmac } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import type { Listener } from '../../src/http/server.js';
import { openOperationsListener } from '../../src/http/server.js';
import { aSlack, type Slack } from '../slack/a-slack.js';
import { keepLog, type LogLine } from '../support/kept-log.js';
import { aListener } from './a-listener.js';
import { anyRequest } from './any-request.js';
import { sendAll } from './raw-request.js';

/** Fails on any line that is not the short one about a refusal. */
function expectRefusalsOnly(lines: readonly LogLine[]): void {
  for (const { level, fields, sentence } of lines) {
    expect([level, sentence]).toEqual(['warn', 'An incoming request was refused']);
    expect(Object.keys(fields)).toEqual(['status', 'reason']);
    expect(fields.status).toBeGreaterThanOrEqual(400);
    expect(String(fields.reason)).toMatch(/^[A-Z][\w ,-]+\.$/);
  }
}

describe('whatever is sent', () => {
  it('to a route leaves the listener unharmed', async () => {
    const { port, log, say, listener } = await aListener();
    await fc.assert(
      fc.asyncProperty(anyRequest('/echo'), async ({ head, body }) => {
        const { status } = await sendAll(port, head, body);
        expect(status === undefined || status < 500 || status === 505).toBe(true);
      }),
      { numRuns: 80 },
    );
    expect((await say('well')).status).toBe(200);
    await listener.close();
    expectRefusalsOnly(log.lines);
    expect(log.lines.length).toBeGreaterThan(20);
  });

  it.each(['/healthz', '/readyz'])('to %s leaves the operations listener unharmed', async (path) => {
    const log = keepLog();
    const listener: Listener = await openOperationsListener(
      { host: '127.0.0.1', port: 0, log, newId: () => 'id' },
      { checks: async () => [] },
    );
    const port = listener.port ?? 0;
    await fc.assert(
      fc.asyncProperty(anyRequest(path), async ({ head, body }) => {
        const { status } = await sendAll(port, head, body);
        expect(status === undefined || status < 500 || status === 505).toBe(true);
      }),
      { numRuns: 60 },
    );
    expect((await fetch(`http://127.0.0.1:${port}${path}`)).status).toBe(200);
    await listener.close();
    expectRefusalsOnly(log.lines);
  });
});

describe('whatever is sent to the address Slack calls', () => {
  let stage: Slack;
  beforeEach(async () => {
    stage = await aSlack({ mode: 'http' });
  });
  afterEach(() => stage.stop());

  const signed = (body: string, type = 'application/x-www-form-urlencoded') => {
    const seconds = Math.floor(Date.now() / 1000);
    const base = `v0:${seconds}:${body}`;
    const signature = createHmac('sha256', stage.workspace.app.signingSecret).update(base).digest('hex');
    return fetch(stage.requestUrl, {
      method: 'POST',
      headers: {
        'content-type': type,
        'x-slack-request-timestamp': String(seconds),
        'x-slack-signature': `v0=${signature}`,
      },
      body,
    });
  };
  const form = (payload: unknown): string => `payload=${encodeURIComponent(JSON.stringify(payload))}`;
  const click = {
    type: 'block_actions',
    user: { id: 'U0ADA', team_id: 'T0SIMULATED' },
    team: { id: 'T0SIMULATED' },
    actions: [{ type: 'button', action_id: 'approval.approve', block_id: 'x', value: 'approval-a.1' }],
  };

  /** Presses Approve on a card; tells whether that was taken. */
  const clickForReal = async () => {
    const { ts } = await stage.post();
    const at = { as: 'U0ADA', channel: stage.channel, ts, actionId: 'approval.approve' };
    return (await stage.workspace.click(at)).acked;
  };

  it('without Slack’s signature is refused or cut off, and reaches nobody', async () => {
    const port = Number(new URL(stage.requestUrl).port);
    await fc.assert(
      fc.asyncProperty(anyRequest('/slack/events'), async ({ head, body }) => {
        const { status } = await sendAll(port, head, body);
        expect(status === undefined || (status >= 400 && status < 500) || status === 505).toBe(true);
      }),
      { numRuns: 80 },
    );
    expect(stage.service.steps).toEqual([]);
    expectRefusalsOnly(stage.log.lines);
    expect(await clickForReal()).toBe(true);
    expect(stage.service.steps).toContain('look');
  });

  it('with Slack’s signature is answered, and harms nobody', async () => {
    const anyValue = fc.jsonValue({ maxDepth: 2 });
    const field = fc.constantFrom(
      'user',
      'team',
      'actions',
      'channel',
      'message',
      'view',
      'type',
      'response_url',
    );
    const twisted = fc
      .tuple(field, anyValue)
      .map(([name, value]) => form({ ...click, response_url: undefined, [name]: value }));
    const typed = fc
      .dictionary(
        fc.constantFrom('command', 'text', 'user_id', 'team_id', 'payload', 'ssl_check'),
        fc.string(),
      )
      .map((fields) => new URLSearchParams(fields).toString());
    const events = anyValue.map((event) => JSON.stringify({ type: 'event_callback', event }));
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(twisted, typed, events, fc.string()),
        fc.constantFrom('application/json', 'application/x-www-form-urlencoded', 'text/plain'),
        async (body, type) => {
          // Bolt breaks on some of it, which is answered and logged.
          expect([200, 400, 500, 503]).toContain((await signed(body, type)).status);
        },
      ),
      { numRuns: 150 },
    );
    expect(stage.service.clicks).toEqual([]);
    expect(await clickForReal()).toBe(true);
  });
});
