import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { IdentityProvider } from '../../../src/sandbox/identity-provider/identity-provider.js';
import { createIdentityProvider } from '../../../src/sandbox/identity-provider/identity-provider.js';
import type { Bench } from './start-bench.js';
import { approvalStep, column, startBench } from './start-bench.js';

let bench: Bench;
let provider: IdentityProvider;
let address: Awaited<ReturnType<IdentityProvider['start']>>;

const ann = 'CORP\\ann';
let nowMs = 0;

beforeEach(async () => {
  nowMs = Date.parse('2025-03-04T05:06:07.080Z');
  bench = await startBench({ now: () => nowMs });
  provider = createIdentityProvider({ now: () => nowMs });
  for (const username of [ann, 'CORP\\carol', 'CORP\\zoe']) provider.addPerson({ username, name: username });
  address = await provider.start();
});

afterEach(async () => {
  await provider.stop();
  await bench.command.stop();
});

const trust = (change = {}) =>
  bench.command.trustProvider({ ...address, audience: provider.audience, ...change });
const as = (token: string) => ({ headers: { authorization: `Bearer ${token}` } });
const signal = (id: string, token: string) =>
  bench.call('POST', `/Workflow/Instances/${id}/Signals`, {
    ...as(token),
    body: { SignalKey: 'Security.ApprovalStatus', Data: { Approved: 'True' } },
  });
const read = async (token: string) => (await bench.call('GET', '/Workflow/Instances', as(token))).status;

describe('a token of a trusted provider', () => {
  it('makes the caller the person it names, in the roles and in the records', async () => {
    trust();
    const id = bench.startRun();
    const token = await provider.issueToken(ann);
    const waiting = await bench.call('GET', '/Workflow/Instances/AssignedToMe', as(token));
    expect(column(waiting, 'Id')).toEqual([id]);
    expect((await signal(id, token)).status).toBe(204);
    expect(bench.command.effectiveSignals).toMatchObject([{ instance: id, identity: ann }]);
    expect(bench.command.audit.at(-1)).toMatchObject({ action: 'signalled', identity: ann });
  });

  it('gives nobody a role they do not hold', async () => {
    trust();
    const id = bench.startRun();
    expect((await signal(id, await provider.issueToken('CORP\\carol'))).status).toBe(403);
    const stranger = await provider.issueToken('CORP\\zoe');
    expect((await signal(id, stranger)).status).toBe(403);
    expect(await read(stranger)).toBe(403);
    expect(bench.command.instance(id).status).toBe('Suspended');
  });

  it('lets two people complete a step that wants two', async () => {
    trust();
    provider.addPerson({ username: 'CORP\\bob', name: 'Bob' });
    const id = bench.startRun([approvalStep({ minimumApprovals: 2 })]);
    expect((await signal(id, await provider.issueToken(ann))).status).toBe(204);
    expect((await signal(id, await provider.issueToken(ann))).status).toBe(400);
    expect((await signal(id, await provider.issueToken('CORP\\bob'))).status).toBe(204);
    expect(bench.command.instance(id).status).toBe('Complete');
  });

  it('is refused once it has expired', async () => {
    trust();
    const token = await provider.issueToken(ann, 60);
    expect(await read(token)).toBe(200);
    nowMs += 61_000;
    expect(await read(token)).toBe(401);
  });

  it.each([
    ['for another audience', { audience: 'something-else' }],
    ['from another issuer', { issuer: 'https://idp.example.com' }],
    ['without the claim that names people', { usernameClaim: 'upn' }],
  ])('%s is refused', async (_what, change) => {
    trust(change);
    expect(await read(await provider.issueToken(ann))).toBe(401);
  });

  it('is refused when somebody else signed it, or changed it', async () => {
    const forger = createIdentityProvider({ now: () => nowMs });
    forger.addPerson({ username: ann, name: 'Ann' });
    const { issuer } = await forger.start();
    trust({ issuer });
    expect(await read(await forger.issueToken(ann))).toBe(401);
    await forger.stop();
    const [header, , signature] = (await provider.issueToken('CORP\\zoe')).split('.');
    const claims = { iss: address.issuer, aud: provider.audience, preferred_username: ann };
    const payload = Buffer.from(JSON.stringify(claims)).toString('base64url');
    trust();
    expect(await read(`${header}.${payload}.${signature}`)).toBe(401);
  });

  it('is refused where nobody is trusted, or where only passwords are taken', async () => {
    const token = await provider.issueToken(ann);
    expect(await read(token)).toBe(401);
    trust();
    bench.command.change({ credentials: 'basic' });
    expect(await read(token)).toBe(401);
  });
});
