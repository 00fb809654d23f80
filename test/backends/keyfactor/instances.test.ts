import { afterEach, describe, expect, it } from '@jest/globals';
import { portalLink } from '../../../src/backends/keyfactor/index.js';
import { Instances, toStatus } from '../../../src/backends/keyfactor/instances.js';
import { createObserve } from '../../../src/backends/keyfactor/observe.js';
import { keyfactorServer } from '../../../src/backends/keyfactor/settings.js';
import { instanceRow, parseTime, titleFacts } from '../../../src/backends/keyfactor/wire.js';
import { defined } from '../../../src/shared/language.js';
import { listing, toTheEnd } from './polling-backend.js';
import type { Bench } from './start-bench.js';
import { remember, startBench } from './start-bench.js';

const server = (change = {}) =>
  keyfactorServer.parse({ name: 'corp', hostname: 'kf.example.com', auth: { kind: 'token' }, ...change });

const row = (change = {}) =>
  instanceRow.parse({
    Id: 'AAAAAAAA-0000-4000-8000-000000000001',
    Status: 'Suspended',
    CurrentStepUniqueName: 'RequireApproval1',
    Definition: { Id: 'd1', DisplayName: 'Web', Version: 1, WorkflowType: 'Enrollment' },
    Title: 'CORP\\jsmith is enrolling for a certificate with CN=app.example.com.',
    StartDate: '2026-01-05T09:00:00Z',
    LastModified: '2026-01-05T09:00:00Z',
    ReferenceId: 7,
    ...change,
  });

const notes = { getNote: async () => undefined, putNote: async () => {} };
const quiet = { debug() {}, info() {}, warn() {}, error() {} };

describe('a status', () => {
  it.each([
    ['Suspended', 'suspended'],
    ['suspended', 'suspended'],
    ['CanceledForRestart', 'canceled-for-restart'],
    ['Complete', 'complete'],
    ['Rejected', 'rejected'],
    ['Failed', 'failed'],
    ['Running', 'running'],
    ['5', 'unknown'],
    ['constructor', 'unknown'],
    ['Hibernating', 'unknown'],
  ])('%s is %s and keeps its raw form', (raw, kind) => {
    expect(toStatus(raw)).toEqual({ kind, raw });
  });
});

describe('a time', () => {
  it.each([
    ['2026-01-05T09:00:00Z', Date.UTC(2026, 0, 5, 9)],
    ['2026-01-05T09:00:00.1234567Z', Date.UTC(2026, 0, 5, 9, 0, 0, 123)],
    ['2026-01-05T09:00:00', Date.UTC(2026, 0, 5, 9)],
    ['2026-01-05T10:00:00+01:00', Date.UTC(2026, 0, 5, 9)],
    ['0001-01-01T00:00:00', undefined],
    ['soon', undefined],
  ])('%s is read', (text, atMs) => {
    expect(parseTime(text)).toBe(atMs);
  });
});

describe('a listed instance that may not be read in full', () => {
  const client = {
    server: server(),
    ...listing([row()]),
    getInstance: async () => undefined,
  };
  const instances = new Instances(client, { notes, now: () => 0 });
  const pollChanges = async () => ({ isUnchanged: false });
  const readNewest = async () => ({ row: undefined, total: undefined });
  const deps = { server: client.server, instances, pollChanges, readNewest, now: () => 0, log: quiet };
  const observe = toTheEnd(createObserve(deps).observe);

  it('is told as far as its title tells', async () => {
    const observation = await observe([]);
    expect(observation).toMatchObject({
      snapshots: [
        {
          kind: 'seen',
          isAssigned: true,
          instance: {
            ref: { id: 'aaaaaaaa-0000-4000-8000-000000000001' },
            awaitsApproval: true,
            facts: { requesters: ['CORP\\jsmith'], subject: 'CN=app.example.com' },
          },
        },
      ],
    });
  });

  it('is tried again at the next look, and is then the same', async () => {
    const first = await observe([]);
    const second = await observe(remember(first));
    expect(second).toEqual(first);
  });
});

describe('a title', () => {
  it.each([
    [
      'KEYEXAMPLE\\jsmith is enrolling for a certificate with CN=a.example.com.',
      ['KEYEXAMPLE\\jsmith'],
      'CN=a.example.com',
    ],
    ['Timer Service has found a certificate', ['Timer Service'], undefined],
    ['Renewal', [], undefined],
    [undefined, [], undefined],
  ])('%j tells who asked and for what', (title, requesters, subject) => {
    expect(titleFacts(title)).toEqual({
      requesters,
      names: [],
      others: [],
      ...defined({ subject }),
    });
  });
});

