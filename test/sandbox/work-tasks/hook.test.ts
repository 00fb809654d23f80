import { once } from 'node:events';
import type { IncomingMessage, Server } from 'node:http';
import { createServer } from 'node:http';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import type { Bench } from './start-bench.js';
import { ann, place, startBench } from './start-bench.js';

let bench: Bench;
let hook: Server;
let url: string;
let received: { readonly headers: IncomingMessage['headers']; readonly body: string }[];

beforeEach(async () => {
  bench = await startBench({}, { activities: [{ name: 'Manager Approval', actors: [ann] }] });
  received = [];
  hook = createServer(async (request, response) => {
    const chunks: Uint8Array[] = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push({ headers: request.headers, body: Buffer.concat(chunks).toString('utf8') });
    response.statusCode = request.headers.authorization === 'Bearer open sesame' ? 202 : 401;
    response.end('heard');
  });
  hook.listen(0, '127.0.0.1');
  await once(hook, 'listening');
  const address = hook.address();
  url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/hooks/work-tasks/approvals`;
});

afterEach(async () => {
  hook.closeAllConnections();
  hook.close();
  await bench.tasks.stop();
});

it('tells the bot what a designer would, and sees its answer', async () => {
  const ref = bench.tasks.startExecution({ ...place, user: ann });
  const body = bench.tasks.hookBody(ref, {
    subject: 'Two weeks of leave',
    key: 'leave-7',
    data: { days: 14 },
  });
  expect(await bench.tasks.postToHook({ url, secret: 'open sesame', body })).toEqual({
    status: 202,
    body: 'heard',
  });
  expect(received[0]?.headers['content-type']).toBe('application/json; charset=utf-8');
  expect(JSON.parse(received[0]?.body ?? '')).toEqual({
    ...place,
    executionid: 1001,
    executiondetailsid: 50_001,
    activity: 'Manager Approval',
    requester: ann,
    outputs: ['Approved', 'Rejected'],
    approver: ann,
    subject: 'Two weeks of leave',
    key: 'leave-7',
    data: { days: 14 },
  });
});

it('can come without a secret, with headers of its own, or with nonsense', async () => {
  const headers = { 'x-api-key': 'k' };
  expect((await bench.tasks.postToHook({ url, headers, body: 'not json' })).status).toBe(401);
  expect(received).toMatchObject([{ headers, body: 'not json' }]);
  expect(received[0]?.headers.authorization).toBeUndefined();
});

it('knows no details of an execution that does not sleep', () => {
  const ref = bench.tasks.startExecution({ ...place, user: ann });
  bench.tasks.finish(ref);
  expect(bench.tasks.hookBody(ref)).toEqual({ ...place, executionid: 1001, requester: ann });
});
