import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { Bench } from './start-bench.js';
import { ann, member, see, startBench, startBody } from './start-bench.js';

let bench: Bench;
const client = { clientId: 'bot', clientSecret: 's:cr&t', user: 'activedirectory::svc' };

beforeEach(async () => {
  bench = await startBench();
  bench.tasks.addClient(client);
});

afterEach(() => bench.tasks.stop());

const grant = (more: Readonly<Record<string, string>> = {}) => ({
  grant_type: 'client_credentials',
  client_id: client.clientId,
  client_secret: client.clientSecret,
  ...more,
});
const execute = (authorization: string, more: Readonly<Record<string, string>> = {}) =>
  bench.post('execute', startBody, { authorization, ...more });

describe('a call', () => {
  it.each(['', 'Bearer', 'Bearer nonsense', 'Basic Ym90OnM='])(
    'with the credentials %j gets 401',
    async (text) => {
      const response = await execute(text);
      expect([response.status, response.headers.get('www-authenticate')]).toEqual([401, 'Bearer']);
      expect(bench.tasks.executions()).toHaveLength(0);
    },
  );

  it('gets 401 once its token has expired or was revoked', async () => {
    const token = `Bearer ${bench.tasks.issueToken(ann, 60)}`;
    expect((await execute(token)).status).toBe(200);
    bench.advanceClock(60_000);
    expect((await execute(token)).status).toBe(401);
    const other = `Bearer ${bench.tasks.issueToken(ann)}`;
    bench.tasks.revokeTokens(ann);
    expect((await execute(other)).status).toBe(401);
  });

  it('needs no token where none is asked for', async () => {
    bench.tasks.change({ credentials: 'none' });
    expect((await execute('')).status).toBe(200);
    expect(bench.tasks.requests).toMatchObject([{ caller: null }]);
  });

  it('may have to carry the token twice', async () => {
    bench.tasks.change({ needsAccessTokenHeader: true });
    const token = bench.tasks.issueToken(ann);
    const statuses = [
      (await execute(`Bearer ${token}`)).status,
      (await execute(`Bearer ${token}`, { AccessToken: 'other' })).status,
      (await execute(`Bearer ${token}`, { AccessToken: token })).status,
    ];
    expect(statuses).toEqual([401, 401, 200]);
    expect(bench.tasks.requests.map((request) => request.accessTokenHeader)).toEqual([
      'absent',
      'different',
      'same',
    ]);
  });
});

describe('the token endpoint of the identity manager', () => {
  it.each([{ scope: 'system' }, {}])('grants %j', async (more) => {
    const { status, body } = await bench.askForToken(bench.tokenUrl, grant(more));
    expect([status, body]).toEqual([
      200,
      { access_token: expect.any(String), expires_in: 3600, token_type: 'Bearer', scope: 'system' },
    ]);
    expect((await execute(`Bearer ${String(member(body, 'access_token'))}`)).status).toBe(200);
    expect(bench.tasks.requests).toMatchObject([{ caller: 'bot' }]);
    expect(bench.tasks.executions()).toMatchObject([{ isStartedByService: true, initiator: ann }]);
  });

  it.each([
    [{ client_secret: 'wrong' }, 'invalid_client'],
    [{ client_id: 'stranger' }, 'invalid_client'],
    [{ scope: 'openid profile' }, 'invalid_scope'],
    [{ grant_type: 'password' }, 'unsupported_grant_type'],
  ])('refuses %j with %s', async (more, error) => {
    expect(await bench.askForToken(bench.tokenUrl, grant(more))).toMatchObject({
      status: 400,
      body: { error },
    });
    expect(bench.tasks.tokenRequests).toMatchObject([{ issuer: 'aim', granted: false }]);
  });

  it('takes encoded credentials in the Basic header', async () => {
    const encoded = `${client.clientId}:${encodeURIComponent(client.clientSecret)}`;
    const basic = `Basic ${Buffer.from(encoded).toString('base64')}`;
    const response = await bench.askForToken(bench.tokenUrl, { grant_type: 'client_credentials' }, basic);
    expect(response.status).toBe(200);
    expect(bench.tasks.tokenRequests).toMatchObject([
      { clientId: 'bot', clientAuthentication: 'client_secret_basic', granted: true, scope: null },
    ]);
  });

  it('takes posted forms only', async () => {
    expect((await fetch(bench.tokenUrl)).status).toBe(405);
    const asJson = await see(bench.tokenUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(grant()),
    });
    expect(asJson).toMatchObject({ status: 400, body: { error: 'invalid_request' } });
    expect((await bench.askForToken(bench.tokenUrl, {})).status).toBe(400);
  });

  it('hands out tokens for as long as the administrator chose', async () => {
    bench.tasks.change({ tokenLifetimeSeconds: 10 });
    const { body } = await bench.askForToken(bench.tokenUrl, grant());
    const token = `Bearer ${String(member(body, 'access_token'))}`;
    bench.advanceClock(9999);
    expect((await execute(token)).status).toBe(200);
    bench.advanceClock(1);
    expect((await execute(token)).status).toBe(401);
  });

  it('keeps secrets out of the records', async () => {
    await bench.askForToken(bench.tokenUrl, grant());
    const { requests, tokenRequests } = bench.tasks;
    expect(JSON.stringify({ requests, tokenRequests })).not.toContain(client.clientSecret);
  });
});

