import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { defined } from '../../../src/shared/language.js';
import type { Bench } from './start-bench.js';
import { approvalStep, column, member, startBench } from './start-bench.js';

let bench: Bench;

beforeEach(async () => {
  bench = await startBench();
});

afterEach(() => bench.command.stop());

const headers = { 'x-keyfactor-requested-with': 'APIClient' };

describe('credentials', () => {
  it.each([
    ['none', undefined],
    ['a wrong password', `Basic ${Buffer.from('CORP\\ann:wrong').toString('base64')}`],
    ['an unknown user', `Basic ${Buffer.from('CORP\\zoe:correct horse').toString('base64')}`],
    ['a user without the domain', `Basic ${Buffer.from('ann:correct horse').toString('base64')}`],
    ['an unknown token', 'Bearer nonsense'],
    ['another scheme', 'Digest abc'],
  ])('that are %s are refused with a page, not JSON', async (_what, authorization) => {
    const response = await fetch(`${bench.url}/Workflow/Instances`, {
      headers: { ...headers, ...defined({ authorization }) },
    });
    expect(response.status).toBe(401);
    expect(response.headers.get('content-type')).toBe('text/html');
    expect(await response.text()).toContain('<html>');
  });

  it('are refused before anything else is looked at', async () => {
    const response = await fetch(`${bench.url}/Nowhere`);
    expect(response.status).toBe(401);
  });

  it('can be limited to one kind', async () => {
    bench.command.change({ credentials: 'bearer' });
    expect((await bench.get('/Workflow/Instances')).status).toBe(401);
  });
});

describe('tokens', () => {
  const requestToken = (form: Record<string, string>, extra: Record<string, string> = {}) =>
    fetch(bench.tokenUrl, { method: 'POST', body: new URLSearchParams(form), headers: extra });
  const readWith = async (token: unknown) => {
    const authorization = `Bearer ${String(token)}`;
    const response = await fetch(`${bench.url}/Workflow/Instances`, {
      headers: { ...headers, authorization },
    });
    return response.status;
  };
  const client = { grant_type: 'client_credentials', client_id: 'bot', client_secret: 's3cret' };

  beforeEach(() => {
    bench.command.addIdentity({
      name: 'f81d4fae-bot',
      clientId: 'bot',
      clientSecret: 's3cret',
      roles: ['Security'],
      permissions: ['/workflows/'],
    });
  });

  it('are given for client id and secret in the form, and good until they expire', async () => {
    const response = await requestToken({ ...client, scope: 'a b', audience: 'keyfactor' });
    const token: unknown = await response.json();
    expect(token).toMatchObject({ token_type: 'Bearer', expires_in: 300 });
    expect(await readWith(member(token, 'access_token'))).toBe(200);
    bench.advanceClock(300_000);
    expect(await readWith(member(token, 'access_token'))).toBe(401);
    expect(bench.command.tokenRequests).toMatchObject([
      { scope: 'a b', audience: 'keyfactor', clientAuthentication: 'client_secret_post', granted: true },
    ]);
  });

  it('are given for a Basic header, and scope and audience may be left out', async () => {
    const authorization = `Basic ${Buffer.from('bot:s3cret').toString('base64')}`;
    expect((await requestToken({ grant_type: 'client_credentials' }, { authorization })).status).toBe(200);
    expect(bench.command.tokenRequests).toMatchObject([
      { scope: null, audience: null, clientAuthentication: 'client_secret_basic' },
    ]);
  });

  it.each([
    ['a wrong secret', { ...client, client_secret: 'wrong' }, 401, 'invalid_client'],
    ['an unknown client', { ...client, client_id: 'other' }, 401, 'invalid_client'],
    ['another grant', { ...client, grant_type: 'password' }, 400, 'unsupported_grant_type'],
  ])('are refused for %s', async (_what, form, status, error) => {
    const response = await requestToken(form);
    expect(response.status).toBe(status);
    expect(await response.json()).toMatchObject({ error });
  });

  it('are given for a form only', async () => {
    const response = await requestToken(client, { 'content-type': 'application/json' });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: 'invalid_request' });
  });

  it('can be handed out and revoked by hand', async () => {
    const token = bench.command.issueToken('CORP\\ann', 60);
    expect(await readWith(token)).toBe(200);
    bench.command.revokeTokens('CORP\\ann');
    expect(await readWith(token)).toBe(401);
  });

  it('let an identity without a domain signal under its own name', async () => {
    const id = bench.startRun();
    const authorization = `Bearer ${bench.command.issueToken('f81d4fae-bot')}`;
    const body = { SignalKey: 'Security.ApprovalStatus', Data: { Approved: 'True' } };
    const path = `/Workflow/Instances/${id}/Signals`;
    expect((await bench.call('POST', path, { body, headers: { authorization } })).status).toBe(204);
    expect(bench.command.effectiveSignals).toMatchObject([{ identity: 'f81d4fae-bot' }]);
  });
});