describe('what a restarted instance became', () => {
  const restarted = {
    ref: { system: 'corp', id: 'old' },
    title: 'T',
    definition: { id: 'd1', name: 'Web', version: 1, type: 'Enrollment' },
    status: { kind: 'canceled-for-restart' as const, raw: 'CanceledForRestart' },
    awaitsApproval: false,
    modifiedAtMs: Date.parse('2026-01-05T09:00:00Z'),
    facts: { requesters: [], names: [], others: [] },
    fingerprint: '',
  };
  const candidate = (Id: string, change = {}) => row({ Id, Title: 'T', ...change });

  it('is every instance that fits, and none that does not', async () => {
    const rows = [
      candidate('old'),
      candidate('a'),
      candidate('b', { StartDate: '2026-01-05T08:59:58Z' }),
      candidate('too-early', { StartDate: '2026-01-05T08:59:57Z' }),
      candidate('other-title', { Title: 'U' }),
      candidate('other-definition', { Definition: { Id: 'd2' } }),
    ];
    const client: ConstructorParameters<typeof Instances>[0] = {
      server: server(),
      ...listing(rows),
      async listOldest(_list, { queryString }) {
        expect(queryString).toBe('DefinitionId -eq "d1" AND StartDate -ge "2026-01-05T08:59:58.000Z"');
        return { rows, received: rows.length, total: rows.length };
      },
      getInstance: async () => undefined,
    };
    const instances = new Instances(client, { notes, now: () => 0 });
    expect(await instances.findSuccessors(restarted, [])).toEqual([
      { system: 'corp', id: 'a' },
      { system: 'corp', id: 'b' },
    ]);
  });
});

describe('the link to the portal', () => {
  const instance = {
    ref: { system: 'corp', id: 'a/b' },
    referenceId: '7',
    title: '',
    definition: { id: 'd', name: '', version: 1, type: '' },
    status: toStatus('Suspended'),
    awaitsApproval: true,
    facts: { requesters: [], names: [], others: [] },
    fingerprint: '',
  };
  it.each([
    [{}, 'https://kf.example.com/KeyfactorPortal/Workflow/Instances/a%2Fb'],
    [{ port: 8443 }, 'https://kf.example.com:8443/KeyfactorPortal/Workflow/Instances/a%2Fb'],
    [{ port: 443 }, 'https://kf.example.com/KeyfactorPortal/Workflow/Instances/a%2Fb'],
    [{ portalUrl: 'https://portal.example.com/{referenceId}' }, 'https://portal.example.com/7'],
    [{ portalUrl: 'none' }, undefined],
  ])('with %j is %s', (change, link) => {
    expect(portalLink(server(change), instance)).toBe(link);
  });
});

describe('reading one instance', () => {
  let bench: Bench;
  afterEach(() => bench.stop());

  it.each([403, 404] as const)(
    'that is hidden, answered %d, is not visible',
    async (hiddenInstanceStatus) => {
      bench = await startBench({
        behaviour: { hiddenInstanceStatus },
        permissions: ['/workflows/instances/read/pending/'],
      });
      const id = bench.startRun([{ extensionName: 'EnrollStep', uniqueName: 'Enroll' }]);
      expect(await bench.backend.getInstance({ system: 'corp', id })).toEqual({ kind: 'not-visible' });
    },
  );

  it('that is not there is not visible, unless the address is wrong', async () => {
    bench = await startBench();
    const ref = { system: 'corp', id: '00000000-0000-4000-8000-000000000000' };
    expect(await bench.backend.getInstance(ref)).toEqual({ kind: 'not-visible' });
    bench.command.fail({ fault: 'html-404' });
    expect(await bench.failure(bench.backend.getInstance(ref))).toMatchObject({ code: 'not-found' });
    const wrong = bench.another({ settings: { apiPath: 'Keyfactor/API' } });
    expect(await bench.failure(wrong.getInstance(ref))).toMatchObject({ code: 'not-found' });
    expect(await bench.failure(wrong.observe([]))).toMatchObject({ code: 'not-found' });
  });

  it('finds it whatever the case of its id', async () => {
    bench = await startBench();
    const id = bench.startRun();
    const reading = await bench.backend.getInstance({ system: 'corp', id: id.toUpperCase() });
    expect(reading).toMatchObject({ kind: 'found', instance: { ref: { id } } });
  });
});
