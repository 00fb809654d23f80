import { describe, expect, it } from '@jest/globals';
import type { HttpResponse } from '../../../../src/backends/http/connection.js';
import { KeyfactorClient } from '../../../../src/backends/keyfactor/client.js';
import { Instances } from '../../../../src/backends/keyfactor/instances.js';
import { createObserve } from '../../../../src/backends/keyfactor/observe.js';
import { keyfactorServer } from '../../../../src/backends/keyfactor/settings.js';
import { instanceDetail, instanceRow } from '../../../../src/backends/keyfactor/wire.js';
import { BackendError } from '../../../../src/ports/errors.js';
import { listing, toTheEnd } from '../polling-backend.js';

const quiet = { debug() {}, info() {}, warn() {}, error() {} };
const notes = { getNote: async () => undefined, putNote: async () => {} };
const settings = { name: 'corp', hostname: 'kf.example.com', auth: { kind: 'token' } };
const server = keyfactorServer.parse(settings);

describe('a run that waits for something other than people', () => {
  const raw = { Id: 'a', Status: 'Suspended', CurrentStepUniqueName: 'Wait1' };

  it.each([
    ['Callback', false],
    ['ApprovalStatus', true],
  ])('is told by its signals: %s', async (SignalName, isAssigned) => {
    const personSignIn = { issuer: 'https://idp.example.com', clientId: 'people' };
    const client = {
      server: keyfactorServer.parse({ ...settings, signalAs: 'person', personSignIn }),
      ...listing([instanceRow.parse(raw)]),
      getInstance: async () => instanceDetail.parse({ ...raw, Signals: [{ SignalName }] }),
    };
    const instances = new Instances(client, { notes, now: () => 0 });
    const pollChanges = async () => ({ isUnchanged: false });
    const readNewest = async () => ({ row: undefined, total: undefined });
    const deps = { server: client.server, instances, pollChanges, readNewest, now: () => 0, log: quiet };
    const observe = toTheEnd(createObserve(deps).observe);
    expect((await observe([])).snapshots).toMatchObject([{ kind: 'seen', isAssigned }]);
    expect(await instances.isAssigned({ system: 'corp', id: 'a' })).toBe(isAssigned);
  });
});

describe('a server that does not sort by every field', () => {
  const reader = (replyTo: (sortField: unknown) => Partial<HttpResponse>) => {
    const requested: unknown[] = [];
    const http: ConstructorParameters<typeof KeyfactorClient>[1] = {
      async send({ query }) {
        requested.push(query?.SortField);
        return { status: 200, headers: {}, body: '[]', ...replyTo(query?.SortField) };
      },
      unexpected: ({ status }, { system }) =>
        new BackendError(`answered ${status}`, { code: 'rejected', system, retryable: false, applied: 'no' }),
    };
    const client = new KeyfactorClient(server, http, quiet);
    const queryString = 'Status -eq "Suspended"';
    return {
      asked: requested,
      readPage: (page: number) =>
        client.listOldest('/Workflow/Instances', { queryString, page, pageSize: 100 }),
    };
  };

  it('is asked for another one from then on, also where a query leaves rows out', async () => {
    const { asked: requested, readPage } = reader((field) => ({ status: field === 'StartDate' ? 200 : 400 }));
    expect((await readPage(1)).rows).toEqual([]);
    expect((await readPage(2)).rows).toEqual([]);
    expect(requested).toEqual(['ReferenceId', 'StartDate', 'StartDate']);
  });

  it('is not misjudged when it is the query that it refuses', async () => {
    let isBroken = true;
    const { asked: requested, readPage } = reader(() => ({ status: isBroken ? 400 : 200 }));
    await expect(readPage(1)).rejects.toThrow('answered 400');
    isBroken = false;
    await readPage(1);
    expect(requested).toEqual(['ReferenceId', 'StartDate', 'ReferenceId']);
  });
});