describe('permissions', () => {
  const lists = ['', '/AssignedToMe', '/My'] as const;
  it.each([
    ['/', 200, 200, 200],
    ['/workflows/', 200, 200, 200],
    ['/workflows/instances/read/', 200, 200, 200],
    ['/workflows/instances/read/pending/', 403, 200, 403],
    ['/workflows/instances/read/mine/', 403, 403, 200],
    ['/workflows/definitions/read/', 403, 403, 403],
    ['/workflows/instances/manage/', 403, 403, 403],
  ])('as %s open the lists all / assigned / mine with %i / %i / %i', async (permission, ...expected) => {
    bench.command.addIdentity({ name: 'x', password: 'correct horse', roles: [], permissions: [permission] });
    const replies = await Promise.all(lists.map((path) => bench.get(`/Workflow/Instances${path}`, 'x')));
    expect(replies.map(({ status }) => status)).toEqual(expected);
  });

  it('that are missing are named in a JSON answer', async () => {
    const response = await bench.get('/Workflow/Definitions', 'CORP\\nobody');
    expect(response).toMatchObject({
      status: 403,
      body: { Message: expect.stringContaining('/workflows/definitions/read/') },
    });
  });

  it('for pending work show a single run only while it waits for the caller', async () => {
    const permissions = ['/workflows/instances/read/pending/'];
    bench.command.addIdentity({ name: 'bot', password: 'correct horse', roles: ['Security'], permissions });
    const id = bench.startRun([approvalStep({ minimumApprovals: 2 })]);
    const foreign = bench.startRun([approvalStep({ roles: ['Operations'] })]);
    expect((await bench.get(`/Workflow/Instances/${id}`, 'bot')).status).toBe(200);
    expect((await bench.get(`/Workflow/Instances/${foreign}`, 'bot')).status).toBe(403);
    await bench.signal(id, 'bot');
    expect((await bench.get(`/Workflow/Instances/${id}`, 'bot')).status).toBe(403);
    bench.command.change({ hiddenInstanceStatus: 404 });
    expect((await bench.get(`/Workflow/Instances/${id}`, 'bot')).status).toBe(404);
  });

  it('for own work show only what the caller started', async () => {
    const permissions = ['/workflows/instances/read/mine/'];
    bench.command.addIdentity({ name: 'CORP\\dave', password: 'correct horse', roles: [], permissions });
    const own = bench.startRun();
    const { definitionId: definition } = bench.command.instance(own);
    const foreign = bench.command.startInstance({ definition, title: 'other', initiator: 'CORP\\erin' });
    expect(column(await bench.get('/Workflow/Instances/My', 'CORP\\dave'), 'Id')).toEqual([own]);
    expect((await bench.get(`/Workflow/Instances/${own}`, 'CORP\\dave')).status).toBe(200);
    expect((await bench.get(`/Workflow/Instances/${foreign}`, 'CORP\\dave')).status).toBe(403);
  });

  it.each([
    ['Stop', ['/workflows/instances/manage/'], 204],
    ['Stop', ['/workflows/instances/read/'], 403],
    ['Restart', ['/workflows/instances/manage/'], 403],
    ['Restart', ['/workflows/instances/read/'], 403],
    ['Restart', ['/workflows/instances/manage/', '/workflows/instances/read/'], 204],
  ])('%s with %j is answered %i', async (action, permissions, status) => {
    bench.command.addIdentity({ name: 'x', password: 'correct horse', roles: [], permissions });
    const id = bench.startRun();
    expect((await bench.call('POST', `/Workflow/Instances/${id}/${action}`, { as: 'x' })).status).toBe(
      status,
    );
  });
});

describe('required headers', () => {
  it('refuse a call without x-keyfactor-requested-with', async () => {
    const parts = { headers: { 'x-keyfactor-requested-with': '' } };
    expect(await bench.call('GET', '/Workflow/Instances', parts)).toMatchObject({
      status: 400,
      body: { ErrorCode: expect.stringMatching(/^0x/), Message: expect.any(String) },
    });
    bench.command.change({ requestedWithStatus: 403 });
    expect((await bench.call('GET', '/Workflow/Instances', parts)).status).toBe(403);
  });

  it.each([
    ['APIClient', 200],
    ['XMLHttpRequest', 200],
    ['Countersign', 400],
  ])('say x-keyfactor-requested-with in one of two ways: %s is answered %i', async (text, status) => {
    const parts = { headers: { 'x-keyfactor-requested-with': text } };
    expect((await bench.call('GET', '/Workflow/Instances', parts)).status).toBe(status);
  });

  it.each([
    ['/Workflow/Instances', '1', 200],
    ['/Workflow/Instances', '1.0', 200],
    ['/Workflow/Instances', '2', 400],
    ['/Workflow/Definitions', '2', 200],
    ['/Workflow/Definitions', '2.0', 200],
    ['/Workflow/Definitions', '3', 400],
    ['/Workflow/Definitions/Types', '2', 400],
  ])('%s with version %s is answered %i', async (path, version, status) => {
    const parts = { headers: { 'x-keyfactor-api-version': version } };
    expect((await bench.call('GET', path, parts)).status).toBe(status);
  });
});
