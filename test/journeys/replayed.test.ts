import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type Server } from 'node:http';
import { afterEach, describe, expect, it } from '@jest/globals';
import { certificateRequest } from '../support/stage/enrollments.js';
import { finish } from '../support/stage/finish.js';
import { openStage } from '../support/stage/open-stage.js';
import { personas, places } from '../support/stage/personas.js';

/** Somebody on the way between Slack and the bot, who keeps a copy of every request. */
async function eavesdrop(target: string) {
  const heard: { readonly headers: IncomingHttpHeaders; readonly body: Buffer }[] = [];
  const send = ({ headers, body }: (typeof heard)[number]) =>
    fetch(target, {
      method: 'POST',
      headers: {
        'content-type': String(headers['content-type']),
        'x-slack-signature': String(headers['x-slack-signature']),
        'x-slack-request-timestamp': String(headers['x-slack-request-timestamp']),
      },
      body: new Uint8Array(body),
    });
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', async () => {
      const one = { headers: request.headers, body: Buffer.concat(chunks) };
      heard.push(one);
      const reply = await send(one);
      response.writeHead(reply.status, { 'content-type': String(reply.headers.get('content-type')) });
      response.end(await reply.text());
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  const replay = () => Promise.all(heard.map(send));
  return { url: `http://127.0.0.1:${port}/slack/events`, replay, close: () => void server.close() };
}

describe('a request of Slack that somebody sends once more', () => {
  let close = (): void => {};
  afterEach(() => close());

  it('is acknowledged and changes nothing, however often', async () => {
    const stage = await openStage('http', { approveWith: 'one-click', quorum: 2 });
    const between = await eavesdrop(`http://127.0.0.1:${stage.bot().port}/slack/events`);
    close = between.close;
    await stage.slack.setRequestUrl(between.url);
    stage.command.startInstance(await certificateRequest());
    await stage.observe();
    const [card] = stage.slack.messages(places.pki);
    const at = { channel: places.pki, ts: card?.ts ?? '', actionId: 'approval.approve' };
    const { acked } = await stage.slack.click({ as: personas.ana.id, ...at });
    expect(acked).toBe(true);
    const again = [...(await between.replay()), ...(await between.replay())];
    expect(again.length).toBeGreaterThan(2);
    expect(again.map(({ status }) => status)).toEqual(again.map(() => 200));
    expect(stage.command.effectiveSignals).toHaveLength(0);
    await stage.slack.click({ as: personas.li.id, ...at });
    await stage.slack.waitFor(() => (stage.command.effectiveSignals.length > 0 ? true : undefined));
    await between.replay();
    await stage.observe();
    await finish(stage, {
      posts: { pki: 1, '@sam': 1 },
      answers: { ana: 1 },
      signals: ['approve by KEYEXAMPLE\\svc-countersign'],
    });
  });
});