describe('the token endpoint of Entra', () => {
  it('wants the default scope of the application', async () => {
    const scopes = ['api://bot/worktasks/.default', 'api://bot/worktasks/', 'system'];
    const statuses: number[] = [];
    for (const scope of scopes)
      statuses.push((await bench.askForToken(bench.entraTokenUrl, grant({ scope }))).status);
    expect(statuses).toEqual([200, 400, 400]);
    expect((await bench.askForToken(bench.entraTokenUrl, grant({ client_secret: 'x' }))).status).toBe(401);
    expect((await bench.askForToken(bench.entraTokenUrl, grant())).body).toMatchObject({
      error: 'invalid_scope',
    });
  });

  it.each([
    [{ scope: 'api://bot/worktasks/' }, 400, 'invalid_scope', 1002012],
    [{ client_secret: 'wrong' }, 401, 'invalid_client', 7000215],
    [{ client_id: 'stranger' }, 400, 'unauthorized_client', 700016],
    [{ scope: 'api://bot/worktasks/.default', grant_type: 'password' }, 400, 'unsupported_grant_type', 70003],
  ])('refuses %j under a number', async (more, status, error, code) => {
    expect(await bench.askForToken(bench.entraTokenUrl, grant(more))).toMatchObject({
      status,
      body: {
        error,
        error_description: expect.stringMatching(new RegExp(`^AADSTS${code}: `)),
        error_codes: [code],
      },
    });
  });

  it('hands out tokens that count only where it is trusted', async () => {
    const scope = 'api://bot/worktasks/.default';
    const { body } = await bench.askForToken(bench.entraTokenUrl, grant({ scope }));
    const token = `Bearer ${String(member(body, 'access_token'))}`;
    const statuses: number[] = [];
    for (const trusts of ['both', 'entra', 'aim'] as const) {
      bench.tasks.change({ trusts });
      statuses.push((await execute(token)).status);
    }
    expect(statuses).toEqual([200, 200, 401]);
  });
});

describe('the user of a call', () => {
  it.each([
    ['activedirectory::john', 200],
    ['activedirectory::CORP\\john', 200],
    ['azureactivedirectory::john@example.com', 200],
    ['azureactivedirectory::john', 400],
    ['skeltalist::0b8f6d0e-1f53-4a7c-9c0e-0123456789ab', 200],
    ['skeltalist::john', 400],
    ['sqlprovider::17', 200],
    ['membershipprovider::17', 200],
    ['john', 400],
    ['activedirectory:john', 400],
    ['activedirectory:: john', 400],
    ['activedirectory::', 400],
    ['ActiveDirectory::john', 400],
    ['toString::john', 400],
  ])('%s answers %i', async (user, status) => {
    expect((await bench.post('execute', { ...startBody, user })).status).toBe(status);
  });

  it('has to come from a provider of the repository', async () => {
    bench.tasks.addRepository({ name: 'Cloud', providers: ['azureactivedirectory'] });
    bench.tasks.addWorkflow({ repository: 'Cloud', name: 'Leave WF' });
    const statuses: number[] = [];
    for (const user of [ann, 'azureactivedirectory::ann@example.com'])
      statuses.push((await bench.post('execute', { ...startBody, repository: 'Cloud', user })).status);
    expect(statuses).toEqual([500, 200]);
  });

  it('may have to be the one the token belongs to', async () => {
    bench.tasks.change({ userMustMatchToken: true });
    const { body } = await bench.askForToken(bench.tokenUrl, grant());
    const asService = { authorization: `Bearer ${String(member(body, 'access_token'))}` };
    const statuses = [
      (await bench.post('execute', startBody)).status,
      (await bench.post('execute', { ...startBody, user: 'activedirectory::bob' })).status,
      (await bench.post('execute', startBody, asService)).status,
      (await bench.post('execute', { ...startBody, user: client.user }, asService)).status,
    ];
    expect(statuses).toEqual([200, 403, 403, 200]);
  });
});
